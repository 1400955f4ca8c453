// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Prefix sums (contract, section 2, `cumsum`): rows of W lanes, summed in steps of 1, 2, 4, ... lanes; a carry from
// row to row inside a block of 64; a compensated offset from block to block. Only the carry and the offset are chains:
// one addition for a row. Where nothing stands before an element -0 does, which changes no bit of a sum.
#pragma once

#include <detops/reduce/integers.hpp>
#include <detops/reduce/policies.hpp>
#include <detops/reduce/scan_walk.hpp>

namespace detops::inline DETOPS_ISA {

/// What the prefix sums of T are: T, of integers std::int64_t or std::uint64_t.
template <class T>
using scan_t = typename detail::scan_result<T>::type;

namespace detail {

template <bool Exclusive, executor E, class T, class R>
void scan(const char* operation, E& exec, const vector_view<const T>& x,
          const vector_view<R>& out) {
  check_view(operation, "x", x);
  check_view(operation, "out", out);
  if (x.size != out.size) {
    invalid(operation, "x ", text(x), " and out ", text(out), " differ in size");
  }
  if (out.size > 1 && out.stride == 0) {
    invalid(operation, "out ", text(out), " has stride 0");
  }
  const bool in_place = std::same_as<T, R> &&
                        static_cast<const void*>(x.data) == static_cast<const void*>(out.data) &&
                        (x.size <= 1 || x.stride == out.stride);
  if (!in_place && overlap(x, out)) {
    invalid(operation, "x ", text(x), " overlaps out ", text(out),
            " without being the same elements");
  }
  if constexpr (std::integral<T>) {
    scan_integers<Exclusive>(exec, x, out);
  } else {
    with_fp_environment([&] {
      const scan_walk<T, Exclusive> walk(x, out);
      walk.run(exec);
    });
  }
}

/// x of floating-point numbers or integers, and an output of what their sums are.
template <class X, class Out>
concept scannable = vector_like<const X> && vector_like<Out> &&
                    (floating<element_t<X>> || std::integral<element_t<X>>) &&
                    std::same_as<element_t<Out>, scan_t<element_t<X>>>;

} // namespace detail

/// The inclusive prefix sums: out[i] = x[0] + ... + x[i].
///
///   x        n elements of float, double, Eigen::half, Eigen::bfloat16 or integers, any stride
///   out      n elements, of the type of x (std::int64_t or std::uint64_t for integers); x itself, or nothing of x
///   exec     an executor; it changes the time, never a bit
///
/// Order: the contract, section 2, `cumsum`. Error of out[i]: about (log2(W) + 64) u sum|x|, and 2 u |out[i]| more, for
/// any i, as the offsets of blocks are compensated. 16-bit elements are summed in float and each sum is rounded once;
/// integers are exact modulo 2^64. NaN is canonical. O(n) time; memory O(1), for more threads O(n / 512). Throws
/// std::invalid_argument, before anything is written, where the sizes differ, out overlaps x or itself otherwise, or
/// for null data with a size. The steps of a row: Hillis and Steele 1986.
template <executor E, class X, class Out>
  requires detail::scannable<X, Out>
void cumsum(E&& exec, const X& x, Out&& out) {
  detail::scan<false>("cumsum", exec, detail::as_vector(x), detail::as_vector_output(out));
}
template <class X, class Out>
  requires detail::scannable<X, Out>
void cumsum(const X& x, Out&& out) {
  cumsum(seq, x, out);
}

/// The exclusive prefix sums: out[0] = +0, out[i] = x[0] + ... + x[i-1], with the bits that cumsum gives there.
/// Else as cumsum.
template <executor E, class X, class Out>
  requires detail::scannable<X, Out>
void exclusive_cumsum(E&& exec, const X& x, Out&& out) {
  detail::scan<true>("exclusive_cumsum", exec, detail::as_vector(x), detail::as_vector_output(out));
}
template <class X, class Out>
  requires detail::scannable<X, Out>
void exclusive_cumsum(const X& x, Out&& out) {
  exclusive_cumsum(seq, x, out);
}

} // namespace detops::inline DETOPS_ISA
