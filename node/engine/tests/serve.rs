// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `ergon-engine serve` as a process: what a node and an operator see of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
	io::{Read, Write},
	net::{TcpListener, TcpStream},
	os::unix::{fs::PermissionsExt, net::UnixStream, process::ExitStatusExt},
	path::{Path, PathBuf},
	process::{Child, Command, ExitStatus, Output, Stdio},
	thread::sleep,
	time::{Duration, Instant},
};

use codec::{DecodeAll, Encode};
use ergon_core::{
	engine::{
		EngineFailure, EngineStatus, FromEngine, JobOrder, Order, Outcome, ToEngine,
		PROTOCOL_VERSION,
	},
	GenerationParams, JobKind, ModelId, Vote, H256,
};
use ergon_engine::{
	import,
	synthetic::{write_folder, Shape},
	Model,
};
use tempfile::TempDir;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command line with a folder for its files.
struct Setup {
	folder: TempDir,
	arguments: Vec<String>,
}

impl Setup {
	fn new() -> Self {
		let folder = tempfile::tempdir().unwrap();
		std::fs::create_dir(folder.path().join("models")).unwrap();
		Self { folder, arguments: Vec::new() }
	}

	fn with(mut self, arguments: &[&str]) -> Self {
		self.arguments.extend(arguments.iter().map(ToString::to_string));
		self
	}

	fn path(&self, name: &str) -> PathBuf {
		self.folder.path().join(name)
	}

	fn socket(&self) -> PathBuf {
		self.path("socket")
	}

	/// Puts a model with random weights into the models folder.
	fn add_model(&self, seed: u64) -> ModelId {
		let source = self.path(&format!("source-{seed}"));
		write_folder(&source, &Shape::TINY, seed).unwrap();
		let target = self.path("models").join(format!("model-{seed}"));
		import(&source, &target, &mut |_| {}).unwrap().id()
	}

	fn command(&self) -> Command {
		let mut command = Command::new(env!("CARGO_BIN_EXE_ergon-engine"));
		command
			.arg("serve")
			.arg("--socket")
			.arg(self.socket())
			.arg("--models-dir")
			.arg(self.path("models"))
			.args(["--threads", "1"])
			.args(&self.arguments)
			.env_remove("RUST_LOG")
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped());
		command
	}

	/// Starts an engine, and waits until it listens.
	fn start(&self) -> Engine {
		let engine = Engine(self.command().spawn().unwrap());
		until(|| UnixStream::connect(self.socket()).is_ok());
		engine
	}

	/// Runs an engine that is expected to refuse; gives its standard error.
	fn refusal(&self) -> String {
		let Output { status, stdout, stderr } = self.command().output().unwrap();
		let stderr = String::from_utf8(stderr).unwrap();
		assert_eq!(status.code(), Some(1), "{stderr}");
		assert!(stdout.is_empty());
		assert!(!stderr.contains("panicked"), "{stderr}");
		stderr
	}
}

/// A running engine; it is killed when the test ends.
struct Engine(Child);

impl Engine {
	fn signal(&self, name: &str) {
		let id = self.0.id().to_string();
		assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
	}

	fn ended(&mut self) -> ExitStatus {
		let mut status = None;
		until(|| {
			status = self.0.try_wait().unwrap();
			status.is_some()
		});
		status.unwrap()
	}
}

impl Drop for Engine {
	fn drop(&mut self) {
		let _ = self.0.kill();
		let _ = self.0.wait();
	}
}

fn until(mut condition: impl FnMut() -> bool) {
	let since = Instant::now();
	while !condition() {
		assert!(since.elapsed() < PATIENCE, "it never happened");
		sleep(Duration::from_millis(5));
	}
}

/// A client without any of the engine's code: four bytes of length, then SCALE.
struct Client(UnixStream);

impl Client {
	fn connect(socket: &Path) -> Self {
		let mut client = Self(UnixStream::connect(socket).unwrap());
		client.0.set_read_timeout(Some(PATIENCE)).unwrap();
		client.send(ToEngine::Hello { version: PROTOCOL_VERSION });
		assert_eq!(client.next(), FromEngine::Hello { version: PROTOCOL_VERSION });
		client
	}

	fn fill(&mut self, order: &Order) -> Outcome {
		self.send(ToEngine::Submit { order: order.clone(), patience: u32::MAX });
		match self.next() {
			FromEngine::Finished { order: id, outcome } if id == order.id() => outcome,
			other => panic!("{other:?} is no outcome"),
		}
	}

	fn status(&mut self) -> EngineStatus {
		self.send(ToEngine::Status);
		match self.next() {
			FromEngine::Status(status) => status,
			other => panic!("{other:?} is no status"),
		}
	}

