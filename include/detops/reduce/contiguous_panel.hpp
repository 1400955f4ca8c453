// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Neighbouring lines of contiguous elements: a register holds lanes of one line. (Panels: see reduce/panels.hpp.)
#pragma once

#include <cstring>

#include <detops/reduce/panels.hpp>
#include <detops/simd/halves.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// `count` elements from one place to another, by two overlapping moves of a fixed size.
template <std::size_t Most, floating S>
DETOPS_ALWAYS_INLINE void copy_few(S* to, const S* from, std::size_t count) {
  if constexpr (Most > 0) {
    if (count >= Most) {
      S values[2 * Most];
      std::memcpy(static_cast<void*>(values), from, Most * sizeof(S));
      std::memcpy(static_cast<void*>(values + Most), from + count - Most, Most * sizeof(S));
      std::memcpy(static_cast<void*>(to), values, Most * sizeof(S));
      std::memcpy(static_cast<void*>(to + count - Most), values + Most, Most * sizeof(S));
    } else {
      copy_few<Most / 2>(to, from, count);
    }
  }
}

/// Each line is folded to one register, and those of as many lines as a register has lanes are halved together.
template <real C, floating S>
class contiguous_panel {
  static constexpr std::size_t row = simd::row_lanes<C>;
  static constexpr std::size_t width = simd::register_lanes<C>;
  using V = simd::lanes<C, width>;
  template <class Policy>
  using node = typename Policy::template node<V>;

public:
  static constexpr std::size_t most_lines = row;

  /// Working memory, zero at first.
  using ragged = S[row][width];

  contiguous_panel(const matrix_view<const S>& lines, std::size_t first, std::size_t count,
                   ragged& room)
      : data_(&lines(0, first)), stride_(lines.col_stride), length_(lines.rows), count_(count),
        ragged_(room) {}

  template <class Policy, bool Squared, class Maps>
  DETOPS_NOINLINE void values(const Maps& maps, C* out) const {
    using leaf = leaf_maker<Policy, Squared, std::remove_cvref_t<decltype(maps.of_line(0))>>;
    using step = std::integral_constant<std::ptrdiff_t, static_cast<std::ptrdiff_t>(row)>;
    using down = rows_fold<Policy, V, leaf, S, step>;
    const std::size_t rows = length_ / row, tail = length_ % row;
    copy_ragged(length_ - tail % width, tail % width);
    node<Policy> nodes[row / width][row];
    constexpr std::size_t registers = row / width;
    constexpr std::integral_constant<std::size_t, 1> one;
    bool something = tail != 0 || rows == 0;
    for (std::size_t i = 0; something && i < count_; ++i) {
      const down fold{leaf{maps.of_line(i)}, {}};
      for (std::size_t k = 0; k < registers; ++k) {
        if (tail >= (k + 1) * width) {
          put(nodes[k][i], fold.power(line(i) + rows * row + k * width, one));
        } else if (tail > k * width) {
          put(nodes[k][i],
              fold.leaf.partial(simd::load_as<C, width>(ragged_[i]), tail - k * width));
        } else {
          put(nodes[k][i], leaf::template neutral<V>());
        }
      }
    }
    newest_first(rows, [&](std::size_t from, auto size) DETOPS_INLINE_LAMBDA {
      for (std::size_t i = 0; i < count_; ++i) {
        const down fold{leaf{maps.of_line(i)}, {}};
        for (std::size_t k = 0; k < registers; ++k) {
          const auto part = fold.power(line(i) + from * row + k * width, size);
          if (something) {
            put(nodes[k][i], Policy::combine(part, nodes[k][i]));
          } else {
            put(nodes[k][i], part);
          }
        }
      }
      something = true;
    });
    for (std::size_t half = row / width / 2; half > 0; half /= 2) {
      for (std::size_t k = 0; k < half; ++k) {
        for (std::size_t i = 0; i < count_; ++i) {
          put(nodes[k][i], Policy::combine(nodes[k][i], nodes[k + half][i]));
        }
      }
    }
    std::fill(nodes[0] + count_, nodes[0] + row, nodes[0][0]);
    for (std::size_t i = 0; i < count_; i += width) {
      Policy::value(together<Policy, 1>(nodes[0] + i)).store(out + i);
    }
  }

private:
  const S* line(std::size_t k) const { return data_ + static_cast<std::ptrdiff_t>(k) * stride_; }

  /// The elements of each line that fill no register, so that they can be loaded whole. All are written before the
  /// first is read: a load of what was just stored in pieces waits.
  void copy_ragged(std::size_t first, std::size_t count) const {
    if (count != 0) {
      for (std::size_t i = 0; i < count_; ++i) {
        copy_few<width / 2>(ragged_[i], line(i) + first, count);
      }
    }
  }

  /// Lane r of it is the root of nodes[r], for the r < width.
  template <class Policy, std::size_t Distance>
  DETOPS_ALWAYS_INLINE static node<Policy> together(const node<Policy>* nodes) {
    if constexpr (Distance == width) {
      return fetch(*nodes);
    } else {
      const auto a = together<Policy, 2 * Distance>(nodes);
      const auto b = together<Policy, 2 * Distance>(nodes + simd::joined_rows<C, Distance>);
      // constant indices, or g++ moves nodes of two fields through memory in halves of a register
      const auto halves = [&]<std::size_t... F>(std::index_sequence<F...>) DETOPS_INLINE_LAMBDA {
        return Policy::combine(
            node<Policy>{
                {V{{simd::lower_halves<Distance>(a.field[F].part[0], b.field[F].part[0])}}...}},
            node<Policy>{
                {V{{simd::upper_halves<Distance>(a.field[F].part[0], b.field[F].part[0])}}...}});
      };
      return halves(std::make_index_sequence<Policy::fields>{});
    }
  }

  const S* data_;
  std::ptrdiff_t stride_;
  std::size_t length_;
  std::size_t count_;
  ragged& ragged_;
};

} // namespace detops::inline DETOPS_ISA::detail
