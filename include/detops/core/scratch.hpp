// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Working memory of a call: uninitialised, aligned to cache lines, freed at the end.
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <type_traits>

#include <detops/core/check.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// `count` elements of T, not initialised; throws std::bad_alloc.
template <class T>
  requires std::is_trivially_copyable_v<T>
class scratch {
public:
  explicit scratch(std::size_t count)
      : data_(static_cast<T*>(::operator new(bytes(count), std::align_val_t{64}))) {}
  ~scratch() { ::operator delete(data_, std::align_val_t{64}); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  T* data() const { return data_; }
  T& operator[](std::size_t i) const { return data_[i]; }

private:
  static std::size_t bytes(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      raise<std::length_error>("detops: working memory is larger than the address space");
    }
    return count * sizeof(T);
  }

  T* data_;
};

} // namespace detops::inline DETOPS_ISA::detail
