// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Working memory that is kept for the next call: the system takes a fault for every page of a new one.
#pragma once

#include <cstddef>
#include <limits>
#include <new>

#include <detops/core/check.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// At least `bytes`, not initialised, aligned to cache lines; throws std::bad_alloc. What is given back is kept for the
/// next call, as many blocks as calls were running at once, at most four; a block is in the hands of one call at a time.
class kept_memory {
public:
  explicit kept_memory(std::size_t bytes) {
    block* too_small = nullptr;
    for (block*& kept : kept_) {
      block* candidate = __atomic_exchange_n(&kept, nullptr, __ATOMIC_ACQ_REL);
      if (candidate != nullptr && candidate->bytes >= bytes) {
        block_ = candidate;
        break;
      }
      keep(too_small);
      too_small = candidate;
    }
    if (block_ != nullptr) {
      keep(too_small);
      return;
    }
    release(too_small);
    if (bytes > std::numeric_limits<std::size_t>::max() - sizeof(block)) {
      raise<std::length_error>("detops: working memory is larger than the address space");
    }
    block_ = static_cast<block*>(::operator new(sizeof(block) + bytes, alignment));
    block_->bytes = bytes;
  }
  ~kept_memory() { keep(block_); }
  kept_memory(const kept_memory&) = delete;
  kept_memory& operator=(const kept_memory&) = delete;

  std::byte* data() const { return reinterpret_cast<std::byte*>(block_ + 1); }

private:
  struct alignas(64) block {
    std::size_t bytes;
  };
  static constexpr std::align_val_t alignment{alignof(block)};

  static void release(block* unused) { ::operator delete(unused, alignment); }
  static void keep(block* unused) {
    if (unused == nullptr) {
      return;
    }
    for (block*& kept : kept_) {
      block* empty = nullptr;
      if (__atomic_compare_exchange_n(&kept, &empty, unused, false, __ATOMIC_ACQ_REL,
                                      __ATOMIC_RELAXED)) {
        return;
      }
    }
    release(unused);
  }

  static inline block* kept_[4] = {};
  block* block_ = nullptr;
};

} // namespace detops::inline DETOPS_ISA::detail
