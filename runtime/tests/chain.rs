// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The chain without jobs: blocks, sessions, fees, and the shape of transactions.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, MAX_CHUNKS, MAX_TEXT_BYTES, PROFILE_EXACT},
	crypto::{
		audit::{address, AuditorId},
		AUDIT_KEY_TYPE,
	},
	job::{MAX_OUTPUT_TOKENS, MAX_PROMPT_BYTES},
	Attestation, Bundle, Fault, FinishReason, GenerationParams, JobKind, Output, H256,
};
use ergon_runtime::{
	configs::{system::RuntimeBlockWeights, transaction_payment::TreasuryAccount},
	constants::{ERG, EXISTENTIAL_DEPOSIT, SESSION_SLOTS},
	transactions::AuditKeyAccount,
	AccountId, Balances, Rewards, Runtime, RuntimeCall, RuntimeOrigin, Session, System,
};
use ergon_test_chain::Chain;
use frame_support::{
	dispatch::GetDispatchInfo,
	traits::{fungible::Inspect, Authorize},
};
use sp_keyring::{
	Ed25519Keyring,
	Sr25519Keyring::{Alice, Bob, Ferdie},
};
use sp_runtime::{traits::IdentifyAccount, transaction_validity::InvalidTransaction, MultiSigner};

#[test]
fn sessions_should_rotate_and_keep_the_validators() {
	let mut chain = Chain::new("local_testnet");
	let validators = chain.read(Session::validators);
	assert_eq!(validators.len(), 3);

	for _ in 0..2 * SESSION_SLOTS + 2 {
		chain.block(Vec::new());
	}

	assert_eq!(chain.read(Session::current_index), 2);
	assert_eq!(chain.read(Session::validators), validators);
}

#[test]
fn fees_should_go_to_the_treasury_to_the_unit() {
	let mut chain = Chain::new("development");
	chain.block(Vec::new());
	let balance = |chain: &mut Chain, who: &_| chain.read(|| Balances::total_balance(who));
	let (ferdie, treasury) = (Ferdie.to_account_id(), TreasuryAccount::get());
	let before = (balance(&mut chain, &ferdie), balance(&mut chain, &treasury));
	let issuance = chain.read(Balances::total_issuance);

	let transfer = pallet_balances::Call::<Runtime>::transfer_keep_alive {
		dest: Alice.to_account_id().into(),
		value: ERG,
	};
	let transaction = chain.sign(Ferdie, transfer, 0);
	chain.block(vec![transaction])[0].unwrap().unwrap();

	let paid = before.0 - balance(&mut chain, &ferdie) - ERG;
	assert!(paid > 0);
	assert_eq!(balance(&mut chain, &treasury) - before.1, paid);
	assert_eq!(chain.read(Balances::total_issuance), issuance);
}

/// What an off-chain worker signs with an audit key is a transaction of the account of that key, which pays for it.
#[test]
fn what_an_audit_key_signs_should_be_a_transaction_of_its_account() {
	use frame_system::offchain::CreateSignedTransaction;
	let mut chain = Chain::new("development");
	chain.add_key(AUDIT_KEY_TYPE, Bob);
	let public = MultiSigner::from(Ed25519Keyring::Bob.public());
	let account = public.clone().into_account();
	let transfer = pallet_balances::Call::<Runtime>::transfer_keep_alive {
		dest: account.clone().into(),
		value: ERG,
	};
	chain.block(Vec::new());
	let transaction = chain.sign(Ferdie, transfer, 0);
	chain.block(vec![transaction])[0].unwrap().unwrap();

	let key = AuditorId::from(Ed25519Keyring::Bob.public());
	assert_eq!(address(&key), account.to_string());
	// More bytes than are signed as they are, and fewer.
	for (nonce, length) in [(0, 300), (1, 3)] {
		let sign = |remark: Vec<u8>| {
			let call: RuntimeCall = frame_system::Call::<Runtime>::remark { remark }.into();
			<Runtime as CreateSignedTransaction<RuntimeCall>>::create_signed_transaction::<
				AuditKeyAccount,
			>(call, public.clone(), account.clone(), nonce)
			.unwrap()
		};
		let signed = chain.read(|| sign(vec![7; length]));
		assert_eq!(chain.read(|| sign(vec![7; length])).encode(), signed.encode());
		let other = chain.read(|| sign(vec![8; length]));
		let mut forged = signed.clone();
		forged.function = other.function;
		let before = chain.read(|| Balances::total_balance(&account));
		let results = chain.block(vec![forged, signed]);
		assert_eq!(results[0], Err(InvalidTransaction::BadProof.into()));
		results[1].unwrap().unwrap();
		assert_eq!(chain.read(|| System::account_nonce(&account)), nonce + 1);
		assert!(chain.read(|| Balances::total_balance(&account)) < before, "it paid");
	}

	// Who does not have the key cannot sign, and what is not put into a block is forgotten.
	let other = MultiSigner::from(Ed25519Keyring::Eve.public());
	let remark = || frame_system::Call::<Runtime>::remark { remark: Vec::new() };
	let sign = |signer: MultiSigner| {
		<Runtime as CreateSignedTransaction<RuntimeCall>>::create_signed_transaction::<
			AuditKeyAccount,
		>(remark().into(), signer.clone(), signer.into_account(), 2)
	};
	assert_eq!(chain.read(|| sign(other)), None);
	let old = chain.read(|| sign(public.clone())).unwrap();
	for _ in 0..32 {
		chain.block(Vec::new());
	}
	assert!(chain.block(vec![old])[0].is_err());
}

