// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the leaves of a reduction come from: elements of a view, widened to the type C that is computed in, through
// a map (none, |x|, x - mean ...). Plain contiguous numbers are loaded where they are; all else is read a stretch at a
// time into a buffer of C, so that the kernels meet contiguous numbers alone.
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

/// Contiguous numbers as lanes of C.
template <real S, real C>
struct contiguous_loader {
  const S* data;
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load(std::size_t first) const {
    return simd::load_as<C, N>(data + first);
  }
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load_partial(std::size_t first, std::size_t count) const {
    return simd::load_as_strided<C, N>(data + first, 1, count);
  }
};

/// The elements of a view through a map. Sources of one reduction have the same shape.
template <floating S, class Map = no_map>
class source {
public:
  using element = S;
  /// Whether contiguous elements need no buffer.
  static constexpr bool plain = real<S> && std::same_as<Map, no_map>;

  explicit source(const matrix_view<const S>& view, const Map& map = {})
      : view_(long_lines(view)), map_(map) {}
  std::size_t size() const { return view_.rows * view_.cols; }
  const S* data() const { return view_.data; }
  bool contiguous() const { return view_.rows == 1 && view_.col_stride == 1; }

  /// Writes elements [first, first + count) to out, which has room for whole rows of lanes.
  template <real C>
  DETOPS_NOINLINE void read(std::size_t first, std::size_t count, C* out) const {
    constexpr std::size_t row = simd::row_lanes<C>;
    using V = simd::lanes<C, row>;
    if (contiguous()) {
      std::size_t i = 0;
      for (; count - i >= row; i += row) {
        map_(simd::load_as<C, row>(view_.data + first + i)).store(out + i);
      }
      if (i < count) {
        map_(simd::load_as_strided<C, row>(view_.data + first + i, 1, count - i)).store(out + i);
      }
      return;
    }
    std::size_t i = view_.rows == 1 ? 0 : first / view_.cols;
    std::size_t j = view_.rows == 1 ? first : first % view_.cols;
    for (std::size_t k = 0; k < count;) {
      const std::size_t stretch = std::min(count - k, view_.cols - j);
      for (std::size_t end = k + stretch; k < end; ++k, ++j) {
        out[k] = static_cast<C>(widen(view_(i, j)));
      }
      j = 0;
      ++i;
    }
    if constexpr (!std::same_as<Map, no_map>) {
      std::fill(out + count, out + (count + row - 1) / row * row, C{0});
      for (std::size_t k = 0; k < count; k += row) {
        map_(V::load(out + k)).store(out + k);
      }
    }
  }

private:
  matrix_view<const S> view_;
  [[no_unique_address]] Map map_;
};

/// The elements of a source, from one on, in a buffer or where they are.
template <real C, std::size_t Capacity>
class stretch {
public:
  template <class Source>
  const C* operator()(const Source& from, std::size_t first, std::size_t count) {
    if constexpr (Source::plain && std::same_as<typename Source::element, C>) {
      if (from.contiguous()) {
        return from.data() + first;
      }
    }
    from.template read<C>(first, count, buffer_);
    return buffer_;
  }

private:
  alignas(64) C buffer_[Capacity];
};

/// Whether all sources are plain contiguous numbers of one type S.
template <class... Sources>
bool all_plain(const Sources&... sources) {
  return ((Sources::plain && sources.contiguous()) && ...);
}

} // namespace detops::inline DETOPS_ISA::detail
