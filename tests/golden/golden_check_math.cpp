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
  broken("unknown operation: " + name);
}

/// One operand: its shape's name and the memory that holds it.
template <class T>
struct operand {
  std::string shape;
  buffer<T> storage;
};

enum class shape { vector, matrix, row, column, scalar };
constexpr const char* shape_names[] = {"vector", "matrix", "row", "column", "scalar"};

/// What the library takes for an operand of this shape.
template <shape S, class T>
auto taken(operand<T>& x) {
  if constexpr (S == shape::vector) {
    return x.storage.vector();
  } else if constexpr (S == shape::matrix) {
    return x.storage.matrix();
  } else if constexpr (S == shape::row) {
    return detops::broadcast_row(x.storage.vector());
  } else if constexpr (S == shape::column) {
    return detops::broadcast_column(x.storage.vector());
  } else {
    return x.storage.vector()[0];
  }
}

/// The shapes of the operands of one call; what the list names beyond these is an error.
template <shape... S>
struct together {
  template <class T, std::size_t... I>
  static bool fits(const std::vector<operand<T>>& operands, std::index_sequence<I...>) {
    return ((operands[I].shape == shape_names[static_cast<int>(S)]) && ...);
  }
  template <class T, class Out, std::size_t... I>
  static void run(const row& r, const trial& how, std::vector<operand<T>>& operands, Out out,
                  std::index_sequence<I...>) {
    apply<sizeof...(S)>(r.op, how, taken<S>(operands[I])..., out);
  }
};
template <class... Together>
struct any_of {
  /// Calls the operation with the operands.
  template <std::size_t Count, class T, class Out>
  static void run(const row& r, const trial& how, std::vector<operand<T>>& operands, Out out) {
    constexpr auto indices = std::make_index_sequence<Count>{};
    const bool found = ((Together::fits(operands, indices) &&
                         (Together::run(r, how, operands, out, indices), true)) ||
                        ...);
    if (!found) {
      broken("operands of these shapes are not among those that golden_check calls");
    }
  }
};

template <std::size_t Count>
struct combinations;
template <>
struct combinations<1> {
  using vectors = any_of<together<shape::vector>>;
  using matrices = any_of<together<shape::matrix>>;
};
template <>
struct combinations<2> {
  using enum shape;
  using vectors =
      any_of<together<vector, vector>, together<vector, scalar>, together<scalar, vector>>;
  using matrices = any_of<together<matrix, matrix>, together<matrix, row>, together<matrix, column>,
                          together<matrix, scalar>, together<row, matrix>, together<column, matrix>,
                          together<scalar, matrix>, together<row, column>, together<column, row>>;
};
template <>
struct combinations<3> {
  using enum shape;
  using vectors = any_of<together<vector, vector, vector>, together<vector, vector, scalar>,
                         together<vector, scalar, vector>, together<scalar, vector, vector>,
                         together<vector, scalar, scalar>, together<scalar, scalar, vector>>;
  using matrices = any_of<together<matrix, matrix, matrix>, together<matrix, column, row>,
                          together<matrix, row, column>, together<matrix, row, row>,
                          together<matrix, scalar, matrix>, together<matrix, scalar, scalar>,
                          together<row, column, matrix>, together<row, matrix, column>>;
};

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
  combinations<Count>::vectors::template run<Count>(r, how, operands, out->vector());
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
  combinations<Count>::matrices::template run<Count>(r, how, operands, out->matrix());
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
  combinations<Count>::vectors::template run<Count>(r, how, operands, out.vector());
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
    broken("this operation has no type " + r.type);
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
const family math_family(add_math);

} // namespace
} // namespace golden
