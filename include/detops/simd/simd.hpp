// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Logical lanes and their arithmetic.
#pragma once

#include <detops/simd/arith.hpp>
#include <detops/simd/fold.hpp>
