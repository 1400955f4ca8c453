// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// bincount and histogram: how many elements fall into each bin, or the sum of their weights.
#pragma once

#include <detops/reduce/bins.hpp>
#include <detops/reduce/integers.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

template <class T, class U>
void check_binned(const char* operation, const char* name, const vector_view<const T>& x,
                  const vector_view<U>& out) {
  check_view(operation, name, x);
  check_view(operation, "out", out);
  if (out.size > 1 && out.stride == 0) {
    invalid(operation, "out ", text(out), " has stride 0");
  }
  if (overlap(x, out)) {
    invalid(operation, "out ", text(out), " overlaps ", name, " ", text(x));
  }
}
template <class T, class U, class V>
void check_weights(const char* operation, const char* name, const vector_view<const T>& x,
                   const vector_view<const U>& weights, const vector_view<V>& out) {
  check_binned(operation, "weights", weights, out);
  if (x.size != weights.size) {
    invalid(operation, name, " ", text(x), " and weights ", text(weights), " differ in size");
  }
}

/// Refuses an index without a bin; the first one is named.
template <executor E, class T>
void check_indices(E& exec, const vector_view<const T>& x, std::size_t bins) {
  constexpr std::size_t block = 65536;
  const std::size_t blocks = x.size / block + 1;
  const scratch<std::size_t> bad(blocks);
  std::fill_n(bad.data(), blocks, x.size);
  for_each_block(exec, x.size, block, [&](std::size_t first, std::size_t last) {
    std::size_t i = first;
    while (i < last && word(x[i]) < bins) { // a negative index is a large word
      ++i;
    }
    bad[first / block] = i < last ? i : x.size;
  });
  const std::size_t first = *std::min_element(bad.data(), bad.data() + blocks);
  if (first < x.size) {
    invalid("bincount", "indices[", first, "] is ", x[first], ", out has ", bins, " elements");
  }
}
inline void check_range(double lo, double hi, std::size_t bins) {
  if (!is_finite(lo) || !is_finite(hi) || !(lo < hi) || !is_finite(hi - lo)) {
    invalid("histogram", "lo ", lo, " and hi ", hi, " are not the ends of a finite range");
  }
  if (bins == 0) {
    invalid("histogram", "out [0] has no bins");
  }
}

template <class I>
concept index_vector = vector_like<const I> && std::integral<element_t<I>>;
template <class X>
concept number_vector = vector_like<const X> && floating<element_t<X>>;
template <class Out, class T>
concept vector_of = vector_like<Out> && std::same_as<element_t<Out>, T>;

} // namespace detail

/// How often each index occurs: out[b] = the number of i with indices[i] = b.
///
///   indices  n integers of any type, any stride, each in [0, bins)
///   out      bins counts, which are overwritten; nothing of `indices`
///   exec     an executor; it changes the time, never a count
///
/// O(n + bins) time, O(bins) memory (with more threads up to O(n)). Throws std::invalid_argument, before anything is
/// written, for an index outside of out, an overlap, or null data with a size.
template <executor E, detail::index_vector I, detail::vector_of<std::uint64_t> Out>
void bincount(E&& exec, const I& indices, Out&& out) {
  const auto x = detail::as_vector(indices);
  const auto to = detail::as_vector_output(out);
  detail::check_binned("bincount", "indices", x, to);
  detail::check_indices(exec, x, to.size);
  const auto bin = [&](std::size_t i) { return static_cast<std::size_t>(x[i]); };
  detail::count_bins(exec, x.size, bin, to);
}
template <detail::index_vector I, detail::vector_of<std::uint64_t> Out>
void bincount(const I& indices, Out&& out) {
  bincount(seq, indices, out);
}

/// The sums of weights by index: out[b] has the bits of sum() over the weights[i] with indices[i] = b, in the order
/// of i.
///
///   indices  n integers of any type, any stride, each in [0, bins)
///   weights  n elements of float, double, Eigen::half or Eigen::bfloat16, any stride
///   out      bins sums of their type, which are overwritten; nothing of the inputs
///   policy   pairwise (default), kahan, wide or exact
///
/// A bin without elements is +0. O(n + bins) time and memory. Throws as the form without weights, and where the sizes
/// differ.
template <executor E, detail::index_vector I, detail::number_vector W,
          detail::vector_of<element_t<W>> Out, sum_policy Policy = pairwise_t>