	fn send(&mut self, message: ToEngine) {
		let message = message.encode();
		self.0.write_all(&(message.len() as u32).to_le_bytes()).unwrap();
		self.0.write_all(&message).unwrap();
	}

	fn next(&mut self) -> FromEngine {
		let mut length = [0; 4];
		self.0.read_exact(&mut length).unwrap();
		let mut message = vec![0; u32::from_le_bytes(length) as usize];
		self.0.read_exact(&mut message).unwrap();
		FromEngine::decode_all(&mut &message[..]).unwrap()
	}
}

fn job(model: ModelId) -> JobOrder {
	JobOrder {
		job_id: H256::zero(),
		model,
		kind: JobKind::Generate(GenerationParams::greedy(40)),
		prompt: b"What is Ergon?".to_vec(),
		seed: [0; 32],
	}
}

/// An order for a model that nobody has.
fn order() -> Order {
	Order::Execute(job(H256::repeat_byte(7)))
}

/// Runs a job and verifies the result.
fn execute_and_verify(client: &mut Client, job: JobOrder) {
	let Outcome::Executed { attestation, bundle } = client.fill(&Order::Execute(job.clone()))
	else {
		panic!("the job did not run");
	};
	assert!(bundle.fits(&attestation));
	let challenge = H256::repeat_byte(1);
	let audit = |attestation, bundle| Order::Verify {
		job: job.clone(),
		attestation,
		bundle,
		challenges: vec![challenge],
	};
	let Outcome::Verified { vote, .. } = client.fill(&audit(attestation, bundle.clone())) else {
		panic!("the result was not verified");
	};
	assert_eq!(vote, Vote::Match);
	let mut wrong = bundle;
	*wrong.digests.as_mut().last_mut().unwrap() = H256::zero();
	let Outcome::Verified { vote, .. } = client.fill(&audit(attestation, wrong)) else {
		panic!("the result was not verified");
	};
	assert!(matches!(vote, Vote::Mismatch(_)), "{vote:?}");
}

#[test]
fn jobs_run_and_results_are_verified() {
	let setup = Setup::new();
	let model = setup.add_model(1);
	let _engine = setup.start();
	let mut client = Client::connect(&setup.socket());
	execute_and_verify(&mut client, job(model));
	execute_and_verify(&mut client, JobOrder { kind: JobKind::Embed, ..job(model) });
	let too_long = JobOrder { prompt: vec![b'a'; 1_000], ..job(model) };
	let outcome = client.fill(&Order::Execute(too_long));
	let Outcome::Failed(EngineFailure::PromptTooLong { context, .. }) = outcome else {
		panic!("{outcome:?} is no failure of that kind");
	};
	assert_eq!(context, Shape::TINY.dimensions.context);
	let not_utf8 = JobOrder { prompt: vec![0xff], ..job(model) };
	let outcome = client.fill(&Order::Execute(not_utf8));
	assert_eq!(outcome, Outcome::Failed(EngineFailure::PromptNotUtf8));
	let status = client.status();
	assert_eq!(status.models, [model]);
	assert_eq!((status.completed, status.failed), (6, 2));
	assert_eq!(status.generated_tokens, 40);
}

#[test]
fn models_that_come_later_are_found_and_those_that_go_are_dropped() {
	let setup = Setup::new();
	let first = setup.add_model(1);
	let _engine = setup.start();
	let mut client = Client::connect(&setup.socket());
	assert_eq!(client.status().models, [first]);
	// An order for it makes the engine look.
	let second = setup.add_model(2);
	execute_and_verify(&mut client, job(second));
	assert_eq!(client.status().models.len(), 2);
	std::fs::remove_dir_all(setup.path("models").join("model-1")).unwrap();
	let unknown = Order::Execute(job(H256::repeat_byte(9)));
	assert_eq!(client.fill(&unknown), Outcome::Failed(EngineFailure::UnknownModel));
	assert_eq!(client.status().models, [second]);
	execute_and_verify(&mut client, job(second));
}

#[test]
fn a_question_for_the_status_finds_models_too() {
	let setup = Setup::new();
	let _engine = setup.start();
	let model = setup.add_model(1);
	let mut client = Client::connect(&setup.socket());
	assert!(client.status().models.is_empty());
	until(|| client.status().models == [model]);
}

#[test]
fn an_order_for_a_model_that_is_not_there_says_so() {
	let setup = Setup::new();
	let _engine = setup.start();
	let mut client = Client::connect(&setup.socket());
	client.send(ToEngine::Submit { order: order(), patience: u32::MAX });
	let outcome = Outcome::Failed(EngineFailure::UnknownModel);
	assert_eq!(client.next(), FromEngine::Finished { order: order().id(), outcome });
}

