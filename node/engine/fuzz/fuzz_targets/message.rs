// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A message of the engine's socket, either way.

#![no_main]

use codec::{DecodeAll, Encode};
use ergon_core::engine::{FromEngine, ToEngine};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
	if let Ok(message) = ToEngine::decode_all(&mut &data[..]) {
		assert_eq!(message.encode(), data);
	}
	if let Ok(message) = FromEngine::decode_all(&mut &data[..]) {
		assert_eq!(message.encode(), data);
	}
});
