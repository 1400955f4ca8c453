// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Products of matrices and vectors.
#pragma once

#include <detops/matmul/batched.hpp>
#include <detops/matmul/epilogue.hpp>
#include <detops/matmul/matmul.hpp>
#include <detops/matmul/matvec.hpp>
#include <detops/matmul/reference.hpp>
#include <detops/matmul/syrk.hpp>
