// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Matrix products on the tile unit of x86-64 (AMX-INT8): sixteen weight rows times sixteen tokens in
//! sixteen cycles for 64 columns.
//!
//! The unit multiplies bytes. An element is `256 * high + low` with both halves signed bytes
//! ([`ergon_exact::row::MAX_ELEMENT`] is what makes that so), hence two products per weight; their
//! 32-bit sums cannot overflow within 2^17 columns. Intrinsics for the unit are not in stable Rust, so
//! its eight instructions are written as assembly.

use std::{
	arch::{
		asm,
		x86_64::{
			__cpuid_count, __m512i, _mm512_add_epi64, _mm512_castsi256_si512,
			_mm512_castsi512_si256, _mm512_cvtepi32_epi64, _mm512_cvtsepi64_epi32,
			_mm512_extracti64x4_epi64, _mm512_inserti64x4, _mm512_loadu_si512,
			_mm512_mask_storeu_epi32, _mm512_mullo_epi64, _mm512_set1_epi64, _mm512_setzero_si512,
			_mm512_shuffle_i32x4, _mm512_slli_epi64, _mm512_srai_epi64, _mm512_srav_epi64,
			_mm512_sub_epi64, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32,
			_mm512_unpacklo_epi64,
		},
	},
	cell::RefCell,
	sync::OnceLock,
};

use ergon_exact::{fixed::Q16, linear::requantise, Scale};

use super::{memory::make_room, Grid, MatrixRows};

/// Rows of a tile: weight rows, or tokens.
pub(in super::super) const TILE: usize = 16;
/// Columns of the matrix in a tile.
const COLUMNS: usize = 64;
/// Weight rows that are multiplied together: two tiles.
const ROWS: usize = 2 * TILE;
/// The most columns whose sums fit 32 bits: 2^17 * 2^7 * 2^7 = 2^31.
const MOST_COLUMNS: usize = (1 << 17) - 1;

/// Whether the machine has the unit, and the operating system lets this process use it; asks the
/// operating system the first time.
pub(in super::super) fn is_available() -> bool {
	static AVAILABLE: OnceLock<bool> = OnceLock::new();
	*AVAILABLE.get_or_init(|| {
		/// Bits of leaf 7 for AMX-TILE and AMX-INT8.
		const FEATURES: u32 = 1 << 24 | 1 << 25;
		// SAFETY: every 64-bit x86 processor has CPUID.
		let has_leaf = __cpuid_count(0, 0).eax >= 7;
		has_leaf && __cpuid_count(7, 0).edx & FEATURES == FEATURES && is_permitted()
	})
}

