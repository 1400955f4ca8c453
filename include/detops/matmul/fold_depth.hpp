// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one constant of matmul that shows in the bits, and the fold over its blocks.
#pragma once

#include <cstddef>
#include <cstdint>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// k is cut at the multiples of this, and the parts are combined by fold (contract, section 3).
inline constexpr std::size_t fold_depth = 256;

/// The fold is a binary counter: block number t first takes in the partial results at levels 0, 1, ... for each
/// trailing 1 of t (they are older, so they stand on the left), the last block those for every 1 of t; the result is
/// the next level's partial result, or of the last block the sum.
struct fold_place {
  std::uint64_t merged; // bit l: level l is taken in
  std::size_t level;    // that the result becomes, unless the block is the last
};
constexpr fold_place place_in_fold(std::uint64_t block, bool last) {
  const std::uint64_t trailing_ones = block & ~(block + 1);
  return {last ? block : trailing_ones,
          static_cast<std::size_t>(__builtin_popcountll(trailing_ones))};
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
