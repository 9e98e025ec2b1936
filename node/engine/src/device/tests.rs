// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Kernels against the golden vectors, one by one: on the first graphics card where there is one, and
//! otherwise on the emulation of one.

use std::path::Path;

use ergon_exact::{
	candidates::MAX_CANDIDATES,
	fixed::Q16,
	row,
	silu::GATED_FRACTION,
	tables::{NORMAL, SIGMOID},
	Candidate, Candidates, Scale,
};
use serde_json::Value;

use super::{
	arguments::{
		ActivateArguments, AttendArguments, CandidatesArguments, EmbedArguments, HeadsArguments,
		LinearArguments, NormArguments, QuantiseArguments, Sequences, SplitArguments, Table,
	},
	kernels::{
		ACTIVATE, ATTEND_BEGIN, ATTEND_END, ATTEND_LARGEST, ATTEND_SUM, BEST_CANDIDATES,
		BLOCK_OUTPUTS, EMBED, FINISH_HEADS, LAYER_NORM, LINEAR_ANY, LINEAR_FEW, LINEAR_MANY,
		NORM_ROWS, PAGE, QUANTISE_ROWS, SPLIT_ROWS, TILE, TILED_TOKENS,
	},
	Device, Memory,
};

/// The card, or what stands in for it.
fn device() -> Option<Device> {
	#[cfg(feature = "cuda")]
	match Device::cuda(0) {
		Ok(device) => return Some(device),
		Err(error) => println!("no graphics card: {error}"),
	}
	#[cfg(feature = "emulation")]
	return Some(Device::emulated().unwrap());
	#[cfg(not(feature = "emulation"))]
	{
		println!("skipped: there is no graphics card, and the feature `emulation` is off");
		None
	}
}

/// The golden vectors in a file, or in a list in it.
fn golden(file: &str, list: Option<&str>) -> Vec<Value> {
	let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../primitives/exact/vectors");
	let mut value: Value =
		serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap();
	let list = list.map_or(value.clone(), |list| value[list].take());
	let Value::Array(cases) = list else { panic!("{file} holds no cases") };
	assert!(!cases.is_empty(), "{file}");
	cases
}

/// A number of a case.
fn number<T: TryFrom<i64, Error: std::fmt::Debug>>(value: &Value) -> T {
	value.as_i64().unwrap().try_into().unwrap()
}

/// A list of numbers, or of lists of numbers one after another.
fn numbers<T: TryFrom<i64, Error: std::fmt::Debug>>(value: &Value) -> Vec<T> {
	let list = value.as_array().unwrap().iter();
	list.flat_map(|it| match it {
		Value::Array(_) => numbers(it),
		it => vec![number(it)],
	})
	.collect()
}

impl Device {
	/// Memory that holds these numbers, and zeros after them.
	fn with<T: bytemuck::NoUninit>(&self, numbers: &[T]) -> Memory {
		let beyond = TILE * BLOCK_OUTPUTS * TILED_TOKENS;
		let memory = self.allocate(size_of_val(numbers) + beyond).unwrap();
		self.upload(&memory, 0, numbers).unwrap();
		memory
	}

	fn scale(&self, scale: &Value) -> Memory {
		let (mantissa, exponent) = (number(&scale["mantissa"]), number(&scale["exponent"]));
		self.with(&Scale { mantissa, exponent }.to_bytes())
	}
}

#[test]
fn every_kernel_for_products_gives_the_golden_vectors() {
	let Some(device) = device() else { return };
	for case in golden("linear.json", None) {
		let (mut weights, mut row): (Vec<i8>, Vec<i16>) =
			(numbers(&case["weights"]), numbers(&case["row"]));
		let scales = device.scale(&case["scale"]);
		let exponents = device.with(&[number::<i16>(&case["exponent"])]);
		for (kernel, columns) in
			[(LINEAR_ANY, row.len()), (LINEAR_ANY, 32), (LINEAR_FEW, 32), (LINEAR_MANY, 32)]
		{
			// More columns of zeros change nothing, and make words.
			weights.resize(columns, 0);
			row.resize(columns, 0);
			let plane = TILED_TOKENS * columns;
			let (weights, rows) = (device.with(&weights), device.with(&row));
			let (planes, out) = (device.with(&vec![0i8; 2 * plane]), device.with(&[0i32]));
			let split = SplitArguments {
				rows: rows.address(),
				planes: planes.address(),
				plane: plane as i64,
				columns: columns as i32,
			};
			let arguments = LinearArguments {
				weights: weights.address(),
				scales: scales.address(),
				biases: 0,
				rows: rows.address(),
				exponents: exponents.address(),
				planes: planes.address(),
				plane: plane as i64,
				out: out.address(),
				outputs: 1,
				columns: columns as i32,
				tokens: 1,
				stride: 1,
				first: 0,
			};
			// SAFETY: one row of each, with zeros after it, and planes for a block of tiles.
			unsafe {
				device.launch(SPLIT_ROWS, (1, 1), &split).unwrap();
				device.launch(kernel, (1, 1), &arguments).unwrap();
			}
			let found = device.download::<i32>(&out, 1).unwrap();
			assert_eq!(found, [number::<i32>(&case["output"])], "{columns} columns: {case}");
		}
	}
}

