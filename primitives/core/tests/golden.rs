// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Golden SCALE bytes of everything that is signed or hashed. A test that fails here means that the
//! protocol has changed: signatures, ids and roots made before are worth nothing afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use codec::{Decode, Encode, MaxEncodedLen};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	audit::{audit_challenge, Reveal},
	crypto::{
		signing_payload, ATTESTATION_DOMAIN, COMMIT_DOMAIN, DECLINE_DOMAIN, MOVE_DOMAIN,
		REVEAL_DOMAIN, SALT_DOMAIN, SPRINT_COMMIT_DOMAIN, SPRINT_OPEN_DOMAIN, WORKER_PROOF_DOMAIN,
	},
	engine::{
		EngineFailure, EngineStatus, FromEngine, JobOrder, Order, Outcome, ToEngine,
		PROTOCOL_VERSION,
	},
	job::{job_id, job_seed, prompt_root, Country, DeclineReason, GenerationParams, JobKind},
	model::{Architecture, Dimensions, ModelManifest, ARITHMETIC_X1},
	sprint, Attestation, Bundle, Fault, FinishReason, Output, Vote,
};
use sp_core::H256;

fn hash(byte: u8) -> H256 {
	H256::repeat_byte(byte)
}

/// Checks the bytes and that they decode to the value that they came from.
#[track_caller]
fn golden<T: Encode + Decode + PartialEq + core::fmt::Debug>(value: &T, bytes: &str) {
	let encoded = value.encode();
	let hex: String = encoded.iter().map(|byte| format!("{byte:02x}")).collect();
	assert_eq!(hex, bytes);
	assert_eq!(&T::decode(&mut &encoded[..]).unwrap(), value);
}

/// `byte` as it stands in the encoding of `hash(byte)`.
fn hash_hex(byte: u8) -> String {
	format!("{byte:02x}").repeat(32)
}

fn manifest() -> ModelManifest {
	let dimensions = Dimensions {
		vocabulary: 1_024,
		hidden: 192,
		intermediate: 512,
		layers: 6,
		heads: 6,
		key_value_heads: 3,
		head_width: 32,
		context: 512,
	};
	ModelManifest {
		arithmetic: ARITHMETIC_X1,
		architecture: Architecture::Llama,
		dimensions,
		weights_root: hash(1),
		tables_root: hash(2),
		vocabulary_root: hash(3),
		merges_root: hash(4),
		text_rules: hash(5),
		template_tokens: 9,
		work_per_prompt_token: dimensions.work_per_prompt_token(Architecture::Llama),
		work_per_output_token: dimensions.work_per_output_token(Architecture::Llama),
	}
}

fn params() -> GenerationParams {
	GenerationParams {
		max_tokens: 258,
		temperature: 800,
		top_p: 950,
		top_k: 40,
		stop: vec![b"\n\n".to_vec().try_into().unwrap()].try_into().unwrap(),
	}
}

fn bundle() -> Bundle {
	Bundle {
		output: Output::Text {
			tokens: vec![5, 300].try_into().unwrap(),
			text: b"Hi".to_vec().try_into().unwrap(),
		},
		digests: vec![hash(7)].try_into().unwrap(),
	}
}

fn attestation() -> Attestation {
	Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: hash(1),
		model_root: hash(2),
		prompt_root: hash(3),
		output_root: bundle().output.root(),
		trace_root: bundle().trace_root(),
		prompt_tokens: 12,
		output_tokens: 2,
		finish: FinishReason::EndOfText,
	}
}

fn job_order() -> JobOrder {
	JobOrder {
		job_id: hash(1),
		model: hash(2),
		kind: JobKind::Embed,
		prompt: b"abc".to_vec(),
		seed: [9; 32],
	}
}

#[test]
fn manifest_bytes_and_id() {
	let expected = [
		"0100",             // arithmetic
		"00",               // architecture
		"00040000",         // vocabulary
		"c0000000",         // hidden
		"00020000",         // intermediate
		"06000000",         // layers
		"06000000",         // heads
		"03000000",         // key and value heads
		"20000000",         // head width
		"00020000",         // context
		&hash_hex(1),       // weights
		&hash_hex(2),       // tables
		&hash_hex(3),       // vocabulary
		&hash_hex(4),       // merges
		&hash_hex(5),       // rules for texts
		"0900",             // template tokens
		"0020250000000000", // work per prompt token
		"0020280000000000", // work per output token
	]
	.concat();
	golden(&manifest(), &expected);
	golden(&Architecture::Qwen2, "01");
	golden(&Architecture::Qwen3, "02");
	golden(&Architecture::Bert, "03");
	assert_eq!(
		format!("{:x}", manifest().id()),
		"bdd162bb4651fd468a2f29866807e5b217edb7ac7e68bf3c7a2fce28a086fa3d"
	);
	assert!(manifest().is_sound());
}

