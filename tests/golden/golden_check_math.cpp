// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Named arithmetic on vectors, matrices, scalars and broadcasts, and the float functions.

#include <detops/math.hpp>

#include "golden.hpp"

namespace golden {
namespace {

/// Calls the operation called `name`, which has `Count` operands, with (executor, operands...,
/// output).
template <std::size_t Count, class... Arguments>
void apply(const std::string& name, Arguments&&... arguments) {
  const auto is = [&](const char* op) { return name == op; };
  if constexpr (Count == 1) {
    if (is("neg"))
      return detops::neg(arguments...);
    if (is("abs"))
      return detops::abs(arguments...);
    if (is("sqrt"))
      return detops::sqrt(arguments...);
  } else if constexpr (Count == 2) {
    if (is("add"))
      return detops::add(arguments...);
    if (is("sub"))
      return detops::sub(arguments...);
    if (is("mul"))
      return detops::mul(arguments...);
    if (is("div"))
      return detops::div(arguments...);
    if (is("min"))
      return detops::min(arguments...);
    if (is("max"))
      return detops::max(arguments...);
  } else {
    if (is("fma"))
      return detops::fma(arguments...);
  }
  throw std::runtime_error("unknown operation: " + name);
}

/// One operand: its shape's name and the memory that holds it.
template <class T>
struct operand {
  std::string shape;
  buffer<T> storage;
};

/// function(what the library takes for this operand of a row whose output is a vector).
template <class T, class F>
void with_vector_operand(operand<T>& x, F&& function) {
  if (x.shape == "vector") {
    function(x.storage.vector());
  } else if (x.shape == "scalar") {
    function(x.storage.vector()[0]);
  } else {
    throw std::runtime_error("unknown operand: " + x.shape);
  }
}
/// The same where the output is a matrix.
template <class T, class F>
void with_matrix_operand(operand<T>& x, F&& function) {
  if (x.shape == "matrix") {
    function(x.storage.matrix());
  } else if (x.shape == "row") {
    function(detops::broadcast_row(x.storage.vector()));
  } else if (x.shape == "column") {
    function(detops::broadcast_column(x.storage.vector()));
  } else if (x.shape == "scalar") {
    function(x.storage.vector()[0]);
  } else {
    throw std::runtime_error("unknown operand: " + x.shape);
  }
}

/// Collects the operands into a pack, then calls the operation.
template <std::size_t Count, class T, class Out, class Unpack>
void run_operands(const row& r, const trial& how, std::vector<operand<T>>& operands, Out out,
                  Unpack unpack) {
  if constexpr (Count == 1) {
    unpack(operands[0], [&](auto a) { apply<1>(r.op, how, a, out); });
  } else if constexpr (Count == 2) {
    unpack(operands[0],
           [&](auto a) { unpack(operands[1], [&](auto b) { apply<2>(r.op, how, a, b, out); }); });
  } else {
    unpack(operands[0], [&](auto a) {
      unpack(operands[1], [&](auto b) {
        unpack(operands[2], [&](auto c) { apply<3>(r.op, how, a, b, c, out); });
      });
    });
  }
}

constexpr const char* operand_names[] = {"a", "b", "c"};

/// In the shifted layout the output is the first operand as large as it.
bool in_place(const trial& how) {
  return how.place == layout::shifted;
}

template <std::size_t Count, class T>
std::string on_vectors(const row& r, const trial& how) {
  const std::size_t n = r.size();
  std::vector<operand<T>> operands;
  buffer<T> fresh(n, how.place);
  buffer<T>* out = &fresh;
  operands.reserve(Count);
  for (unsigned i = 0; i < Count; ++i) {
    const std::string& shape = r.field(operand_names[i]);
    operands.push_back({shape, buffer<T>(data<T>(r, shape == "scalar" ? 1 : n, i), how.place)});
    if (in_place(how) && out == &fresh && shape == "vector") {
      out = &operands.back().storage;
    }
  }
  const auto unpack = [](operand<T>& x, auto function) { with_vector_operand(x, function); };
  run_operands<Count>(r, how, operands, out->vector(), unpack);
  return fingerprint_of(out->read());
}

template <std::size_t Count, class T>
std::string on_matrices(const row& r, const trial& how) {
  const std::size_t rows = r.size("rows"), cols = r.size("cols");
  std::vector<operand<T>> operands;
  buffer<T> fresh(rows, cols, how.place, 2);
  buffer<T>* out = &fresh;
  operands.reserve(Count);
  for (unsigned i = 0; i < Count; ++i) {
    const std::string& shape = r.field(operand_names[i]);
    if (shape == "matrix") {
      operands.push_back(
          {shape, buffer<T>(data<T>(r, rows * cols, i), rows, cols, how.place, i + 1)});
    } else {
      const std::size_t size = shape == "row" ? cols : shape == "column" ? rows : 1;
      operands.push_back({shape, buffer<T>(data<T>(r, size, i), how.place)});
    }
    if (in_place(how) && out == &fresh && shape == "matrix") {
      out = &operands.back().storage;
    }
  }
  const auto unpack = [](operand<T>& x, auto function) { with_matrix_operand(x, function); };
  run_operands<Count>(r, how, operands, out->matrix(), unpack);
  const std::vector<T> result = out->read();
  return fingerprint_of(detops::matrix_view<const T>(result.data(), rows, cols));
}

/// All elements are the same value, in full registers and in a tail: one result, or a word about
/// it.
template <class T>
std::string only_value(const std::vector<T>& values) {
  for (const T& value : values) {
    if (hex(value) != hex(values[0])) {
      return "different values: " + hex(values[0]) + " and " + hex(value);
    }
  }
  return hex(values[0]);
}
constexpr std::size_t copies = 35;

template <std::size_t Count, class T>
std::string on_values(const row& r, const trial& how) {
  static constexpr const char* names[] = {"x", "y", "z"};
  std::vector<operand<T>> operands;
  for (std::size_t i = 0; i < Count; ++i) {
    operands.push_back(
        {"vector", buffer<T>(std::vector<T>(copies, r.value<T>(names[i])), how.place)});
  }
  buffer<T> out(copies, how.place);
  const auto unpack = [](operand<T>& x, auto function) { with_vector_operand(x, function); };
  run_operands<Count>(r, how, operands, out.vector(), unpack);
  return only_value(out.read());
}

template <std::size_t Count>
std::string arithmetic(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    return r.has("x")   ? on_values<Count, T>(r, how)
           : r.has("n") ? on_vectors<Count, T>(r, how)
                        : on_matrices<Count, T>(r, how);
  });
}

