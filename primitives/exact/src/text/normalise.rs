// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is done to a text before it is cut.

use alloc::string::String;

use unicode_normalization::UnicodeNormalization;

use super::{
	characters::{is_accent, is_chinese, is_dropped},
	FirstSpace, Normaliser, SPACE,
};

impl Normaliser {
	/// The text as words are cut from it.
	pub fn apply(self, text: &str) -> String {
		match self {
			Self::Nothing => text.into(),
			Self::Composed => text.nfc().collect(),
			Self::Spaces { first } => spaces(text, first),
			Self::Bert { clean, chinese, strip_accents, lowercase } => {
				let mut text = String::from(text);
				if clean {
					let kept = text.chars().filter(|it| !is_dropped(*it));
					text = kept.map(|it| if it.is_whitespace() { ' ' } else { it }).collect();
				}
				if chinese {
					let spaced = |it| match is_chinese(it) {
						true => [Some(' '), Some(it), Some(' ')],
						false => [None, Some(it), None],
					};
					text = text.chars().flat_map(spaced).flatten().collect();
				}
				if strip_accents {
					text = text.nfd().filter(|it| !is_accent(*it)).collect();
				}
				if lowercase {
					text = text.chars().flat_map(char::to_lowercase).collect();
				}
				text
			}
		}
	}
}

fn spaces(text: &str, first: FirstSpace) -> String {
	let mut buffer = [0; 4];
	let space: &str = SPACE.encode_utf8(&mut buffer);
	let text = text.replace(' ', space);
	let adds = match first {
		FirstSpace::Never => false,
		FirstSpace::Always => !text.is_empty(),
		FirstSpace::UnlessThere => !text.is_empty() && !text.starts_with(SPACE),
	};
	match adds {
		true => [space, &text].concat(),
		false => text,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn texts_are_normalised_as_their_kind_says() {
		assert_eq!(Normaliser::Nothing.apply(" e\u{301}"), " e\u{301}");
		assert_eq!(Normaliser::Composed.apply("e\u{301}"), "é");
		let spaces = |first| Normaliser::Spaces { first }.apply(" a b");
		assert_eq!(spaces(FirstSpace::Never), "▁a▁b");
		assert_eq!(spaces(FirstSpace::Always), "▁▁a▁b");
		assert_eq!(spaces(FirstSpace::UnlessThere), "▁a▁b");
		let bert = |lowercase| Normaliser::Bert {
			clean: true,
			chinese: true,
			strip_accents: lowercase,
			lowercase,
		};
		assert_eq!(bert(true).apply("É\u{200b}t\tÉ漢"), "et e 漢 ");
		assert_eq!(bert(false).apply("É\u{200b}t\tÉ漢"), "Ét É 漢 ");
	}
}
