// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a person is told when a file shrinks under its map.
//!
//! Models are used in place, in memory that the operating system fills from the file. Where the file
//! has ended meanwhile there is nothing to fill it with, and the process gets SIGBUS. It cannot go on,
//! but it can say why it ends and which file it was, which the operating system's list of maps tells; a
//! node starts it again, and finds out that the model is broken.

use std::{
	ffi::c_void,
	io,
	mem::zeroed,
	ptr::null_mut,
	sync::atomic::{AtomicBool, Ordering},
};

use libc::{c_int, sigaction, siginfo_t, SA_SIGINFO, SIGBUS};

const BEFORE: &[u8] = b"error: ";
/// In the place of a name that cannot be found out.
const SOME_FILE: &[u8] = b"the file of a model";
const AFTER: &[u8] =
	b" was cut short while it was in use; bring the whole file back or import the model again, and \
	  replace models by new folders instead of writing to old ones\n";

/// The longest name that the operating system takes, in bytes.
const MAX_NAME: usize = 4_096;

/// Finds the name of the file that is mapped at an address, in what `/proc/self/maps` says piece by
/// piece. Neither allocates nor panics: it runs in a signal handler.
struct NameOf {
	address: u64,
	/// Where on a line it is.
	field: Field,
	/// First and last address of the line.
	range: [u64; 2],
	name: [u8; MAX_NAME],
	length: usize,
}

/// A part of a line: `first-last flags offset device inode    name`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
	First,
	Last,
	/// With so many blanks before it.
	Other(u8),
	Name,
}

impl NameOf {
	fn new(address: u64) -> Self {
		Self { address, field: Field::First, range: [0; 2], name: [0; MAX_NAME], length: 0 }
	}

	/// Takes the next byte; whether the name is whole now.
	fn take(&mut self, byte: u8) -> bool {
		let digit = (byte as char).to_digit(16);
		match (self.field, byte) {
			(_, b'\n') => {
				let [first, last] = self.range;
				if first <= self.address && self.address < last {
					return true;
				}
				(self.field, self.range, self.length) = (Field::First, [0; 2], 0);
			}
			(Field::First, b'-') => self.field = Field::Last,
			(Field::Last, b' ') => self.field = Field::Other(0),
			(Field::First, _) => self.range[0] = self.range[0] << 4 | u64::from(digit.unwrap_or(0)),
			(Field::Last, _) => self.range[1] = self.range[1] << 4 | u64::from(digit.unwrap_or(0)),
			// Flags, offset, device and inode, then blanks as far as a column.
			(Field::Other(blanks), b' ') => self.field = Field::Other(blanks.saturating_add(1)),
			(Field::Other(0..=3), _) => {}
			(Field::Other(_) | Field::Name, _) => {
				self.field = Field::Name;
				if let Some(place) = self.name.get_mut(self.length) {
					*place = byte;
					self.length += 1;
				}
			}
		}
		false
	}

	/// The name that was found, if there was one.
	fn name(&self) -> Option<&[u8]> {
		self.name.get(..self.length).filter(|name| !name.is_empty())
	}
}

/// Looks for the address in the list of maps; whether it was found.
fn look_up(name: &mut NameOf) -> bool {
	// SAFETY: the path ends with a zero, and all three calls are safe in a signal handler.
	unsafe {
		let maps = libc::open(c"/proc/self/maps".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
		let mut found = false;
		let mut bytes = [0u8; 4_096];
		while maps >= 0 && !found {
			let count = libc::read(maps, bytes.as_mut_ptr().cast(), bytes.len());
			let Some(read) = usize::try_from(count).ok().and_then(|count| bytes.get(..count))
			else {
				break;
			};
			if read.is_empty() {
				break;
			}
			found = read.iter().any(|byte| name.take(*byte));
		}
		libc::close(maps);
		found
	}
}

/// Says it and ends. Calls nothing but what a signal handler may.
extern "C" fn say_and_end(_signal: c_int, information: *mut siginfo_t, _context: *mut c_void) {
	static IS_SAID: AtomicBool = AtomicBool::new(false);
	// Threads that share the work find the end of the file at the same time; one of them says so and ends
	// all.
	while IS_SAID.swap(true, Ordering::Relaxed) {
		// SAFETY: the call is safe in a signal handler.
		unsafe { libc::pause() };
	}
	// SAFETY: the operating system passes what `SA_SIGINFO` promises.
	let mut name = NameOf::new(unsafe { (*information).si_addr() } as u64);
	let file = look_up(&mut name).then(|| name.name()).flatten().unwrap_or(SOME_FILE);
	for words in [BEFORE, file, AFTER] {
		// SAFETY: the words are as many as their length says, and the call is safe in a signal handler.
		unsafe { libc::write(libc::STDERR_FILENO, words.as_ptr().cast(), words.len()) };
	}
	// SAFETY: likewise.
	unsafe { libc::_exit(1) };
}

/// Has it said from now on.
pub(super) fn explain() -> io::Result<()> {
	// SAFETY: all zeros are an action without flags and with an empty mask.
	let mut action: sigaction = unsafe { zeroed() };
	let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = say_and_end;
	(action.sa_sigaction, action.sa_flags) = (handler as usize, SA_SIGINFO);
	// SAFETY: the handler only does what a handler may do.
	match unsafe { sigaction(SIGBUS, &action, null_mut()) } {
		0 => Ok(()),
		_ => Err(io::Error::last_os_error()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_file_at_an_address_is_named() {
		let maps = b"55d0-55e0 r-xp 00000000 fe:00 12 /usr/bin/ergon-engine\n\
			7f00-7f10 rw-p 00000000 00:00 0 \n\
			7f10-7f90 r--s 00000000 fe:00 77                         /models/a b/blob\n\
			7f90-7fa0 r--s 00000000 fe:00 77                         /models/gone/blob (deleted)\n";
		let name = |address| {
			let mut name = NameOf::new(address);
			let found = maps.iter().any(|byte| name.take(*byte));
			found.then(|| name.name().map(|name| String::from_utf8(name.to_vec()).unwrap()))
		};
		assert_eq!(name(0x7f10), Some(Some("/models/a b/blob".into())));
		assert_eq!(name(0x7f8f), Some(Some("/models/a b/blob".into())));
		assert_eq!(name(0x7f9f), Some(Some("/models/gone/blob (deleted)".into())));
		assert_eq!(name(0x55d1), Some(Some("/usr/bin/ergon-engine".into())));
		assert_eq!(name(0x7f00), Some(None), "memory without a file");
		assert_eq!(name(0x7fa0), None, "no memory");
	}

	#[test]
	fn a_map_of_this_process_is_found() {
		let file = tempfile::NamedTempFile::new().unwrap();
		file.as_file().set_len(10_000).unwrap();
		// SAFETY: nobody else knows the file.
		let map = unsafe { memmap2::Mmap::map(file.as_file()).unwrap() };
		let mut name = NameOf::new(map.as_ptr() as u64 + 5_000);
		assert!(look_up(&mut name));
		assert_eq!(name.name(), Some(file.path().as_os_str().as_encoded_bytes()));
	}
}
