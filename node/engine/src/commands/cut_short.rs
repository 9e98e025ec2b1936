// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a person is told when a file shrinks under its map.
//!
//! Models are used in place, in memory that the operating system fills from the file. Where the file
//! has ended meanwhile there is nothing to fill it with, and the process gets SIGBUS. It cannot go on,
//! but it can say why it ends; a node starts it again, and finds out that the model is broken.

use std::{io, mem::zeroed, ptr::null_mut};

use libc::{c_int, sigaction, SIGBUS};

const WORDS: &str =
	"error: a model's file was cut short while it was in use; import the model again, \
                     and replace models by new folders instead of writing to old ones\n";

/// Says it and ends. Calls nothing but what a signal handler may.
extern "C" fn say_and_end(_signal: c_int) {
	// SAFETY: the words are there for ever, and both calls are safe in a signal handler.
	unsafe {
		libc::write(libc::STDERR_FILENO, WORDS.as_ptr().cast(), WORDS.len());
		libc::_exit(1);
	}
}

/// Has it said from now on.
pub(super) fn explain() -> io::Result<()> {
	// SAFETY: all zeros are an action without flags and with an empty mask.
	let mut action: sigaction = unsafe { zeroed() };
	action.sa_sigaction = say_and_end as extern "C" fn(c_int) as usize;
	// SAFETY: the handler only does what a handler may do.
	match unsafe { sigaction(SIGBUS, &action, null_mut()) } {
		0 => Ok(()),
		_ => Err(io::Error::last_os_error()),
	}
}
