// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one reduction tree (contract, section 2). Elements stand in rows of W lanes, 64 bytes a row:
//
//      lane   0   1   2  ...  W-1
//   row 0     x0  x1  x2      xW-1       down the rows, lane by lane:  (r0+r1)+(r2+r3) ...
//   row 1     xW  ...                    an odd last one is carried up unchanged
//   row 2     ...            (ragged)    then across the lanes, in halves
//
// A binary counter of partial results walks the rows in one pass; registers narrower than a row take it
// column by column, which changes no combination.
#pragma once

#include <bit>
#include <tuple>

#include <detops/core/scratch.hpp>
#include <detops/core/unrolled.hpp>
#include <detops/exec/executor.hpp>
#include <detops/reduce/policies.hpp>
#include <detops/reduce/source.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// The binary counter: after `count` units, one node for every set bit of count, the oldest on top.
template <class Policy, class V>
class fold_stack {
public:
  using node = typename Policy::template node<V>;

  /// Adds a node that covers `units` (a power of two that divides all counts before it).
  DETOPS_ALWAYS_INLINE void push(node next, std::size_t units = 1) {
    std::size_t level = static_cast<std::size_t>(std::countr_zero(units));
    while ((count_ >> level & 1) != 0) {
      next = Policy::combine(nodes_[level], next);
      ++level;
    }
    nodes_[level] = next;
    count_ += units;
  }
  /// All in one, from the newest to the oldest; not for an empty counter.
  DETOPS_NOINLINE node fold() const {
    const auto newest = static_cast<std::size_t>(std::countr_zero(count_));
    return fold_onto(nodes_[newest], newest + 1);
  }
  /// The same after one more unit, without keeping it.
  DETOPS_NOINLINE node fold_with(const node& last) const { return fold_onto(last, 0); }

  /// Adds what another counter holds, behind all that is here: its largest node must divide this count.
  void append(const fold_stack& right) {
    for (std::size_t level = std::bit_width(right.count_); level-- > 0;) {
      if ((right.count_ >> level & 1) != 0) {
        push(right.nodes_[level], std::size_t{1} << level);
      }
    }
  }

  /// f(node), from the newest to the oldest.
  template <class F>
  DETOPS_ALWAYS_INLINE void for_each_from_newest(const F& f) const {
    std::size_t level = 0;
    for (std::size_t rest = count_; rest != 0; rest >>= 1, ++level) {
      if ((rest & 1) != 0) {
        f(nodes_[level]);
      }
    }
  }

  std::size_t count() const { return count_; }

private:
  DETOPS_ALWAYS_INLINE node fold_onto(node total, std::size_t level) const {
    for (std::size_t rest = count_ >> level; rest != 0; rest >>= 1, ++level) {
      if ((rest & 1) != 0) {
        total = Policy::combine(nodes_[level], total);
      }
    }
    return total;
  }

  // as many levels as an address space of 2^48 elements needs
  node nodes_[48];
  std::size_t count_ = 0;
};

/// Rows of the elements that the loaders give, for the tree.
template <class Policy, class T, class... Loaders>
class tree_walk {
public:
  static constexpr std::size_t row = simd::row_lanes<T>;
  using row_lanes = simd::lanes<T, row>;
  using row_node = typename Policy::template node<row_lanes>;
  using scalar_node = typename Policy::template node<T>;

  explicit tree_walk(const Loaders&... loaders) : loaders_(loaders...) {}

  /// The root over the rows in a counter and a last row of `tail` elements, which stand from element `first` on; not
  /// of nothing.
  scalar_node root_of(const fold_stack<Policy, row_lanes>& stack, std::size_t first,
                      std::size_t tail) const {
    if (tail == 0) {
      return across(stack.fold());
    }
    const row_node last = partial_leaf(first, tail);
    return across(stack.count() == 0 ? last : stack.fold_with(last));
  }

