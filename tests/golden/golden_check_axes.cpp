// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions of up to four dimensions along several axes.

#include <set>
#include <sstream>

#include "golden_policies.hpp"

namespace golden {
namespace {

std::vector<std::size_t> numbers(const std::string& text, char separator) {
  std::vector<std::size_t> values;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, separator);) {
    values.push_back(static_cast<std::size_t>(std::stoull(part)));
  }
  return values;
}

/// The operand of a row, its reduced axes and how many results there are.
template <class T>
struct operand_along {
  buffer<T> x;
  detops::nd_view<T> view;
  std::vector<std::size_t> axes;
  std::size_t results = 1;

  operand_along(const row& r, const trial& how)
      : operand_along(r, how, numbers(r.field("shape"), 'x')) {}

private:
  operand_along(const row& r, const trial& how, const std::vector<std::size_t>& shape)
      : x(data<T>(r, product_of(shape)), how.place), axes(numbers(r.field("axes"), ',')) {
    const detops::vector_view<T> elements = x.vector();
    view.data = elements.data;
    view.rank = shape.size();
    std::ptrdiff_t step = elements.stride;
    for (std::size_t d = shape.size(); d-- > 0;) {
      view.extents[d] = shape[d];
      view.strides[d] = step;
      step *= static_cast<std::ptrdiff_t>(shape[d]);
      results *= std::find(axes.begin(), axes.end(), d) == axes.end() ? shape[d] : 1;
    }
  }
  static std::size_t product_of(const std::vector<std::size_t>& shape) {
    std::size_t count = 1;
    for (const std::size_t extent : shape) {
      count *= extent;
    }
    return count;
  }
};

/// Extrema, their positions, and counts: of floating-point numbers and integers.
template <class T>
std::string found_along(const row& r, const trial& how) {
  operand_along<T> from(r, how);
  const detops::nd_view<T>& x = from.view;
  const detops::axis_list axes(from.axes);
  if (r.op == "max" || r.op == "min" || r.op == "minmax") {
    buffer<T> out(from.results, how.place), high(from.results, how.place);
    if (r.op == "minmax") {
      detops::minmax(how, x, axes, out.vector(), high.vector());
      return fingerprint_of(out.read()) + "," + fingerprint_of(high.read());
    }
    r.op == "max" ? detops::max(how, x, axes, out.vector())
                  : detops::min(how, x, axes, out.vector());
    return fingerprint_of(out.read());
  }
  buffer<std::uint64_t> out(from.results, how.place);
  r.op == "argmax"   ? detops::argmax(how, x, axes, out.vector())
  : r.op == "argmin" ? detops::argmin(how, x, axes, out.vector())
  : r.op == "any"    ? detops::any(how, x, axes, out.vector())
  : r.op == "all"    ? detops::all(how, x, axes, out.vector())
                     : detops::count_nonzero(how, x, axes, out.vector());
  return fingerprint_of(out.read());
}

template <class T>
std::string reduced_along(const row& r, const trial& how) {
  operand_along<T> from(r, how);
  const detops::nd_view<T>& x = from.view;
  const detops::axis_list axes(from.axes);
  buffer<T> out(from.results, how.place);
  if (r.op == "norm2") {
    detops::norm2(how, x, axes, out.vector());
  } else if (r.op == "prod") {
    detops::prod(how, x, axes, out.vector());
  } else {
    const std::size_t ddof = r.has("ddof") ? r.size("ddof") : 0;
    with_policy(r, [&](auto policy) {
      r.op == "sum"        ? detops::sum(how, x, axes, out.vector(), policy)
      : r.op == "mean"     ? detops::mean(how, x, axes, out.vector(), policy)
      : r.op == "norm1"    ? detops::norm1(how, x, axes, out.vector(), policy)
      : r.op == "variance" ? detops::variance(how, x, axes, out.vector(), ddof, policy)
                           : detops::stddev(how, x, axes, out.vector(), ddof, policy);
    });
  }
  return fingerprint_of(out.read());
}

template <class T>
std::string integers_along(const row& r, const trial& how) {
  operand_along<T> from(r, how);
  const detops::axis_list axes(from.axes);
  if (r.op == "mean") {
    buffer<double> out(from.results, how.place);
    detops::mean(how, from.view, axes, out.vector());
    return fingerprint_of(out.read());
  }
  buffer<detops::integer_sum_t<T>> out(from.results, how.place);
  r.op == "sum" ? detops::sum(how, from.view, axes, out.vector())
                : detops::prod(how, from.view, axes, out.vector());
  return fingerprint_of(out.read());
}

std::string along_axes(const row& r, const trial& how) {
  return with_type<float, double, std::int32_t, std::uint8_t>(r, [&]<class T>(type_tag<T>) {
    static const std::set<std::string> found = {"max",    "min", "minmax", "argmax",
                                                "argmin", "any", "all",    "count"};
    if (found.contains(r.op)) {
      return found_along<T>(r, how);
    }
    if constexpr (std::integral<T>) {
      return integers_along<T>(r, how);
    } else {
      return reduced_along<T>(r, how);
    }
  });
}

void add_axes(operations& table) {
  table["along axes"] = {along_axes, vector_layouts};
}
const family axes_family(add_axes);

} // namespace
} // namespace golden
