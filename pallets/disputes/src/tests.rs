// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

mod claims;
mod corruption;
mod defence;
mod games;
mod moves;
mod nodes;
mod silence;
mod work;
