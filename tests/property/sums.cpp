// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums in each policy: any layout, cut and executor gives the bits of a plain loop; `exact` in any order too.
#include "plain_policies.hpp"
#include "trial.hpp"

using namespace detops;

namespace {

/// In chunks of random sizes and strides, and as a left and a right part where the tree has such a node.
template <class T, class Policy>
void check_accumulator(test::trial& t, const std::vector<T>& x, const T& expected) {
  accumulator<T, Policy> chunks, left, right;
  const std::size_t cut = std::min(x.size(), t.random.below(9) * 16);
  for (std::size_t i = 0; i < x.size();) {
    const std::size_t most = t.random.once_in(3) ? 4 : 100;
    const std::size_t limit = i < cut ? cut : x.size();
    const std::size_t count = std::min(limit - i, 1 + t.random.below(most));
    const std::size_t step = t.random.once_in(2) ? 1 : 2;
    std::vector<T> spaced(count * step);
    for (std::size_t k = 0; k < count; ++k) {
      spaced[k * step] = x[i + k];
    }
    const vector_view<const T> chunk(spaced.data(), count, static_cast<std::ptrdiff_t>(step));
    count == 1 ? chunks.add(x[i]) : chunks.add(chunk);
    (i < cut ? left : right).add(chunk);
    i += count;
  }
  t.require_same(chunks.value(), expected, "accumulator");
  if constexpr (std::same_as<Policy, exact_t>) {
    right.merge(left);
    t.require_same(right.value(), expected, "merged accumulators");
    t.require_same(right.save(), chunks.save(), "the bytes of accumulators");
  } else {
    constexpr std::size_t row = 64 / sizeof(typename test::plain<T, Policy>::C);
    const std::size_t rest = (x.size() - cut + row - 1) / row;
    if (rest == 0 || cut % (row * std::bit_floor(rest)) == 0) {
      left.merge(right);
      t.require_same(left.value(), expected, "merged accumulators");
    }
  }
}

template <class T, class Policy>
void check_sums(test::trial& t, Policy policy) {
  using plain = test::plain<T, Policy>;
  t.choose_shape(90, true);
  auto x = t.values<T>(), y = t.values<T>();
  const auto laid_x = t.lay_out(x), laid_y = t.lay_out(y);
  const T total = plain::sum(x);
  t.require_same(sum(t.exec, laid_x.view, policy), total, "sum");
  t.require_same(dot(t.exec, laid_x.view, laid_y.view, policy), plain::dot(x, y), "dot");
  if (!x.empty()) {
    t.require_same(mean(t.exec, laid_x.view, policy), plain::mean(x), "mean");
  }
  const std::size_t ddof = t.random.below(2);
  t.require_same(variance(t.exec, laid_x.view, ddof, policy), plain::covariance(x, x, ddof),
                 "variance");
  t.require_same(covariance(t.exec, laid_x.view, laid_y.view, ddof, policy),
                 plain::covariance(x, y, ddof), "covariance");
  check_accumulator<T, Policy>(t, x, total);
  if constexpr (std::same_as<Policy, exact_t>) { // in any order
    std::vector<std::size_t> order(x.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    t.random.permute(order);
    std::vector<T> a, b;
    for (const std::size_t i : order) {
      a.push_back(x[i]);
      b.push_back(y[i]);
    }
    t.require_same(sum(t.exec, a, exact), total, "permuted sum");
    t.require_same(dot(a, b, exact), plain::dot(x, y), "permuted dot");
  }
  for (T& value : x) {
    value = std::signbit(static_cast<float>(value)) ? -value : value;
  }
  t.require_same(norm1(t.exec, laid_x.view, policy), plain::sum(x), "norm1");
}

} // namespace

TEST_CASE("property/sums") {
  test::for_trials("sums", 60000, [](test::trial& t) {
    test::one_of<float, double, Eigen::half, Eigen::bfloat16>(t, [&](auto each) {
      test::one_policy(
          t, [&](auto policy) { check_sums<typename decltype(each)::element>(t, policy); });
    });
  });
}
