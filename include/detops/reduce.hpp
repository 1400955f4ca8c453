// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions: sum, dot, mean, max, min, argmax, argmin; all elements or along an axis.
#pragma once

#include <detops/reduce/axis.hpp>
#include <detops/reduce/extrema.hpp>
#include <detops/reduce/sum.hpp>
