// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The methods of namespace `ergon`.

use crate::engine::{Engine, EngineHealth};
use jsonrpsee::{
	core::RpcResult,
	proc_macros::rpc,
	types::{ErrorObject, ErrorObjectOwned},
	Extensions,
};
use std::sync::Arc;

/// Error code: this node has no engine.
const NO_ENGINE: i32 = 7_001;

/// What a client may ask about jobs, and an operator about the engine.
#[rpc(server)]
pub trait ErgonRpc {
	/// How the engine of this node is: whether it runs, what it has loaded, what it does.
	///
	/// Unsafe: only for the operator.
	#[method(name = "ergon_engine", with_extensions)]
	fn engine(&self) -> RpcResult<EngineHealth>;
}

/// Answers from the chain and the engine.
pub struct Ergon {
	engine: Option<Arc<Engine>>,
}

impl Ergon {
	/// The methods of a node with that engine.
	pub fn new(engine: Option<Arc<Engine>>) -> Self {
		Self { engine }
	}
}

impl ErgonRpcServer for Ergon {
	fn engine(&self, extensions: &Extensions) -> RpcResult<EngineHealth> {
		sc_rpc_api::check_if_safe(extensions)?;
		self.engine.as_ref().map(|engine| engine.health()).ok_or_else(no_engine)
	}
}

fn no_engine() -> ErrorObjectOwned {
	ErrorObject::owned(
		NO_ENGINE,
		"this node runs no engine: start it with --provider, or as a validator with --engine-path \
		 and --models-dir",
		None::<()>,
	)
}