/// What there is has to be what there was, more what was made, less what was burnt, which is checked behind each
/// block: so nothing may be burnt that is not counted.
#[test]
fn all_that_is_burnt_should_be_counted() {
	let mut chain = Chain::new("development");
	chain.block(Vec::new());
	let issuance = chain.read(Balances::total_issuance);
	let burn = || pallet_balances::Call::<Runtime>::burn { value: ERG, keep_alive: true };
	let batch = pallet_utility::Call::<Runtime>::batch_all { calls: vec![burn().into()] };
	let transactions = vec![chain.sign(Ferdie, burn(), 0), chain.sign(Ferdie, batch, 1)];
	for result in chain.block(transactions) {
		assert_eq!(result.unwrap(), Err(frame_system::Error::<Runtime>::CallFiltered.into()));
	}
	assert_eq!(chain.read(Balances::total_issuance), issuance);

	// An account of two existential deposits that keeps less than one.
	let (rich, poor) = (Ferdie.to_account_id(), AccountId::new([7; 32]));
	chain.read(|| {
		let transfer = |from: AccountId, to: AccountId, value| {
			Balances::transfer_allow_death(RuntimeOrigin::signed(from), to.into(), value).unwrap();
		};
		transfer(rich.clone(), poor.clone(), 2 * EXISTENTIAL_DEPOSIT);
		transfer(poor, rich, EXISTENTIAL_DEPOSIT + 1);
	});
	chain.block(Vec::new());
	let burnt = EXISTENTIAL_DEPOSIT - 1;
	assert_eq!(chain.read(Balances::total_issuance), issuance - burnt);
	assert_eq!(chain.read(Rewards::emission).burnt, burnt);
}

#[test]
fn call_indices_should_never_change() {
	let index = |call: RuntimeCall| {
		let bytes = call.encode();
		(bytes[0], bytes[1])
	};
	let transfer = pallet_balances::Call::<Runtime>::transfer_allow_death {
		dest: Alice.to_account_id().into(),
		value: 1,
	};
	assert_eq!(index(frame_system::Call::<Runtime>::remark { remark: Vec::new() }.into()), (0, 0));
	assert_eq!(index(pallet_timestamp::Call::<Runtime>::set { now: 0 }.into()), (1, 0));
	assert_eq!(index(transfer.into()), (4, 0));
	assert_eq!(index(pallet_session::Call::<Runtime>::purge_keys {}.into()), (21, 1));
	assert_eq!(index(pallet_utility::Call::<Runtime>::batch { calls: Vec::new() }.into()), (30, 0));
	let model = H256::zero();
	assert_eq!(index(pallet_models::Call::<Runtime>::quarantine { model }.into()), (10, 1));
	assert_eq!(index(pallet_providers::Call::<Runtime>::drain {}.into()), (11, 6));
	assert_eq!(index(pallet_jobs::Call::<Runtime>::cancel { job: model }.into()), (42, 1));
	let key = pallet_disputes::PlayerKey::Auditor(sp_core::ed25519::Public::default().into());
	let challenge = pallet_disputes::Call::<Runtime>::challenge {
		job: model,
		charge: pallet_disputes::Charge::Result(Fault::Prompt),
		key,
	};
	assert_eq!(index(challenge.into()), (40, 0));
	assert_eq!(index(pallet_power::Call::<Runtime>::leave {}.into()), (12, 2));
	let claim = pallet_rewards::Call::<Runtime>::claim { validator: Alice.to_account_id() };
	assert_eq!(index(claim.into()), (44, 0));
}

