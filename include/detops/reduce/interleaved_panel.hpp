// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Neighbouring lines that lie side by side: a register holds the same element of several lines. (Panels: see
// reduce/panels.hpp.)
#pragma once

#include <detops/reduce/panels.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// The matrix is read from top to bottom, once, four cache lines wide, or one where it is tall. Every lane of the tree's
/// row has a node for each register of lines, until the last steps:
///
///               register 0    register 1 ...
///   lane 0      rows 0, W, 2W ... of the matrix, folded down
///   lane 1      rows 1, W + 1 ...
///   lane W-1                                         then lane l with lane l + W/2 ...
template <real C, floating S>
class interleaved_panel {
  static constexpr std::size_t row = simd::row_lanes<C>;
  static constexpr std::size_t width = simd::register_lanes<C>;
  static constexpr std::size_t most_registers = 4 * row / width;
  static constexpr std::size_t block = 16; // rows of the tree, which are `row` of the matrix each
  using V = simd::lanes<C, width>;
  template <class Policy>
  using node = typename Policy::template node<V>;
  template <class Policy, std::size_t Registers>
  struct lane_nodes {
    node<Policy> of[row][Registers];
  };

public:
  static constexpr std::size_t least_lines = width, most_lines = most_registers * width;

  /// Columns [first, first + count) of the matrix; least_lines <= count <= most_lines.
  interleaved_panel(const matrix_view<const S>& x, std::size_t first, std::size_t count)
      : data_(&x(0, first)), stride_(x.row_stride), length_(x.rows), count_(count) {}

  /// out[k] is the value of line first + k, for k < count; there is room for most_lines.
  template <class Policy, bool Squared, class Maps>
  void values(const Maps& maps, C* out) const {
    if (count_ == most_lines) {
      fold<Policy, Squared, most_registers>(maps, 0, out);
      return;
    }
    std::size_t k = 0;
    for (; count_ - k >= row; k += row) {
      fold<Policy, Squared, row / width>(maps, k, out);
    }
    for (; k < count_; k += width) { // the last two may overlap
      fold<Policy, Squared, 1>(maps, std::min(k, count_ - width), out);
    }
  }

private:
  /// How register k of those from line `first` on is folded.
  template <class Policy, bool Squared, class Maps>
  DETOPS_ALWAYS_INLINE auto down(const Maps& maps, std::size_t first, std::size_t k) const {
    const auto map = maps.template of_lines<V>(first + k * width);
    using leaf = leaf_maker<Policy, Squared, std::remove_const_t<decltype(map)>>;
    return rows_fold<Policy, V, leaf, S, std::ptrdiff_t>{
        leaf{map}, static_cast<std::ptrdiff_t>(row) * stride_};
  }
  DETOPS_ALWAYS_INLINE const S* at(std::size_t i, std::size_t line) const {
    return data_ + static_cast<std::ptrdiff_t>(i) * stride_ + static_cast<std::ptrdiff_t>(line);
  }

  template <class Policy, bool Squared, std::size_t Registers, class Maps>
  DETOPS_NOINLINE void fold(const Maps& maps, std::size_t first, C* out) const {
    constexpr std::size_t block_rows = row * block;
    const std::size_t used = std::min(row, length_);
    std::size_t blocks = length_ / block_rows;
    const std::size_t below = blocks * block_rows;
    const std::size_t rows = (length_ - below) / row, tail = (length_ - below) % row;
    lane_nodes<Policy, Registers> total;
    // what the blocks leave: lanes below `tail` have one row more than the others
    fold_rest<Policy, Squared>(maps, first, below, 0, std::min(tail, used), rows + 1, total);
    fold_rest<Policy, Squared>(maps, first, below, tail, used, rows, total);
    bool something = rows > 0;
    for (std::size_t size = 1; blocks != 0; size *= 2) {
      if ((blocks & size) != 0) {
        blocks -= size;
        lane_nodes<Policy, Registers> part;
        fold_blocks<Policy, Squared>(maps, first, blocks, size, part);
        for (std::size_t l = 0; l < row; ++l) {
          for (std::size_t k = 0; k < Registers; ++k) {
            auto& here = total.of[l][k];
            if (something || l < tail) {
              put(here, Policy::combine(part.of[l][k], here));
            } else {
              put(here, part.of[l][k]);
            }
          }
        }
        something = true;
      }
    }
    for (std::size_t k = 0; k < Registers; ++k) {
      C* to = out + first + k * width;
      if (used == row) {
        Policy::value(across<Policy, 1, true>(total, used, 0, k)).store(to);
      } else {
        Policy::value(across<Policy, 1, false>(total, used, 0, k)).store(to);
      }
    }
  }