struct function_entry {
  const char* name;
  float (*of_scalar)(float);
  void (*of_vector)(const trial&, detops::vector_view<float>, detops::vector_view<float>);
};
#define DETOPS_GOLDEN_FUNCTION(NAME)                                                               \
  {#NAME, [](float x) { return detops::NAME(x); },                                                 \
   [](const trial& how, auto in, auto out) { detops::NAME(how, in, out); }}
constexpr function_entry functions[] = {
    DETOPS_GOLDEN_FUNCTION(exp), DETOPS_GOLDEN_FUNCTION(log), DETOPS_GOLDEN_FUNCTION(sinpi),
    DETOPS_GOLDEN_FUNCTION(cospi), DETOPS_GOLDEN_FUNCTION(tanh)};
#undef DETOPS_GOLDEN_FUNCTION

std::string unary_function(const row& r, const trial& how) {
  if (r.type != "float32") {
    throw std::runtime_error("this operation has no type " + r.type);
  }
  const function_entry* found = std::begin(functions);
  while (found->name != r.op) {
    ++found;
  }
  const bool single = r.has("x");
  const std::vector<float> values =
      single ? std::vector<float>(copies, r.value<float>("x")) : data<float>(r, r.size());
  buffer<float> in(values, how.place), fresh(values.size(), how.place);
  buffer<float>& out = in_place(how) ? in : fresh;
  found->of_vector(how, in.vector(), out.vector());
  const std::vector<float> results = out.read();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float scalar = found->of_scalar(values[i]);
    if (hex(scalar) != hex(results[i])) {
      return "scalar " + hex(scalar) + " and vector " + hex(results[i]) + " of " + hex(values[i]);
    }
  }
  return single ? only_value(results) : fingerprint_of(results);
}

} // namespace

void add_math(operations& table) {
  for (const char* name : {"neg", "abs", "sqrt"}) {
    table[name] = {arithmetic<1>, matrix_layouts};
  }
  for (const char* name : {"add", "sub", "mul", "div", "elementwise min", "elementwise max"}) {
    table[name] = {arithmetic<2>, matrix_layouts};
  }
  table["fma"] = {arithmetic<3>, matrix_layouts};
  for (const function_entry& entry : functions) {
    table[entry.name] = {unary_function, vector_layouts};
  }
}

} // namespace golden