#[test]
fn metadata_should_decode_in_every_version() {
	use codec::Decode;
	for version in [14, 15, 16] {
		let metadata = Runtime::metadata_at_version(version).unwrap();
		let prefixed = frame_metadata::RuntimeMetadataPrefixed::decode(&mut &metadata[..]).unwrap();
		assert_eq!(prefixed.1.version(), version);
	}
}

/// What a requester and a provider hand in for one job, as large as the protocol lets it be, with the
/// weight that is declared before anything is known of it. Hooks have limits of their own.
#[test]
fn the_largest_job_should_take_less_than_a_twentieth_of_a_block() {
	let hash = H256::zero();
	let submit = pallet_jobs::Call::<Runtime>::submit {
		model: hash,
		kind: JobKind::Generate(GenerationParams::greedy(MAX_OUTPUT_TOKENS as u16)),
		prompt: vec![0; MAX_PROMPT_BYTES as usize],
		max_price: ERG,
		constraints: Default::default(),
		nonce: 0,
	};
	let output = Output::Text {
		tokens: vec![0; MAX_OUTPUT_TOKENS as usize].try_into().unwrap(),
		text: vec![0; MAX_TEXT_BYTES as usize].try_into().unwrap(),
	};
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: hash,
		model_root: hash,
		prompt_root: hash,
		output_root: hash,
		trace_root: hash,
		prompt_tokens: 1,
		output_tokens: MAX_OUTPUT_TOKENS,
		finish: FinishReason::Length,
	};
	let attest = pallet_jobs::Call::<Runtime>::attest {
		attestation,
		bundle: Bundle { output, digests: vec![hash; MAX_CHUNKS as usize].try_into().unwrap() },
		round: 0,
		signature: sp_core::ed25519::Signature::default().into(),
	};

	let block = RuntimeBlockWeights::get().max_block;
	for (name, call) in [("submit", RuntimeCall::from(submit)), ("attest", attest.into())] {
		let weight = call.get_dispatch_info().call_weight + call.weight_of_authorize();
		let share = weight.ref_time() as f64 / block.ref_time() as f64;
		assert!(share < 0.05, "{name} takes {share} of a block");
	}
}

/// The worst round of a dispute: one move of each side, each as large as it can be or about a text, and by
/// somebody who stands in.
#[test]
fn the_worst_round_of_a_dispute_should_take_less_than_a_twenty_fifth_of_a_block() {
	use codec::Decode;
	use ergon_exact::game::{Move, Record, Turn};
	let texts = include_bytes!("../../primitives/exact/vectors/text_games.scale");
	let texts = <[Record; 3]>::decode(&mut &texts[..]).unwrap();
	let texts = texts.into_iter().flat_map(|game| game.turns);
	let hashes = pallet_disputes::MAX_TURN_BYTES / 32 - 1;
	let largest = Move::Layers(vec![H256::zero(); hashes as usize]);
	let largest = Turn { groundwork: None, made: largest };
	let job = H256::zero();
	let key = || pallet_disputes::PlayerKey::Auditor(sp_core::ed25519::Public::default().into());
	let block = RuntimeBlockWeights::get().max_block;
	for turn in texts.chain([largest]).map(Box::new) {
		let signature = sp_core::ed25519::Signature::default().into();
		let signature = pallet_disputes::PlayerSignature::Worker(signature);
		type Call = pallet_disputes::Call<Runtime>;
		let play = Call::play { job, step: 0, turn: turn.clone(), signature };
		let stand_in = Call::stand_in { job, step: 0, key: key(), turn };
		for call in [play, stand_in].map(RuntimeCall::from) {
			let weight = call.get_dispatch_info().call_weight + call.weight_of_authorize();
			let share = 2.0 * weight.ref_time() as f64 / block.ref_time() as f64;
			println!("{share} of a block");
			assert!(share < 1.0 / 25.0, "a round takes {share} of a block");
		}
	}
}
