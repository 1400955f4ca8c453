// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What has no policy: extrema, counts, products, norms, sums of integers, operations of the user, prefix sums and
// bins, each as a plain loop over the same values in a row.
#include "plain_policies.hpp"
#include "trial.hpp"

using namespace detops;

namespace {

template <class T>
bool is_nan(const T& value) {
  return value != value;
}
/// The first that wins: NaN, else the larger one, +0 over -0 (or the other way round).
template <class T>
std::size_t plain_best(const std::vector<T>& x, bool largest) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < x.size() && !is_nan(x[best]); ++i) {
    const T a = x[largest ? best : i], b = x[largest ? i : best];
    bool better = is_nan(x[i]) || a < b;
    if constexpr (!std::integral<T>) {
      const auto sign = [](const T& value) { return std::signbit(static_cast<float>(value)); };
      better = better || (a == b && sign(a) && !sign(b));
    }
    best = better ? i : best;
  }
  return best;
}

/// The contract's tree of any operation: down the rows of each lane in pairs, then across the lanes in halves.
template <class R, class Op>
R plain_reduce(const std::vector<R>& x, const Op& op) {
  const std::size_t width = sizeof(R) <= 4 ? 16 : 8;
  std::vector<R> lanes;
  for (std::size_t lane = 0; lane < width && lane < x.size(); ++lane) {
    std::vector<R> list;
    for (std::size_t i = lane; i < x.size(); i += width) {
      list.push_back(x[i]);
    }
    while (list.size() > 1) {
      for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        list[i / 2] = op(list[i], list[i + 1]);
      }
      if (list.size() % 2 != 0) {
        list[list.size() / 2] = list.back();
      }
      list.resize((list.size() + 1) / 2);
    }
    lanes.push_back(list[0]);
  }
  for (std::size_t half = width / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half && lane + half < lanes.size(); ++lane) {
      lanes[lane] = op(lanes[lane], lanes[lane + half]);
    }
  }
  return lanes[0];
}

template <class T>
T canonical_element(const T& value) {
  if constexpr (std::integral<T>) {
    return value;
  } else {
    return detail::narrow<T>(detail::widen(value));
  }
}

template <class T>
void check_extrema(test::trial& t) {
  t.choose_shape(200, true);
  auto x = t.values<T>();
  const auto laid = t.lay_out(x);
  std::size_t nonzero = 0;
  for (const T& value : x) {
    nonzero += value != T(0) ? 1 : 0;
  }
  t.require_same(count_nonzero(t.exec, laid.view), nonzero, "count_nonzero");
  t.require_same(any(t.exec, laid.view), nonzero != 0, "any");
  t.require_same(all(t.exec, laid.view), nonzero == x.size(), "all");
  if (x.empty()) {
    return;
  }
  const std::size_t largest = plain_best(x, true), smallest = plain_best(x, false);
  const T high = canonical_element(x[largest]), low = canonical_element(x[smallest]);
  t.require_same(argmax(t.exec, laid.view), largest, "argmax");
  t.require_same(argmin(t.exec, laid.view), smallest, "argmin");
  t.require_same(max(t.exec, laid.view), high, "max");
  t.require_same(min(t.exec, laid.view), low, "min");
  t.random.permute(x);
  const auto permuted = t.lay_out(x);
  const auto both = minmax(t.exec, permuted.view);
  t.require_same(both.min, low, "permuted min");
  t.require_same(both.max, high, "permuted max");
}

template <class T>
void check_integers(test::trial& t) {
  t.choose_shape(200, true);
  const auto x = t.values<T>(), y = t.values<T>();
  const auto laid_x = t.lay_out(x), laid_y = t.lay_out(y);
  using R = integer_sum_t<T>;
  std::uint64_t total = 0, product = 1, products = 0;
  std::vector<R> sums;
  const auto word = [](T value) { return static_cast<std::uint64_t>(static_cast<R>(value)); };
  for (std::size_t i = 0; i < x.size(); ++i) {
    total += word(x[i]);
    product *= word(x[i]);
    products += word(x[i]) * word(y[i]);
    sums.push_back(static_cast<R>(total));
  }
  t.require_same(sum(t.exec, laid_x.view), static_cast<R>(total), "sum");
  t.require_same(dot(t.exec, laid_x.view, laid_y.view), static_cast<R>(products), "dot");
  t.require_same(prod(t.exec, laid_x.view), static_cast<R>(product), "prod");
  if (!x.empty()) {
    const double sum = static_cast<double>(static_cast<R>(total));
    t.require_same(mean(t.exec, laid_x.view), sum / static_cast<double>(x.size()), "mean");
  }
}

template <class T>
void check_products(test::trial& t) {
  using C = detail::compute_t<T>;
  t.choose_shape(90, true);
  const auto x = t.values<T>();
  const auto laid = t.lay_out(x);
  const auto wide = test::plain<T, pairwise_t>::widened(x);
  if (!x.empty()) {
    const auto times = [](C a, C b) {
      const volatile C product = a * b;
      return C{product};
    };
    t.require_same(prod(t.exec, laid.view), detail::narrow<T>(plain_reduce(wide, times)), "prod");
  }
  if constexpr (real<T>) {
    if (!x.empty()) { // neither associative nor commutative
      const auto op = [](T a, T b) {
        const volatile T half = T{0.5} * a;
        return detail::canonical(half - b);
      };
      t.require_same(reduce(laid.view, op, T{0}), plain_reduce(x, op), "reduce");
    }
  }
  T norm = norm2(x); // double: where it is scaled, from another layout
  if constexpr (!std::same_as<T, double>) {
    using plain = test::plain<T, wide_t>;
    const auto squares = plain::widened(x);
    norm = plain::rounded(std::sqrt(test::plain_dot(squares, squares, false)));
  } else {
    const double squares = test::plain_dot(x, x, false);
    if (squares >= 0x1p-900 && squares < HUGE_VAL) {
      norm = std::sqrt(squares);
    }
  }
  t.require_same(norm2(t.exec, laid.view), norm, "norm2");
}

