// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How values are written on the command line.

use ergon_core::{job::MAX_TEMPERATURE, H256};
use std::str::FromStr;

/// A number from 0 to 1 (or to `most` thousandths) as thousandths.
fn thousandths(text: &str, most: u16) -> Result<u16, String> {
	let value: f64 = text.parse().map_err(|_| "not a number".to_string())?;
	let scaled = (value * 1_000.0).round();
	if !(0.0..=f64::from(most)).contains(&scaled) {
		return Err(format!("must be from 0 to {}", f64::from(most) / 1_000.0));
	}
	if (value * 1_000.0 - scaled).abs() > 1e-6 {
		return Err("has more than three decimals".into());
	}
	Ok(scaled as u16)
}

/// A temperature.
pub(super) fn temperature(text: &str) -> Result<u16, String> {
	thousandths(text, MAX_TEMPERATURE)
}

/// A nucleus mass.
pub(super) fn top_p(text: &str) -> Result<u16, String> {
	match thousandths(text, 1_000)? {
		0 => Err("must be above 0".into()),
		top_p => Ok(top_p),
	}
}

/// 32 bytes in hexadecimal digits, or a number, which stands for the 32 bytes that end with it.
pub(super) fn bytes32(text: &str) -> Result<H256, String> {
	if let Ok(number) = text.parse() {
		return Ok(H256::from_low_u64_be(number));
	}
	let digits = text.strip_prefix("0x").unwrap_or(text);
	H256::from_str(digits)
		.map_err(|_| "must be a number below 2^64, or 64 hexadecimal digits".to_string())
}

/// A stop sequence.
pub(super) fn stop(text: &str) -> Result<String, String> {
	match text.len() as u32 {
		0 => Err("must not be empty".into()),
		1..=ergon_core::job::MAX_STOP_BYTES => Ok(text.into()),
		_ => Err(format!("must have at most {} bytes", ergon_core::job::MAX_STOP_BYTES)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn decimals_become_thousandths() {
		for (text, value) in [("0", 0), ("0.7", 700), ("1.999", 1_999), ("2", 2_000), (".5", 500)] {
			assert_eq!(temperature(text), Ok(value), "{text}");
		}
		for text in ["2.001", "-0.1", "0.0001", "NaN", "inf", "warm", ""] {
			assert!(temperature(text).is_err(), "{text}");
		}
		assert_eq!(top_p("0.001"), Ok(1));
		assert!(top_p("0").is_err() && top_p("1.001").is_err());
	}

	#[test]
	fn numbers_and_hexadecimal_digits_become_bytes() {
		assert_eq!(bytes32("7"), Ok(H256::from_low_u64_be(7)));
		let digits = "ab".repeat(32);
		assert_eq!(bytes32(&digits), Ok(H256::repeat_byte(0xab)));
		assert_eq!(bytes32(&format!("0x{digits}")), Ok(H256::repeat_byte(0xab)));
		for text in ["", "0x", "xyz", &"ab".repeat(31), &"ab".repeat(33), "-1"] {
			assert!(bytes32(text).is_err(), "{text}");
		}
	}

	#[test]
	fn stop_sequences_are_short_and_not_empty() {
		assert_eq!(stop("\n"), Ok("\n".into()));
		assert!(stop("").is_err() && stop(&"a".repeat(33)).is_err());
	}
}