  /// The value over elements [0, n), n > 0, on this thread. (What is passed and returned is in registers, and no
  /// arithmetic leaves the function.)
  static DETOPS_NOINLINE T value(std::size_t n, Loaders... loaders) {
    memory_barrier();
    const std::size_t rows = n / row;
    const auto from_row = [&](std::size_t r)
                              DETOPS_INLINE_LAMBDA { return tree_walk(loaders.from(r * row)...); };
    // From the newest to the oldest: the ragged row, what is left of a unit, units.
    row_node total = Policy::leaf(row_lanes::broadcast(static_cast<T>(Policy::neutral)));
    if (n % row != 0) {
      total = from_row(rows).partial_leaf(0, n % row);
    }
    unrolled<std::countr_zero(unit)>([&](auto k) DETOPS_INLINE_LAMBDA {
      constexpr std::size_t part = std::size_t{1} << k;
      if ((rows & part) != 0) {
        const tree_walk walk = from_row(rows & ~(2 * part - 1));
        total = Policy::combine(walk.template fold_rows<part>(0), total);
      }
    });
    if (rows >= unit) {
      fold_stack<Policy, row_lanes> units;
      for (std::size_t r = 0; r + unit <= rows; r += unit) {
        units.push(from_row(r).template fold_rows<unit>(0));
      }
      units.for_each_from_newest([&](const row_node& older) DETOPS_INLINE_LAMBDA {
        total = Policy::combine(older, total);
      });
    }
    const T result = Policy::value(across(total));
    memory_barrier();
    return result;
  }

  /// Adds rows [first, last) to a counter. (Not inlined: one copy of the unrolled code serves all executors.)
  DETOPS_NOINLINE void push_rows(fold_stack<Policy, row_lanes>& stack, std::size_t first,
                                 std::size_t last) const {
    std::size_t r = first;
    for (; r < last && stack.count() % unit != 0; ++r) {
      stack.push(fold_rows<1>(r * row));
    }
    for (; last - r >= unit; r += unit) {
      stack.push(fold_rows<unit>(r * row), unit);
    }
    unrolled<std::countr_zero(unit)>([&](auto k) DETOPS_INLINE_LAMBDA {
      constexpr std::size_t part = unit >> (k + 1);
      if (((last - r) & part) != 0) {
        stack.push(fold_rows<part>(r * row), part);
        r += part;
      }
    });
  }

private:
  static constexpr std::size_t unit = 16; // rows that are folded in registers
  static constexpr std::size_t width = simd::register_lanes<T>;
  using column_lanes = simd::lanes<T, width>;
  using column_node = typename Policy::template node<column_lanes>;

