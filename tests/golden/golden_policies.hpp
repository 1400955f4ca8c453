// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What the checkers of the reductions share: a row's policy and its operands.
#pragma once

#include <detops/reduce.hpp>

#include "golden.hpp"

namespace golden {

/// function(policy object) for the row's policy.
template <class F>
std::string with_policy(const row& r, F&& function) {
  return r.policy == "pairwise" ? function(detops::pairwise)
         : r.policy == "kahan"  ? function(detops::kahan)
         : r.policy == "wide"   ? function(detops::wide)
         : r.policy == "exact"  ? function(detops::exact)
                                : (broken("unknown policy: " + r.policy), std::string());
}

/// function(x, y) with the operands of a row as vectors (n=) or whole matrices (rows= cols=); y is x unless the
/// operation takes two.
template <class T, class F>
std::string with_operands(const row& r, const trial& how, F&& function) {
  const bool two = r.op == "dot" || r.op == "covariance";
  if (r.has("n")) {
    buffer<T> x(data<T>(r, r.size()), how.place);
    if (!two) {
      return function(x.vector(), x.vector());
    }
    buffer<T> y(data<T>(r, r.size(), 1), how.place);
    return function(x.vector(), y.vector());
  }
  const std::size_t rows = r.size("rows"), cols = r.size("cols");
  buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
  if (!two) {
    return function(x.matrix(), x.matrix());
  }
  buffer<T> y(data<T>(r, rows * cols, 1), rows, cols, how.place, 0);
  return function(x.matrix(), y.matrix());
}

std::string sums(const row& r, const trial& how);
std::string extrema(const row& r, const trial& how);
std::string along_axes(const row& r, const trial& how);

} // namespace golden
