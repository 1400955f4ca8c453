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

template <class T>
std::string summed(const row& r, const trial& how) {
  buffer<T> x(data<T>(r, r.size()), how.place);
  return with_policy(r, [&](auto policy) {
    if (r.op == "dot") {
      buffer<T> y(data<T>(r, r.size(), 1), how.place);
      return hex(detops::dot(how, x.vector(), y.vector(), policy));
    }
    return hex(r.op == "sum" ? detops::sum(how, x.vector(), policy)
                             : detops::mean(how, x.vector(), policy));
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
  buffer<T> x(data<T>(r, r.size()), how.place);
  if (r.op == "argmax" || r.op == "argmin") {
    return hex(static_cast<std::uint64_t>(r.op == "argmax" ? detops::argmax(how, x.vector())
                                                           : detops::argmin(how, x.vector())));
  }
  return hex(r.op == "max" ? detops::max(how, x.vector()) : detops::min(how, x.vector()));
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