  /// The node over Rows rows from element `first` on. A register column at a time of 8 rows at most, so that memory is
  /// read nearly in order.
  template <std::size_t Rows>
  DETOPS_ALWAYS_INLINE row_node fold_rows(std::size_t first) const {
    row_node result;
    const auto set = [&](std::size_t k, const column_node& node) DETOPS_INLINE_LAMBDA {
      for (std::size_t f = 0; f < Policy::fields; ++f) {
        result.field[f].part[k] = node.field[f].part[0];
      }
    };
    if constexpr (Rows > 8 && row_lanes::registers > 1) {
      const row_node upper = fold_rows<Rows / 2>(first);
      const row_node lower = fold_rows<Rows / 2>(first + Rows / 2 * row);
      row_lanes::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
        set(k, pinned(Policy::combine(column(upper, k), column(lower, k))));
      });
    } else {
      row_lanes::for_each_register(
          [&](auto k) DETOPS_INLINE_LAMBDA { set(k, fold_column<Rows>(first + k * width)); });
    }
    return result;
  }
  template <std::size_t Rows>
  DETOPS_ALWAYS_INLINE column_node fold_column(std::size_t first) const {
    if constexpr (Rows == 1) {
      return leaf<width>(first);
    } else if constexpr (Rows == 2 && sizeof...(Loaders) == 1) {
      const auto& loader = std::get<0>(loaders_);
      const column_lanes upper = loader.template load<width>(first);
      return pinned(Policy::combine_leaves(upper, loader.template load<width>(first + row)));
    } else {
      const column_node upper = fold_column<Rows / 2>(first);
      return pinned(Policy::combine(upper, fold_column<Rows / 2>(first + Rows / 2 * row)));
    }
  }
  /// Computed where it is written: g++ 12 puts off the additions of a whole column, reads it from its end (0.75 of the
  /// speed from memory), and spills products, which are pinned.
  static DETOPS_ALWAYS_INLINE column_node pinned(column_node node) {
    for (std::size_t f = 0; f < Policy::fields; ++f) {
      node.field[f].part[0] = simd::pin<T>(node.field[f].part[0]);
    }
    return node;
  }

  template <std::size_t N>
  DETOPS_ALWAYS_INLINE auto leaf(std::size_t first) const {
    return std::apply(
        [&](const auto&... loader)
            DETOPS_INLINE_LAMBDA { return Policy::leaf(loader.template load<N>(first)...); },
        loaders_);
  }
  /// The leaves of a row's first elements; in the other lanes one that changes no value when it is combined, as if
  /// the lane ended with the row before. (So would the product of `neutral` and 1.)
  DETOPS_ALWAYS_INLINE row_node partial_leaf(std::size_t first, std::size_t count) const {
    constexpr T neutral = static_cast<T>(Policy::neutral);
    const auto x = std::get<0>(loaders_).template load_partial<row>(first, count, neutral);
    if constexpr (sizeof...(Loaders) == 1) {
      return Policy::leaf(x);
    } else {
      return Policy::leaf(x, std::get<1>(loaders_).template load_partial<row>(first, count, T{1}));
    }
  }

  /// Across the lanes of a row: whole registers first, then inside one.
  static DETOPS_ALWAYS_INLINE scalar_node across(const row_node& node) {
    row_node total = node;
    for (std::size_t half = row_lanes::registers / 2; half > 0; half /= 2) {
      for (std::size_t k = 0; k < half; ++k) {
        const column_node combined = Policy::combine(column(total, k), column(total, k + half));
        for (std::size_t f = 0; f < Policy::fields; ++f) {
          total.field[f].part[k] = combined.field[f].part[0];
        }
      }
    }
    const column_node rest = across_register<width / 2>(column(total, 0));
    scalar_node result;
    for (std::size_t f = 0; f < Policy::fields; ++f) {
      result.field[f] = rest.field[f].get(0);
    }
    return result;
  }
  static column_node column(const row_node& node, std::size_t k) {
    column_node result;
    for (std::size_t f = 0; f < Policy::fields; ++f) {
      result.field[f].part[0] = node.field[f].part[k];
    }
    return result;
  }
  template <std::size_t Distance>
  DETOPS_ALWAYS_INLINE static column_node across_register(const column_node& node) {
    if constexpr (Distance == 0) {
      return node;
    } else {
      column_node moved;
      for (std::size_t f = 0; f < Policy::fields; ++f) {
        moved.field[f].part[0] = simd::shift_lanes_down<Distance>(node.field[f].part[0]);
      }
      return across_register<Distance / 2>(Policy::combine(node, moved));
    }
  }

  std::tuple<Loaders...> loaders_;
};

/// The rows of one reader, or of the products of two, for the tree: where they are, or by way of buffers.
template <class Policy, real C, std::size_t Operands>
class tree_feed {
  static constexpr std::size_t row = simd::row_lanes<C>;
  static constexpr std::size_t buffered_rows = 64; // 4 KiB an operand
  template <class S>
  using walk =
      std::conditional_t<Operands == 1, tree_walk<Policy, C, contiguous_loader<S, C>>,
                         tree_walk<Policy, C, contiguous_loader<S, C>, contiguous_loader<S, C>>>;

public:
  using stack = fold_stack<Policy, simd::lanes<C, row>>;

