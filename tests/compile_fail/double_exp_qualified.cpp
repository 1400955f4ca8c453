// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// detops::exp of a double is declared as deleted, so it is not narrowed to float in silence.
// expect: deleted
#include <detops/math.hpp>

float correct() {
  return detops::exp(1.0f);
}
#ifdef DETOPS_FAULT
double wrong() {
  return detops::exp(1.0);
}
#endif
