// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What lies in places of test data that are no elements.
#pragma once

#include <concepts>
#include <limits>

namespace detops_test {

/// NaN, of integers a number.
template <class T>
constexpr T filler() {
  if constexpr (std::integral<T>) {
    return static_cast<T>(0x5b5b5b5b5b5b5b5b);
  } else {
    return std::numeric_limits<T>::quiet_NaN();
  }
}

} // namespace detops_test