#[test]
fn looking_up_gives_the_golden_vectors() {
	let Some(device) = device() else { return };
	for case in golden("linear.json", None) {
		let (weights, scales) =
			(device.with(&numbers::<i8>(&case["weights"])[..1]), device.scale(&case["scale"]));
		let (zero, residual) = (device.with(&[0u32]), device.with(&[0i32]));
		let arguments = EmbedArguments {
			tokens: Table { weights: weights.address(), scales: scales.address() },
			positions: Table::default(),
			kinds: Table::default(),
			token: zero.address(),
			position: zero.address(),
			residual: residual.address(),
			hidden: 1,
		};
		// SAFETY: one token of one element, at one position.
		unsafe { device.launch(EMBED, (1, 1), &arguments).unwrap() };
		let found = device.download::<i32>(&residual, 1).unwrap();
		assert_eq!(found, [number::<i32>(&case["embedding"])], "{case}");
	}
}

#[test]
fn making_rows_gives_the_golden_vectors() {
	let Some(device) = device() else { return };
	let fits = |case: &Value| {
		let values: Vec<i64> = numbers(&case["values"]);
		values.iter().all(|value| i32::try_from(*value).is_ok())
	};
	// The kernel takes 32 bits.
	let cases: Vec<_> = golden("row.json", None).into_iter().filter(fits).collect();
	assert!(cases.len() > 10, "{} cases", cases.len());
	for case in cases {
		let values: Vec<i32> = numbers(&case["values"]);
		let (count, values) = (values.len(), device.with(&values));
		let (out, exponents) = (device.with(&vec![0i16; count]), device.with(&[0i16]));
		let arguments = QuantiseArguments {
			values: values.address(),
			which: 0,
			out: out.address(),
			exponents: exponents.address(),
			width: count as i32,
		};
		// SAFETY: one row, and room for one.
		unsafe { device.launch(QUANTISE_ROWS, (1, 1), &arguments).unwrap() };
		assert_eq!(device.download::<i16>(&out, count).unwrap(), numbers::<i16>(&case["elements"]));
		// The kernel's values have 16 bits of fraction, whatever the case says.
		let exponent = number::<i32>(&case["exponent"]) + number::<i32>(&case["fraction"]) - Q16;
		let found = device.download::<i16>(&exponents, 1).unwrap();
		assert_eq!(i32::from(found[0]), exponent, "{case}");
	}
}

#[test]
fn norms_give_the_golden_vectors() {
	let Some(device) = device() else { return };
	for (file, into_rows) in [("norm.json", true), ("encoder_norm.json", false)] {
		for case in golden(file, None) {
			let values: Vec<i32> = numbers(&case["values"]);
			let (count, values) = (values.len(), device.with(&values));
			let weights = device.with(&numbers::<i32>(&case["weights"]));
			let biases = (!into_rows).then(|| device.with(&numbers::<i32>(&case["biases"])));
			let (out, exponents) = (device.with(&vec![0i16; count]), device.with(&[0i16]));
			let arguments = NormArguments {
				values: values.address(),
				which: 0,
				weights: weights.address(),
				biases: biases.as_ref().map_or(0, Memory::address),
				epsilon: number(&case["epsilon"]),
				out: out.address(),
				exponents: exponents.address(),
				width: count as i32,
				fraction: number(&case["fraction"]),
			};
			let kernel = if into_rows { NORM_ROWS } else { LAYER_NORM };
			// SAFETY: one row, and room for one.
			unsafe { device.launch(kernel, (1, 1), &arguments).unwrap() };
			if into_rows {
				assert_eq!(
					device.download::<i16>(&out, count).unwrap(),
					numbers::<i16>(&case["elements"])
				);
				let found = device.download::<i16>(&exponents, 1).unwrap();
				assert_eq!(found, [number::<i16>(&case["exponent"])], "{case}");
			} else {
				let found = device.download::<i32>(&values, count).unwrap();
				assert_eq!(found, numbers::<i32>(&case["layerNorm"]), "{case}");
			}
		}
	}
}