/// Asks the operating system for the tile registers' state, which is large, so that it is given only to
/// those who ask.
#[cfg(target_os = "linux")]
fn is_permitted() -> bool {
	/// `ARCH_REQ_XCOMP_PERM` of arch_prctl(2).
	const REQUEST: i64 = 0x1023;
	/// The number of the tiles' state.
	const TILES: i64 = 18;
	// SAFETY: the call changes nothing but what this process may use.
	unsafe { libc::syscall(libc::SYS_arch_prctl, REQUEST, TILES) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn is_permitted() -> bool {
	false
}

/// The elements of a batch as bytes, in the order in which the unit reads them: for each block of
/// sixteen tokens and each block of 64 columns a tile of high halves and one of low halves; a tile has
/// sixteen lines, one for every four columns, of sixteen tokens.
#[derive(Default)]
pub(in super::super) struct Planes {
	lines: Vec<Line>,
}

/// One line of a tile.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(in super::super) struct Line([[u8; 4]; TILE]);

impl Line {
	const ZERO: Self = Self([[0; 4]; TILE]);
}

/// Lines of one block of tokens.
const fn block_lines(columns: usize) -> usize {
	columns.div_ceil(COLUMNS) * 2 * TILE
}

impl Planes {
	/// Makes room for `tokens` tokens, and gives the room of each block of sixteen, for [`pack`].
	pub(in super::super) fn blocks(
		&mut self,
		tokens: usize,
		columns: usize,
	) -> std::slice::ChunksExactMut<'_, Line> {
		let block = block_lines(columns);
		let length = tokens.div_ceil(TILE) * block;
		if self.lines.len() < length {
			self.lines.resize(length, Line::ZERO);
		}
		self.lines[..length].chunks_exact_mut(block)
	}

	/// Everything.
	pub(in super::super) fn lines(&self) -> &[Line] {
		&self.lines
	}
}

/// Writes up to sixteen rows of elements as the bytes of one block.
pub(in super::super) fn pack(elements: &[i16], columns: usize, block: &mut [Line]) {
	let tokens = elements.len() / columns;
	if tokens < TILE || !columns.is_multiple_of(COLUMNS) {
		block.fill(Line::ZERO);
	}
	for (token, row) in elements.chunks_exact(columns).enumerate() {
		for (row, tiles) in row.chunks(COLUMNS).zip(block.chunks_exact_mut(2 * TILE)) {
			let (high, low) = tiles.split_at_mut(TILE);
			for (four, (high, low)) in row.chunks(4).zip(high.iter_mut().zip(low)) {
				for (index, &element) in four.iter().enumerate() {
					high.0[token][index] = high_half(element);
					low.0[token][index] = low_half(element);
				}
			}
		}
	}
}

/// The signed byte that counts 256.
fn high_half(element: i16) -> u8 {
	((i32::from(element) + 128) >> 8) as u8
}

/// The signed byte that counts 1.
fn low_half(element: i16) -> u8 {
	element as u8
}

/// What the tile registers are: eight of sixteen lines of 64 bytes.
#[repr(C, align(64))]
struct Configuration {
	palette: u8,
	start: u8,
	reserved: [u8; 14],
	line_bytes: [u16; 16],
	lines: [u8; 16],
}

impl Configuration {
	const ALL: Self = Self {
		palette: 1,
		start: 0,
		reserved: [0; 14],
		line_bytes: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
		lines: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
	};
}

/// The tile registers of this thread, as long as it lives.
struct Tiles;

impl Tiles {
	/// # Safety
	///
	/// [`is_available`], and no other `Tiles` lives on this thread.
	unsafe fn configure() -> Self {
		asm!("ldtilecfg [{}]", in(reg) &Configuration::ALL, options(nostack, readonly));
		Self
	}
}

impl Drop for Tiles {
	fn drop(&mut self) {
		// SAFETY: the unit is there, or it could not have been configured.
		unsafe { asm!("tilerelease", options(nostack, nomem)) };
	}
}

/// Sums of 32 rows and sixteen tokens: high, then low halves, of the first and of the second sixteen
/// rows.
#[repr(C, align(64))]
struct Sums([[[[i32; TILE]; TILE]; 2]; 2]);

/// Multiplies `blocks` tiles of two rows of tiles with those of one block of tokens.
///
/// # Safety
///
/// The tiles are configured; `weights` and `elements` have `blocks` times two tiles, on which all the
/// registers are overwritten.
#[inline(always)]
unsafe fn multiply_tiles(
	weights: *const u8,
	elements: *const Line,
	blocks: usize,
	sums: &mut Sums,
) {
	asm!(
		"tilezero tmm0",
		"tilezero tmm1",
		"tilezero tmm2",
		"tilezero tmm3",
		"2:",
		"tileloadd tmm4, [{weights} + {line}]",
		"tileloadd tmm6, [{elements} + {line}]",
		"tdpbssd tmm0, tmm4, tmm6",
		"tileloadd tmm7, [{elements} + {line} + 1024]",
		"tdpbssd tmm1, tmm4, tmm7",
		"tileloadd tmm5, [{weights} + {line} + 1024]",
		"tdpbssd tmm2, tmm5, tmm6",
		"tdpbssd tmm3, tmm5, tmm7",
		"add {weights}, 2048",
		"add {elements}, 2048",
		"dec {blocks}",
		"jnz 2b",
		"tilestored [{sums} + {line}], tmm0",
		"tilestored [{sums} + {line} + 1024], tmm1",
		"tilestored [{sums} + {line} + 2048], tmm2",
		"tilestored [{sums} + {line} + 3072], tmm3",
		weights = inout(reg) weights => _,
		elements = inout(reg) elements => _,
		blocks = inout(reg) blocks => _,
		sums = in(reg) sums.0.as_mut_ptr(),
		line = in(reg) 64usize,
		options(nostack),
	);
}

thread_local! {
	/// Weight rows as tiles, one after another.
	static WEIGHTS: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for tiles of rows of so many columns in the memory of this thread.
pub(super) fn reserve(columns: usize) {
	WEIGHTS.with_borrow_mut(|tiles| make_room(tiles, columns.div_ceil(COLUMNS) * ROWS));
}

/// Outputs of `rows` for every token of a batch whose planes are `planes`, in Q16, into `out`.
///
/// # Safety
///
/// [`is_available`], as is AVX-512 with BW, DQ and VL; nobody else writes to the same columns of
/// `out`; `planes` was packed from rows of as many columns, for as many tokens as there are exponents.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub(super) unsafe fn multiply(rows: MatrixRows, planes: &[Line], exponents: &[i16], out: Grid) {
	WEIGHTS.with_borrow_mut(|tiles| {
		let columns = rows.columns;
		let blocks = columns.div_ceil(COLUMNS);
		tiles.resize(blocks * ROWS, Line::ZERO);
		let mut sums = Sums([[[[0; TILE]; TILE]; 2]; 2]);
		// SAFETY: as the caller says.
		let _tiles = unsafe { Tiles::configure() };
		let weights = rows.weights.chunks(ROWS * columns);
		for (index, (weights, scales)) in weights.zip(rows.scales.chunks(ROWS)).enumerate() {
			copy_weights(weights, columns, tiles);
			let planes = planes.chunks_exact(block_lines(columns));
			for (block, (planes, exponents)) in planes.zip(exponents.chunks(TILE)).enumerate() {
				// SAFETY: both are `blocks` times two tiles long.
				unsafe {
					multiply_tiles(tiles.as_ptr().cast(), planes.as_ptr(), blocks, &mut sums);
				}
				let out = out.at(block * TILE, index * ROWS);
				// SAFETY: as the caller says; the outputs are those of these tokens and rows.
				unsafe { finish(&sums, scales, exponents, out) };
			}
		}
	});
}

/// Whether [`multiply`] can multiply rows of that length.
pub(in super::super) fn suits(columns: usize) -> bool {
	columns <= MOST_COLUMNS
}

/// Writes up to 32 rows of weights as tiles: for each block of columns, two tiles of sixteen rows.
fn copy_weights(weights: &[i8], columns: usize, tiles: &mut [Line]) {
	let count = weights.len() / columns;
	if count < ROWS || !columns.is_multiple_of(COLUMNS) {
		tiles.fill(Line::ZERO);
	}
	for (index, row) in weights.chunks_exact(columns).enumerate() {
		let (whole, rest) = row.as_chunks::<COLUMNS>();
		let lines = tiles[index..].iter_mut().step_by(ROWS);
		for (line, weights) in lines.zip(whole) {
			line.0 = bytemuck::cast(*weights);
		}
		if let Some(line) = tiles.get_mut(index + whole.len() * ROWS) {
			for (column, &weight) in rest.iter().enumerate() {
				line.0[column / 4][column % 4] = weight as u8;
			}
		}
	}
}

/// Requantises the sums of up to 32 rows and up to sixteen tokens.
///
/// # Safety
///
/// As for [`multiply`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn finish(sums: &Sums, scales: &[Scale], exponents: &[i16], out: Grid) {
	let mut lanes = [0i64; TILE];
	for (lane, &exponent) in lanes.iter_mut().zip(exponents) {
		*lane = exponent.into();
	}
	let tokens = Tokens {
		exponents,
		least: exponents.iter().copied().min().unwrap_or(0),
		most: exponents.iter().copied().max().unwrap_or(0),
		// SAFETY: an array of sixteen.
		lanes: unsafe { [load(&lanes[..8]), load(&lanes[8..])] },
	};
	for (half, scales) in scales.chunks(TILE).enumerate() {
		let [high, low] = &sums.0[half];
		let mut rows = [_mm512_setzero_si512(); TILE];
		for (row, &scale) in scales.iter().enumerate() {
			rows[row] = requantise_row(&high[row], &low[row], scale, &tokens);
		}
		let columns = transpose(rows);
		let mask = u16::MAX >> (TILE - scales.len());
		for (token, &column) in columns.iter().enumerate().take(exponents.len()) {
			// SAFETY: as the caller says; the mask leaves out what is no row.
			unsafe { _mm512_mask_storeu_epi32(out.at(token, half * TILE).to, mask, column) };
		}
	}
}

