// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// How the working memory of a product is laid out.
#pragma once

#include <cstddef>
#include <optional>

#include <detops/core/kept_memory.hpp>
#include <detops/matmul/blocking.hpp>
#include <detops/matmul/pack.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Pieces begin at cache lines.
inline constexpr std::size_t scratch_alignment = 64;

constexpr std::size_t aligned_bytes(std::size_t bytes) {
  return (bytes + scratch_alignment - 1) / scratch_alignment * scratch_alignment;
}

/// Working memory that the caller gives, or where that is null, takes for the time of the call.
class workspace {
public:
  workspace(std::byte* given, std::size_t bytes) : data_(given) {
    if (given == nullptr && bytes > 0) {
      data_ = own_.emplace(bytes).data();
    }
  }
  std::byte* data() const { return data_; }

private:
  std::optional<kept_memory> own_;
  std::byte* data_;
};

/// Gives out pieces of one piece of memory, or, from null, only counts what they take.
class carver {
public:
  explicit carver(std::byte* memory) : memory_(memory) {}

  template <class T>
  T* take(std::size_t count) {
    T* piece = memory_ == nullptr ? nullptr : reinterpret_cast<T*>(memory_ + used_);
    used_ += aligned_bytes(count * sizeof(T));
    return piece;
  }
  std::size_t used() const { return used_; }

private:
  std::byte* memory_;
  std::size_t used_ = 0;
};

/// What one thread works in.
template <class S>
struct worker_memory {
  typename S::packed* a = nullptr;
  exponent_range* a_ranges = nullptr;
  typename S::sum* low_levels = nullptr;  // partial tiles of one strip, level by level
  typename S::sum* high_levels = nullptr; // of one tile of C
};

template <class S>
struct call_memory {
  typename S::packed* b = nullptr;
  exponent_range* b_ranges = nullptr;
  typename S::sum* high_levels =
      nullptr; // where k is packed in parts: of all tiles of C in a group
};

template <class S>
call_memory<S> carve_call(carver& memory, const plan& p, std::size_t k) {
  call_memory<S> m;
  m.b = memory.take<typename S::packed>(p.column_group * p.depth);
  if constexpr (S::float_in_double) {
    m.b_ranges = memory.take<exponent_range>(p.column_group / tile<S>::columns);
  }
  if (p.depth < k) {
    const std::size_t rows = round_up(p.row_group, p.tile_rows);
    const std::size_t columns = round_up(p.column_group, p.tile_columns);
    m.high_levels =
        memory.take<typename S::sum>(S::fields * rows * columns * (p.levels - p.low_levels));
  }
  return m;
}

template <class S>
worker_memory<S> carve_worker(carver& memory, const plan& p, std::size_t k) {
  worker_memory<S> m;
  m.a = memory.take<typename S::packed>(p.tile_rows * smaller(k, chain_depth<S>));
  if constexpr (S::float_in_double) {
    m.a_ranges = memory.take<exponent_range>(p.tile_rows / tile<S>::rows);
  }
  m.low_levels =
      memory.take<typename S::sum>(S::fields * p.tile_rows * tile<S>::columns * p.low_levels);
  if (p.depth == k) {
    m.high_levels = memory.take<typename S::sum>(S::fields * p.tile_rows * p.tile_columns *
                                                 (p.levels - p.low_levels));
  }
  return m;
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