/// Prefixes: those of a part are the first of the whole, whatever follows, and the exclusive ones stand one later.
template <class T>
void check_scan(test::trial& t) {
  t.choose_shape(600, true);
  t.cols = t.size();
  t.rows = 1;
  using R = scan_t<T>;
  const std::size_t n = t.cols;
  auto x = t.values<T>();
  std::vector<R> expected(n), got(2 * n + 1, R(7));
  cumsum(x, expected);
  const auto laid = t.lay_out(x);
  const std::ptrdiff_t step = t.random.once_in(2) ? 1 : 2;
  const vector_view<const T> from(laid.view.data, n, laid.view.col_stride);
  const vector_view<R> to(got.data(), n, step);
  const auto check = [&](std::size_t count, const char* operation) {
    for (std::size_t i = 0; i < count; ++i) {
      t.require_same(to[i], expected[i], operation);
    }
    t.require_same(got[2 * n], R(7), "what is behind the output");
  };
  cumsum(t.exec, from, to);
  check(n, "cumsum");
  const std::size_t part = t.random.below(n + 1);
  cumsum(t.exec, vector_view<const T>(x.data(), part), to.subview(0, part));
  check(part, "cumsum of a part");
  expected.insert(expected.begin(), R(0));
  exclusive_cumsum(t.exec, from, to);
  check(n, "exclusive_cumsum");
  if constexpr (std::same_as<T, R>) {
    cumsum(t.exec, x, x);
    expected.erase(expected.begin());
    expected.resize(n);
    t.require_same(test::same(x, expected), true, "cumsum in place");
  }
}

/// Bins: sums of what falls into each, in order.
template <class T, class Policy>
void check_bins(test::trial& t, Policy policy) {
  t.choose_shape(200, true);
  t.cols = t.size();
  t.rows = 1;
  const std::size_t n = t.cols, bins = 1 + t.random.below(t.random.once_in(2) ? 4 : 50);
  const auto weights = t.values<T>();
  std::vector<std::vector<T>> parts(bins);
  std::vector<std::int32_t> index(n);
  std::vector<double> place(n); // in the middle of its bin of [0, bins]
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t b = t.random.below(bins);
    index[i] = static_cast<std::int32_t>(b);
    place[i] = static_cast<double>(b) + 0.5;
    parts[b].push_back(weights[i]);
  }
  const auto laid_index = t.lay_out(index);
  const auto laid_place = t.lay_out(place);
  const auto laid_weights = t.lay_out(weights);
  const auto line = [](const auto& laid) { return laid.view.row(0); };
  std::vector<std::uint64_t> counts(bins), places(bins);
  std::vector<T> sums(bins), others(bins);
  bincount(t.exec, line(laid_index), counts);
  bincount(t.exec, line(laid_index), line(laid_weights), sums, policy);
  const double high = static_cast<double>(bins);
  histogram(t.exec, line(laid_place), 0, high, places);
  histogram(t.exec, line(laid_place), 0, high, line(laid_weights), others, policy);
  for (std::size_t b = 0; b < bins; ++b) {
    t.require_same(counts[b], std::uint64_t{parts[b].size()}, "bincount");
    t.require_same(places[b], counts[b], "histogram");
    t.require_same(sums[b], test::plain<T, Policy>::sum(parts[b]), "bincount with weights");
    t.require_same(others[b], sums[b], "histogram with weights");
  }
}

} // namespace

TEST_CASE("property/elements: extrema and counts") {
  test::for_trials("extrema", 40000, [](test::trial& t) {
    test::one_of<float, double, Eigen::half, Eigen::bfloat16, std::int8_t, std::uint32_t,
                 std::int64_t>(
        t, [&](auto each) { check_extrema<typename decltype(each)::element>(t); });
  });
}

TEST_CASE("property/elements: integers") {
  test::for_trials("integers", 15000, [](test::trial& t) {
    test::one_of<std::int8_t, std::uint16_t, std::int32_t, std::uint64_t>(
        t, [&](auto each) { check_integers<typename decltype(each)::element>(t); });
  });
}

TEST_CASE("property/elements: products and norms") {
  test::for_trials("products", 15000, [](test::trial& t) {
    test::one_of<float, double, Eigen::half, Eigen::bfloat16>(
        t, [&](auto each) { check_products<typename decltype(each)::element>(t); });
  });
}

TEST_CASE("property/elements: prefix sums") {
  test::for_trials("scan", 10000, [](test::trial& t) {
    test::one_of<float, double, Eigen::bfloat16, std::int32_t>(
        t, [&](auto each) { check_scan<typename decltype(each)::element>(t); });
  });
}

TEST_CASE("property/elements: bins") {
  test::for_trials("bins", 5000, [](test::trial& t) {
    t.policy = "in a policy of two";
    t.random.once_in(2) ? check_bins<float>(t, kahan) : check_bins<double>(t, pairwise);
  });
}