  explicit tree_feed(const reader<C> (&operands)[Operands]) : operands_(operands) {}
  std::size_t size() const { return operands_[0].size(); }

  /// Adds `rows` rows of elements from `first` on to a counter.
  void push_rows(stack& to, std::size_t first, std::size_t rows) const {
    if (all_plain<C>()) {
      over<C>(first).push_rows(to, 0, rows);
    } else if (std::same_as<C, double> && all_plain<float>()) {
      over<float>(first).push_rows(to, 0, rows);
    } else {
      for (std::size_t done = 0; done < rows; done += buffered_rows) {
        const std::size_t count = std::min(buffered_rows, rows - done);
        buffered(first + done * row, count * row,
                 [&](const walk<C>& part) { part.push_rows(to, 0, count); });
      }
    }
  }
  /// The root over a counter and a last row of `tail` elements from `first` on; not of nothing.
  auto root_of(const stack& rows, std::size_t first, std::size_t tail) const {
    typename Policy::template node<C> root;
    buffered(first, tail, [&](const walk<C>& part) { root = part.root_of(rows, 0, tail); });
    return root;
  }

private:
  template <class S>
  bool all_plain() const {
    return operands_[0].template plain<S>() != nullptr &&
           operands_[Operands - 1].template plain<S>() != nullptr;
  }
  template <class S>
  walk<S> over(std::size_t first) const {
    const contiguous_loader<S, C> x{operands_[0].template plain<S>() + first};
    if constexpr (Operands == 1) {
      return walk<S>(x);
    } else {
      return walk<S>(x, {operands_[1].template plain<S>() + first});
    }
  }
  template <class Use>
  void buffered(std::size_t first, std::size_t count, const Use& use) const {
    alignas(64) C buffer[Operands][buffered_rows * row];
    const contiguous_loader<C, C> x{operands_[0](first, count, buffer[0])};
    if constexpr (Operands == 1) {
      use(walk<C>(x));
    } else {
      use(walk<C>(x, {operands_[1](first, count, buffer[1])}));
    }
  }

  const reader<C> (&operands_)[Operands];
};

/// How many rows a task takes, a power of two: a cut by n alone, at least 64 KiB a block, at most 2048 blocks.
constexpr std::size_t rows_per_block(std::size_t rows) {
  return std::max(std::size_t{65536} / 64, std::bit_ceil(rows) / 1024);
}
/// Fewer elements are one task.
template <real T>
inline constexpr std::size_t shortest_cut = 2 * rows_per_block(0) * simd::row_lanes<T>;

/// The policy's root over a reader (a sum), or over the products of two (a dot product); not for empty ones.
template <class Policy, real C, std::size_t Operands>
DETOPS_NOINLINE auto tree_root(const executor_ref& exec, const reader<C> (&operands)[Operands]) {
  using feed = tree_feed<Policy, C, Operands>;
  using row_node = typename feed::stack::node;
  constexpr std::size_t row = simd::row_lanes<C>;
  const feed elements(operands);
  const std::size_t n = elements.size();
  const std::size_t rows = n / row;
  typename feed::stack stack;
  std::size_t done = 0;
  const std::size_t block = rows_per_block(rows);
  const std::size_t blocks = rows / block;
  if (blocks >= 2 && exec.concurrency() > 1) {
    const scratch<row_node> nodes(blocks);
    for_each_task(exec, blocks, [&](std::size_t i) {
      typename feed::stack part;
      elements.push_rows(part, i * block * row, block);
      nodes[i] = part.fold();
    });
    for (std::size_t i = 0; i < blocks; ++i) {
      stack.push(nodes[i], block);
    }
    done = blocks * block;
  }
  elements.push_rows(stack, done * row, rows - done);
  return elements.root_of(stack, rows * row, n % row);
}

} // namespace detops::inline DETOPS_ISA::detail
