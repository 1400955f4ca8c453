// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, dot, mean, min, max, argmin, argmax of vectors and along an axis of matrices.

#include <detops/reduce.hpp>

#include "golden.hpp"

namespace golden {
namespace {

/// function(policy object) for the row's policy.
template <class F>
auto with_policy(const row& r, F&& function) {
  if (r.policy == "pairwise") {
    return function(detops::pairwise);
  }
  if (r.policy == "kahan") {
    return function(detops::kahan);
  }
  broken("unknown policy: " + r.policy);
}

/// function(operand) with the operands of a row as vectors (n=) or whole matrices (rows= cols=).
template <class T, class F>
std::string with_operands(const row& r, const trial& how, F&& function) {
  const bool two = r.op == "dot";
  if (r.has("n")) {
    buffer<T> x(data<T>(r, r.size()), how.place);
    buffer<T> y(data<T>(r, two ? r.size() : 0, 1), how.place);
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
      return hex(r.op == "dot"   ? detops::dot(how, x, y, policy)
                 : r.op == "sum" ? detops::sum(how, x, policy)
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
    r.op == "sum" ? detops::sum(how, x.matrix(), axis, out.vector(), policy)
                  : detops::mean(how, x.matrix(), axis, out.vector(), policy);
  });
  return fingerprint_of(out.read());
}

std::string sums(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    return r.has("axis") ? summed_along<T>(r, how) : summed<T>(r, how);
  });
}

template <class T>
std::string extremum_along(const row& r, const trial& how) {
  const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
  const std::size_t count = axis == 0 ? cols : rows;
  buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
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
    return hex(r.op == "max" ? detops::max(how, x) : detops::min(how, x));
  });
}

std::string extrema(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    return r.has("axis") ? extremum_along<T>(r, how) : extremum<T>(r, how);
  });
}

} // namespace

void add_reductions(operations& table) {
  for (const char* name : {"sum", "dot", "mean"}) {
    table[name] = {sums, matrix_layouts};
  }
  for (const char* name : {"max", "min", "argmax", "argmin"}) {
    table[name] = {extrema, matrix_layouts};
  }
}

} // namespace golden
