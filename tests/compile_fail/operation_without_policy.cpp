// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What a policy does not change has none: each call is refused by its own name, and with every policy.
// expect: no matching function for call to [^a-z]*prod[^_a-z]
// expect: no matching function for call to [^a-z]*reduce[^_a-z]
// expect: no matching function for call to [^a-z]*cumsum[^_a-z]
// expect: no matching function for call to [^a-z]*exclusive_cumsum[^_a-z]
// expect: no matching function for call to [^a-z]*norm2[^_a-z]
// expect: no matching function for call to [^a-z]*min[^_a-z]
// expect: no matching function for call to [^a-z]*max[^_a-z]
// expect: no matching function for call to [^a-z]*argmin[^_a-z]
// expect: no matching function for call to [^a-z]*argmax[^_a-z]
// expect: no matching function for call to [^a-z]*minmax[^_a-z]
// expect: no matching function for call to [^a-z]*count_nonzero[^_a-z]
// expect: no matching function for call to [^a-z]*sum[^_a-z]
// expect: no matching function for call to [^a-z]*variance[^_a-z]
#include <detops/reduce.hpp>

#include <functional>
#include <vector>

using floats = std::vector<float>;
using whole_numbers = std::vector<int>;
using two_dimensional = detops::matrix_view<float>;
using four_dimensional = detops::nd_view<float>;

/// Whether an operation takes policies P, if any, behind its other arguments.
#define DETOPS_TAKES(operation)                                                                    \
  []<class... P>(P... p) {                                                                         \
    return requires(floats x, whole_numbers i, two_dimensional m, four_dimensional v, floats o,    \
                    whole_numbers at, detops::axis_list axes) { operation; };                      \
  }

template <class Takes>
constexpr bool without_policy(Takes takes) {
  return takes() && !takes(detops::pairwise) && !takes(detops::kahan) && !takes(detops::wide) &&
         !takes(detops::exact);
}
template <class Takes>
constexpr bool in_all_policies(Takes takes) {
  return takes() && takes(detops::pairwise) && takes(detops::kahan) && takes(detops::wide) &&
         takes(detops::exact);
}

static_assert(without_policy(DETOPS_TAKES(detops::prod(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::prod(detops::seq, x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::prod(m, 0, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::prod(v, axes, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::reduce(x, std::plus<>(), 0.0f, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::reduce(detops::seq, x, std::plus<>(), 0.0f,
                                                         p...))));
static_assert(without_policy(DETOPS_TAKES(detops::cumsum(x, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::cumsum(detops::seq, x, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::exclusive_cumsum(x, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::norm2(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::norm2(m, 0, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::norm2(v, axes, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::min(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::min(m, 0, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::min(v, axes, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::max(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::max(m, 0, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::max(v, axes, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::argmin(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::argmin(m, 0, at, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::argmin(v, axes, at, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::argmax(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::argmax(m, 0, at, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::argmax(v, axes, at, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::minmax(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::minmax(m, 0, o, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::minmax(v, axes, o, o, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::any(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::any(m, 0, at, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::all(v, axes, at, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::count_nonzero(m, 0, at, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::all(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::count_nonzero(x, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::sum(i, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::dot(i, i, p...))));
static_assert(without_policy(DETOPS_TAKES(detops::mean(i, p...))));

static_assert(in_all_policies(DETOPS_TAKES(detops::sum(x, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::sum(m, 0, o, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::sum(v, axes, o, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::dot(x, x, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::mean(x, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::mean(v, axes, o, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::norm1(x, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::norm1(v, axes, o, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::variance(x, 0, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::variance(v, axes, o, 0, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::stddev(x, 0, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::stddev(v, axes, o, 0, p...))));
static_assert(in_all_policies(DETOPS_TAKES(detops::covariance(x, x, 0, p...))));

#ifdef DETOPS_FAULT
void refused(floats x, const whole_numbers& i, const four_dimensional& v, floats o) {
  detops::prod(x, detops::kahan);
  detops::reduce(x, std::plus<>(), 0.0f, detops::wide);
  detops::cumsum(x, o, detops::exact);
  detops::exclusive_cumsum(x, o, detops::kahan);
  detops::norm2(x, detops::wide);
  detops::min(x, detops::exact);
  detops::max(v, {0}, o, detops::kahan);
  detops::argmin(x, detops::wide);
  detops::argmax(x, detops::exact);
  detops::minmax(x, detops::kahan);
  detops::count_nonzero(x, detops::exact);
  detops::sum(i, detops::kahan);
  detops::variance(x, detops::kahan); // the policy stands behind ddof
}
#endif
