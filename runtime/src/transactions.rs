// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a transaction looks like, and how off-chain workers make one.

use crate::{AccountId, Address, BlockNumber, Nonce, Runtime, RuntimeCall, Signature, System};
use codec::Encode;
use ergon_core::crypto::audit::AuditorId;
use frame_system::offchain::{
	AppCrypto, CreateAuthorizedTransaction, CreateBare, CreateSignedTransaction, CreateTransaction,
	CreateTransactionBase, SigningTypes,
};
use sp_core::ed25519;
use sp_runtime::{
	generic::{self, Era},
	traits::Verify,
};

/// What is checked and charged around each call. Signed transactions list these in this order.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// A transaction as it is gossiped and put into blocks.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// What the account of a signed transaction signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// The extensions of a signed transaction with that nonce, tip and lifetime.
pub fn extension(nonce: Nonce, tip: crate::Balance, era: Era) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckMortality::from(era),
		frame_system::CheckNonce::from(nonce),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(tip),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	)
}

impl<LocalCall> CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;

	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		extension(0, 0, Era::Immortal)
	}
}

impl SigningTypes for Runtime {
	type Public = <Signature as Verify>::Signer;
	type Signature = Signature;
}

/// Signs with an audit key for the account of that key.
pub struct AuditKeyAccount;

impl AppCrypto<<Signature as Verify>::Signer, Signature> for AuditKeyAccount {
	type GenericPublic = ed25519::Public;
	type GenericSignature = ed25519::Signature;
	type RuntimeAppPublic = AuditorId;
}

/// Most blocks in which a transaction that an off-chain worker has signed is good, and twice the least: one that
/// nobody puts into a block is to be forgotten before it does something that nobody wants any more.
const LIFETIME: BlockNumber = 32;

impl<LocalCall> CreateSignedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_signed_transaction<C: AppCrypto<Self::Public, Self::Signature>>(
		call: RuntimeCall,
		public: <Signature as Verify>::Signer,
		account: AccountId,
		nonce: Nonce,
	) -> Option<UncheckedExtrinsic> {
		// The last block whose hash is in this state, rounded down so that what is made again in the next block is
		// the same bytes.
		let last = System::block_number().saturating_sub(1);
		let born = last.saturating_sub(last % (LIFETIME / 2));
		let era = Era::mortal(LIFETIME.into(), born.into());
		let payload = SignedPayload::new(call, extension(nonce, 0, era)).ok()?;
		let signature = payload.using_encoded(|payload| C::sign(payload, public))?;
		let (call, extension, _) = payload.deconstruct();
		Some(UncheckedExtrinsic::new_signed(call, account.into(), signature, extension))
	}
}

// Reports of equivocations are unsigned and only ever put into a block by the node that made them.
impl<LocalCall> CreateBare<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_bare(call)
	}
}
