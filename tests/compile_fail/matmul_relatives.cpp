// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matvec, outer, syrk and batches have the policies and element types of matmul. A step of an epilogue takes the element
// type of C: no double is narrowed, and there is no tanh of double yet.
// expect: no matching function for call to [^a-z]*matvec[^_a-z]
// expect: no matching function for call to [^a-z]*syrk[^_a-z]
// expect: no matching function for call to [^a-z]*matmul[^_a-z]
#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include <Eigen/Core>

#include <cstdint>
#include <vector>

using namespace detops;

template <class O, class T>
constexpr auto takes = []<class... P>(P... p) {
  return requires(matrix_view<const O> a, vector_view<const O> x, vector_view<T> y,
                  matrix_view<T> c, nd_view<const O> as, nd_view<T> cs,
                  std::vector<matrix_view<const O>> list, std::vector<matrix_view<T>> results) {
    matvec(a, x, y, {.alpha = 2}, p...);
    matvec(seq, a, x, y, {.alpha = 2}, p...);
    outer(x, x, c, {.alpha = 2}, p...);
    outer(seq, x, x, c, {.alpha = 2}, p...);
    syrk(a, c, {.alpha = 2}, p...);
    syrk(seq, a, c, {.alpha = 2}, p...);
    matmul(as, as, cs, {.alpha = 2}, p...);
    matmul(seq, as, as, cs, {.alpha = 2}, p...);
    matmul(list, list, results, {.alpha = 2}, p...);
    matmul(seq, list, list, results, {.alpha = 2}, p...);
  };
};
template <class T>
constexpr bool has_three_policies =
    takes<T, T>(pairwise) && takes<T, T>(kahan) && takes<T, T>(wide) && !takes<T, T>(exact);
static_assert(has_three_policies<float> && has_three_policies<double>);
static_assert(has_three_policies<Eigen::half> && has_three_policies<Eigen::bfloat16>);
static_assert(takes<std::int8_t, std::int32_t>() && !takes<std::int8_t, std::int32_t>(wide));
static_assert(!takes<std::int32_t, std::int32_t>() && !takes<float, double>());

template <class T, class Step>
constexpr bool is_step =
    requires(matrix_view<const T> a, matrix_view<T> c, vector_view<const T> x, vector_view<T> y,
             nd_view<const T> as, nd_view<T> cs, std::vector<matrix_view<const T>> list,
             std::vector<matrix_view<T>> results, Step step) {
      matmul(a, a, c, step);
      matmul(seq, a, a, c, epilogue(step, step));
      matmul(seq, a, a, c, {.beta = 1}, kahan, epilogue(step));
      matvec(a, x, y, step);
      matvec(seq, a, x, y, epilogue(step, step));
      matvec(seq, a, x, y, {.beta = 1}, kahan, epilogue(step));
      matmul(as, as, cs, step);
      matmul(seq, as, as, cs, epilogue(step, step));
      matmul(seq, as, as, cs, {.beta = 1}, kahan, epilogue(step));
      matmul(list, list, results, step);
      matmul(seq, list, list, results, epilogue(step, step));
      matmul(seq, list, list, results, {.beta = 1}, kahan, epilogue(step));
    };
/// The same of a call that must not compile: by none of its forms.
template <class T, class Step>
constexpr bool is_any_step =
    requires(matrix_view<const T> a, matrix_view<T> c, Step step) { matmul(a, a, c, step); } ||
    requires(matrix_view<const T> a, vector_view<const T> x, vector_view<T> y, Step step) {
      matvec(a, x, y, step);
    } || requires(nd_view<const T> as, nd_view<T> cs, Step step) { matmul(as, as, cs, step); } ||
    requires(std::vector<matrix_view<const T>> list, std::vector<matrix_view<T>> results,
             Step step) { matmul(list, list, results, step); };
static_assert(is_step<float, row_broadcast<float>> && is_step<double, column_broadcast<double>>);
static_assert(!is_any_step<float, row_broadcast<double>> &&
              !is_any_step<double, row_broadcast<float>>);
static_assert(!is_any_step<Eigen::half, row_broadcast<Eigen::half>>);
static_assert(is_step<float, activation::relu_t> && is_step<double, activation::relu_t> &&
              !is_any_step<Eigen::half, activation::relu_t>);
static_assert(is_step<float, activation::tanh_t> && !is_any_step<double, activation::tanh_t>);
static_assert(is_step<Eigen::half, void (*)(const matrix_view<Eigen::half>&)>);
static_assert(
    is_step<float, void (*)(const matrix_view<float>&, std::size_t, std::size_t, std::size_t)>);
static_assert(!is_any_step<float, int> && !is_any_step<float, void (*)(int)>);

#ifdef DETOPS_FAULT
void exactly(matrix_view<const float> a, std::vector<float>& x) {
  matvec(a, x, x, {}, exact);
}
void of_const(matrix_view<const float> a, matrix_view<const std::int8_t> c) {
  syrk(a, c);
}
void narrowed(matrix_view<const double> a, matrix_view<double> c) {
  matmul(a, a, c, epilogue(activation::tanh));
}
#endif
