// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions of up to four dimensions along several axes.

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

template <class T>
std::string reduced_along(const row& r, const trial& how) {
  const auto shape = numbers(r.field("shape"), 'x');
  const auto axes = numbers(r.field("axes"), ',');
  std::size_t count = 1, results = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    count *= shape[d];
    results *= std::find(axes.begin(), axes.end(), d) == axes.end() ? shape[d] : 1;
  }
  buffer<T> x(data<T>(r, count), how.place);
  const detops::vector_view<T> elements = x.vector();
  detops::nd_view<T> view;
  view.data = elements.data;
  view.rank = shape.size();
  std::ptrdiff_t step = elements.stride;
  for (std::size_t d = shape.size(); d-- > 0;) {
    view.extents[d] = shape[d];
    view.strides[d] = step;
    step *= static_cast<std::ptrdiff_t>(shape[d]);
  }
  const detops::axis_list list(axes);
  if (r.op == "argmax") {
    buffer<std::uint64_t> out(results, how.place);
    detops::argmax(how, view, list, out.vector());
    return fingerprint_of(out.read());
  }
  buffer<T> out(results, how.place);
  if (r.op == "max") {
    detops::max(how, view, list, out.vector());
  } else {
    with_policy(r, [&](auto policy) {
      r.op == "sum" ? detops::sum(how, view, list, out.vector(), policy)
                    : detops::mean(how, view, list, out.vector(), policy);
    });
  }
  return fingerprint_of(out.read());
}

std::string along_axes(const row& r, const trial& how) {
  return with_type<float, double>(r,
                                  [&]<class T>(type_tag<T>) { return reduced_along<T>(r, how); });
}

} // namespace

void add_axes(operations& table) {
  table["along axes"] = {along_axes, vector_layouts};
}

} // namespace golden
