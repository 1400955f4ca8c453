// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Elementwise arithmetic and functions on vectors and matrices.
#pragma once

#include <detops/math/arithmetic.hpp>
#include <detops/math/exp.hpp>
#include <detops/math/log.hpp>
#include <detops/math/tanh.hpp>
#include <detops/math/trigonometric.hpp>