/// Exponents of up to sixteen tokens, and the least and the greatest of them.
struct Tokens<'a> {
	exponents: &'a [i16],
	least: i16,
	most: i16,
	lanes: [__m512i; 2],
}

/// Reads 512 bits.
///
/// # Safety
///
/// There are as many.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load<T>(from: &[T]) -> __m512i {
	// SAFETY: as the caller says.
	unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
}

/// Outputs of one row for sixteen tokens.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn requantise_row(high: &[i32; TILE], low: &[i32; TILE], scale: Scale, tokens: &Tokens) -> __m512i {
	let shift = |exponent: i16| -(i32::from(scale.exponent) + i32::from(exponent) + Q16);
	if shift(tokens.most) < 1 || shift(tokens.least) > 63 {
		let mut outputs = [0; TILE];
		for (token, &exponent) in tokens.exponents.iter().enumerate() {
			let dot = 256 * i64::from(high[token]) + i64::from(low[token]);
			outputs[token] = requantise(dot, scale, exponent);
		}
		// SAFETY: an array of sixteen.
		return unsafe { load(&outputs) };
	}
	// SAFETY: arrays of sixteen.
	let (high, low) = unsafe { (load(high), load(low)) };
	// `requantise`, with the shift split so that its last step rounds.
	let mantissa = _mm512_set1_epi64(scale.mantissa.into());
	let before_last = _mm512_set1_epi64(-(i64::from(scale.exponent) + i64::from(Q16) + 1));
	let half = |high, low, exponents| {
		let high = _mm512_slli_epi64::<8>(_mm512_cvtepi32_epi64(high));
		let dot = _mm512_add_epi64(high, _mm512_cvtepi32_epi64(low));
		let product = _mm512_mullo_epi64(dot, mantissa);
		let shifted = _mm512_srav_epi64(product, _mm512_sub_epi64(before_last, exponents));
		let rounded = _mm512_srai_epi64::<1>(_mm512_add_epi64(shifted, _mm512_set1_epi64(1)));
		_mm512_cvtsepi64_epi32(rounded)
	};
	let first = half(_mm512_castsi512_si256(high), _mm512_castsi512_si256(low), tokens.lanes[0]);
	let second = half(
		_mm512_extracti64x4_epi64::<1>(high),
		_mm512_extracti64x4_epi64::<1>(low),
		tokens.lanes[1],
	);
	_mm512_inserti64x4::<1>(_mm512_castsi256_si512(first), second)
}