#[test]
fn the_socket_is_for_its_owner_only() {
	let setup = Setup::new();
	let _engine = setup.start();
	let mode = std::fs::metadata(setup.socket()).unwrap().permissions().mode();
	assert_eq!(mode & 0o777, 0o600);
}

/// Signals that a process has a handler for, as the bits of a number.
fn handled(process: u32) -> u64 {
	let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
	let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
	u64::from_str_radix(mask.trim(), 16).unwrap()
}

#[test]
fn every_engine_can_say_that_a_file_was_cut_short() {
	let setup = Setup::new();
	let commands = [
		setup.command(),
		#[cfg(feature = "adversary")]
		{
			let mut adversary = Command::new(env!("CARGO_BIN_EXE_ergon-engine-adversary"));
			adversary.args(setup.command().get_args()).args(["--cheat", "early-stop"]);
			adversary.stderr(Stdio::null());
			adversary
		},
	];
	for mut command in commands {
		let engine = Engine(command.spawn().unwrap());
		until(|| UnixStream::connect(setup.socket()).is_ok());
		assert_ne!(handled(engine.0.id()) & 1 << (libc::SIGBUS - 1), 0, "{command:?}");
	}
}

#[test]
fn signals_end_it_in_order() {
	for signal in ["TERM", "INT"] {
		let setup = Setup::new();
		let mut engine = setup.start();
		engine.signal(signal);
		let status = engine.ended();
		assert_eq!((status.code(), status.signal()), (Some(0), None), "{signal}");
		assert!(!setup.socket().exists());
	}
}

#[test]
fn a_supervised_engine_ends_with_its_standard_input_and_another_does_not() {
	let setup = Setup::new().with(&["--supervised"]);
	let mut engine = setup.start();
	drop(engine.0.stdin.take());
	assert_eq!(engine.ended().code(), Some(0));

	let setup = Setup::new();
	let mut engine = setup.start();
	drop(engine.0.stdin.take());
	sleep(Duration::from_millis(200));
	assert_eq!(engine.0.try_wait().unwrap(), None);
	Client::connect(&setup.socket());
}

#[test]
fn a_supervised_engine_logs_level_and_text() {
	let setup = Setup::new().with(&["--supervised"]);
	let mut engine = setup.start();
	drop(engine.0.stdin.take());
	engine.ended();
	let mut log = String::new();
	engine.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
	assert!(!log.is_empty());
	for line in log.lines() {
		let level = line.split_whitespace().next().unwrap();
		assert!(["INFO", "WARN"].contains(&level), "{line}");
	}
	assert!(log.contains("There is no model below"), "{log}");
	assert_eq!(log.contains("FOR TESTS ONLY"), cfg!(feature = "adversary"), "{log}");
}

#[test]
fn after_a_kill_the_next_engine_takes_the_socket_over() {
	let setup = Setup::new();
	let mut engine = setup.start();
	engine.signal("KILL");
	engine.ended();
	assert!(setup.socket().exists(), "nobody removed it");
	let _engine = setup.start();
	Client::connect(&setup.socket());
}

#[test]
fn two_engines_on_one_socket_are_one_too_many() {
	let setup = Setup::new();
	let _engine = setup.start();
	let error = setup.refusal();
	assert!(error.contains("another engine already serves"), "{error}");
	assert!(error.contains("choose another --socket"), "{error}");
	// The first one did not notice.
	Client::connect(&setup.socket());
}

#[test]
fn a_missing_models_folder_is_refused_with_the_remedy() {
	let setup = Setup::new();
	std::fs::remove_dir(setup.path("models")).unwrap();
	let error = setup.refusal();
	assert!(error.contains("cannot read the models folder"), "{error}");
	assert!(error.contains("ergon-engine import"), "{error}");
}

#[test]
fn a_file_in_the_place_of_the_socket_is_left_alone() {
	let setup = Setup::new();
	std::fs::write(setup.socket(), "dear diary").unwrap();
	let error = setup.refusal();
	assert!(error.contains("is not a socket"), "{error}");
	assert_eq!(std::fs::read_to_string(setup.socket()).unwrap(), "dear diary");
}

#[test]
fn a_broken_model_is_skipped_with_a_sentence_and_looked_at_again_when_it_changes() {
	let setup = Setup::new().with(&["--supervised"]);
	let broken = setup.path("models").join("broken");
	std::fs::create_dir(&broken).unwrap();
	std::fs::write(broken.join("manifest.json"), "{").unwrap();
	let mut engine = setup.start();
	let mut client = Client::connect(&setup.socket());
	client.send(ToEngine::Submit { order: order(), patience: u32::MAX });
	client.next();
	client.send(ToEngine::Submit { order: order(), patience: u32::MAX });
	client.next();
	drop(engine.0.stdin.take());
	engine.ended();
	let mut log = String::new();
	engine.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
	let skipped = log.lines().filter(|line| line.contains("Skipped the model in")).count();
	assert_eq!(skipped, 1, "{log}");
}

