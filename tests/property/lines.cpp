// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Along axes: each line has the bits that its elements have in a row, whatever the other lines and the layout.
#include "trial.hpp"

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

template <class T, class Policy>
void check_axis(test::trial& t, Policy policy) {
  t.rows = t.random.below(t.random.once_in(4) ? 200 : 24);
  t.cols = t.random.below(t.random.once_in(4) ? 150 : 24);
  if (t.random.once_in(200)) {
    (t.random.once_in(2) ? t.rows : t.cols) += 3000;
  }
  t.kind = t.random.below(std::size(test::kinds));
  const auto x = t.values<T>();
  const auto laid = t.lay_out(x);
  const std::size_t axis = t.random.below(2);
  std::vector<std::vector<T>> lines(axis == 0 ? t.cols : t.rows);
  for (std::size_t i = 0; i < x.size(); ++i) {
    lines[axis == 0 ? i % t.cols : i / t.cols].push_back(x[i]);
  }
  const auto check = [&]<class R>(R, const char* operation, const auto& run, const auto& expected) {
    check_lines<R>(t, lines, operation, run, expected);
  };
  const auto& v = laid.view;
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
    if (lines.empty() || !lines[0].empty()) {
      check(
          T(), "max along an axis", [&](auto& out) { max(t.exec, v, axis, out); },
          [](auto& line) { return max(line); });
      check(
          std::int32_t(), "argmin along an axis", [&](auto& out) { argmin(t.exec, v, axis, out); },
          [](auto& line) { return argmin(line); });
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