#[test]
fn work_is_what_the_matrices_cost() {
	// Query and output 192 × 192, key and value 96 × 192, three feed-forward matrices 512 × 192.
	let layer = 2 * 192 * 192 + 2 * 96 * 192 + 3 * 512 * 192;
	let dimensions = manifest().dimensions;
	assert_eq!(dimensions.work_per_prompt_token(Architecture::Llama), 6 * layer);
	assert_eq!(dimensions.work_per_output_token(Architecture::Llama), 6 * layer + 1_024 * 192);
	assert_eq!(manifest().work(10, 3), 13 * 6 * layer + 3 * 1_024 * 192);
	// An encoder has two feed-forward matrices and no head.
	let layer = layer - 512 * 192;
	assert_eq!(dimensions.work_per_prompt_token(Architecture::Bert), 6 * layer);
	assert_eq!(dimensions.work_per_output_token(Architecture::Bert), 6 * layer);
}

#[test]
fn impossible_dimensions_and_wrong_costs_are_unsound() {
	let broken: [fn(&mut ModelManifest); 10] = [
		|manifest| manifest.arithmetic += 1,
		|manifest| manifest.dimensions.key_value_heads = 4,
		|manifest| manifest.dimensions.head_width = 31,
		|manifest| manifest.dimensions.layers = 0,
		|manifest| manifest.dimensions.hidden = u32::MAX,
		|manifest| manifest.dimensions.hidden = (1 << 13) + 1,
		|manifest| manifest.dimensions.intermediate = (1 << 15) + 1,
		|manifest| manifest.dimensions.head_width = 1 << 10,
		|manifest| manifest.template_tokens = 512,
		|manifest| manifest.work_per_prompt_token -= 1,
	];
	for (index, damage) in broken.iter().enumerate() {
		let mut manifest = manifest();
		damage(&mut manifest);
		assert!(!manifest.is_sound(), "damage {index}");
	}
}

#[test]
fn job_bytes() {
	let generate = [
		"00",   // Generate
		"0201", // 258 tokens
		"2003", // temperature 800
		"b603", // top-p 950
		"28",   // top-k 40
		"04", "08", "0a0a", // one stop sequence of two bytes
	];
	golden(&JobKind::Generate(params()), &generate.concat());
	golden(&JobKind::Embed, "01");
	golden(&DeclineReason::PromptTooLong, "00");
	golden(&DeclineReason::ModelUnavailable, "01");
	golden(&DeclineReason::EngineFailure, "02");
	golden(&Country(*b"CH"), "4348");
}

#[test]
fn job_hashes() {
	let job = job_id(hash(1), &[7u8; 32], 3, 1_000);
	assert_eq!(
		format!("{job:x}"),
		"a4925e5ec29853c3770738e409f9050da41bbe4a24da1ab9e366a7868c3537ef"
	);
	let seed = H256(job_seed(hash(1), job, 3, hash(2)));
	assert_eq!(
		format!("{seed:x}"),
		"617e5ae5fbb280b1f13fdb2d88fc9ffae2887fed05396ab1a5d297e305f0868c"
	);
	assert_eq!(
		format!("{:x}", prompt_root(&[1, 70_000])),
		"3da9717ae964d13357f61cb1e84f90cb64852e3a9c3399e76775daefe1aff1ff"
	);
}

#[test]
fn attestation_bytes() {
	let attestation = attestation();
	let expected = [
		"01", // version
		"01", // profile
		&hash_hex(1),
		&hash_hex(2),
		&hash_hex(3),
		"77a4ec45dc6726950779f2f642e97a3b2aed7c3a804888ab43c37900fd05233d",
		"87a1c7b9e993010959b1ccbea21d088bf4064c31c7f0cd8c8156d6c17c4cf519",
		"0c000000", // prompt tokens
		"02000000", // output tokens
		"00",       // end of text
	]
	.concat();
	golden(&attestation, &expected);
	assert_eq!(Attestation::max_encoded_len(), 171);
	golden(&FinishReason::Stop, "01");
	golden(&FinishReason::Length, "02");
	golden(&FinishReason::Embedded, "03");
}

#[test]
fn bundle_bytes() {
	let text = [
		"00",
		"08",
		"05000000",
		"2c010000", // two tokens
		"08",
		"4869", // "Hi"
		"04",
		&hash_hex(7), // one digest
	]
	.concat();
	golden(&bundle(), &text);
	let vector = Bundle {
		output: Output::Vector(vec![1, -2].try_into().unwrap()),
		digests: vec![hash(8)].try_into().unwrap(),
	};
	golden(&vector, &["01", "08", "0100", "feff", "04", &hash_hex(8)].concat());
}

