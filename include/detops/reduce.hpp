// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions: all elements or along an axis; prefix sums, counts and histograms.
#pragma once

#include <detops/reduce/accumulator.hpp>
#include <detops/reduce/axes.hpp>
#include <detops/reduce/axis.hpp>
#include <detops/reduce/axis_count.hpp>
#include <detops/reduce/axis_extrema.hpp>
#include <detops/reduce/axis_integers.hpp>
#include <detops/reduce/count.hpp>
#include <detops/reduce/extrema.hpp>
#include <detops/reduce/extremum_accumulator.hpp>
#include <detops/reduce/fold.hpp>
#include <detops/reduce/histogram.hpp>
#include <detops/reduce/moments.hpp>
#include <detops/reduce/norm.hpp>
#include <detops/reduce/scan.hpp>
#include <detops/reduce/sum.hpp>
