// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// An unevaluated Eigen expression has no memory to look at.
// expect: error
#include <detops/adapt/eigen.hpp>
#include <detops/reduce.hpp>

float total(const Eigen::VectorXf& x, const Eigen::VectorXf& y) {
#ifdef DETOPS_FAULT
  return detops::sum(x + y);
#else
  return detops::sum(x) + detops::sum(y);
#endif
}
