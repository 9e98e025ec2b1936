// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Classes of characters.
//!
//! All of Unicode's tables come from crates whose version is pinned with the runtime, save for white
//! space, which is stable, and small letters, which the standard library knows; a test fixes what both
//! say of every character.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// `\p{L}`.
pub(super) fn is_letter(character: char) -> bool {
	match character.is_ascii() {
		true => character.is_ascii_alphabetic(),
		false => character.general_category_group() == GeneralCategoryGroup::Letter,
	}
}

/// `\p{N}`.
pub(super) fn is_number(character: char) -> bool {
	match character.is_ascii() {
		true => character.is_ascii_digit(),
		false => character.general_category_group() == GeneralCategoryGroup::Number,
	}
}

/// `[\r\n]`.
pub(super) fn is_line_end(character: char) -> bool {
	matches!(character, '\r' | '\n')
}

/// `[^\s\p{L}\p{N}]`.
pub(super) fn is_other(character: char) -> bool {
	!character.is_whitespace() && !is_letter(character) && !is_number(character)
}

/// What BERT's cleaning takes away.
pub(super) fn is_dropped(character: char) -> bool {
	use GeneralCategory::{Control, Format, PrivateUse};
	match character {
		'\t' | '\n' | '\r' => false,
		'\0' | '\u{fffd}' => true,
		_ => matches!(character.general_category(), Control | Format | PrivateUse),
	}
}

/// What BERT takes for a punctuation mark.
pub(super) fn is_punctuation(character: char) -> bool {
	character.is_ascii_punctuation()
		|| character.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// An accent.
pub(super) fn is_accent(character: char) -> bool {
	character.general_category() == GeneralCategory::NonspacingMark
}

/// Ideographs, as BERT counts them.
pub(super) fn is_chinese(character: char) -> bool {
	matches!(
		u32::from(character),
		0x4e00..=0x9fff
			| 0x3400..=0x4dbf
			| 0x20000..=0x2a6df
			| 0x2a700..=0x2b73f
			| 0x2b740..=0x2b81f
			| 0x2b920..=0x2ceaf
			| 0xf900..=0xfaff
			| 0x2f800..=0x2fa1f
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use sp_crypto_hashing::blake2_256;
	use unicode_normalization::UnicodeNormalization;

	/// Another toolchain or another version of a table would read some prompts differently, on a machine
	/// here and on the chain there: then this fails, and the arithmetic needs a new version.
	#[test]
	fn the_tables_are_those_that_the_protocol_means() {
		let mut bytes = Vec::new();
		for character in '\0'..=char::MAX {
			let classes = [
				is_letter(character),
				is_number(character),
				character.is_whitespace(),
				is_dropped(character),
				is_punctuation(character),
				is_accent(character),
			];
			let small: String = character.to_lowercase().collect();
			let decomposed: String = character.nfd().collect();
			let composed: String = character.nfc().collect();
			(classes, small, decomposed, composed).encode_to(&mut bytes);
		}
		let hash = hex::encode(blake2_256(&bytes));
		assert_eq!(hash, "eb39b32a0cb9645422c323d849e83602bed3284f707e4fafae23c049096f749c");
	}

	#[test]
	fn classes_of_some_characters() {
		assert!("aZéß漢ªʰ".chars().all(is_letter));
		assert!("09٣Ⅷ½²".chars().all(is_number));
		assert!("!,☃€\u{301}".chars().all(is_other));
		assert!("!$«—。".chars().all(is_punctuation));
		assert!(is_accent('\u{301}') && !is_accent('\u{903}'));
		assert!(is_dropped('\u{200b}') && is_dropped('\u{7f}') && !is_dropped('\n'));
		assert!(is_chinese('漢') && !is_chinese('か'));
	}
}
