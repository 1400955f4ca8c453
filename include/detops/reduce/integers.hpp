// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums and products of integers modulo 2^64: exact in any order, so there is no policy.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <detops/core/scratch.hpp>
#include <detops/core/view.hpp>
#include <detops/exec/executor.hpp>

namespace detops::inline DETOPS_ISA {

/// What integers of T are summed in: std::int64_t or std::uint64_t.
template <std::integral T>
using integer_sum_t = std::conditional_t<std::signed_integral<T>, std::int64_t, std::uint64_t>;

namespace detail {

/// step(accumulator, x[i], ...) over all elements of matrices of one shape, in uint64; parts are joined by `join`.
template <executor E, class Step, class Join, class T, class... More>
std::uint64_t reduce_integers(E& exec, std::uint64_t identity, const Step& step, const Join& join,
                              const matrix_view<const T>& x, const More&... y) {
  if (x.rows == 0 || x.cols == 0) {
    return identity;
  }
  const bool one_line = long_lines(x).rows == 1 && ((long_lines(y).rows == 1) && ...);
  const auto shaped = [&](const auto& v) { return one_line ? long_lines(v) : v; };
  const auto run = [&](const auto& a, const auto&... b) {
    constexpr std::size_t block = 65536;
    const std::size_t pieces = (a.cols - 1) / block + 1;
    const auto piece = [&](std::size_t index) {
      const std::size_t i = index / pieces, first = index % pieces * block;
      const std::size_t last = std::min(first + block, a.cols);
      std::uint64_t total = identity;
      if (a.col_stride == 1 && ((b.col_stride == 1) && ...)) {
        const auto line = [&](const auto& v) {
          return v.data + static_cast<std::ptrdiff_t>(i) * v.row_stride;
        };
        [&](const auto* p, const auto*... q) {
          for (std::size_t j = first; j < last; ++j) {
            total = step(total, p[j], q[j]...);
          }
        }(line(a), line(b)...);
      } else {
        for (std::size_t j = first; j < last; ++j) {
          total = step(total, a(i, j), b(i, j)...);
        }
      }
      return total;
    };
    const std::size_t count = a.rows * pieces;
    std::uint64_t total = identity;
    if (count == 1 || exec.concurrency() <= 1) {
      for (std::size_t i = 0; i < count; ++i) {
        total = join(total, piece(i));
      }
      return total;
    }
    const scratch<std::uint64_t> parts(count);
    for_each_task(exec, count, [&](std::size_t i) { parts[i] = piece(i); });
    for (std::size_t i = 0; i < count; ++i) {
      total = join(total, parts[i]);
    }
    return total;
  };
  return run(shaped(x), shaped(y)...);
}

inline constexpr auto add_words = [](std::uint64_t a, std::uint64_t b) { return a + b; };

/// An integer of any type as a word, modulo 2^64.
template <std::integral T>
constexpr std::uint64_t word(T value) {
  return static_cast<std::uint64_t>(static_cast<integer_sum_t<T>>(value));
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
