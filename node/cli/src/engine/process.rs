// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The engine as a child process: where its binary is, how it is started and how it ends.

use std::{
	env,
	fs::{self, Permissions},
	future::Future,
	io,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
	process::{ExitStatus, Stdio},
	sync::Arc,
	time::Duration,
};

use futures::StreamExt;
use log::Level;
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::{
	process::{Child, ChildStderr, ChildStdin, Command},
	task::JoinHandle,
	time::timeout,
};
use tokio_util::codec::{FramedRead, LinesCodec};

use super::{client, client::Fault, EngineConfig, EngineError};

/// The name of the engine's binary.
const BINARY: &str = "ergon-engine";
/// The name of the socket in the node's base path.
const SOCKET: &str = "engine.sock";
/// Longest path of a Unix socket that every system takes, in bytes, less what the engine appends
/// while it makes the file.
const MAX_SOCKET_PATH: usize = 96;
/// Longest line of the engine's log that is passed on, in bytes.
const MAX_LINE: usize = 4_096;
/// How long an engine that was asked to end may take.
const STOP_PATIENCE: Duration = Duration::from_secs(3);

/// Starts engines. The supervisor's tests put another one in its place.
pub(super) trait Launch: Send + Sync + 'static {
	/// An engine that was started.
	type Running: Running;

	/// Where its socket will be.
	fn socket(&self) -> &Path;

	/// Starts one.
	fn launch(&mut self) -> Result<Self::Running, Fault>;
}

/// An engine that was started. Dropping it ends it.
pub(super) trait Running: Send {
	/// Completes when the engine ended by itself; says how. Dropping the future loses nothing.
	fn ended(&mut self) -> impl Future<Output = Fault> + Send;

	/// Ends the engine.
	fn stop(self) -> impl Future<Output = ()> + Send;
}

/// Starts the engine's binary.
pub(super) struct Launcher {
	binary: PathBuf,
	socket: PathBuf,
	config: EngineConfig,
	/// Holds the socket when the base path is too long for one.
	_socket_folder: Option<TempDir>,
}

impl Launcher {
	/// Checks that everything is there.
	pub(super) fn new(config: EngineConfig) -> Result<Self, EngineError> {
		let binary = find_binary(config.binary.as_deref())?;
		fs::read_dir(&config.models_dir)
			.map_err(|source| EngineError::ModelsDir { path: config.models_dir.clone(), source })?;
		let folder_error =
			|source| EngineError::SocketFolder { path: config.base_path.clone(), source };
		fs::create_dir_all(&config.base_path).map_err(folder_error)?;
		let mut socket = config.base_path.join(SOCKET);
		let mut socket_folder = None;
		if socket.as_os_str().len() > MAX_SOCKET_PATH {
			// A folder that only this user can enter: whoever can bind the socket's name could
			// pose as the engine.
			let folder = tempfile::Builder::new()
				.prefix("ergon-engine-")
				.permissions(Permissions::from_mode(0o700))
				.tempdir()
				.map_err(folder_error)?;
			socket = folder.path().join(SOCKET);
			socket_folder = Some(folder);
		}
		if client::is_served(&socket) {
			return Err(EngineError::SocketInUse { path: socket });
		}
		Ok(Self { binary, socket, config, _socket_folder: socket_folder })
	}

	/// The command line.
	fn command(&self) -> Command {
		let mut command = Command::new(&self.binary);
		command
			.arg("serve")
			.arg("--socket")
			.arg(&self.socket)
			.arg("--models-dir")
			.arg(&self.config.models_dir)
			.arg("--supervised");
		if let Some(threads) = self.config.threads {
			command.arg("--threads").arg(threads.to_string());
		}
		command
			.args(&self.config.extra_args)
			// The engine ends when its standard input does: also when this node is killed.
			.stdin(Stdio::piped())
			.stdout(Stdio::null())
			.stderr(Stdio::piped())
			// Ctrl-C in the node's terminal is the node's business.
			.process_group(0)
			.kill_on_drop(true);
		command
	}
}

impl Launch for Launcher {
	type Running = EngineProcess;

	fn socket(&self) -> &Path {
		&self.socket
	}

	fn launch(&mut self) -> Result<EngineProcess, Fault> {
		let mut child = self
			.command()
			.spawn()
			.map_err(|source| Fault::Spawn { binary: self.binary.display().to_string(), source })?;
		let last_warning = Arc::new(Mutex::new(None));
		let log = child
			.stderr
			.take()
			.map(|stderr| tokio::spawn(pass_on(stderr, Arc::clone(&last_warning))));
		Ok(EngineProcess { stdin: child.stdin.take(), child, log, last_warning })
	}
}

