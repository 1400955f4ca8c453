// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the leaves of a reduction come from: elements of a view, widened to the type C that is computed in, through
// a map (none, |x|, x - mean ...). A loader gives those from index `first` on as lanes.
#pragma once

#include <detops/core/view.hpp>
#include <detops/simd/simd.hpp>
#include <detops/simd/widen.hpp>

namespace detops::inline DETOPS_ISA::detail {

struct no_map {
  template <class V>
  DETOPS_ALWAYS_INLINE V operator()(const V& x) const {
    return x;
  }
};
struct absolute_value {
  template <class V>
  DETOPS_ALWAYS_INLINE V operator()(const V& x) const {
    return simd::abs(x);
  }
};
/// x - center, rounded to T also where it is computed in double: a double holds the difference of two floats well
/// enough for its second rounding to be the only one that counts (53 >= 2 * 24 + 2).
template <real T>
struct deviation {
  T center;
  template <class V>
  DETOPS_ALWAYS_INLINE V operator()(const V& x) const {
    using C = typename V::value_type;
    const V difference = simd::sub(x, V::broadcast(static_cast<C>(center)));
    if constexpr (std::same_as<C, T>) {
      return difference;
    } else {
      return simd::to_float_grid(difference);
    }
  }
};
/// x times two powers of two, one after the other.
template <real T>
struct scaling {
  T first, second;
  template <class V>
  DETOPS_ALWAYS_INLINE V operator()(const V& x) const {
    return simd::mul(simd::mul(x, V::broadcast(first)), V::broadcast(second));
  }
};

template <class S, class C, class Map>
struct contiguous_loader {
  static constexpr bool contiguous = true;
  const S* data;
  [[no_unique_address]] Map map;
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load(std::size_t first) const {
    return map(simd::load_as<C, N>(data + first));
  }
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load_partial(std::size_t first, std::size_t count) const {
    return map(simd::load_as_strided<C, N>(data + first, 1, count));
  }
};
/// Any matrix in row-major order of its elements.
template <class S, class C, class Map>
struct gathering_loader {
  static constexpr bool contiguous = false;
  matrix_view<const S> view;
  [[no_unique_address]] Map map;
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load(std::size_t first) const {
    return load_partial<N>(first, N);
  }
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load_partial(std::size_t first, std::size_t count) const {
    if (view.rows == 1) {
      return map(simd::load_as_strided<C, N>(view.data + offset(first, view.col_stride),
                                             view.col_stride, count));
    }
    C values[N] = {};
    std::size_t i = first / view.cols;
    std::size_t j = first % view.cols;
    for (std::size_t k = 0; k < count; ++k) {
      values[k] = static_cast<C>(widen(view(i, j)));
      if (++j == view.cols) {
        j = 0;
        ++i;
      }
    }
    return map(simd::lanes<C, N>::load(values));
  }
  static std::ptrdiff_t offset(std::size_t i, std::ptrdiff_t stride) {
    return static_cast<std::ptrdiff_t>(i) * stride;
  }
};

/// A view with its map; sources of one reduction have the same shape.
template <floating S, class Map = no_map>
struct source {
  using element = S;
  using map_type = Map;
  matrix_view<const S> view;
  [[no_unique_address]] Map map{};

  std::size_t size() const { return view.rows * view.cols; }
  /// As one line where one stride walks through all elements.
  source joined() const {
    const bool one = view.rows <= 1 ||
                     view.row_stride == static_cast<std::ptrdiff_t>(view.cols) * view.col_stride;
    return one ? source{{view.data, 1, size(), 0, view.col_stride}, map} : *this;
  }
  bool contiguous() const { return view.rows == 1 && view.col_stride == 1; }
};

/// run(loader...) with loaders that read all sources in row-major order: the simple ones where elements lie side by
/// side.
template <class C, class Run, class... Sources>
auto with_loaders(Run&& run, const Sources&... sources) {
  if ((sources.joined().contiguous() && ...)) {
    return run(contiguous_loader<typename Sources::element, C, typename Sources::map_type>{
        sources.view.data, sources.map}...);
  }
  return run(gathering_loader<typename Sources::element, C, typename Sources::map_type>{
      sources.joined().view, sources.map}...);
}

} // namespace detops::inline DETOPS_ISA::detail
