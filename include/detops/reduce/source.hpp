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
template <real T, class V>
struct lane_deviation {
  V center; // holds values of T
  DETOPS_ALWAYS_INLINE V operator()(const V& x) const {
    const V difference = simd::sub(x, center);
    if constexpr (std::same_as<typename V::value_type, T>) {
      return difference;
    } else {
      return simd::to_float_grid(difference);
    }
  }
};
template <real T>
struct deviation {
  T center;
  template <class V>
  DETOPS_ALWAYS_INLINE V operator()(const V& x) const {
    using C = typename V::value_type;
    return lane_deviation<T, V>{V::broadcast(static_cast<C>(center))}(x);
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

/// How many bytes ahead to prefetch where there is too much arithmetic to a row for the CPU to look far enough by itself,
/// which costs up to a fifth of the speed from memory.
inline constexpr std::size_t prefetched_bytes = 2048;

/// Contiguous numbers as lanes of C.
template <real S, real C>
struct contiguous_loader {
  const S* data;
  /// The same from element `first` on.
  DETOPS_ALWAYS_INLINE contiguous_loader from(std::size_t first) const { return {data + first}; }
  /// Asks for what will be loaded some time after element `first`. (Beside a load: g++ drops a function that does
  /// nothing else.)
  DETOPS_ALWAYS_INLINE void prefetch(std::size_t first) const {
    __builtin_prefetch(data + first + prefetched_bytes / sizeof(S));
  }
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load(std::size_t first) const {
    return simd::load_as<C, N>(data + first);
  }
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<C, N> load_partial(std::size_t first, std::size_t count,
                                                      C fill) const {
    return simd::load_as_partial<C, N>(data + first, count, fill);
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
  /// Element i as it is stored.
  const S& operator[](std::size_t i) const { return element_at(view_, i); }
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
        map_(simd::load_as_partial<C, row>(view_.data + first + i, count - i, C{0})).store(out + i);
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

/// Any source behind one type, for kernels that compute in C; the source outlives it.
template <real C>
class reader {
public:
  template <class Source>
  explicit reader(const Source& from)
      : source_(&from), size_(from.size()),
        read_([](const void* object, std::size_t first, std::size_t count, C* out) {
          static_cast<const Source*>(object)->template read<C>(first, count, out);
        }) {
    if constexpr (Source::plain) {
      if (from.contiguous()) {
        (std::same_as<typename Source::element, float> ? plain_float_ : plain_double_) =
            from.data();
      }
    }
  }
  std::size_t size() const { return size_; }
  /// Where the elements lie, if they are contiguous numbers of type S as they are; else null.
  template <real S>
  const S* plain() const {
    return static_cast<const S*>(std::same_as<S, float> ? plain_float_ : plain_double_);
  }
  /// Elements [first, first + count), where they lie or in the buffer.
  const C* operator()(std::size_t first, std::size_t count, C* buffer) const {
    if (const C* data = plain<C>()) {
      return data + first;
    }
    read_(source_, first, count, buffer);
    return buffer;
  }

private:
  const void* source_;
  std::size_t size_;
  void (*read_)(const void*, std::size_t, std::size_t, C*);
  const void* plain_float_ = nullptr;
  const void* plain_double_ = nullptr;
};

} // namespace detops::inline DETOPS_ISA::detail