/// An engine process.
pub(super) struct EngineProcess {
	child: Child,
	/// Held open for as long as the engine is to run.
	stdin: Option<ChildStdin>,
	log: Option<JoinHandle<()>>,
	last_warning: Arc<Mutex<Option<String>>>,
}

impl Running for EngineProcess {
	async fn ended(&mut self) -> Fault {
		let status = match self.child.wait().await {
			Ok(status) => describe(status),
			Err(error) => return Fault::Socket(error),
		};
		// What it wrote last usually says why.
		if let Some(log) = self.log.take() {
			let _ = timeout(Duration::from_secs(1), log).await;
		}
		Fault::Ended(match self.last_warning.lock().take() {
			Some(line) => format!("{status}, saying: {line}"),
			None => status,
		})
	}

	async fn stop(mut self) {
		drop(self.stdin.take());
		if timeout(STOP_PATIENCE, self.child.wait()).await.is_err() {
			if let Err(error) = self.child.kill().await {
				log::warn!(target: "engine", "Cannot end the engine: {error}");
			}
		}
	}
}

/// An exit status in words.
fn describe(status: ExitStatus) -> String {
	use std::os::unix::process::ExitStatusExt;
	match (status.code(), status.signal()) {
		(Some(code), _) => format!("exit code {code}"),
		(None, Some(signal)) => format!("signal {signal}"),
		(None, None) => status.to_string(),
	}
}

/// Writes the engine's log into the node's, line by line.
async fn pass_on(stderr: ChildStderr, last_warning: Arc<Mutex<Option<String>>>) {
	let mut lines = FramedRead::new(stderr, LinesCodec::new_with_max_length(MAX_LINE));
	while let Some(line) = lines.next().await {
		// The codec skips a line that is too long, or that is no UTF-8, and goes on with the next.
		let Ok(line) = line else { continue };
		let (level, text) = level_of(&line);
		if !text.is_empty() {
			log::log!(target: "engine", level, "{text}");
			// What the engine said in the course of its work does not say why it ended.
			if level <= Level::Warn {
				*last_warning.lock() = Some(text.into());
			}
		}
	}
}

/// The level that a line of the engine's log begins with, and the rest of it. What has no level was
/// not meant for the log: a panic, or the system's loader.
fn level_of(line: &str) -> (Level, &str) {
	let line = line.trim();
	let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
	match first.parse() {
		Ok(level) => (level, rest.trim_start()),
		Err(_) => (Level::Warn, line),
	}
}

/// The engine's binary: `explicit`, or beside the node's binary, or on the `PATH`.
pub(super) fn find_binary(explicit: Option<&Path>) -> Result<PathBuf, EngineError> {
	if let Some(path) = explicit {
		return match is_executable(path) {
			true => Ok(path.into()),
			false => Err(EngineError::BinaryMissing { tried: vec![path.into()] }),
		};
	}
	let beside = env::current_exe().ok().and_then(|node| node.parent().map(Path::to_path_buf));
	let path = env::var_os("PATH").unwrap_or_default();
	let candidates =
		beside.into_iter().chain(env::split_paths(&path)).map(|folder| folder.join(BINARY));
	let mut tried = Vec::new();
	for candidate in candidates {
		if is_executable(&candidate) {
			return Ok(candidate);
		}
		tried.push(candidate);
	}
	Err(EngineError::BinaryMissing { tried })
}

