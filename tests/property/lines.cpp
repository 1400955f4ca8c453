// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Along axes: each line has the bits that its elements have in a row, whatever the other lines and the layout.
#include "trial.hpp"

#include <algorithm>
#include <functional>

#include <detops/reduce.hpp>

using namespace detops;

namespace {

/// An output of random stride; what lies between its elements must stay.
template <class R>
class output {
public:
  output(std::size_t n, test::random_source& random)
      : step_(1 + random.below(3)), data_(n * step_ + 1, untouched()),
        view_(data_.data(), n, static_cast<std::ptrdiff_t>(step_)) {}
  const vector_view<R>& view() const { return view_; }
  bool gaps_untouched() const {
    bool right = true;
    for (std::size_t i = 0; i < data_.size(); ++i) {
      const bool gap = i % step_ != 0 || i / step_ == view_.size;
      right = right && (!gap || test::same(data_[i], untouched()));
    }
    return right;
  }

private:
  static R untouched() { return R(77); }

  std::size_t step_;
  std::vector<R> data_;
  vector_view<R> view_;
};

/// run(out) writes out; line k of it must be `expected(elements of line k)`.
template <class R, class T, class Run, class Expected>
void check_lines(test::trial& t, const std::vector<std::vector<T>>& lines, const char* operation,
                 const Run& run, const Expected& expected) {
  const output<R> out(lines.size(), t.random);
  run(out.view());
  for (std::size_t k = 0; k < lines.size(); ++k) {
    t.require_same(out.view()[k], static_cast<R>(expected(lines[k])), operation);
  }
  t.require_same(out.gaps_untouched(), true, "what lies between the output");
}

/// A random matrix and its lines along an axis.
template <class T>
struct random_matrix {
  test::laid_out<T> laid;
  std::size_t axis;
  std::vector<std::vector<T>> lines;

