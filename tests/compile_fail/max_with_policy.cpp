// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// max has no policy.
// expect: max
#include <detops/reduce.hpp>

#include <vector>

float largest(const std::vector<float>& x) {
#ifdef DETOPS_FAULT
  return detops::max(x, detops::kahan);
#else
  return detops::max(x);
#endif
}
