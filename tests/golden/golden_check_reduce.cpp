// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums in every policy, of vectors, whole matrices and along an axis.

#include "golden_policies.hpp"

namespace golden {
namespace {

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
    return std::string();
  });
  return fingerprint_of(out.read());
}

template <class T>
std::string summed_integers(const row& r, const trial& how) {
  if (r.has("axis")) {
    const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
    buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
    buffer<detops::integer_sum_t<T>> out(axis == 0 ? cols : rows, how.place);
    detops::sum(how, x.matrix(), axis, out.vector());
    return fingerprint_of(out.read());
  }
  return with_operands<T>(r, how, [&](auto x, auto y) {
    return r.op == "dot"    ? hex(detops::dot(how, x, y))
           : r.op == "sum"  ? hex(detops::sum(how, x))
           : r.op == "prod" ? hex(detops::prod(how, x))
                            : hex(detops::mean(how, x));
  });
}

} // namespace

std::string sums(const row& r, const trial& how) {
  if (r.policy.empty()) {
    return with_type<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                     std::uint32_t, std::int64_t, std::uint64_t>(
        r, [&]<class T>(type_tag<T>) { return summed_integers<T>(r, how); });
  }
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
    return r.has("axis") ? summed_along<T>(r, how) : summed<T>(r, how);
  });
}

} // namespace golden
