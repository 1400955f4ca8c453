// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one error path: every misuse ends in invalid(operation, parts...), before anything is written.
#pragma once

#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

inline std::string text(std::string_view part) {
  return std::string(part);
}
template <class N>
  requires std::integral<N> || std::floating_point<N>
std::string text(N number) {
  return std::to_string(number);
}

/// Throws `Error` with the message; without exceptions prints it and aborts.
template <class Error>
[[noreturn]] DETOPS_NOINLINE inline void raise(const std::string& message) {
#if DETOPS_EXCEPTIONS
  throw Error(message);
#else
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
#endif
}

/// Throws std::invalid_argument "detops::<operation>: <parts>".
template <class... Parts>
[[noreturn]] DETOPS_NOINLINE void invalid(const char* operation, const Parts&... parts) {
  std::string message = "detops::";
  message += operation;
  message += ": ";
  (message.append(text(parts)), ...);
  raise<std::invalid_argument>(message);
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
