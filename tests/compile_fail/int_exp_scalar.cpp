// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Nor does an integer argument.
// expect: ambiguous|deleted
#include <detops/math.hpp>

#include <cmath>

using namespace detops;

float correct() {
  return exp(1.0f);
}
#ifdef DETOPS_FAULT
double wrong() {
  return exp(1);
}
#endif
