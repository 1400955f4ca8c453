// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Moments, norm2, prod and reduce.

#include "golden_policies.hpp"

namespace golden {
namespace {

template <class T>
std::string moment(const row& r, const trial& how) {
  const std::size_t ddof = r.size("ddof");
  if (r.has("axis")) {
    const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
    buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
    buffer<T> out(axis == 0 ? cols : rows, how.place);
    with_policy(r, [&](auto policy) {
      r.op == "variance" ? detops::variance(how, x.matrix(), axis, out.vector(), ddof, policy)
                         : detops::stddev(how, x.matrix(), axis, out.vector(), ddof, policy);
    });
    return fingerprint_of(out.read());
  }
  return with_operands<T>(r, how, [&](auto x, auto y) {
    return with_policy(r, [&](auto policy) {
      return hex(r.op == "variance" ? detops::variance(how, x, ddof, policy)
                 : r.op == "stddev" ? detops::stddev(how, x, ddof, policy)
                                    : detops::covariance(how, x, y, ddof, policy));
    });
  });
}

template <class T>
std::string norm(const row& r, const trial& how) {
  if (r.has("axis")) {
    const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
    buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
    buffer<T> out(axis == 0 ? cols : rows, how.place);
    detops::norm2(how, x.matrix(), axis, out.vector());
    return fingerprint_of(out.read());
  }
  return with_operands<T>(r, how, [&](auto x, auto) { return hex(detops::norm2(how, x)); });
}

std::string moments(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(
      r, [&]<class T>(type_tag<T>) { return moment<T>(r, how); });
}
std::string norms(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(
      r, [&]<class T>(type_tag<T>) { return norm<T>(r, how); });
}

std::string products(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    if (r.has("axis")) {
      return product_along<T>(r, how);
    }
    return with_operands<T>(r, how, [&](auto x, auto) { return hex(detops::prod(how, x)); });
  });
}

std::string reduced(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    const auto sub = [](T a, T b) { return a - b; };
    const auto mul = [](T a, T b) { return a * b; };
    return with_operands<T>(r, how, [&](auto x, auto) {
      const T value = r.field("op") == "sub" ? detops::reduce(how, x, sub, T{0})
                                             : detops::reduce(how, x, mul, T{1});
      return hex(value == value ? value : detops::detail::canonical_nan<T>());
    });
  });
}

void add_moments(operations& table) {
  for (const char* name : {"variance", "stddev", "covariance"}) {
    table[name] = {moments, matrix_layouts};
  }
  table["norm2"] = {norms, matrix_layouts};
  table["prod"] = {products, matrix_layouts};
  table["reduce"] = {reduced, matrix_layouts};
}
const family moments_family(add_moments);

} // namespace
} // namespace golden