#[test]
fn a_bundle_fits_only_its_own_attestation() {
	assert!(bundle().fits(&attestation()));
	let broken: [fn(&mut Attestation); 5] = [
		|attestation| attestation.output_root = H256::zero(),
		|attestation| attestation.trace_root = H256::zero(),
		|attestation| attestation.output_tokens += 1,
		|attestation| attestation.finish = FinishReason::Embedded,
		|attestation| attestation.output_tokens = 0,
	];
	for (index, damage) in broken.iter().enumerate() {
		let mut attestation = attestation();
		damage(&mut attestation);
		assert!(!bundle().fits(&attestation), "damage {index}");
	}
	let mut surplus = bundle();
	surplus.digests.try_push(hash(9)).unwrap();
	let mut attestation = attestation();
	attestation.trace_root = surplus.trace_root();
	assert!(!surplus.fits(&attestation));
}

#[test]
fn vote_and_reveal_bytes() {
	golden(&Vote::Match, "00");
	golden(&Vote::Mismatch(Fault::Prompt), "0100");
	golden(&Vote::Mismatch(Fault::Chunk(2)), "010102000000");
	golden(&Vote::Mismatch(Fault::Ending), "0102");
	golden(&Vote::Unavailable, "02");
	let reveal = Reveal { vote: Vote::Match, work_digest: hash(5), salt: [6; 32] };
	golden(&reveal, &["00", &hash_hex(5), &hash_hex(6)].concat());
	assert_eq!(
		format!("{:x}", reveal.commitment(hash(9))),
		"252f2de422074df9e3da11b54c55fd9b75a0e54d116bd84d4945d7ece4efc1de"
	);
	let challenge = audit_challenge(hash(1), &[7u8; 32], [8; 32]);
	assert_eq!(
		format!("{challenge:x}"),
		"a1d94302e0e2c6156ff61ac0cf931a5a8bcbdc97e307cf5108ba497ffae1ab23"
	);
}

#[test]
fn signed_statements_keep_kinds_chains_and_rounds_apart() {
	let hex =
		|bytes: Vec<u8>| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
	let domains: [(&[u8], &str); 9] = [
		(ATTESTATION_DOMAIN, "ergon:attestation:v1"),
		(DECLINE_DOMAIN, "ergon:decline:v1"),
		(COMMIT_DOMAIN, "ergon:audit-commit:v1"),
		(REVEAL_DOMAIN, "ergon:audit-reveal:v1"),
		(MOVE_DOMAIN, "ergon:dispute-move:v1"),
		(SPRINT_COMMIT_DOMAIN, "ergon:sprint-commit:v1"),
		(SPRINT_OPEN_DOMAIN, "ergon:sprint-open:v1"),
		(SALT_DOMAIN, "ergon:audit-salt:v1"),
		(WORKER_PROOF_DOMAIN, "ergon:worker-key:v1"),
	];
	for (domain, name) in domains {
		// The domain's compact length and text, the genesis hash, the statement.
		let length = format!("{:02x}", name.len() * 4);
		let expected = [&length, &hex(name.into()), &hash_hex(9), "2a"].concat();
		assert_eq!(hex(signing_payload(domain, hash(9), &42u8)), expected);
	}
	let attestation = attestation();
	assert_eq!(
		attestation.signing_payload(hash(9), 2),
		signing_payload(ATTESTATION_DOMAIN, hash(9), &(2u8, attestation)),
	);
}

#[test]
fn engine_messages() {
	let order = Order::Execute(job_order());
	let order_hex = ["00", &hash_hex(1), &hash_hex(2), "01", "0c616263", &hash_hex(9)].concat();
	golden(&order, &order_hex);
	assert_eq!(
		format!("{:x}", order.id()),
		"f44af4a79b9532773c557045fa0d646491977a08b1e593e1a15ee734593fdc9a"
	);
	golden(&ToEngine::Hello { version: PROTOCOL_VERSION }, "0007000000");
	golden(&ToEngine::Submit { order, patience: 258 }, &["01", &order_hex, "02010000"].concat());
	golden(&ToEngine::Cancel(hash(4)), &["02", &hash_hex(4)].concat());
	golden(&ToEngine::Status, "03");
	golden(&FromEngine::Hello { version: PROTOCOL_VERSION }, "0007000000");
	let outcome = Outcome::Verified { vote: Vote::Match, work_digests: vec![hash(5)] };
	golden(
		&FromEngine::Finished { order: hash(4), outcome },
		&["01", &hash_hex(4), "01", "0004", &hash_hex(5)].concat(),
	);
	golden(&FromEngine::Busy(hash(4)), &["02", &hash_hex(4)].concat());
	let status = EngineStatus {
		models: vec![hash(2)],
		queued: 1,
		running: 2,
		completed: 3,
		failed: 4,
		generated_tokens: 5,
		prefilled_tokens: 6,
	};
	let numbers =
		"01000000020000000300000000000000040000000000000005000000000000000600000000000000";
	golden(&FromEngine::Status(status), &["03", "04", &hash_hex(2), numbers].concat());
	golden(&Outcome::Failed(EngineFailure::UnknownModel), "0200");
	golden(
		&Outcome::Failed(EngineFailure::PromptTooLong { tokens: 1, context: 2 }),
		"02010100000002000000",
	);
	golden(&Outcome::Failed(EngineFailure::PromptNotUtf8), "0202");
	golden(&Outcome::Failed(EngineFailure::Internal("no".into())), "0203086e6f");
	golden(&Outcome::Failed(EngineFailure::TooLate), "0204");
	golden(&Outcome::Played { turn: Some(vec![7, 8]) }, "0301080708");
	golden(&Outcome::Played { turn: None }, "0300");
	let leaves = vec![hash(6), hash(7)];
	golden(&Outcome::Sprinted { leaves }, &["0408", &hash_hex(6), &hash_hex(7)].concat());
}

