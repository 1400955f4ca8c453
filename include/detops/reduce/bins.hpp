// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Elements in bins: the edges of a histogram, counting, and sums of weights (contract, section 2, `histogram`). bin(i)
// is the bin of element i, `bins` or more where it is in none.
#pragma once

#include <algorithm>
#include <cstring>
#include <utility>

#include <detops/core/scratch.hpp>
#include <detops/exec/executor.hpp>
#include <detops/reduce/total.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// Bins of equal width: e_0 = lo, e_i = the smaller of fma(i, fl(fl(hi - lo) / bins), lo) and hi, e_bins = hi.
class bin_edges {
public:
  bin_edges(double lo, double hi, std::size_t bins)
      : edges_(bins + 1), bins_(bins), scale_(static_cast<double>(bins) / (hi - lo)) {
    using lane = simd::lanes<double, simd::register_lanes<double>>;
    const double step = (hi - lo) / static_cast<double>(bins);
    for (std::size_t i = 0; i < bins; ++i) {
      const double edge = simd::fma(lane::broadcast(static_cast<double>(i)), lane::broadcast(step),
                                    lane::broadcast(lo))
                              .get(0);
      edges_[i] = i == 0 ? lo : std::min(edge, hi);
    }
    edges_[bins] = hi;
  }

  /// The last bin whose lower edge is at most x: guessed by a multiplication, looked for where that is wrong.
  std::size_t operator()(double x) const {
    if (!(x >= edges_[0] && x <= edges_[bins_])) {
      return bins_;
    }
    const double position = (x - edges_[0]) * scale_;
    std::size_t bin = position < static_cast<double>(bins_) ? static_cast<std::size_t>(position)
                                                            : bins_ - 1; // NaN too
    bin -= bin > 0 && x < edges_[bin] ? 1 : 0;
    bin += bin + 1 < bins_ && x >= edges_[bin + 1] ? 1 : 0;
    if (x < edges_[bin] || (bin + 1 < bins_ && x >= edges_[bin + 1])) [[unlikely]] {
      const double* const first = edges_.data();
      bin = static_cast<std::size_t>(std::upper_bound(first, first + bins_, x) - first) - 1;
    }
    return bin;
  }

private:
  scratch<double> edges_;
  std::size_t bins_;
  double scale_;
};

/// out[b] = the number of elements in bin b. A task counts a block of elements for itself, where bins are few.
template <executor E, class Bin>
void count_bins(E& exec, std::size_t n, const Bin& bin, const vector_view<std::uint64_t>& out) {
  const std::size_t bins = out.size;
  const std::size_t block = std::max(std::size_t{65536}, n / 64 + 1);
  const bool parallel = n > block && bins <= block / 4 && exec.concurrency() > 1;
  const std::size_t parts = parallel ? (n - 1) / block + 1 : 1;
  // one place more, for elements in none
  const scratch<std::uint64_t> counts(parts * (bins + 1));
  for_each_task(exec, parts, [&](std::size_t part) {
    std::uint64_t* const mine = counts.data() + part * (bins + 1);
    std::fill_n(mine, bins + 1, 0);
    const std::size_t first = parallel ? part * block : 0;
    const std::size_t last = parallel ? std::min(first + block, n) : n;
    for (std::size_t i = first; i < last; ++i) {
      ++mine[bin(i)];
    }
  });
  for (std::size_t b = 0; b < bins; ++b) {
    std::uint64_t total = 0;
    for (std::size_t part = 0; part < parts; ++part) {
      total += counts[part * (bins + 1) + b];
    }
    out[b] = total;
  }
}

/// out[b] = the policy's sum of the weights in bin b, in the order of the elements: they are brought together by a
/// stable counting sort first.
template <sum_policy Policy, executor E, class Bin, floating T>
void sum_bins(E& exec, const Bin& bin, const vector_view<const T>& weights,
              const vector_view<T>& out) {
  const std::size_t n = weights.size, bins = out.size;
  const scratch<std::size_t> place(n), ends(bins + 1);
  std::fill_n(ends.data(), bins + 1, std::size_t{0});
  for_each_block(exec, n, 16384, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      place[i] = bin(i);
    }
  });
  for (std::size_t i = 0; i < n; ++i) {
    ++ends[place[i]];
  }
  std::size_t total_before = 0;
  for (std::size_t b = 0; b <= bins; ++b) {
    total_before += std::exchange(ends[b], total_before); // where bin b begins
  }
  const scratch<T> sorted(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::memcpy(static_cast<void*>(&sorted[ends[place[i]]++]),
                static_cast<const void*>(&weights[i]), sizeof(T));
  }
  const auto sum_bin = [&](auto& executor, std::size_t b) {
    const std::size_t first = b == 0 ? 0 : ends[b - 1];
    const source<T> x{matrix_view<const T>(sorted.data() + first, 1, ends[b] - first)};
    out[b] = total_of<Policy, T>(executor, x).template rounded<T>();
  };
  if (n / 65536 >= bins) { // long bins: threads inside each
    for (std::size_t b = 0; b < bins; ++b) {
      sum_bin(exec, b);
    }
    return;
  }
  for_each_block(exec, bins, std::max(bins / 256, std::size_t{1}),
                 [&](std::size_t first, std::size_t last) {
                   for (std::size_t b = first; b < last; ++b) {
                     sum_bin(seq, b);
                   }
                 });
}

} // namespace detops::inline DETOPS_ISA::detail