/// What becomes of the query of the only head, where it stands, under these norms and angles.
fn finished_head(
	device: &Device,
	values: &[i32],
	norm: Option<&Value>,
	angles: &[i32],
) -> Vec<i32> {
	let width = values.len();
	let projected = device.with(values);
	let weights = norm.map(|norm| device.with(&numbers::<i32>(&norm["weights"])));
	let turns = (!angles.is_empty()).then(|| device.with(angles));
	let (zero, one) = (device.with(&[0u32]), device.with(&[1u32]));
	let (queries, exponents) = (device.with(&vec![0i16; width]), device.with(&[0i16]));
	let arguments = HeadsArguments {
		sequences: Sequences {
			pages: 0,
			first_page: zero.address(),
			position: zero.address(),
			sees: one.address(),
			layer: 0,
			heads: 1,
			key_heads: 1,
			width: width as i32,
		},
		projected: projected.address(),
		query_weights: weights.as_ref().map_or(0, Memory::address),
		key_weights: 0,
		angles: turns.as_ref().map_or(0, Memory::address),
		epsilon: norm.map_or(1, |norm| number(&norm["epsilon"])),
		queries: queries.address(),
		exponents: exponents.address(),
		query_fraction: norm.map_or(0, |norm| number(&norm["fraction"])),
		key_fraction: 0,
	};
	// SAFETY: the first head is the query, which is kept in no page.
	unsafe { device.launch(FINISH_HEADS, (1, 1), &arguments).unwrap() };
	let found = device.download::<i32>(&projected, width).unwrap();
	// What attention gets is the row of that.
	let mut elements = vec![0; width];
	let exponent = row::quantise(&found, Q16, &mut elements);
	assert_eq!(device.download::<i16>(&queries, width).unwrap(), elements);
	assert_eq!(device.download::<i16>(&exponents, 1).unwrap(), [exponent]);
	found
}

#[test]
fn heads_are_normed_and_turned_as_in_the_golden_vectors() {
	let Some(device) = device() else { return };
	for case in golden("encoder_norm.json", None) {
		let found = finished_head(&device, &numbers(&case["values"]), Some(&case), &[]);
		assert_eq!(found, numbers::<i32>(&case["rmsNorm"]), "{case}");
	}
	for case in golden("rope.json", None) {
		let angles = [number(&case["cosine"]), number(&case["sine"])];
		let found = finished_head(&device, &numbers(&case["pair"]), None, &angles);
		assert_eq!(found, numbers::<i32>(&case["rotated"]), "{case}");
	}
}

