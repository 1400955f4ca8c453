// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The reductions of one level.
#include <Eigen/Core>

#include <detops/reduce/extrema.hpp>
#include <detops/reduce/moments.hpp>
#include <detops/reduce/norm.hpp>
#include <detops/reduce/sum.hpp>

#include "caller.hpp"

namespace detops {
namespace {

using dispatch::plain::reduction;
using dispatch::plain::reduction_call;

template <reduction R, class T, class Policy>
auto result_of(const detail::caller& exec, const reduction_call& call) {
  const auto x = detail::matrix_of<const T>(call.x);
  [[maybe_unused]] const auto y = [&] { return detail::matrix_of<const T>(call.y); };
  constexpr Policy policy;
  if constexpr (R == reduction::sum) {
    return sum(exec, x, policy);
  } else if constexpr (R == reduction::mean) {
    return mean(exec, x, policy);
  } else if constexpr (R == reduction::norm1) {
    return norm1(exec, x, policy);
  } else if constexpr (R == reduction::dot) {
    return dot(exec, x, y(), policy);
  } else if constexpr (R == reduction::variance) {
    return variance(exec, x, call.ddof, policy);
  } else if constexpr (R == reduction::stddev) {
    return stddev(exec, x, call.ddof, policy);
  } else if constexpr (R == reduction::covariance) {
    return covariance(exec, x, y(), call.ddof, policy);
  } else if constexpr (R == reduction::norm2) {
    return norm2(exec, x);
  } else if constexpr (R == reduction::max) {
    return max(exec, x);
  } else if constexpr (R == reduction::min) {
    return min(exec, x);
  } else if constexpr (R == reduction::argmax) {
    return argmax(exec, x);
  } else {
    static_assert(R == reduction::argmin);
    return argmin(exec, x);
  }
}

template <reduction R, class T, class Policy>
void reduce_to(const dispatch::plain::executor& exec, const reduction_call& call) {
  const auto result = result_of<R, T, Policy>(detail::caller(exec), call);
  *static_cast<std::remove_const_t<decltype(result)>*>(call.value) = result;
}

using row = dispatch::plain::reduce_table::row;
using of_types = dispatch::plain::reduce_table::of_types;

/// In the order of policy.
template <reduction R, class T>
constexpr row in_each_policy = {{reduce_to<R, T, pairwise_t>, reduce_to<R, T, kahan_t>,
                                 reduce_to<R, T, wide_t>, reduce_to<R, T, exact_t>}};
template <reduction R, class T>
constexpr row without_policy = {{reduce_to<R, T, pairwise_t>}};

/// In the order of element.
template <reduction R>
constexpr of_types sums = {{in_each_policy<R, float>, in_each_policy<R, double>,
                            in_each_policy<R, Eigen::half>, in_each_policy<R, Eigen::bfloat16>}};
template <reduction R>
constexpr of_types others = {{without_policy<R, float>, without_policy<R, double>,
                              without_policy<R, Eigen::half>, without_policy<R, Eigen::bfloat16>}};

} // namespace

namespace dispatch::plain {

// in the order of reduction
extern const reduce_table DETOPS_TABLE(reduce);
constinit const reduce_table DETOPS_TABLE(reduce) = {
    {sums<reduction::sum>, sums<reduction::mean>, sums<reduction::norm1>, sums<reduction::dot>,
     sums<reduction::variance>, sums<reduction::stddev>, sums<reduction::covariance>,
     others<reduction::norm2>, others<reduction::max>, others<reduction::min>,
     others<reduction::argmax>, others<reduction::argmin>}};

} // namespace dispatch::plain
} // namespace detops
