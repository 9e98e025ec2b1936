// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// Every kernel of the exact forward pass. Their arguments are the structures of `arguments.rs`.

#ifndef __CUDACC__
#include <math.h>
#endif

#include "attention.cuh"
#include "candidates.cuh"
#include "linear.cuh"
#include "rows.cuh"
