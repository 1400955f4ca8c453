// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What the checkers of the reductions share: a row's policy, its operands, sums and extrema of elements of T.
#pragma once

#include <detops/reduce.hpp>

#include "golden.hpp"

namespace golden {

/// function(policy object) for the row's policy.
template <class F>
auto with_policy(const row& r, F&& function) {
  return r.policy == "pairwise" ? function(detops::pairwise)
         : r.policy == "kahan"  ? function(detops::kahan)
         : r.policy == "wide"   ? function(detops::wide)
         : r.policy == "exact"  ? function(detops::exact)
                                : (broken("unknown policy: " + r.policy), function(detops::exact));
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

template <class T>
std::string summed(const row& r, const trial& how) {
  return with_operands<T>(r, how, [&](auto x, auto y) {
    return with_policy(r, [&](auto policy) {
      return hex(r.op == "dot"     ? detops::dot(how, x, y, policy)
                 : r.op == "sum"   ? detops::sum(how, x, policy)
                 : r.op == "norm1" ? detops::norm1(how, x, policy)
                                   : detops::mean(how, x, policy));
    });
  });
}

template <class T>
std::string summed_along(const row& r, const trial& how) {
  const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
  buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
  buffer<T> out(axis == 0 ? cols : rows, how.place);
  with_policy(r, [&](auto policy) {
    r.op == "sum"     ? detops::sum(how, x.matrix(), axis, out.vector(), policy)
    : r.op == "norm1" ? detops::norm1(how, x.matrix(), axis, out.vector(), policy)
                      : detops::mean(how, x.matrix(), axis, out.vector(), policy);
  });
  return fingerprint_of(out.read());
}

template <class T>
std::string product_along(const row& r, const trial& how) {
  const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
  buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
  buffer<T> out(axis == 0 ? cols : rows, how.place);
  detops::prod(how, x.matrix(), axis, out.vector());
  return fingerprint_of(out.read());
}

template <class T>
std::string extremum_along(const row& r, const trial& how) {
  const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
  const std::size_t count = axis == 0 ? cols : rows;
  buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
  if (r.op == "minmax") {
    buffer<T> low(count, how.place), high(count, how.place);
    detops::minmax(how, x.matrix(), axis, low.vector(), high.vector());
    return fingerprint_of(low.read()) + "," + fingerprint_of(high.read());
  }
  if (r.op == "max" || r.op == "min") {
    buffer<T> out(count, how.place);
    r.op == "max" ? detops::max(how, x.matrix(), axis, out.vector())
                  : detops::min(how, x.matrix(), axis, out.vector());
    return fingerprint_of(out.read());
  }
  buffer<std::uint64_t> out(count, how.place);
  r.op == "argmax" ? detops::argmax(how, x.matrix(), axis, out.vector())
                   : detops::argmin(how, x.matrix(), axis, out.vector());
  return fingerprint_of(out.read());
}

template <class T>
std::string extremum(const row& r, const trial& how) {
  return with_operands<T>(r, how, [&](auto x, auto) {
    if (r.op == "argmax" || r.op == "argmin") {
      return hex(static_cast<std::uint64_t>(r.op == "argmax" ? detops::argmax(how, x)
                                                             : detops::argmin(how, x)));
    }
    if (r.op == "minmax") {
      const auto both = detops::minmax(how, x);
      return hex(both.min) + "," + hex(both.max);
    }
    return hex(r.op == "max" ? detops::max(how, x) : detops::min(how, x));
  });
}

} // namespace golden
