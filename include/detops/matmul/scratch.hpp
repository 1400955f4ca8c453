// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Raw aligned memory for packed panels: kernels of one ISA share no container code with those of another.
#pragma once

#include <cstddef>
#include <new>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Elements are given out in cache lines; `slack` behind the last one may be written.
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

}  // namespace detops::inline DETOPS_ISA::detail::gemm
