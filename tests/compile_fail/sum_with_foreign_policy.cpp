// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Only the named policies of detops say what a node of the tree is.
// expect: sum
#include <detops/reduce.hpp>

#include <vector>

struct fastest_t {};

float total(const std::vector<float>& x) {
#ifdef DETOPS_FAULT
  return detops::sum(x, fastest_t{});
#else
  return detops::sum(x, detops::kahan);
#endif
}
