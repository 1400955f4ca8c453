// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// Forward, backward and the momentum step. A loop written by hand in their place could be fused by
// the compiler, here into an fma and there not, and the weights would follow the instruction set.
#include "network.hpp"

namespace fashion_mnist {
namespace {

// One dimension in place of two, for matrices without padding.
vector flat(matrix x) {
  return {x.data, x.rows * x.cols};
}

// Normal values of variance 1 / inputs: sums over the inputs then have variance 1.
void initialise(detops::thread_pool& pool, detops::random_key key, matrix weights) {
  std::vector<float> scale{static_cast<float>(weights.rows)};
  detops::sqrt(scale, scale);
  detops::fill_normal(pool, key, flat(weights));
  detops::div(pool, weights, scale[0], weights);
}

} // namespace

network::network(const options& chosen, std::size_t inputs, detops::thread_pool& pool)
    : pool_(pool), activation_(chosen.activation), momentum_(chosen.momentum),
      weights_(inputs, chosen.hidden, classes), gradient_(weights_), velocity_(weights_),
      hidden_(chosen.batch, chosen.hidden), slope_(chosen.batch, chosen.hidden),
      hidden_error_(chosen.batch, chosen.hidden), logits_(chosen.batch, classes),
      probabilities_(chosen.batch, classes), row_values_(chosen.batch) {
  const detops::random_key key = detops::child(detops::random_key{chosen.seed}, 0);
  initialise(pool_, detops::child(key, 0), weights_.hidden_weights());
  initialise(pool_, detops::child(key, 1), weights_.output_weights());
}

matrix network::forward(const_matrix images) {
  const matrix hidden = hidden_.head(images.rows);
  detops::matmul(pool_, images, weights_.hidden_weights(), hidden);
  detops::add(pool_, hidden, detops::broadcast_row(weights_.hidden_bias()), hidden);
  activate(hidden);
  const matrix logits = logits_.head(images.rows);
  detops::matmul(pool_, hidden, weights_.output_weights(), logits);
  detops::add(pool_, logits, detops::broadcast_row(weights_.output_bias()), logits);
  return logits;
}

void network::train(const_matrix images, const_matrix targets, float rate, vector losses) {
  const matrix logits = forward(images);

  // Softmax: exp(logit - largest logit) over its sum.
  const vector of_row(row_values_.data(), images.rows);
  detops::max(pool_, logits, 1, of_row);
  detops::sub(pool_, logits, detops::broadcast_column(of_row), logits);
  const matrix probabilities = probabilities_.head(images.rows);
  detops::exp(pool_, logits, probabilities);
  detops::sum(pool_, probabilities, 1, of_row);
  detops::div(pool_, probabilities, detops::broadcast_column(of_row), probabilities);

  // Cross-entropy: log(sum) - logit of the label.
  detops::log(pool_, of_row, of_row);
  detops::mul(pool_, logits, targets, logits);
  detops::sum(pool_, logits, 1, losses);
  detops::sub(pool_, of_row, losses, losses);

  // The gradient of the mean loss with respect to the logits: (probability - target) / n.
  detops::sub(pool_, probabilities, targets, probabilities);
  detops::div(pool_, probabilities, static_cast<float>(images.rows), probabilities);
  backward(images, probabilities);

  // velocity = momentum velocity + gradient; weights = weights - rate velocity.
  detops::fma(pool_, velocity_.values, momentum_, gradient_.values, velocity_.values);
  detops::fma(pool_, velocity_.values, -rate, weights_.values, weights_.values);
}

void network::backward(const_matrix images, matrix error) {
  const matrix hidden = hidden_.head(images.rows);
  detops::matmul(pool_, hidden.transposed(), error, gradient_.output_weights());
  detops::sum(pool_, error, 0, gradient_.output_bias());

  const matrix hidden_error = hidden_error_.head(images.rows);
  const matrix slope = slope_.head(images.rows);
  detops::matmul(pool_, error, weights_.output_weights().transposed(), hidden_error);
  slope_of(hidden, slope);
  detops::mul(pool_, hidden_error, slope, hidden_error);
  detops::matmul(pool_, images.transposed(), hidden_error, gradient_.hidden_weights());
  detops::sum(pool_, hidden_error, 0, gradient_.hidden_bias());
}

void network::activate(matrix hidden) {
  if (activation_ == activation_function::tanh) {
    detops::tanh(pool_, hidden, hidden);
  } else {
    detops::max(pool_, hidden, 0.0f, hidden);
  }
}

// The derivative of the activation, from its value.
void network::slope_of(const_matrix hidden, matrix slope) {
  if (activation_ == activation_function::tanh) {
    detops::neg(pool_, hidden, slope);
    detops::fma(pool_, slope, hidden, 1.0f, slope); // 1 - tanh^2
  } else {
    // 0 for 0, 1 above it: twice times 2^127 takes even the smallest positive float past 1.
    detops::mul(pool_, hidden, 0x1p127f, slope);
    detops::mul(pool_, slope, 0x1p127f, slope);
    detops::min(pool_, slope, 1.0f, slope);
  }
}

void network::classify(const_matrix images, detops::vector_view<std::size_t> labels) {
  detops::argmax(pool_, forward(images), 1, labels);
}

} // namespace fashion_mnist