#[test]
fn attention_gives_the_golden_vectors() {
	let Some(device) = device() else { return };
	for case in golden("attention.json", None) {
		let query: Vec<i16> = numbers(&case["query"]);
		let (width, count) = (query.len(), case["keys"].as_array().unwrap().len());
		assert!(count <= PAGE);
		// Keys, values, exponents of keys, exponents of values.
		let mut page = Vec::new();
		for (part, size) in [
			("keys", PAGE * width),
			("values", PAGE * width),
			("keyExponents", PAGE),
			("valueExponents", PAGE),
		] {
			let mut part: Vec<i16> = numbers(&case[part]);
			part.resize(size, i16::MAX);
			page.extend(part);
		}
		let page = device.with(&page);
		let pages = device.with(&[page.address()]);
		let (zero, sees) = (device.with(&[0u32]), device.with(&[count as u32]));
		let position = device.with(&[count as u32 - 1]);
		let (queries, exponents) =
			(device.with(&query), device.with(&[number::<i16>(&case["queryExponent"])]));
		let (found, sums) = (device.with(&[0i64; 2]), device.with(&vec![0i64; width]));
		let out = device.with(&vec![0i32; width]);
		let arguments = AttendArguments {
			sequences: Sequences {
				pages: pages.address(),
				first_page: zero.address(),
				position: position.address(),
				sees: sees.address(),
				layer: 0,
				heads: 1,
				key_heads: 1,
				width: width as i32,
			},
			queries: queries.address(),
			exponents: exponents.address(),
			exp2: device.tables()[0],
			found: found.address(),
			sums: sums.address(),
			out: out.address(),
			mantissa: number(&case["scoreScale"]["mantissa"]),
			shift: number(&case["scoreScale"]["shift"]),
		};
		for kernel in [ATTEND_BEGIN, ATTEND_LARGEST, ATTEND_SUM, ATTEND_END] {
			// SAFETY: one query of one head, which sees as many positions as were written.
			unsafe { device.launch(kernel, (1, 1), &arguments).unwrap() };
		}
		let largest = |name: &str| numbers::<i32>(&case[name]).into_iter().max().unwrap();
		let weights = numbers::<i64>(&case["weights"]).into_iter().sum::<i64>();
		let [score, exponent] = [largest("scores"), largest("valueExponents")];
		let mut expected = weights.to_le_bytes().to_vec();
		expected.extend([score, exponent].map(i32::to_le_bytes).concat());
		assert_eq!(device.download::<u8>(&found, expected.len()).unwrap(), expected, "{case}");
		assert_eq!(
			device.download::<i32>(&out, width).unwrap(),
			numbers::<i32>(&case["output"]),
			"{case}"
		);
	}
}

#[test]
fn activations_give_the_golden_vectors() {
	let Some(device) = device() else { return };
	let [_, sigmoid, normal] = device.tables();
	let check = |values: &[i32], (curve, last): (u64, usize), expected: i64, fraction: i32| {
		let is_gated = values.len() == 2;
		let (values, out, exponents) =
			(device.with(values), device.with(&[0i16]), device.with(&[0i16]));
		let arguments = ActivateArguments {
			values: values.address(),
			curve,
			out: out.address(),
			exponents: exponents.address(),
			width: 1,
			last: last as i32,
			is_gated: is_gated.into(),
		};
		// SAFETY: a row of one element, or of a gate and what it gates.
		unsafe { device.launch(ACTIVATE, (1, 1), &arguments).unwrap() };
		let mut element = [0];
		let exponent = row::quantise(&[expected], fraction, &mut element);
		assert_eq!(device.download::<i16>(&out, 1).unwrap(), element);
		assert_eq!(device.download::<i16>(&exponents, 1).unwrap(), [exponent]);
	};
	let [sigmoid, normal] = [(sigmoid, SIGMOID.len() - 1), (normal, NORMAL.len() - 1)];
	for case in golden("silu.json", None) {
		let (gate, up) = (number(&case["gate"]), number(&case["up"]));
		check(&[gate, up], sigmoid, number(&case["product"]), GATED_FRACTION);
		check(&[gate], sigmoid, number(&case["silu"]), Q16);
	}
	for case in golden("gelu.json", None) {
		check(&[number(&case["x"])], normal, number(&case["gelu"]), Q16);
	}
}

#[test]
fn candidates_are_those_of_the_golden_vectors() {
	let Some(device) = device() else { return };
	for case in golden("sampler.json", Some("candidates")) {
		let mut logits: Vec<i32> = numbers(&case["logits"]);
		let count = logits.len();
		// The kernel wants as many as it gives.
		logits.resize(count.max(MAX_CANDIDATES), i32::MIN);
		let (vocabulary, logits) = (logits.len() as i32, device.with(&logits));
		let out = device.with(&[[0u32; 2]; MAX_CANDIDATES]);
		let arguments =
			CandidatesArguments { logits: logits.address(), out: out.address(), vocabulary };
		// SAFETY: a row of logits, and room for its candidates.
		unsafe { device.launch(BEST_CANDIDATES, (1, 1), &arguments).unwrap() };
		let mut found = Candidates::new();
		for [id, logit] in device.download::<[u32; 2]>(&out, MAX_CANDIDATES).unwrap() {
			if (id as usize) < count {
				found.offer(Candidate { id, logit: logit as i32 });
			}
		}
		let found: Vec<i64> =
			found.as_slice().iter().flat_map(|it| [it.id.into(), it.logit.into()]).collect();
		assert_eq!(found, numbers::<i64>(&case["candidates"]), "{case}");
	}
}
