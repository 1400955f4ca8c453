// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Products of matrices.
#pragma once

#include <detops/matmul/matmul.hpp>
#include <detops/matmul/reference.hpp>
