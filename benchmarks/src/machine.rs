// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The machine that figures are from.

use std::{fs, thread};

/// Processor, cores, memory and system, as far as the system says.
pub(crate) fn describe() -> String {
	let read = |path| fs::read_to_string(path).unwrap_or_default();
	let cores = thread::available_parallelism().map_or(1, usize::from);
	let processors = read("/proc/cpuinfo");
	let processor = field(&processors, "model name").unwrap_or("unknown processor");
	let memory = field(&read("/proc/meminfo"), "MemTotal").and_then(gibibytes).unwrap_or(0);
	let os = read("/etc/os-release");
	let system = os.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
	format!(
		"{cores} cores of {processor}, {memory} GiB, {}",
		system.unwrap_or(std::env::consts::OS).trim_matches('"')
	)
}

/// The first value of a key in a file of `key : value` lines.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
	text.lines()
		.filter_map(|line| line.split_once(':'))
		.find_map(|(name, value)| (name.trim() == key).then_some(value.trim()))
}

/// Whole gibibytes of an amount such as `24 kB`, rounded.
fn gibibytes(amount: &str) -> Option<u64> {
	let kibibytes: u64 = amount.strip_suffix("kB")?.trim().parse().ok()?;
	Some((kibibytes + (1 << 19)) >> 20)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn fields_should_be_found_and_converted() {
		let text = "processor\t: 0\nmodel name\t: Some CPU @ 2.0GHz\nMemTotal:       24681744 kB\n";
		assert_eq!(field(text, "model name"), Some("Some CPU @ 2.0GHz"));
		assert_eq!(field(text, "MemTotal").and_then(gibibytes), Some(24));
		assert_eq!(field(text, "bogomips"), None);
	}
}
