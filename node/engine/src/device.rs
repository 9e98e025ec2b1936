// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Devices that run the kernels of `device/kernels`: graphics cards, and for tests an emulation.
//!
//! The kernels are written once, in CUDA, and compiled by nvcc for cards (feature `cuda`) and by a C++
//! compiler for the processor (feature `emulation`). A device is driven through its driver library,
//! which is looked for when a device is opened: the same program starts on machines without one.

mod arguments;
#[cfg(feature = "cuda")]
mod cuda;
#[cfg(feature = "emulation")]
mod emulation;
mod kernels;
mod model;
mod pages;
mod pass;
mod scratch;
#[cfg(test)]
mod tests;

use std::{
	fmt,
	sync::{Arc, Weak},
	time::Instant,
};

use bytemuck::{AnyBitPattern, NoUninit};
use ergon_exact::tables::{EXP2, NORMAL, SIGMOID};
use parking_lot::Mutex;

use self::{
	arguments::SumArguments,
	kernels::{Kernel, SUM_WORDS},
};
pub(crate) use self::{model::DeviceModel, pages::Pages, pass::DevicePass, scratch::DeviceScratch};
use crate::model::Model;

/// Words that the bandwidth of a device is measured on, and how many of them a block reads.
const BANDWIDTH_WORDS: (usize, usize) = (1 << 27, 1 << 14);
/// Passes over them, of which the fastest counts.
const BANDWIDTH_PASSES: usize = 5;

/// A device that forward passes can run on. Cloning shares it.
#[derive(Clone)]
pub struct Device(Arc<Inner>);

struct Inner {
	backend: Backend,
	name: String,
	/// The tables of `ergon_exact`, one after another.
	tables: Memory,
	/// Models that were copied; they go when nobody has them any more.
	models: Mutex<Vec<(Weak<Model>, Arc<DeviceModel>)>>,
}

impl fmt::Debug for Device {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.debug_tuple("Device").field(&self.0.name).finish()
	}
}

enum Backend {
	#[cfg(feature = "cuda")]
	Cuda(cuda::Cuda),
	#[cfg(feature = "emulation")]
	Emulated,
}

/// What a device said when it failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
	/// There is no driver, or no such device.
	#[error("there is no device {ordinal} here: {reason}; install NVIDIA's driver (580 or later), or run without --device")]
	Missing {
		/// Which device.
		ordinal: usize,
		/// What the driver said.
		reason: String,
	},
	/// The memory of the device is full.
	#[error("the device has no room for another {bytes} bytes: run fewer models or fewer orders at a time")]
	Full {
		/// What was asked for.
		bytes: usize,
	},
	/// The model is of a shape that the kernels are not made for.
	#[error("the device cannot run this model ({reason}): run it without --device")]
	Unsuitable {
		/// Why.
		reason: &'static str,
	},
	/// Anything else.
	#[error("the device failed: {0}; see the system's log, and restart the engine")]
	Failed(String),
}

/// A piece of a device's memory; freed when dropped.
pub(crate) struct Memory {
	bytes: usize,
	kind: MemoryKind,
}

enum MemoryKind {
	#[cfg(feature = "cuda")]
	Cuda(cuda::Slice),
	#[cfg(feature = "emulation")]
	Emulated(emulation::Slice),
}

/// Address in a device's memory; 0 for none.
pub(crate) type Address = u64;

impl Memory {
	/// Where it begins.
	pub(crate) fn address(&self) -> Address {
		match &self.kind {
			#[cfg(feature = "cuda")]
			MemoryKind::Cuda(slice) => slice.address(),
			#[cfg(feature = "emulation")]
			MemoryKind::Emulated(slice) => slice.address(),
		}
	}

	/// How much it is.
	pub(crate) fn bytes(&self) -> usize {
		self.bytes
	}
}

impl Device {
	/// The graphics card of that number.
	///
	/// # Errors
	///
	/// [`DeviceError::Missing`] where there is none.
	#[cfg(feature = "cuda")]
	pub fn cuda(ordinal: usize) -> Result<Self, DeviceError> {
		let cuda = cuda::Cuda::open(ordinal)?;
		let name = cuda.name();
		Self::new(Backend::Cuda(cuda), name)
	}

	/// The processor in the place of a device, to test kernels with; very slow.
	///
	/// # Errors
	///
	/// None in practice.
	#[cfg(feature = "emulation")]
	pub fn emulated() -> Result<Self, DeviceError> {
		Self::new(Backend::Emulated, "emulation".into())
	}

	fn new(backend: Backend, name: String) -> Result<Self, DeviceError> {
		let all: Vec<u32> = [&EXP2[..], &SIGMOID, &NORMAL].concat();
		let tables = backend.allocate(size_of_val(&all[..]))?;
		backend.upload(&tables, 0, bytemuck::cast_slice(&all))?;
		Ok(Self(Arc::new(Inner { backend, name, tables, models: Mutex::default() })))
	}

	/// What it calls itself.
	pub fn name(&self) -> &str {
		&self.0.name
	}

	/// Bytes of its memory.
	///
	/// # Errors
	///
	/// What the driver says.
	pub fn memory_bytes(&self) -> Result<u64, DeviceError> {
		match &self.0.backend {
			#[cfg(feature = "cuda")]
			Backend::Cuda(cuda) => cuda.memory_bytes(),
			#[cfg(feature = "emulation")]
			Backend::Emulated => Ok(1 << 30),
		}
	}

