// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Raw aligned memory for packed panels and partial tiles: kernels of one ISA share no container
// code with those of another.
#pragma once

#include <cstddef>
#include <new>

#include <detops/matmul/blocking.hpp>
#include <detops/matmul/pack.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Pieces begin at cache lines.
inline constexpr std::size_t scratch_alignment = 64;

constexpr std::size_t aligned_bytes(std::size_t bytes) {
  return (bytes + scratch_alignment - 1) / scratch_alignment * scratch_alignment;
}

class scratch {
public:
  explicit scratch(std::size_t bytes)
      : data_(::operator new(bytes, std::align_val_t{scratch_alignment})) {}
  ~scratch() { ::operator delete(data_, std::align_val_t{scratch_alignment}); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  std::byte* data() const { return static_cast<std::byte*>(data_); }

private:
  void* data_;
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
template <class T>
struct worker_memory {
  packed_t<T>* a = nullptr;
  exponent_range* a_ranges = nullptr;
  T* low_levels = nullptr;  // partial tiles of one strip, level by level
  T* high_levels = nullptr; // of one tile of C
};

template <class T>
struct call_memory {
  packed_t<T>* b = nullptr;
  exponent_range* b_ranges = nullptr;
  T* high_levels = nullptr; // where k is packed in parts: of all tiles of C in a group
};

/// Elements behind a panel that pack_transposed may write.
template <class T>
inline constexpr std::size_t slack = simd::register_lanes<T>;

template <class T>
call_memory<T> carve_call(carver& memory, const plan& p, std::size_t k) {
  call_memory<T> m;
  m.b = memory.take<packed_t<T>>(p.column_group * p.depth + slack<T>);
  if constexpr (float_in_double<T>) {
    m.b_ranges = memory.take<exponent_range>(p.column_group / tile<T>::columns);
  }
  if (p.depth < k) {
    const std::size_t rows = round_up(p.row_group, p.tile_rows);
    const std::size_t columns = round_up(p.column_group, p.tile_columns);
    m.high_levels = memory.take<T>(rows * columns * (p.levels - p.low_levels));
  }
  return m;
}

template <class T>
worker_memory<T> carve_worker(carver& memory, const plan& p, std::size_t k) {
  worker_memory<T> m;
  m.a = memory.take<packed_t<T>>(p.tile_rows * smaller(k, chain_depth<T>) + slack<T>);
  if constexpr (float_in_double<T>) {
    m.a_ranges = memory.take<exponent_range>(p.tile_rows / tile<T>::rows);
  }
  m.low_levels = memory.take<T>(p.tile_rows * tile<T>::columns * p.low_levels);
  if (p.depth == k) {
    m.high_levels = memory.take<T>(p.tile_rows * p.tile_columns * (p.levels - p.low_levels));
  }
  return m;
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
