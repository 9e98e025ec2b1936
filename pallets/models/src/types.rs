// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet keeps and tells.

use crate::Config;
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{ModelId, ModelManifest};
use ergon_economics::Balance;
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Longest name, in bytes.
pub const MAX_NAME: u32 = 64;
/// Longest licence expression, in bytes.
pub const MAX_LICENCE: u32 = 64;
/// Longest language tag, in bytes.
pub const MAX_LANGUAGE: u32 = 12;
/// Most languages of one model.
pub const MAX_LANGUAGES: u32 = 32;
/// Longest URI, in bytes.
pub const MAX_URI: u32 = 256;
/// Most models that one view returns.
pub const MAX_PAGE: u32 = 100;

/// A name that people read.
pub type Name = BoundedVec<u8, ConstU32<MAX_NAME>>;
/// An SPDX licence expression.
pub type Licence = BoundedVec<u8, ConstU32<MAX_LICENCE>>;
/// A BCP 47 language tag.
pub type Language = BoundedVec<u8, ConstU32<MAX_LANGUAGE>>;
/// Declared languages.
pub type Languages = BoundedVec<Language, ConstU32<MAX_LANGUAGES>>;
/// Where the files may be found.
pub type Uri = BoundedVec<u8, ConstU32<MAX_URI>>;

/// What may be done with a model.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Status<BlockNumber> {
	/// Jobs may be submitted.
	#[codec(index = 0)]
	Active,
	/// No new jobs; those in flight go on.
	#[codec(index = 1)]
	Quarantined,
	/// No new jobs; those in flight are refunded.
	#[codec(index = 2)]
	Recalled {
		/// Block of the recall.
		since: BlockNumber,
	},
}

/// What every job reads of a model.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Model<AccountId, BlockNumber> {
	/// What the model is, to the last bit.
	pub manifest: ModelManifest,
	/// Who registered it and answers for it.
	pub sponsor: AccountId,
	/// What may be done with it.
	pub status: Status<BlockNumber>,
	/// Held from the sponsor.
	pub deposit: Balance,
}

/// What people need to know about a model beside its bits.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Details {
	/// Readable name; UTF-8, not empty.
	pub name: Name,
	/// SPDX licence expression; not empty.
	pub licence: Licence,
	/// The registered model that this one was derived from.
	pub parent: Option<ModelId>,
	/// Languages that the sponsor declares, as BCP 47 tags; each once.
	pub languages: Languages,
	/// Where the files may be found; may be empty. A hint: the manifest's hashes say whether they
	/// are the right ones.
	pub uri: Uri,
}

/// Everything about one model.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ModelInfo<AccountId, BlockNumber> {
	/// Its id.
	pub id: ModelId,
	/// What every job reads.
	pub model: Model<AccountId, BlockNumber>,
	/// What people read.
	pub details: Details,
}

/// A model as a genesis preset writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisModel<AccountId> {
	/// Who answers for it, and whose balance the deposit is held from.
	pub sponsor: AccountId,
	/// The manifest, as `manifest.json` of the imported model has it.
	pub manifest: ModelManifest,
	/// See [`Details::name`].
	pub name: String,
	/// See [`Details::licence`].
	pub licence: String,
	/// See [`Details::parent`].
	#[serde(default)]
	pub parent: Option<ModelId>,
	/// See [`Details::languages`].
	#[serde(default)]
	pub languages: Vec<String>,
	/// See [`Details::uri`].
	#[serde(default)]
	pub uri: String,
}

/// [`Model`] of a runtime.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// [`ModelInfo`] of a runtime.
pub type ModelInfoOf<T> = ModelInfo<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// What deposits are held with.
pub type CurrencyOf<T> = <T as Config>::Currency;
