// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A double function that detops does not have yet must not reach libm in silence.
// expect: ambiguous|deleted
#include <detops/math.hpp>

#include <cmath>

using namespace detops;

float correct() {
  return exp(1.0f);
}
#ifdef DETOPS_FAULT
double wrong() {
  return exp(1.0);
}
#endif