void bincount(E&& exec, const I& indices, const W& weights, Out&& out, Policy = {}) {
  const auto x = detail::as_vector(indices);
  const auto w = detail::as_vector(weights);
  const auto to = detail::as_vector_output(out);
  detail::check_binned("bincount", "indices", x, to);
  detail::check_weights("bincount", "indices", x, w, to);
  detail::check_indices(exec, x, to.size);
  const auto bin = [&](std::size_t i) { return static_cast<std::size_t>(x[i]); };
  detail::with_fp_environment([&] { detail::sum_bins<Policy>(exec, bin, w, to); });
}
template <detail::index_vector I, detail::number_vector W, detail::vector_of<element_t<W>> Out,
          sum_policy Policy = pairwise_t>
void bincount(const I& indices, const W& weights, Out&& out, Policy policy = {}) {
  bincount(seq, indices, weights, out, policy);
}

/// How many elements fall into each of `out`.size() bins between lo and hi.
///
///   x        n elements of float, double, Eigen::half or Eigen::bfloat16, any stride
///   lo, hi   the range, finite, lo < hi and hi - lo finite
///   out      one count a bin, at least one, which are overwritten; nothing of x
///   exec     an executor; it changes the time, never a count
///
/// The edges are doubles: e_0 = lo, e_i = the smaller of fma(i, fl(fl(hi - lo) / bins), lo) and hi, e_bins = hi. Bin i
/// counts e_i <= x < e_(i+1), the last one also x = hi; what lies outside, and NaN, is not counted. O(n + bins) time,
/// O(bins) memory (with more threads up to O(n)). Throws std::invalid_argument, before anything is written, for
/// another range, no bins, an overlap, or null data with a size.
template <executor E, detail::number_vector X, detail::vector_of<std::uint64_t> Out>
void histogram(E&& exec, const X& x, double lo, double hi, Out&& out) {
  const auto from = detail::as_vector(x);
  const auto to = detail::as_vector_output(out);
  detail::check_binned("histogram", "x", from, to);
  detail::with_fp_environment([&] {
    detail::check_range(lo, hi, to.size);
    const detail::bin_edges edges(lo, hi, to.size);
    const auto bin = [&](std::size_t i) {
      return edges(static_cast<double>(detail::widen(from[i])));
    };
    detail::count_bins(exec, from.size, bin, to);
  });
}
template <detail::number_vector X, detail::vector_of<std::uint64_t> Out>
void histogram(const X& x, double lo, double hi, Out&& out) {
  histogram(seq, x, lo, hi, out);
}

/// The sums of weights in each bin, in the policy and in the order of the elements; bins as in the form without
/// weights, weights as in bincount.
template <executor E, detail::number_vector X, detail::number_vector W,
          detail::vector_of<element_t<W>> Out, sum_policy Policy = pairwise_t>
void histogram(E&& exec, const X& x, double lo, double hi, const W& weights, Out&& out,
               Policy = {}) {
  const auto from = detail::as_vector(x);
  const auto w = detail::as_vector(weights);
  const auto to = detail::as_vector_output(out);
  detail::check_binned("histogram", "x", from, to);
  detail::check_weights("histogram", "x", from, w, to);
  detail::with_fp_environment([&] {
    detail::check_range(lo, hi, to.size);
    const detail::bin_edges edges(lo, hi, to.size);
    const auto bin = [&](std::size_t i) {
      return edges(static_cast<double>(detail::widen(from[i])));
    };
    detail::sum_bins<Policy>(exec, bin, w, to);
  });
}
template <detail::number_vector X, detail::number_vector W, detail::vector_of<element_t<W>> Out,
          sum_policy Policy = pairwise_t>
void histogram(const X& x, double lo, double hi, const W& weights, Out&& out, Policy policy = {}) {
  histogram(seq, x, lo, hi, weights, out, policy);
}

} // namespace detops::inline DETOPS_ISA