	/// How fast it reads its memory, in 10^9 bytes per second.
	///
	/// # Errors
	///
	/// [`DeviceError::Full`] where there is no room for what is to be read.
	pub fn read_bandwidth(&self) -> Result<f64, DeviceError> {
		let (words, share) = BANDWIDTH_WORDS;
		let (memory, out) = (self.allocate(8 * words)?, self.allocate(8)?);
		let arguments =
			SumArguments { words: memory.address(), out: out.address(), count: share as i64 };
		let mut best = f64::INFINITY;
		for _ in 0..BANDWIDTH_PASSES {
			self.download::<i64>(&out, 1)?;
			let since = Instant::now();
			// SAFETY: the shares of all blocks are the memory.
			unsafe { self.launch(SUM_WORDS, (words / share, 1), &arguments)? };
			self.download::<i64>(&out, 1)?;
			best = best.min(since.elapsed().as_secs_f64());
		}
		Ok((8 * words) as f64 / best / 1e9)
	}

	/// A model in its memory, copied there if it is not.
	pub(crate) fn model(&self, model: &Arc<Model>) -> Result<Arc<DeviceModel>, DeviceError> {
		let mut models = self.0.models.lock();
		models.retain(|(model, _)| model.strong_count() > 0);
		let known = models.iter().find(|(other, _)| other.as_ptr() == Arc::as_ptr(model));
		if let Some((_, weights)) = known {
			return Ok(Arc::clone(weights));
		}
		let weights = Arc::new(DeviceModel::new(self, model)?);
		models.push((Arc::downgrade(model), Arc::clone(&weights)));
		Ok(weights)
	}

	/// Addresses of the tables of powers of two, of the sigmoid and of the normal distribution.
	pub(crate) fn tables(&self) -> [Address; 3] {
		let first = self.0.tables.address();
		let after = |count: usize| first + (count * size_of::<u32>()) as u64;
		[first, after(EXP2.len()), after(EXP2.len() + SIGMOID.len())]
	}

	/// Memory, all zeros.
	pub(crate) fn allocate(&self, bytes: usize) -> Result<Memory, DeviceError> {
		self.0.backend.allocate(bytes)
	}

	/// Copies to the device, from a number of bytes on; panics beyond the end.
	pub(crate) fn upload<T: NoUninit>(
		&self,
		to: &Memory,
		offset: usize,
		from: &[T],
	) -> Result<(), DeviceError> {
		self.0.backend.upload(to, offset, bytemuck::cast_slice(from))
	}

	/// The first numbers of a memory, once everything that was launched has ended; panics beyond the end.
	pub(crate) fn download<T: AnyBitPattern + NoUninit>(
		&self,
		from: &Memory,
		count: usize,
	) -> Result<Vec<T>, DeviceError> {
		let mut out = vec![T::zeroed(); count];
		self.0.backend.download(from, bytemuck::cast_slice_mut(&mut out))?;
		Ok(out)
	}

	/// Begins a kernel of so many blocks, after everything that was launched before.
	///
	/// # Safety
	///
	/// The arguments are those that the kernel wants, and what they point to lives until the next
	/// download, or is freed by dropping its [`Memory`] (which waits in line).
	pub(crate) unsafe fn launch<A: Copy>(
		&self,
		kernel: Kernel<A>,
		blocks: (usize, usize),
		arguments: &A,
	) -> Result<(), DeviceError> {
		if blocks.0 == 0 || blocks.1 == 0 {
			return Ok(());
		}
		match &self.0.backend {
			#[cfg(feature = "cuda")]
			Backend::Cuda(cuda) => cuda.launch(kernel, blocks, arguments),
			#[cfg(feature = "emulation")]
			Backend::Emulated => {
				emulation::launch(kernel, blocks, arguments);
				Ok(())
			}
		}
	}
}

impl Backend {
	fn allocate(&self, bytes: usize) -> Result<Memory, DeviceError> {
		let kind = match self {
			#[cfg(feature = "cuda")]
			Self::Cuda(cuda) => MemoryKind::Cuda(cuda.allocate(bytes)?),
			#[cfg(feature = "emulation")]
			Self::Emulated => MemoryKind::Emulated(emulation::Slice::new(bytes)),
		};
		Ok(Memory { bytes, kind })
	}

	fn upload(&self, to: &Memory, offset: usize, from: &[u8]) -> Result<(), DeviceError> {
		assert!(offset + from.len() <= to.bytes, "an upload beyond the end of a device's memory");
		match (self, &to.kind) {
			#[cfg(feature = "cuda")]
			(Self::Cuda(cuda), MemoryKind::Cuda(to)) => cuda.upload(to, offset, from),
			#[cfg(feature = "emulation")]
			(Self::Emulated, MemoryKind::Emulated(to)) => {
				to.write(offset, from);
				Ok(())
			}
			#[cfg(all(feature = "cuda", feature = "emulation"))]
			_ => unreachable!("memory of another device"),
		}
	}

	fn download(&self, from: &Memory, to: &mut [u8]) -> Result<(), DeviceError> {
		assert!(to.len() <= from.bytes, "a download beyond the end of a device's memory");
		match (self, &from.kind) {
			#[cfg(feature = "cuda")]
			(Self::Cuda(cuda), MemoryKind::Cuda(from)) => cuda.download(from, to),
			#[cfg(feature = "emulation")]
			(Self::Emulated, MemoryKind::Emulated(from)) => {
				from.read(to);
				Ok(())
			}
			#[cfg(all(feature = "cuda", feature = "emulation"))]
			_ => unreachable!("memory of another device"),
		}
	}
}
