// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What the families of golden_check share: a parsed row, its input data, buffers in several
// layouts. The format is in README.md.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <detops/exec/executor.hpp>
#include <detops/verify.hpp>

#include "kinds.hpp"

namespace golden {

/// What is being checked, for messages.
inline std::string current;

/// The list or the checker is wrong, or something was written where nothing may be: no verdict. (No
/// exception, as the checker is also compiled without them.)
[[noreturn]] inline void broken(const std::string& why) {
  std::printf("BROKEN %s\n       %s\n", current.c_str(), why.c_str());
  std::exit(2);
}

inline std::string hex(std::uint64_t value, int digits) {
  char text[24];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}
/// The bits of one value, as many digits as it has.
template <class T>
std::string hex(T value) {
  return hex(std::bit_cast<bits_of<T>>(value), 2 * static_cast<int>(sizeof(T)));
}
/// Anything that has a fingerprint.
template <class X>
std::string fingerprint_of(const X& x) {
  return "digest:" + detops::digest(x).hex();
}

struct row {
  std::string text, op, type, policy, expected;
  std::map<std::string, std::string> fields;
  mutable std::map<std::pair<unsigned, std::size_t>, std::shared_ptr<void>> made; // input data

  bool has(const char* name) const { return fields.count(name) != 0; }
  const std::string& field(const char* name) const {
    const auto found = fields.find(name);
    if (found == fields.end()) {
      broken(std::string("the row has no ") + name + "=");
    }
    return found->second;
  }
  std::uint64_t number(const char* name) const { return std::stoull(field(name)); }
  std::uint64_t word(const char* name) const { return std::stoull(field(name), nullptr, 16); }
  template <class T>
  T value(const char* name) const {
    return std::bit_cast<T>(static_cast<bits_of<T>>(word(name)));
  }
  std::size_t size(const char* name = "n") const { return static_cast<std::size_t>(number(name)); }
};

/// The first `count` elements of operand 0, 1 or 2 of a row, of the kind that is told in `kind_field`; made once for
/// all trials of the row.
template <class T>
const std::vector<T>& data(const row& r, std::size_t count, unsigned operand = 0,
                           const char* kind_field = nullptr) {
  std::shared_ptr<void>& made = r.made[{operand, count}];
  if (made == nullptr) {
    const std::string& text = r.field("data");
    const std::size_t colon = text.find(':');
    const std::string numbers = text.substr(colon + 1);
    std::size_t used = 0;
    const std::uint64_t seed = std::stoull(numbers, &used) + operand;
    const std::uint64_t first = used < numbers.size() ? std::stoull(numbers.substr(used + 1)) : 0;
    const std::string kind = kind_field != nullptr ? r.field(kind_field) : text.substr(0, colon);
    const generator<T> make = find_generator<T>(kind);
    if (make == nullptr) {
      broken("this type has no kind of data " + kind);
    }
    const auto values = std::make_shared<std::vector<T>>(count);
    for (std::size_t i = 0; i < count; ++i) {
      (*values)[i] = std::bit_cast<T>(make(seed, first + i));
    }
    made = values;
  }
  return *static_cast<const std::vector<T>*>(made.get());
}

/// How the operands of a row lie in memory.
enum class layout {
  aligned,      // from a 64-byte boundary, without gaps
  shifted,      // 1 to 15 elements behind it, one more for each buffer made
  padded,       // gaps that hold NaN: between rows, or between the elements of a vector
  column_major, // rows with a matrix only
  mixed         // rows with a matrix only: every second one column-major
};

/// Every executor behind one type, because each type compiles all kernels anew.
struct any_executor {
  virtual ~any_executor() = default;
  virtual std::string name() const = 0;
  virtual std::size_t concurrency() const = 0;
  virtual void bulk(std::size_t count, detops::task_ref task) const = 0;
};

/// One way to run a row, and the executor of it.
struct trial {
  layout place = layout::aligned;
  const any_executor* executor = nullptr;

