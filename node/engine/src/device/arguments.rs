// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Arguments of the kernels: the structures of the same names in `kernels`, where their fields are
//! explained.

use super::Address;

#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Table {
	pub(super) weights: Address,
	pub(super) scales: Address,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct EmbedArguments {
	pub(super) tokens: Table,
	pub(super) positions: Table,
	pub(super) kinds: Table,
	pub(super) token: Address,
	pub(super) position: Address,
	pub(super) residual: Address,
	pub(super) hidden: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct NormArguments {
	pub(super) values: Address,
	pub(super) which: Address,
	pub(super) weights: Address,
	pub(super) biases: Address,
	pub(super) epsilon: u64,
	pub(super) out: Address,
	pub(super) exponents: Address,
	pub(super) width: i32,
	pub(super) fraction: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct QuantiseArguments {
	pub(super) values: Address,
	pub(super) which: Address,
	pub(super) out: Address,
	pub(super) exponents: Address,
	pub(super) width: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct ActivateArguments {
	pub(super) values: Address,
	pub(super) curve: Address,
	pub(super) out: Address,
	pub(super) exponents: Address,
	pub(super) width: i32,
	pub(super) last: i32,
	pub(super) is_gated: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct AddArguments {
	pub(super) residual: Address,
	pub(super) updates: Address,
	pub(super) width: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct SplitArguments {
	pub(super) rows: Address,
	pub(super) planes: Address,
	pub(super) plane: i64,
	pub(super) columns: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct LinearArguments {
	pub(super) weights: Address,
	pub(super) scales: Address,
	pub(super) biases: Address,
	pub(super) rows: Address,
	pub(super) exponents: Address,
	pub(super) planes: Address,
	pub(super) plane: i64,
	pub(super) out: Address,
	pub(super) outputs: i32,
	pub(super) columns: i32,
	pub(super) tokens: i32,
	pub(super) stride: i32,
	pub(super) first: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Sequences {
	pub(super) pages: Address,
	pub(super) first_page: Address,
	pub(super) position: Address,
	pub(super) sees: Address,
	pub(super) layer: i32,
	pub(super) heads: i32,
	pub(super) key_heads: i32,
	pub(super) width: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct HeadsArguments {
	pub(super) sequences: Sequences,
	pub(super) projected: Address,
	pub(super) query_weights: Address,
	pub(super) key_weights: Address,
	pub(super) angles: Address,
	pub(super) epsilon: u64,
	pub(super) queries: Address,
	pub(super) exponents: Address,
	pub(super) query_fraction: i32,
	pub(super) key_fraction: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct AttendArguments {
	pub(super) sequences: Sequences,
	pub(super) queries: Address,
	pub(super) exponents: Address,
	pub(super) exp2: Address,
	pub(super) found: Address,
	pub(super) sums: Address,
	pub(super) out: Address,
	pub(super) mantissa: u32,
	pub(super) shift: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct CandidatesArguments {
	pub(super) logits: Address,
	pub(super) out: Address,
	pub(super) vocabulary: i32,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct SumArguments {
	pub(super) words: Address,
	pub(super) out: Address,
	pub(super) count: i64,
}
