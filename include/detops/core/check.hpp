// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one error path: every misuse ends in invalid(operation, parts...), before anything is written.
#pragma once

#include <cinttypes>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// Text of a limited length, in place: what does not fit is cut. (A std::string would leave functions that files for
/// different instruction sets share.)
class message_text {
public:
  void append(const char* words) {
    for (; *words != '\0' && size_ + 1 < sizeof text_; ++words) {
      text_[size_++] = *words;
    }
  }
  const char* c_str() const { return text_; }

private:
  char text_[1024] = {};
  std::size_t size_ = 0;
};

/// A part of a message: words, a number or a shape. It is written out where an error is raised and nowhere else.
class message_part {
public:
  message_part(const char* words) : kind_(kind::words), words_(words) {}
  template <std::integral N>
  message_part(N number)
      : kind_(std::signed_integral<N> ? kind::signed_number : kind::unsigned_number),
        values_{static_cast<std::uint64_t>(number)} {}
  message_part(double number) : kind_(kind::floating_number), floating_(number) {}
  message_part(float number) : message_part(static_cast<double>(number)) {}
  /// Up to four extents.
  message_part(std::size_t rank, const std::size_t* extents) : kind_(kind::shape), rank_(rank) {
    for (std::size_t d = 0; d < rank; ++d) {
      values_[d] = extents[d];
    }
  }

  void append_to(message_text& message) const {
    char digits[32];
    const auto append_number = [&](const char* format, auto number) {
      std::snprintf(digits, sizeof digits, format, number);
      message.append(digits);
    };
    switch (kind_) {
    case kind::words:
      message.append(words_);
      break;
    case kind::signed_number:
      append_number("%" PRId64, static_cast<std::int64_t>(values_[0]));
      break;
    case kind::unsigned_number:
      append_number("%" PRIu64, values_[0]);
      break;
    case kind::floating_number:
      append_number("%.9g", floating_);
      break;
    case kind::shape:
      for (std::size_t d = 0; d < rank_; ++d) {
        message.append(d == 0 ? "[" : "x");
        append_number("%" PRIu64, values_[d]);
      }
      message.append("]");
    }
  }

private:
  enum class kind : unsigned char { words, signed_number, unsigned_number, floating_number, shape };

  kind kind_;
  std::size_t rank_ = 0;
  std::uint64_t values_[4] = {};
  const char* words_ = nullptr;
  double floating_ = 0;
};

/// Throws `Error` with the message; without exceptions prints it and aborts.
template <class Error>
[[noreturn]] DETOPS_NOINLINE inline void raise(const char* message) {
#if DETOPS_EXCEPTIONS
  throw Error(message);
#else
  std::fprintf(stderr, "%s\n", message);
  std::abort();
#endif
}

[[noreturn]] DETOPS_NOINLINE inline void raise_invalid(const char* operation,
                                                       std::initializer_list<message_part> parts) {
  message_text message;
  message.append("detops::");
  message.append(operation);
  message.append(": ");
  for (const message_part& part : parts) {
    part.append_to(message);
  }
  raise<std::invalid_argument>(message.c_str());
}
/// Throws std::invalid_argument "detops::<operation>: <parts>".
template <class... Parts>
[[noreturn]] DETOPS_NOINLINE void invalid(const char* operation, const Parts&... parts) {
  raise_invalid(operation, {message_part(parts)...});
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