  std::size_t concurrency() const { return executor->concurrency(); }
  void bulk(std::size_t count, detops::task_ref task) const { executor->bulk(count, task); }
};

/// Elements of a vector or a matrix in one of the layouts; what lies around and between them is a
/// pattern that must stay.
template <class T>
class buffer {
public:
  buffer(std::size_t rows, std::size_t cols, layout place, unsigned operand = 0)
      : rows_(rows), cols_(cols) {
    const bool by_columns =
        place == layout::column_major || (place == layout::mixed && operand % 2 == 1);
    col_stride_ = by_columns ? rows : 1;
    row_stride_ = by_columns ? 1 : place == layout::padded ? cols + 3 : cols;
    allocate(rows * cols + 3 * rows, place);
  }
  buffer(std::size_t size, layout place) : rows_(1), cols_(size) {
    col_stride_ = place == layout::padded ? 3 : 1;
    allocate(3 * size, place);
  }
  buffer(const std::vector<T>& values, layout place) : buffer(values.size(), place) {
    fill(values);
  }
  buffer(const std::vector<T>& values, std::size_t rows, std::size_t cols, layout place,
         unsigned operand = 0)
      : buffer(rows, cols, place, operand) {
    fill(values);
  }

  detops::vector_view<T> vector() {
    return {data_, cols_, static_cast<std::ptrdiff_t>(col_stride_)};
  }
  detops::matrix_view<T> matrix() {
    return {data_, rows_, cols_, static_cast<std::ptrdiff_t>(row_stride_),
            static_cast<std::ptrdiff_t>(col_stride_)};
  }

  void fill(const std::vector<T>& values) {
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t j = 0; j < cols_; ++j) {
        data_[i * row_stride_ + j * col_stride_] = values[i * cols_ + j];
      }
    }
  }
  /// The elements in row-major order; says where something else was written.
  std::vector<T> read() {
    std::vector<T> values(rows_ * cols_);
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t j = 0; j < cols_; ++j) {
        T& at = data_[i * row_stride_ + j * col_stride_];
        values[i * cols_ + j] = at;
        at = pattern();
      }
    }
    for (const T& at : storage_) {
      if (std::bit_cast<bits_of<T>>(at) != std::bit_cast<bits_of<T>>(pattern())) {
        broken("written outside of the output");
      }
    }
    return values;
  }

private:
  static T pattern() {
    return std::bit_cast<T>(static_cast<bits_of<T>>(0xffffdeadffffffadu));
  } // a NaN of every floating type

  void allocate(std::size_t count, layout place) {
    constexpr std::size_t line = 64 / sizeof(T);
    storage_.assign(count + 5 * line, pattern());
    const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
    const std::size_t ahead = (64 - address % 64) % 64 / sizeof(T);
    static std::size_t shift = 0;
    data_ = storage_.data() + ahead +
            (place == layout::shifted ? line + 1 + shift++ % (line - 1) : line);
  }

  std::vector<T> storage_;
  T* data_ = nullptr;
  std::size_t rows_, cols_, row_stride_ = 0, col_stride_ = 1;
};

/// Runs one row one way and returns the right side it found.
using handler = std::string (*)(const row&, const trial&);

struct operation {
  handler run;
  std::vector<layout> layouts;
  bool threads = true;
};

using operations = std::map<std::string, operation>;

/// Those of the families that are linked into the program.
inline operations& known_operations() {
  static operations table;
  return table;
}

/// A family of operations, golden_check_<family>.cpp, makes one of these.
struct family {
  explicit family(void (*add)(operations&)) { add(known_operations()); }
};

inline const std::vector<layout> vector_layouts = {layout::aligned, layout::shifted,
                                                   layout::padded};
inline const std::vector<layout> matrix_layouts = {layout::aligned, layout::shifted, layout::padded,
                                                   layout::column_major, layout::mixed};
inline const std::vector<layout> plain_layouts = {layout::aligned, layout::shifted};

template <class T>
struct type_tag {
  using type = T;
};

template <class T>
constexpr const char* type_name() {
  if constexpr (std::is_integral_v<T>) {
    constexpr std::array<const char*, 8> names = {"int8",  "int16",  "int32",  "int64",
                                                  "uint8", "uint16", "uint32", "uint64"};
    return names[static_cast<std::size_t>(std::countr_zero(sizeof(T))) +
                 (std::is_unsigned_v<T> ? 4 : 0)];
  } else {
    return std::is_same_v<T, Eigen::bfloat16> ? "bfloat16"
           : sizeof(T) == 2                   ? "float16"
           : sizeof(T) == 4                   ? "float32"
                                              : "float64";
  }
}

/// function(type_tag<T>) for the row's type among Ts.
template <class... Ts, class F>
std::string with_type(const row& r, F&& function) {
  std::string result;
  const bool known =
      ((r.type == type_name<Ts>() && (result = function(type_tag<Ts>{}), true)) || ...);
  if (!known) {
    broken("this operation has no type " + r.type);
  }
  return result;
}

} // namespace golden
