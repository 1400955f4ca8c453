// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The reduction tree over elements that come in chunks: rows that are full go into the binary counter, the elements
// behind them wait, as they are stored, until their row is full or the value is asked for.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <detops/reduce/total.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// A tree of Rule's nodes, computed in C, over elements of T or over the products of two operands. About 3 KB for each
/// field of a node.
template <class Rule, real C, floating T, std::size_t Operands>
class tree_stream {
  static constexpr std::size_t row = simd::row_lanes<C>;
  using feed = tree_feed<Rule, C, Operands>;

public:
  std::size_t count() const { return stack_.count() * row + tail_; }

  /// Adds an element of each operand.
  template <class... Elements>
  void add(const Elements&... elements) {
    std::size_t operand = 0;
    ((last_[operand++][tail_] = elements), ...);
    if (++tail_ == row) {
      with_fp_environment([&] { push_last(); });
    }
  }
  /// Adds the elements of each operand; the shapes are equal.
  template <class... Views>
  void add_all(const Views&... views) {
    with_fp_environment([&] { append(source<T>(views)...); });
  }
  /// Adds what `right` holds behind all that is here. A row of `right` is one of the whole only behind full rows; its
  /// largest full subtree, of `unit` elements, is a node of the whole's tree only behind a multiple of its size.
  void merge(const char* operation, const tree_stream& right) {
    if (right.count() == 0) {
      return;
    }
    const std::size_t unit = row * std::bit_floor((right.count() - 1) / row + 1);
    if (count() % unit != 0) {
      invalid(operation, "the right part of ", right.count(),
              " elements can follow only a multiple of ", unit, " elements, not ", count());
    }
    with_fp_environment([&] { stack_.append(right.stack_); });
    std::copy(right.last_, right.last_ + Operands, last_);
    tail_ = right.tail_;
  }
  /// The root's value as an element; of nothing `nothing`.
  T value(C nothing) const {
    return with_fp_environment([&] {
      const C root = count() == 0 ? nothing : with_last([&](const feed& last) {
        return Rule::value(last.root_of(stack_, 0, tail_));
      });
      return tree_total<C>{root}.template rounded<T>();
    });
  }

private:
  template <class... Sources>
  void append(const Sources&... sources) {
    const reader<C> operands[] = {reader<C>(sources)...};
    const std::size_t n = operands[0].size();
    std::size_t done = 0;
    const auto keep = [&](std::size_t end) {
      for (; done < end; ++done, ++tail_) {
        std::size_t operand = 0;
        ((last_[operand++][tail_] = sources[done]), ...);
      }
    };
    if (tail_ != 0) {
      keep(std::min(n, row - tail_));
      if (tail_ < row) {
        return;
      }
      push_last();
    }
    const std::size_t rows = (n - done) / row;
    feed(operands).push_rows(stack_, done, rows);
    done += rows * row;
    keep(n);
  }
  void push_last() {
    with_last([&](const feed& last) { last.push_rows(stack_, 0, 1); });
    tail_ = 0;
  }
  /// use(the last row, for the tree)
  template <class Use>
  auto with_last(const Use& use) const {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      const source<T> rows[] = {source<T>(matrix_view<const T>(last_[K].data(), 1, row))...};
      const reader<C> operands[] = {reader<C>(rows[K])...};
      return use(feed(operands));
    }(std::make_index_sequence<Operands>());
  }

  fold_stack<Rule, simd::lanes<C, row>> stack_;
  std::array<T, row> last_[Operands]{};
  std::size_t tail_ = 0;
};

/// The stream of a policy's sum, or of its dot product.
template <floating T, sum_policy Policy, std::size_t Operands>
using policy_stream = tree_stream<typename tree_rule<Policy, T>::rule,
                                  typename tree_rule<Policy, T>::compute, T, Operands>;

} // namespace detops::inline DETOPS_ISA::detail