  explicit random_matrix(test::trial& t) {
    t.rows = t.random.below(t.random.once_in(4) ? 200 : 24);
    t.cols = t.random.below(t.random.once_in(4) ? 150 : 24);
    if (t.random.once_in(200)) {
      (t.random.once_in(2) ? t.rows : t.cols) += 3000;
    }
    t.kind = t.random.below(std::size(test::kinds));
    const auto x = t.values<T>();
    laid = t.lay_out(x);
    axis = t.random.below(2);
    lines.resize(axis == 0 ? t.cols : t.rows);
    for (std::size_t i = 0; i < x.size(); ++i) {
      lines[axis == 0 ? i % t.cols : i / t.cols].push_back(x[i]);
    }
  }
};

template <class T, class Policy>
void check_axis(test::trial& t, Policy policy) {
  const random_matrix<T> from(t);
  const std::size_t axis = from.axis;
  const std::vector<std::vector<T>>& lines = from.lines;
  const auto check = [&]<class R>(R, const char* operation, const auto& run, const auto& expected) {
    check_lines<R>(t, lines, operation, run, expected);
  };
  const auto& v = from.laid.view;
  check(
      T(), "sum along an axis", [&](auto& out) { sum(t.exec, v, axis, out, policy); },
      [&](auto& line) { return sum(line, policy); });
  check(
      T(), "mean along an axis", [&](auto& out) { mean(t.exec, v, axis, out, policy); },
      [&](auto& line) { return mean(line, policy); });
  check(
      T(), "norm1 along an axis", [&](auto& out) { norm1(t.exec, v, axis, out, policy); },
      [&](auto& line) { return norm1(line, policy); });
  check(
      T(), "variance along an axis", [&](auto& out) { variance(t.exec, v, axis, out, 1, policy); },
      [&](auto& line) { return variance(line, 1, policy); });
  if constexpr (std::same_as<Policy, pairwise_t>) {
    check(
        T(), "norm2 along an axis", [&](auto& out) { norm2(t.exec, v, axis, out); },
        [](auto& line) { return norm2(line); });
    check(
        T(), "prod along an axis", [&](auto& out) { prod(t.exec, v, axis, out); },
        [](auto& line) { return prod(line); });
    if (lines.empty() || !lines[0].empty()) {
      const output<T> low(lines.size(), t.random), high(lines.size(), t.random);
      minmax(t.exec, v, axis, low.view(), high.view());
      for (std::size_t k = 0; k < lines.size(); ++k) {
        t.require_same(low.view()[k], min(lines[k]), "minmax along an axis");
        t.require_same(high.view()[k], max(lines[k]), "minmax along an axis");
      }
      check(
          T(), "max along an axis", [&](auto& out) { max(t.exec, v, axis, out); },
          [](auto& line) { return max(line); });
      check(
          std::int32_t(), "argmin along an axis", [&](auto& out) { argmin(t.exec, v, axis, out); },
          [](auto& line) { return argmin(line); });
    }
  }
}

/// Integers and counts, by plain loops.
template <class T>
void check_axis_of_words(test::trial& t) {
  const random_matrix<T> from(t);
  const std::size_t axis = from.axis;
  const auto check = [&]<class R>(R, const char* operation, const auto& run, const auto& expected) {
    check_lines<R>(t, from.lines, operation, run, expected);
  };
  const auto& v = from.laid.view;
  const auto nonzero = [](auto& line) {
    std::size_t count = 0;
    for (const T value : line) {
      count += value != T(0) ? 1 : 0;
    }
    return count;
  };
  check(
      std::int32_t(), "count_nonzero along an axis",
      [&](auto& out) { count_nonzero(t.exec, v, axis, out); }, nonzero);
  check(
      std::int8_t(), "any along an axis", [&](auto& out) { any(t.exec, v, axis, out); },
      [&](auto& line) { return nonzero(line) != 0; });
  check(
      std::uint16_t(), "all along an axis", [&](auto& out) { all(t.exec, v, axis, out); },
      [&](auto& line) { return nonzero(line) == line.size(); });
  if constexpr (std::integral<T>) {
    using S = integer_sum_t<T>;
    const auto fold = [](auto& line, std::uint64_t total, const auto& step) {
      for (const T value : line) {
        total = step(total, static_cast<std::uint64_t>(static_cast<S>(value)));
      }
      return static_cast<S>(total);
    };
    const auto added = [&](auto& line) { return fold(line, 0, std::plus<>()); };
    check(S(), "sum along an axis", [&](auto& out) { sum(t.exec, v, axis, out); }, added);
    check(
        S(), "prod along an axis", [&](auto& out) { prod(t.exec, v, axis, out); },
        [&](auto& line) { return fold(line, 1, std::multiplies<>()); });
    if (!from.lines.empty() && !from.lines[0].empty()) {
      check(
          double(), "mean along an axis", [&](auto& out) { mean(t.exec, v, axis, out); },
          [&](auto& line) {
            return static_cast<double>(added(line)) / static_cast<double>(line.size());
          });
      check(
          T(), "min along an axis", [&](auto& out) { min(t.exec, v, axis, out); },
          [](auto& line) { return *std::min_element(line.begin(), line.end()); });
      check(
          std::uint32_t(), "argmax along an axis", [&](auto& out) { argmax(t.exec, v, axis, out); },
          [](auto& line) { return std::max_element(line.begin(), line.end()) - line.begin(); });
    }
  }
}

/// Up to four dimensions with strides in any order of the axes and of either sign.
template <class T, class Policy>
void check_axes(test::trial& t, Policy policy) {
  const std::size_t rank = 1 + t.random.below(4);
  nd_view<const T> x;
  x.rank = rank;
  std::size_t count = 1, size = 1;
  std::vector<std::size_t> order(rank), axes;
  for (std::size_t d = 0; d < rank; ++d) {
    order[d] = d;
    x.extents[d] = 1 + t.random.below(t.random.once_in(5) ? 20 : 5);
    count *= x.extents[d];
    if (t.random.once_in(2)) {
      axes.push_back(d);
    }
  }
  t.random.permute(order);
  t.random.permute(axes);
  std::size_t first = 0;
  for (const std::size_t d : order) {
    x.strides[d] = static_cast<std::ptrdiff_t>(size);
    const std::size_t reach = (x.extents[d] - 1) * size;
    if (t.random.once_in(4)) {
      x.strides[d] = -x.strides[d];
      first += reach;
    }
    size = reach + size + t.random.below(3);
  }
  t.rows = rank; // told where it fails
  t.cols = count;
  t.kind = t.random.below(std::size(test::kinds));
  const auto values = t.values<T>(count);
  std::vector<T> data(size, std::numeric_limits<T>::quiet_NaN());
  x.data = data.data() + first;

  std::vector<std::vector<T>> lines(1);
  std::array<bool, max_rank> reduced{};
  for (const std::size_t d : axes) {
    reduced[d] = true;
  }
  for (std::size_t i = 0; i < count; ++i) { // in row-major order
    std::size_t rest = i, line = 0, scale = 1;
    std::ptrdiff_t at = 0;
    for (std::size_t d = rank; d-- > 0; rest /= x.extents[d]) {
      const std::size_t k = rest % x.extents[d];
      at += static_cast<std::ptrdiff_t>(k) * x.strides[d];
      line += reduced[d] ? 0 : k * scale;
      scale *= reduced[d] ? 1 : x.extents[d];
    }
    const_cast<T&>(x.data[at]) = values[i];
    lines.resize(std::max(lines.size(), line + 1));
    lines[line].push_back(values[i]);
  }
  const axis_list list{std::span<const std::size_t>(axes)};
  check_lines<T>(
      t, lines, "sum along axes", [&](auto& out) { sum(t.exec, x, list, out, policy); },
      [&](auto& line) { return sum(line, policy); });
  if constexpr (std::same_as<Policy, pairwise_t>) {
    check_lines<T>(
        t, lines, "min along axes", [&](auto& out) { min(t.exec, x, list, out); },
        [](auto& line) { return min(line); });
    check_lines<T>(
        t, lines, "prod along axes", [&](auto& out) { prod(t.exec, x, list, out); },
        [](auto& line) { return prod(line); });
    check_lines<std::int32_t>(
        t, lines, "count_nonzero along axes",
        [&](auto& out) { count_nonzero(t.exec, x, list, out); },
        [](auto& line) { return count_nonzero(line); });
    check_lines<std::int64_t>(
        t, lines, "argmax along axes", [&](auto& out) { argmax(t.exec, x, list, out); },
        [](auto& line) { return argmax(line); });
  }
}

template <class T>
void check_matrix_or_more(test::trial& t, bool matrix) {
  test::one_policy(
      t, [&](auto policy) { matrix ? check_axis<T>(t, policy) : check_axes<T>(t, policy); });
}

} // namespace

TEST_CASE("property/lines: along an axis of a matrix") {
  test::for_trials("axis", 8000, [](test::trial& t) {
    test::one_of<float, double, Eigen::half>(
        t, [&](auto each) { check_matrix_or_more<typename decltype(each)::element>(t, true); });
  });
}

TEST_CASE("property/lines: along axes of up to four dimensions") {
  test::for_trials("axes", 8000, [](test::trial& t) {
    test::one_of<float, double, Eigen::half>(
        t, [&](auto each) { check_matrix_or_more<typename decltype(each)::element>(t, false); });
  });
}

TEST_CASE("property/lines: integers and counts along an axis of a matrix") {
  test::for_trials("integers along an axis", 4000, [](test::trial& t) {
    test::one_of<std::int8_t, std::uint32_t, std::int64_t, float>(
        t, [&](auto each) { check_axis_of_words<typename decltype(each)::element>(t); });
  });
}
