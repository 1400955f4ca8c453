// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// Layout of the parameter array, its file, and the comparison of two.
#include "parameters.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace fashion_mnist {
namespace {

constexpr const char* title = "fashion_mnist_weights";

std::size_t size_of(std::size_t inputs, std::size_t hidden, std::size_t outputs) {
  return inputs * hidden + hidden + hidden * outputs + outputs;
}

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& problem) {
  throw std::runtime_error(file.string() + ": " + problem);
}

} // namespace

parameters::parameters(std::size_t input_count, std::size_t hidden_count, std::size_t output_count)
    : inputs(input_count), hidden(hidden_count), outputs(output_count),
      values(size_of(inputs, hidden, outputs)) {}

detops::matrix_view<float> parameters::hidden_weights() {
  return {values.data(), inputs, hidden};
}

detops::vector_view<float> parameters::hidden_bias() {
  return {values.data() + inputs * hidden, hidden};
}

detops::matrix_view<float> parameters::output_weights() {
  return {values.data() + (inputs + 1) * hidden, hidden, outputs};
}

detops::vector_view<float> parameters::output_bias() {
  return {values.data() + (inputs + 1 + outputs) * hidden, outputs};
}

std::vector<named_tensor> parameters::tensors() const {
  const float* first = values.data();
  return {{"hidden_weights", {first, inputs, hidden}},
          {"hidden_bias", {first + inputs * hidden, 1, hidden}},
          {"output_weights", {first + (inputs + 1) * hidden, hidden, outputs}},
          {"output_bias", {first + (inputs + 1 + outputs) * hidden, 1, outputs}}};
}

void save(const parameters& network, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  out << title << ' ' << network.inputs << ' ' << network.hidden << ' ' << network.outputs << '\n';
  for (float value : network.values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      out.put(static_cast<char>(bits >> shift & 255u));
    }
  }
  if (!out.flush()) {
    fail(file, "cannot write");
  }
}

parameters load(const std::filesystem::path& file) {
  constexpr std::uint32_t largest = 1u << 20;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    fail(file, "cannot read");
  }
  std::string begin;
  std::uint32_t inputs = 0;
  std::uint32_t hidden = 0;
  std::uint32_t outputs = 0;
  if (!(in >> begin >> inputs >> hidden >> outputs) || in.get() != '\n' || begin != title ||
      std::max({inputs, hidden, outputs}) > largest) {
    fail(file, "is no file of weights");
  }
  parameters network(inputs, hidden, outputs);
  std::vector<char> bytes(network.values.size() * sizeof(float));
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (static_cast<std::size_t>(in.gcount()) != bytes.size() || in.peek() != EOF) {
    fail(file, "does not hold " + std::to_string(network.values.size()) + " values");
  }
  for (std::size_t i = 0; i < network.values.size(); ++i) {
    std::uint32_t bits = 0;
    for (std::size_t k = 4; k-- > 0;) {
      bits = bits << 8 | static_cast<std::uint8_t>(bytes[4 * i + k]);
    }
    network.values[i] = std::bit_cast<float>(bits);
  }
  return network;
}

std::optional<std::string> first_difference(const parameters& a, const parameters& b) {
  const auto left = a.tensors();
  const auto right = b.tensors();
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto [x, y] = std::pair(left[i].values, right[i].values);
    if (x.rows != y.rows || x.cols != y.cols) {
      return left[i].name + ": the shapes differ";
    }
    if (const auto found = detops::compare(x, y)) {
      return left[i].name + ": " + found->text();
    }
  }
  return std::nullopt;
}

} // namespace fashion_mnist