/// What an engine serves over HTTP.
struct Metrics {
	port: String,
}

impl Metrics {
	fn fetch(&self) -> String {
		let address = format!("127.0.0.1:{}", self.port);
		let mut metrics = String::new();
		until(|| TcpStream::connect(&address).is_ok());
		let mut stream = TcpStream::connect(&address).unwrap();
		stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: e\r\nConnection: close\r\n\r\n").unwrap();
		stream.read_to_string(&mut metrics).unwrap();
		assert!(metrics.starts_with("HTTP/1.1 200"), "{metrics}");
		metrics
	}

	/// The figure of that name, without what `ergon_engine_` every one begins with.
	fn figure(&self, name: &str) -> f64 {
		let metrics = self.fetch();
		let start = format!("ergon_engine_{name} ");
		let figure = metrics.lines().find_map(|line| line.strip_prefix(&start));
		figure.unwrap_or_else(|| panic!("there is no {name} in {metrics}")).parse().unwrap()
	}

	/// Waits until a figure is what it must be: some are set after the answer was sent.
	fn until(&self, name: &str, expected: f64) {
		until(|| self.figure(name) == expected);
	}
}

#[test]
fn metrics_are_served_and_a_port_in_use_is_refused() {
	let taken = TcpListener::bind("127.0.0.1:0").unwrap();
	let port = taken.local_addr().unwrap().port().to_string();
	let setup = Setup::new().with(&["--prometheus-port", &port]);
	let error = setup.refusal();
	assert!(error.contains("choose another --prometheus-port"), "{error}");

	drop(taken);
	let _engine = setup.start();
	let mut client = Client::connect(&setup.socket());
	client.send(ToEngine::Submit { order: order(), patience: u32::MAX });
	client.next();
	Metrics { port }.until("orders_failed_total", 1.0);
}

#[test]
fn an_order_is_measured_when_it_runs_and_counted_when_it_is_remembered() {
	let port = {
		let free = TcpListener::bind("127.0.0.1:0").unwrap();
		free.local_addr().unwrap().port().to_string()
	};
	let setup = Setup::new().with(&["--prometheus-port", &port]);
	let model = setup.add_model(1);
	let memory = Model::open(&setup.path("models").join("model-1")).unwrap().memory_bytes();
	let _engine = setup.start();
	let (metrics, order) = (Metrics { port }, Order::Execute(job(model)));
	metrics.until("models_loaded", 1.0);
	metrics.until("model_memory_bytes", memory as f64);
	let none =
		["first_token_seconds_count", "order_tokens_per_second_count", "orders_cached_total"];
	assert_eq!(none.map(|name| metrics.figure(name)), [0.0; 3]);

	let mut client = Client::connect(&setup.socket());
	let since = Instant::now();
	let first = client.fill(&order);
	let took = since.elapsed().as_secs_f64();
	let Outcome::Executed { attestation, .. } = &first else { panic!("{first:?}") };
	assert_eq!(attestation.output_tokens, 40);
	// From memory, to the byte, and nothing of it is measured as if it had run.
	assert_eq!(client.fill(&order), first);
	let mut other = Client::connect(&setup.socket());
	assert_eq!(other.fill(&order), first);

	metrics.until("orders_cached_total", 2.0);
	for (name, expected) in [
		("first_token_seconds_count", 1.0),
		("order_tokens_per_second_count", 1.0),
		("order_seconds_count{kind=\"execute\"}", 1.0),
		("orders_completed_total", 1.0),
		("orders_failed_total", 0.0),
		("orders_queued", 0.0),
		("orders_running", 0.0),
		("generated_tokens_total", 40.0),
		("prefilled_tokens_total", attestation.prompt_tokens.into()),
		// The last token goes through no layer.
		("pass_tokens", f64::from(attestation.prompt_tokens + 39)),
		("passes", 40.0),
		("models_loaded", 1.0),
		("model_memory_bytes", memory as f64),
		("order_memory_bytes", 0.0),
	] {
		metrics.until(name, expected);
	}
	let first_token = metrics.figure("first_token_seconds_sum");
	assert!(0.0 < first_token && first_token < took, "{first_token} of {took}");
	// 39 tokens in less than it took.
	let rate = metrics.figure("order_tokens_per_second_sum");
	assert!(rate > 39.0 / took, "{rate} in {took}");
}
