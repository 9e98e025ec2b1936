// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A claimed result: an order, an attestation and a bundle in SCALE, verified on a tiny model.

#![no_main]

use std::sync::{Arc, LazyLock};

use codec::DecodeAll;
use ergon_core::{engine::JobOrder, Attestation, Bundle, H256};
use ergon_engine::{
	import,
	synthetic::{write_folder, Shape},
	verify, Control, Model,
};
use libfuzzer_sys::fuzz_target;

static MODEL: LazyLock<(Arc<Model>, Control)> = LazyLock::new(|| {
	let folder = tempfile::tempdir().expect("there is a folder for temporary files");
	let (source, target) = (folder.path().join("source"), folder.path().join("model"));
	write_folder(&source, &Shape::TINY, 1).expect("it can be written");
	import(&source, &target, &mut |_| ()).expect("it is a model");
	let model = Model::open(&target).expect("it was imported");
	(Arc::new(model), Control::new(1).expect("there is a thread"))
});

fuzz_target!(|data: &[u8]| {
	let decoded = <(JobOrder, Attestation, Bundle)>::decode_all(&mut &data[..]);
	let Ok((mut order, attestation, bundle)) = decoded else { return };
	let (model, control) = &*MODEL;
	order.model = model.id();
	verify(model, &order, &attestation, &bundle, &[H256::zero()], control).expect("it is a vote");
});