/// Turns sixteen rows of sixteen into their columns.
#[inline]
#[target_feature(enable = "avx512f")]
fn transpose(rows: [__m512i; TILE]) -> [__m512i; TILE] {
	let mut pairs = rows;
	for row in (0..TILE).step_by(2) {
		pairs[row] = _mm512_unpacklo_epi32(rows[row], rows[row + 1]);
		pairs[row + 1] = _mm512_unpackhi_epi32(rows[row], rows[row + 1]);
	}
	// Of four rows from `row` on, each has one column of each 128 bits.
	let mut fours = pairs;
	for row in (0..TILE).step_by(4) {
		fours[row] = _mm512_unpacklo_epi64(pairs[row], pairs[row + 2]);
		fours[row + 1] = _mm512_unpackhi_epi64(pairs[row], pairs[row + 2]);
		fours[row + 2] = _mm512_unpacklo_epi64(pairs[row + 1], pairs[row + 3]);
		fours[row + 3] = _mm512_unpackhi_epi64(pairs[row + 1], pairs[row + 3]);
	}
	let mut columns = fours;
	for column in 0..4 {
		let [a, b, c, d] = [0, 4, 8, 12].map(|row| fours[row + column]);
		let even = [_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0x88>(c, d)];
		let odd = [_mm512_shuffle_i32x4::<0xdd>(a, b), _mm512_shuffle_i32x4::<0xdd>(c, d)];
		columns[column] = _mm512_shuffle_i32x4::<0x88>(even[0], even[1]);
		columns[column + 4] = _mm512_shuffle_i32x4::<0x88>(odd[0], odd[1]);
		columns[column + 8] = _mm512_shuffle_i32x4::<0xdd>(even[0], even[1]);
		columns[column + 12] = _mm512_shuffle_i32x4::<0xdd>(odd[0], odd[1]);
	}
	columns
}
