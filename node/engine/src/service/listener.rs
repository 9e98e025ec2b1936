// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The socket file: one engine at a time, for this user only.

use std::{
	fs::{self, File, OpenOptions, Permissions, TryLockError},
	io,
	os::unix::fs::{FileTypeExt, OpenOptionsExt, PermissionsExt},
	path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

/// Longest path that every system takes for a socket, in bytes, its end included.
const MAX_PATH: usize = 104;

/// Why the socket cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
	/// Another engine has it.
	#[error(
		"another engine already serves {}: stop it, or choose another --socket",
		.0.display()
	)]
	InUse(PathBuf),
	/// Something else is there.
	#[error(
		"{} exists and is not a socket: remove it, or choose another --socket",
		.0.display()
	)]
	NotASocket(PathBuf),
	/// The operating system takes no path that long.
	#[error(
		"the path {} is too long for a socket ({MAX_PATH} bytes at most, less 4): choose a shorter \
		 --socket",
		.0.display()
	)]
	PathTooLong(PathBuf),
	/// The file system says no.
	#[error("cannot make the socket {}: {source}; choose a folder that exists and is writable", .path.display())]
	Io {
		/// The socket.
		path: PathBuf,
		/// The operating system's reason.
		source: io::Error,
	},
}

/// The right to a socket's path. The operating system takes it back when the process ends, however
/// it ends, so no stale lock can remain.
pub(super) struct Lock {
	path: PathBuf,
	_file: File,
}

/// A socket that is listened on. Its file is removed when it is dropped.
pub(super) struct Socket {
	listener: UnixListener,
	lock: Lock,
}

impl Socket {
	/// Reserves a path.
	pub(super) fn lock(path: &Path) -> Result<Lock, SocketError> {
		let io_error = |source| SocketError::Io { path: path.into(), source };
		let lock_path = with_suffix(path, ".lock");
		// Both the socket and the file that becomes it must fit.
		if with_suffix(path, ".new").as_os_str().len() >= MAX_PATH {
			return Err(SocketError::PathTooLong(path.into()));
		}
		let file = OpenOptions::new()
			.create(true)
			.truncate(false)
			.write(true)
			.mode(0o600)
			.open(lock_path)
			.map_err(io_error)?;
		match file.try_lock() {
			Ok(()) => Ok(Lock { path: path.into(), _file: file }),
			Err(TryLockError::WouldBlock) => Err(SocketError::InUse(path.into())),
			Err(TryLockError::Error(source)) => Err(io_error(source)),
		}
	}

	/// The next connection.
	pub(super) async fn accept(&self) -> io::Result<UnixStream> {
		self.listener.accept().await.map(|(stream, _)| stream)
	}
}

impl Lock {
	/// Listens on the path, in the place of a socket that a dead engine left there.
	pub(super) fn bind(self) -> Result<Socket, SocketError> {
		let io_error = |source| SocketError::Io { path: self.path.clone(), source };
		if fs::symlink_metadata(&self.path).is_ok_and(|found| !found.file_type().is_socket()) {
			return Err(SocketError::NotASocket(self.path));
		}
		// The socket gets its name when only its owner can connect to it, and not before.
		let new = with_suffix(&self.path, ".new");
		match fs::remove_file(&new) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(error)),
			_ => {}
		}
		let listener = UnixListener::bind(&new).map_err(io_error)?;
		fs::set_permissions(&new, Permissions::from_mode(0o600)).map_err(io_error)?;
		fs::rename(&new, &self.path).map_err(io_error)?;
		Ok(Socket { listener, lock: self })
	}
}

impl Drop for Socket {
	fn drop(&mut self) {
		// The lock is still held: nobody else's socket can be there.
		let _ = fs::remove_file(&self.lock.path);
	}
}

/// The path with something behind its last name.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
	let mut name = path.as_os_str().to_owned();
	name.push(suffix);
	name.into()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn the_socket_is_for_its_owner_only_and_goes_with_its_engine() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("socket");
		let socket = Socket::lock(&path).unwrap().bind().unwrap();
		let metadata = fs::metadata(&path).unwrap();
		assert!(metadata.file_type().is_socket());
		assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
		let (accepted, connected) = tokio::join!(socket.accept(), UnixStream::connect(&path));
		assert!(accepted.is_ok() && connected.is_ok());
		drop(socket);
		assert!(!path.exists());
	}

	#[tokio::test]
	async fn a_second_engine_is_refused_with_the_remedy() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("socket");
		let first = Socket::lock(&path).unwrap();
		let Err(error) = Socket::lock(&path) else { panic!("the first one only reserved it") };
		assert!(matches!(error, SocketError::InUse(_)), "{error}");
		let first = first.bind().unwrap();
		let Err(error) = Socket::lock(&path) else { panic!("the first one listens") };
		assert!(error.to_string().contains("choose another --socket"), "{error}");
		drop(first);
		assert!(Socket::lock(&path).is_ok());
	}

	#[tokio::test]
	async fn a_stale_socket_is_replaced() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("socket");
		drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
		assert!(path.exists());
		let socket = Socket::lock(&path).unwrap().bind().unwrap();
		let (accepted, connected) = tokio::join!(socket.accept(), UnixStream::connect(&path));
		assert!(accepted.is_ok() && connected.is_ok());
	}

	#[tokio::test]
	async fn a_file_that_is_no_socket_is_left_alone() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("notes");
		fs::write(&path, "dear diary").unwrap();
		let Err(error) = Socket::lock(&path).unwrap().bind() else { panic!("it is a file") };
		assert!(matches!(error, SocketError::NotASocket(_)), "{error}");
		assert_eq!(fs::read_to_string(&path).unwrap(), "dear diary");
	}

	#[test]
	fn a_path_that_is_too_long_or_nowhere_is_named() {
		let folder = tempfile::tempdir().unwrap();
		let long = folder.path().join("a".repeat(MAX_PATH));
		let Err(error) = Socket::lock(&long) else { panic!("it is too long") };
		assert!(matches!(error, SocketError::PathTooLong(_)), "{error}");
		let nowhere = folder.path().join("none").join("socket");
		let Err(error) = Socket::lock(&nowhere) else { panic!("there is no folder") };
		assert!(matches!(error, SocketError::Io { .. }), "{error}");
	}
}
