// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// An output must be writable.
// expect: error
#include <detops/math.hpp>

#include <vector>

void apply(const std::vector<float>& in, std::vector<float>& out) {
#ifdef DETOPS_FAULT
  detops::exp(out, in);
#else
  detops::exp(in, out);
#endif
}