  /// The nodes of lanes [lane, end) over less than 17 rows of the tree, from row `below` of the matrix on.
  template <class Policy, bool Squared, std::size_t Registers, class Maps>
  DETOPS_NOINLINE void fold_rest(const Maps& maps, std::size_t first, std::size_t below,
                                 std::size_t lane, std::size_t end, std::size_t rows,
                                 lane_nodes<Policy, Registers>& out) const {
    bool something = false;
    newest_first(rows, [&](std::size_t from, auto size) DETOPS_INLINE_LAMBDA {
      for (std::size_t l = lane; l < end; ++l) {
        const S* p = at(below + from * row + l, first);
        for (std::size_t k = 0; k < Registers; ++k) {
          const auto part = down<Policy, Squared>(maps, first, k).power(p + k * width, size);
          auto& here = out.of[l][k];
          if (something) {
            put(here, Policy::combine(part, here));
          } else {
            put(here, part);
          }
        }
      }
      something = true;
    });
  }

  /// The node of lanes l, l + Distance, ... together; lanes from `used` on are skipped.
  template <class Policy, std::size_t Distance, bool All, std::size_t Registers>
  DETOPS_ALWAYS_INLINE static node<Policy> across(const lane_nodes<Policy, Registers>& lanes,
                                                  std::size_t used, std::size_t l, std::size_t k) {
    if constexpr (Distance == row) {
      return fetch(lanes.of[l][k]);
    } else {
      const auto lower = across<Policy, 2 * Distance, All>(lanes, used, l, k);
      if (All || l + Distance < used) {
        return Policy::combine(lower,
                               across<Policy, 2 * Distance, All>(lanes, used, l + Distance, k));
      }
      return lower;
    }
  }

  /// The nodes over a power of two of blocks.
  template <class Policy, bool Squared, std::size_t Registers, class Maps>
  DETOPS_NOINLINE void fold_blocks(const Maps& maps, std::size_t first, std::size_t from,
                                   std::size_t blocks, lane_nodes<Policy, Registers>& out) const {
    if (blocks == 1) {
      constexpr std::integral_constant<std::size_t, block> all;
      for (std::size_t l = 0; l < row; ++l) {
        const S* p = at(from * block * row + l, first);
        for (std::size_t k = 0; k < Registers; ++k) {
          put(out.of[l][k], down<Policy, Squared>(maps, first, k).power(p + k * width, all));
        }
      }
      return;
    }
    lane_nodes<Policy, Registers> lower;
    fold_blocks<Policy, Squared>(maps, first, from, blocks / 2, out);
    fold_blocks<Policy, Squared>(maps, first, from + blocks / 2, blocks / 2, lower);
    for (std::size_t l = 0; l < row; ++l) {
      for (std::size_t k = 0; k < Registers; ++k) {
        put(out.of[l][k], Policy::combine(out.of[l][k], lower.of[l][k]));
      }
    }
  }

  const S* data_;
  std::ptrdiff_t stride_;
  std::size_t length_;
  std::size_t count_;
};

} // namespace detops::inline DETOPS_ISA::detail
