// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The same reductions of 16-bit floats and of integers.

#include "golden_policies.hpp"

namespace golden {
namespace {

template <class T>
std::string summed_integers_along(const row& r, const trial& how) {
  const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
  buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
  if (r.op == "mean") {
    buffer<double> out(axis == 0 ? cols : rows, how.place);
    detops::mean(how, x.matrix(), axis, out.vector());
    return fingerprint_of(out.read());
  }
  buffer<detops::integer_sum_t<T>> out(axis == 0 ? cols : rows, how.place);
  r.op == "sum" ? detops::sum(how, x.matrix(), axis, out.vector())
                : detops::prod(how, x.matrix(), axis, out.vector());
  return fingerprint_of(out.read());
}

template <class T>
std::string summed_integers(const row& r, const trial& how) {
  return with_operands<T>(r, how, [&](auto x, auto y) {
    return r.op == "dot"    ? hex(detops::dot(how, x, y))
           : r.op == "sum"  ? hex(detops::sum(how, x))
           : r.op == "prod" ? hex(detops::prod(how, x))
                            : hex(detops::mean(how, x));
  });
}

std::string narrow_sums(const row& r, const trial& how) {
  if (r.policy.empty() && r.has("axis") && !r.type.ends_with("float16")) {
    // not all eight, which would be more to compile
    return with_type<std::int8_t, std::int32_t, std::uint64_t>(
        r, [&]<class T>(type_tag<T>) { return summed_integers_along<T>(r, how); });
  }
  if (r.policy.empty() && r.type.ends_with("float16")) {
    return with_type<Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
      if (r.has("axis")) {
        return product_along<T>(r, how);
      }
      return with_operands<T>(r, how, [&](auto x, auto) { return hex(detops::prod(how, x)); });
    });
  }
  if (r.policy.empty()) {
    return with_type<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                     std::uint32_t, std::int64_t, std::uint64_t>(
        r, [&]<class T>(type_tag<T>) { return summed_integers<T>(r, how); });
  }
  return with_type<Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
    return r.has("axis") ? summed_along<T>(r, how) : summed<T>(r, how);
  });
}

std::string narrow_extrema(const row& r, const trial& how) {
  return with_type<Eigen::half, Eigen::bfloat16, std::int8_t, std::uint8_t, std::int16_t,
                   std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>(
      r, [&]<class T>(type_tag<T>) {
        return r.has("axis") ? extremum_along<T>(r, how) : extremum<T>(r, how);
      });
}

void add_elements(operations& table) {
  for (const char* name : {"sum", "dot", "mean", "norm1", "prod"}) {
    table[std::string("narrow ") + name] = {narrow_sums, matrix_layouts};
  }
  for (const char* name : {"max", "min", "argmax", "argmin", "minmax"}) {
    table[std::string("narrow ") + name] = {narrow_extrema, matrix_layouts};
  }
}
const family elements_family(add_elements);

} // namespace
} // namespace golden