#[test]
fn a_verify_order_carries_everything() {
	let order = Order::Verify {
		job: job_order(),
		attestation: attestation(),
		bundle: bundle(),
		challenges: vec![hash(3)],
	};
	let mut expected = vec![1];
	expected.extend(job_order().encode());
	expected.extend(attestation().encode());
	expected.extend(bundle().encode());
	expected.extend([4]);
	expected.extend(hash(3).encode());
	assert_eq!(order.encode(), expected);
	assert_eq!(order.model(), hash(2));
}

#[test]
fn a_play_order_carries_everything() {
	let order = Order::Play { job: job_order(), bundle: bundle(), stage: vec![1, 2, 3] };
	let mut expected = vec![2];
	expected.extend(job_order().encode());
	expected.extend(bundle().encode());
	expected.extend([12, 1, 2, 3]);
	assert_eq!(order.encode(), expected);
	assert_eq!(order.model(), hash(2));
}

#[test]
fn a_stand_in_order_carries_everything() {
	let (job, attestation, bundle) = (job_order(), attestation(), bundle());
	let order = Order::StandIn { job, attestation, bundle, stage: vec![1, 2, 3] };
	let mut expected = vec![4];
	expected.extend(job_order().encode());
	expected.extend(self::attestation().encode());
	expected.extend(self::bundle().encode());
	expected.extend([12, 1, 2, 3]);
	assert_eq!(order.encode(), expected);
	assert_eq!(order.model(), hash(2));
}

#[test]
fn a_sprint_order_carries_everything() {
	let order = Order::Sprint { subject: hash(3), model: hash(2), first: 258, items: 32 };
	golden(&order, &["03", &hash_hex(3), &hash_hex(2), "02010000", "20000000"].concat());
	assert_eq!(order.model(), hash(2));
	assert_eq!(
		format!("{:x}", order.id()),
		"65bf8e4af4b9653eae06e688c10fa5fce8d014b80cd70a2bfc103a83b2b51ebf"
	);
}

#[test]
fn items_of_a_sprint() {
	assert_eq!(
		format!("{:x}", sprint::subject(hash(1), &[2u8; 32])),
		"2ac866c4be80aeefc923b64c951cab54198f789195cea1c3bf598f9de62a62a1"
	);
	let item = sprint::item(hash(3), hash(2), true, 7);
	assert_eq!(
		format!("{:x}", item.job_id),
		"85334feb6fe86390efafe6c3e6a560e2f55712e93f8bd7f8a877a52a42c5c996"
	);
	assert_eq!(item.model, hash(2));
	assert_eq!(item.kind, JobKind::Generate(GenerationParams::greedy(32)));
	assert_eq!(
		String::from_utf8(item.prompt.clone()).unwrap(),
		"1b56c75f560dcbee51b8a102a525a101494634a38d494403a4700379f5d03804\
		 157b2e7739d17eab1bff8c4c5764087b55d2b293d4a9190dbfa3e933829b1308"
	);
	assert_eq!(
		format!("{:x}", H256(item.seed)),
		"9e7692eb7b7380bf4f1222c64c261dd62bb1d7ba1e3865622fe8ec2db14382b1"
	);
	// A model that generates nothing reads the same.
	let embedded = sprint::item(hash(3), hash(2), false, 7);
	assert_eq!(embedded, JobOrder { kind: JobKind::Embed, ..item });
	assert_eq!(
		format!("{:x}", sprint::leaf(&attestation(), &bundle())),
		"144194a72d51fafb91b0e4c018da450f85ad82907327d0031a6d637281366431"
	);
	let drawn = sprint::drawn(hash(4), hash(3), 1_000, 8);
	assert_eq!(drawn, [123, 124, 251, 361, 458, 650, 753, 902]);
}
