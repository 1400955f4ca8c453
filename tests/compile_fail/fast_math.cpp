// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Flags that let the compiler change results are refused where a macro shows them.
// flags: -ffast-math
// flags: -Ofast
// flags: -ffinite-math-only
// expect: #?error.*detops
#include <detops/reduce.hpp>

#include <vector>

float total(const std::vector<float>& x) {
  return detops::sum(x);
}
