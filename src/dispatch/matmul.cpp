// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The products of one level.
#include <Eigen/Core>

#include <detops/matmul/matmul.hpp>

#include "caller.hpp"

namespace detops {
namespace {

using dispatch::plain::product;

template <class T, class Policy>
void multiply(const dispatch::plain::executor& exec, const product& p) {
  using operand = const detail::gemm::operand_t<T>;
  using scalar = detail::gemm::scalar_t<T>;
  matmul(detail::caller(exec), detail::matrix_of<operand>(p.a), detail::matrix_of<operand>(p.b),
         detail::matrix_of<T>(p.c), {static_cast<scalar>(p.alpha), static_cast<scalar>(p.beta)},
         Policy{});
}

} // namespace

namespace dispatch::plain {

// in the order of element and policy
extern const matmul_table DETOPS_TABLE(matmul);
constinit const matmul_table DETOPS_TABLE(matmul) = {{
    {multiply<float, pairwise_t>, multiply<float, kahan_t>, multiply<float, wide_t>, nullptr},
    {multiply<double, pairwise_t>, multiply<double, kahan_t>, multiply<double, wide_t>, nullptr},
    {multiply<Eigen::half, pairwise_t>, multiply<Eigen::half, kahan_t>,
     multiply<Eigen::half, wide_t>, nullptr},
    {multiply<Eigen::bfloat16, pairwise_t>, multiply<Eigen::bfloat16, kahan_t>,
     multiply<Eigen::bfloat16, wide_t>, nullptr},
    {multiply<std::int32_t, pairwise_t>, nullptr, nullptr, nullptr},
}};

} // namespace dispatch::plain
} // namespace detops
