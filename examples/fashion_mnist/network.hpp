// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// A network of two layers, trained with momentum: every number comes from an operation of detops.
#pragma once

#include <cstddef>
#include <vector>

#include <detops/detops.hpp>

#include "options.hpp"
#include "parameters.hpp"

namespace fashion_mnist {

using matrix = detops::matrix_view<float>;
using const_matrix = detops::matrix_view<const float>;
using vector = detops::vector_view<float>;

// Room for a number of rows, of which a batch may use fewer.
class row_buffer {
public:
  row_buffer(std::size_t rows, std::size_t columns) : columns_(columns), values_(rows * columns) {}
  matrix head(std::size_t rows) { return {values_.data(), rows, columns_}; }

private:
  std::size_t columns_;
  std::vector<float> values_;
};

class network {
public:
  network(const options& chosen, std::size_t inputs, detops::thread_pool& pool);

  // One step on a batch: images n x inputs, targets n x classes with a one in the column of the
  // label; writes the n losses.
  void train(const_matrix images, const_matrix targets, float rate, vector losses);

  // The most likely class of each image.
  void classify(const_matrix images, detops::vector_view<std::size_t> labels);

  const parameters& weights() const { return weights_; }

private:
  matrix forward(const_matrix images);
  void backward(const_matrix images, matrix error);
  void activate(matrix hidden);
  void slope_of(const_matrix hidden, matrix slope);

  detops::thread_pool& pool_;
  activation_function activation_;
  float momentum_;
  parameters weights_;
  parameters gradient_;
  parameters velocity_;
  row_buffer hidden_;
  row_buffer slope_;
  row_buffer hidden_error_;
  row_buffer logits_;
  row_buffer probabilities_;
  std::vector<float> row_values_;
};

} // namespace fashion_mnist