/// Whether `path` is a file that somebody may execute.
fn is_executable(path: &Path) -> bool {
	fs::metadata(path)
		.is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Whether `error` says that nobody listens yet.
pub(super) fn is_not_listening(error: &io::Error) -> bool {
	matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

#[cfg(test)]
mod tests {
	use super::*;

	/// A script in the place of the engine.
	fn script(folder: &Path, body: &str) -> PathBuf {
		let path = folder.join("script");
		fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
		fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
		path
	}

	fn config(folder: &Path, binary: PathBuf) -> EngineConfig {
		EngineConfig {
			binary: Some(binary),
			models_dir: folder.into(),
			base_path: folder.join("base"),
			threads: Some(2),
			extra_args: vec!["--cheat".into(), "early-stop".into()],
		}
	}

	#[test]
	fn the_level_of_a_line_is_its_first_word() {
		assert_eq!(level_of(" INFO loaded it"), (Level::Info, "loaded it"));
		assert_eq!(level_of("ERROR it broke"), (Level::Error, "it broke"));
		assert_eq!(level_of("thread panicked"), (Level::Warn, "thread panicked"));
		assert_eq!(level_of(""), (Level::Warn, ""));
	}

	#[test]
	fn a_missing_binary_is_named_with_the_remedy() {
		let error = find_binary(Some(Path::new("/nowhere/ergon-engine"))).unwrap_err();
		let text = error.to_string();
		assert!(text.contains("/nowhere/ergon-engine") && text.contains("--engine-path"), "{text}");
	}

	#[test]
	fn a_file_that_nobody_may_execute_is_no_binary() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file");
		fs::write(&path, "text").unwrap();
		assert!(find_binary(Some(&path)).is_err());
		assert!(find_binary(Some(folder.path())).is_err());
	}

	#[test]
	fn a_missing_models_folder_is_named_with_the_remedy() {
		let folder = tempfile::tempdir().unwrap();
		let models_dir = folder.path().join("none");
		let config = EngineConfig {
			models_dir: models_dir.clone(),
			..config(folder.path(), script(folder.path(), ""))
		};
		let Err(error) = Launcher::new(config) else { panic!("there is no models folder") };
		let text = error.to_string();
		assert!(text.contains(&models_dir.display().to_string()), "{text}");
		assert!(text.contains("--models-dir"), "{text}");
	}

	#[test]
	fn a_socket_that_somebody_serves_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let config = config(folder.path(), script(folder.path(), ""));
		fs::create_dir_all(&config.base_path).unwrap();
		let socket = config.base_path.join(SOCKET);
		let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
		let Err(error) = Launcher::new(config.clone()) else { panic!("the socket is in use") };
		assert!(matches!(error, EngineError::SocketInUse { .. }), "{error}");
		drop(listener);
		assert!(socket.exists(), "a stale socket file is left");
		assert!(Launcher::new(config).is_ok(), "and is no obstacle");
	}

	#[test]
	fn a_base_path_too_long_for_a_socket_gets_a_private_folder() {
		let folder = tempfile::tempdir().unwrap();
		let binary = script(folder.path(), "");
		let base_path = folder.path().join("a".repeat(100));
		let launcher =
			Launcher::new(EngineConfig { base_path, ..config(folder.path(), binary) }).unwrap();
		assert!(launcher.socket().as_os_str().len() <= MAX_SOCKET_PATH);
		let private = launcher.socket().parent().unwrap();
		assert_eq!(fs::metadata(private).unwrap().permissions().mode() & 0o777, 0o700);
	}

	#[tokio::test]
	async fn the_engine_gets_its_arguments_and_its_last_words_are_kept() {
		let folder = tempfile::tempdir().unwrap();
		let binary =
			script(folder.path(), "echo \"ERROR asked for $*\" >&2; echo \"INFO bye\" >&2; exit 3");
		let mut launcher = Launcher::new(config(folder.path(), binary)).unwrap();
		let mut running = launcher.launch().unwrap();
		let text = running.ended().await.to_string();
		let base = folder.path().display();
		assert_eq!(
			text,
			format!(
				"it ended with exit code 3, saying: asked for serve --socket {base}/base/engine.sock \
				 --models-dir {base} --supervised --threads 2 --cheat early-stop"
			)
		);
	}

	#[tokio::test]
	async fn an_engine_ends_when_its_standard_input_does() {
		let folder = tempfile::tempdir().unwrap();
		let binary = script(folder.path(), "cat >/dev/null; echo \"WARN bye\" >&2");
		let mut launcher = Launcher::new(config(folder.path(), binary)).unwrap();
		let mut running = launcher.launch().unwrap();
		let last_warning = Arc::clone(&running.last_warning);
		let log = running.log.take().unwrap();
		running.stop().await;
		log.await.unwrap();
		assert_eq!(last_warning.lock().as_deref(), Some("bye"));
	}

	#[tokio::test]
	async fn dropping_an_engine_ends_it() {
		let folder = tempfile::tempdir().unwrap();
		// One that does not care about its standard input.
		let binary = script(folder.path(), "exec sleep 1000");
		let mut launcher = Launcher::new(config(folder.path(), binary)).unwrap();
		let running = launcher.launch().unwrap();
		let id = running.child.id().unwrap().to_string();
		let is_alive = || {
			let mut kill = std::process::Command::new("kill");
			kill.args(["-0", &id]).stderr(Stdio::null()).status().unwrap().success()
		};
		assert!(is_alive());
		drop(running);
		while is_alive() {
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
	}
}
