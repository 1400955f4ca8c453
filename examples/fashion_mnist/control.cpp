// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// The control: the same network with Eigen, threads and the standard library. Its weights follow
// the width of the registers, whether products are fused, and the order in which threads finish.
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 finds the deliberately undefined registers of its own AVX-512 header uninitialised.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include <Eigen/Core>

#include "train.hpp"

namespace fashion_mnist {
namespace {

using dense = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using row = Eigen::RowVectorXf;
using Eigen::Index;

// The four tensors of a parameter array as Eigen sees them.
struct dense_parameters {
  explicit dense_parameters(parameters& p)
      : all(p.values.data(), static_cast<Index>(p.values.size())),
        hidden_weights(p.hidden_weights().data, Index(p.inputs), Index(p.hidden)),
        hidden_bias(p.hidden_bias().data, Index(p.hidden)),
        output_weights(p.output_weights().data, Index(p.hidden), Index(p.outputs)),
        output_bias(p.output_bias().data, Index(p.outputs)) {}

  Eigen::Map<Eigen::VectorXf> all;
  Eigen::Map<dense> hidden_weights;
  Eigen::Map<row> hidden_bias;
  Eigen::Map<dense> output_weights;
  Eigen::Map<row> output_bias;
};

dense scaled(const labelled_images& source, std::size_t count) {
  using bytes = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const bytes> pixels(source.pixels.data(), Index(count),
                                       Index(source.image_size()));
  return pixels.cast<float>() / 255.0f;
}

// Calls body(first, last) for one slice of [0, count) on each thread.
template <class Body>
void in_parallel(std::size_t threads, Index count, const Body& body) {
  std::vector<std::jthread> workers;
  const auto k = static_cast<Index>(threads);
  for (Index i = 1; i < k; ++i) {
    workers.emplace_back([&body, i, k, count] { body(count * i / k, count * (i + 1) / k); });
  }
  body(Index{0}, count / k);
}

dense activate(const options& chosen, const dense& sum) {
  return chosen.activation == activation_function::tanh ? dense(sum.array().tanh())
                                                        : dense(sum.cwiseMax(0.0f));
}

dense slope(const options& chosen, const dense& hidden) {
  return chosen.activation == activation_function::tanh
             ? dense(1.0f - hidden.array().square())
             : dense((hidden.array() > 0.0f).cast<float>());
}

dense logits(const dense_parameters& weights, const dense& hidden) {
  return (hidden * weights.output_weights).rowwise() + weights.output_bias;
}

} // namespace

outcome train_control(const options& chosen, const data_set& data, progress& output) {
  const auto count = static_cast<Index>(chosen.images);
  const auto inputs = static_cast<Index>(data.train.image_size());
  dense images = scaled(data.train, chosen.images);
  dense test_images = scaled(data.test, data.test.count);

  std::mutex gate;
  row mean_image = row::Zero(inputs);
  in_parallel(chosen.threads, count, [&](Index first, Index last) {
    const row part = images.middleRows(first, last - first).colwise().sum();
    const std::lock_guard<std::mutex> lock(gate);
    mean_image += part;
  });
  mean_image /= static_cast<float>(count);
  images.rowwise() -= mean_image;
  test_images.rowwise() -= mean_image;

  parameters weights(data.train.image_size(), chosen.hidden, classes);
  parameters gradient(weights);
  parameters velocity(weights);
  dense_parameters w(weights);
  dense_parameters g(gradient);
  dense_parameters v(velocity);
  std::mt19937_64 random(chosen.seed);
  for (auto* tensor : {&w.hidden_weights, &w.output_weights}) {
    std::normal_distribution<float> normal(0.0f, 1.0f / std::sqrt(float(tensor->rows())));
    std::generate_n(tensor->data(), tensor->size(), [&] { return normal(random); });
  }

  std::vector<Index> order(chosen.images);
  std::iota(order.begin(), order.end(), Index{0});
  float rate = chosen.rate;
  float loss = 0;

  // The part of one slice of a batch in the gradient and in the loss.
  const auto learn = [&](const Index* chosen_images, Index n, Index batch) {
    dense x(n, inputs);
    dense targets = dense::Zero(n, Index(classes));
    for (Index i = 0; i < n; ++i) {
      x.row(i) = images.row(chosen_images[i]);
      targets(i, data.train.labels[std::size_t(chosen_images[i])]) = 1.0f;
    }
    const dense hidden = activate(chosen, (x * w.hidden_weights).rowwise() + w.hidden_bias);
    dense shifted = logits(w, hidden);
    shifted.colwise() -= shifted.rowwise().maxCoeff().eval();
    dense error = shifted.array().exp();
    const Eigen::VectorXf total = error.rowwise().sum();
    const float part = total.array().log().sum() - shifted.cwiseProduct(targets).sum();
    error.array().colwise() /= total.array();
    error = (error - targets) / static_cast<float>(batch);
    const dense hidden_error =
        (error * w.output_weights.transpose()).cwiseProduct(slope(chosen, hidden));
    const dense hidden_gradient = x.transpose() * hidden_error;
    const dense output_gradient = hidden.transpose() * error;
    const std::lock_guard<std::mutex> lock(gate);
    g.hidden_weights += hidden_gradient;
    g.hidden_bias += hidden_error.colwise().sum();
    g.output_weights += output_gradient;
    g.output_bias += error.colwise().sum();
    loss += part;
  };

  output.begin(chosen.images);
  for (std::size_t epoch = 0; epoch < chosen.epochs; ++epoch) {
    std::shuffle(order.begin(), order.end(), random);
    loss = 0;
    for (Index first = 0; first < count; first += Index(chosen.batch)) {
      const Index n = std::min(Index(chosen.batch), count - first);
      g.all.setZero();
      in_parallel(std::min(chosen.threads, std::size_t(n)), n, [&](Index begin, Index end) {
        learn(order.data() + first + begin, end - begin, n);
      });
      v.all = chosen.momentum * v.all + g.all;
      w.all -= rate * v.all;
      if (output.due() || first + n == count) {
        output.report(epoch, epoch * chosen.images + std::size_t(first + n),
                      loss / static_cast<float>(first + n));
      }
    }
    rate *= chosen.decay;
  }

  const dense test_logits =
      logits(w, activate(chosen, (test_images * w.hidden_weights).rowwise() + w.hidden_bias));
  Index right = 0;
  for (Index i = 0; i < test_logits.rows(); ++i) {
    Index found = 0;
    test_logits.row(i).maxCoeff(&found);
    right += found == data.test.labels[std::size_t(i)];
  }
  return {weights, static_cast<float>(right) / static_cast<float>(test_logits.rows())};
}

} // namespace fashion_mnist
