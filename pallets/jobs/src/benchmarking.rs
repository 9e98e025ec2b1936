// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0
