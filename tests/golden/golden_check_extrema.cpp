// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// max, min, argmax, argmin, minmax of vectors, whole matrices and along an axis.

#include "golden_policies.hpp"

namespace golden {
namespace {

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
    if (r.op == "minmax") {
      const auto both = detops::minmax(how, x);
      return hex(both.min) + "," + hex(both.max);
    }
    return hex(r.op == "max" ? detops::max(how, x) : detops::min(how, x));
  });
}

} // namespace

std::string extrema(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16, std::int8_t, std::uint8_t,
                   std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
                   std::uint64_t>(r, [&]<class T>(type_tag<T>) {
    if constexpr (detops::floating<T>) {
      if (r.has("axis")) {
        return extremum_along<T>(r, how);
      }
    }
    return extremum<T>(r, how);
  });
}

} // namespace golden
