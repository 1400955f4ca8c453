// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// The weights and biases of the network: one array, so that one call updates or fingerprints them
// all, seen as four tensors.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <detops/verify.hpp>

namespace fashion_mnist {

struct named_tensor {
  std::string name;
  detops::matrix_view<const float> values;
};

class parameters {
public:
  parameters(std::size_t inputs, std::size_t hidden, std::size_t outputs);

  detops::matrix_view<float> hidden_weights(); // inputs x hidden
  detops::vector_view<float> hidden_bias();
  detops::matrix_view<float> output_weights(); // hidden x outputs
  detops::vector_view<float> output_bias();

  std::vector<named_tensor> tensors() const;

  std::size_t inputs;
  std::size_t hidden;
  std::size_t outputs;
  std::vector<float> values;
};

// A line of text with the sizes, then the values as little-endian binary32.
void save(const parameters& network, const std::filesystem::path& file);
parameters load(const std::filesystem::path& file);

// The first difference as a line of text; none where all bits are equal.
std::optional<std::string> first_difference(const parameters& a, const parameters& b);

} // namespace fashion_mnist
