// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything but the adapters: those name other libraries and are included one by one.
#pragma once

#include <detops/exec.hpp>
#include <detops/math.hpp>
#include <detops/matmul.hpp>
#include <detops/random.hpp>
#include <detops/reduce.hpp>
#include <detops/verify.hpp>
#include <detops/version.hpp>
