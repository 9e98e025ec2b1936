// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Graphics cards of NVIDIA.
//!
//! Everything goes into one stream, so that what is launched runs in order, and memory that is dropped
//! is freed when what was launched before has ended.

use std::{ffi::c_void, sync::Arc};

use cudarc::{
	driver::{
		result::{self, DriverError},
		sys::{is_culib_present, CUdeviceptr, CUresult},
		CudaContext, CudaFunction, CudaSlice, CudaStream, DevicePtr,
	},
	nvrtc::Ptx,
};

use super::{
	kernels::{Kernel, NAMES},
	Address, DeviceError,
};

/// What nvcc made of the kernels; the driver translates it for the card.
const MODULE: &str = include_str!(concat!(env!("OUT_DIR"), "/kernels.ptx"));

/// An open card.
pub(super) struct Cuda {
	context: Arc<CudaContext>,
	stream: Arc<CudaStream>,
	/// In the order of [`NAMES`].
	functions: Vec<CudaFunction>,
}

/// A piece of its memory.
pub(super) struct Slice {
	slice: CudaSlice<u8>,
	address: CUdeviceptr,
}

impl Slice {
	pub(super) fn address(&self) -> Address {
		self.address
	}
}

/// What the driver said.
fn failed(error: DriverError) -> DeviceError {
	DeviceError::Failed(error.to_string())
}

impl Cuda {
	pub(super) fn open(ordinal: usize) -> Result<Self, DeviceError> {
		let missing = |reason: String| DeviceError::Missing { ordinal, reason };
		// SAFETY: only looks for the library.
		if !unsafe { is_culib_present() } {
			return Err(missing("the driver's library libcuda.so.1 was not found".into()));
		}
		let context = CudaContext::new(ordinal).map_err(|error| missing(error.to_string()))?;
		// SAFETY: there is one stream only, so nothing has to wait for another's events.
		unsafe { context.disable_event_tracking() };
		let stream = context.new_stream().map_err(failed)?;
		let module = context.load_module(Ptx::from_src(MODULE)).map_err(failed)?;
		let functions = NAMES
			.iter()
			.map(|name| module.load_function(name))
			.collect::<Result<_, _>>()
			.map_err(failed)?;
		Ok(Self { context, stream, functions })
	}

	pub(super) fn name(&self) -> String {
		self.context.name().unwrap_or_else(|_| "a card without a name".into())
	}

	pub(super) fn memory_bytes(&self) -> Result<u64, DeviceError> {
		Ok(self.context.total_mem().map_err(failed)? as u64)
	}

	pub(super) fn allocate(&self, bytes: usize) -> Result<Slice, DeviceError> {
		// The driver gives no memory of no bytes.
		let slice = self.stream.alloc_zeros::<u8>(bytes.max(1)).map_err(|error| match error.0 {
			CUresult::CUDA_ERROR_OUT_OF_MEMORY => DeviceError::Full { bytes },
			_ => failed(error),
		})?;
		let (address, _) = slice.device_ptr(&self.stream);
		Ok(Slice { address, slice })
	}

	pub(super) fn upload(&self, to: &Slice, offset: usize, from: &[u8]) -> Result<(), DeviceError> {
		if from.is_empty() {
			return Ok(());
		}
		self.context.bind_to_thread().map_err(failed)?;
		let to = to.address + offset as u64;
		// SAFETY: the caller has checked that it is within the memory. From pageable memory, the driver
		// copies what there is to copy before this returns.
		unsafe { result::memcpy_htod_async(to, from, self.stream.cu_stream()) }.map_err(failed)
	}

	pub(super) fn download(&self, from: &Slice, to: &mut [u8]) -> Result<(), DeviceError> {
		let from = from.slice.slice(..to.len());
		self.stream.memcpy_dtoh(&from, to).map_err(failed)?;
		self.stream.synchronize().map_err(failed)
	}

	/// Begins a kernel.
	///
	/// # Safety
	///
	/// As [`super::Device::launch`].
	pub(super) unsafe fn launch<A: Copy>(
		&self,
		kernel: Kernel<A>,
		(x, y): (usize, usize),
		arguments: &A,
	) -> Result<(), DeviceError> {
		self.context.bind_to_thread().map_err(failed)?;
		let mut parameters = [std::ptr::from_ref(arguments) as *mut c_void];
		result::launch_kernel(
			self.functions[kernel.index].cu_function(),
			(x as u32, y as u32, 1),
			(kernel.threads, 1, 1),
			0,
			self.stream.cu_stream(),
			&mut parameters,
		)
		.map_err(failed)
	}
}
