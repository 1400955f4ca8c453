// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Products have the policies of chains: `exact` is none, and of integers, which are exact, there is one. Operands have
// the type of C, or int8 where C is int32.
// expect: no matching function for call to [^a-z]*matmul[^_a-z]
// expect: no matching function for call to [^a-z]*matmul_reference[^_a-z]
#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include <Eigen/Core>

#include <cstdint>

template <class O, class T>
constexpr auto takes = []<class... P>(P... p) {
  return requires(detops::matrix_view<const O> x, detops::matrix_view<T> c) {
    detops::matmul(x, x, c, {.alpha = 2, .beta = 1}, p...);
    detops::matmul(detops::seq, x, x, c, {.alpha = 2, .beta = 1}, p...);
    detops::matmul_reference(x, x, c, {.alpha = 2, .beta = 1}, p...);
  };
};
struct fastest_t {};

template <class T>
constexpr bool has_three_policies =
    takes<T, T>() && takes<T, T>(detops::pairwise) && takes<T, T>(detops::kahan) &&
    takes<T, T>(detops::wide) && !takes<T, T>(detops::exact) && !takes<T, T>(fastest_t());
static_assert(has_three_policies<float>);
static_assert(has_three_policies<double>);
static_assert(has_three_policies<Eigen::half>);
static_assert(has_three_policies<Eigen::bfloat16>);

constexpr auto takes_bytes = takes<std::int8_t, std::int32_t>;
static_assert(takes_bytes() && takes_bytes(detops::pairwise));
static_assert(!takes_bytes(detops::kahan) && !takes_bytes(detops::wide) &&
              !takes_bytes(detops::exact));

static_assert(!takes<std::int32_t, std::int32_t>() && !takes<std::int8_t, std::int8_t>());
static_assert(!takes<std::uint8_t, std::int32_t>() && !takes<Eigen::half, float>());
static_assert(!takes<float, double>() && !takes<double, float>());

#ifdef DETOPS_FAULT
void exactly(detops::matrix_view<const float> x, detops::matrix_view<float> c) {
  detops::matmul(x, x, c, {}, detops::exact);
}
void compensated(detops::matrix_view<const std::int8_t> x, detops::matrix_view<std::int32_t> c) {
  detops::matmul_reference(x, x, c, {}, detops::kahan);
}
#endif
