// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// Epochs over shuffled batches. Copies and integers are plain C++: they round nothing.
#include "train.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include <detops/detops.hpp>

#include "network.hpp"

namespace fashion_mnist {
namespace {

// Pixels from 0 to 1, less the mean image of the training set.
class scaled_images {
public:
  scaled_images(const labelled_images& source, std::size_t count, detops::thread_pool& pool)
      : values_(source.pixels.data(), source.pixels.data() + count * source.image_size()),
        count_(count), size_(source.image_size()) {
    detops::div(pool, values_, 255.0f, values_);
  }

  matrix view() { return {values_.data(), count_, size_}; }

private:
  std::vector<float> values_;
  std::size_t count_;
  std::size_t size_;
};

float accuracy(network& net, const_matrix images, std::span<const std::uint8_t> labels,
               std::size_t batch) {
  std::vector<std::size_t> found(batch);
  std::size_t right = 0;
  for (std::size_t first = 0; first < images.rows; first += batch) {
    const std::size_t n = std::min(batch, images.rows - first);
    net.classify(images.submatrix(first, 0, n, images.cols), {found.data(), n});
    for (std::size_t i = 0; i < n; ++i) {
      right += found[i] == labels[first + i];
    }
  }
  std::vector<float> share{static_cast<float>(right)};
  detops::div(share, static_cast<float>(images.rows), share);
  return share[0];
}

} // namespace

outcome train(const options& chosen, const data_set& data, progress& output) {
  detops::thread_pool pool(chosen.threads);
  const std::size_t count = chosen.images;
  const std::size_t inputs = data.train.image_size();

  scaled_images train_set(data.train, count, pool);
  scaled_images test_set(data.test, data.test.count, pool);
  const matrix images = train_set.view();
  const matrix test_images = test_set.view();
  std::vector<float> mean_image(inputs);
  detops::mean(pool, images, 0, mean_image);
  detops::sub(pool, images, detops::broadcast_row(mean_image), images);
  detops::sub(pool, test_images, detops::broadcast_row(mean_image), test_images);

  network net(chosen, inputs, pool);
  row_buffer batch_images(chosen.batch, inputs);
  row_buffer batch_targets(chosen.batch, classes);
  std::vector<float> losses(count);
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  std::vector<float> rate{chosen.rate};
  const detops::random_key key = detops::child(detops::random_key{chosen.seed}, 1);

  output.begin(count);
  for (std::size_t epoch = 0; epoch < chosen.epochs; ++epoch) {
    detops::shuffle(pool, detops::child(key, epoch), order);
    for (std::size_t first = 0; first < count; first += chosen.batch) {
      const std::size_t n = std::min(chosen.batch, count - first);
      const matrix x = batch_images.head(n);
      const matrix targets = batch_targets.head(n);
      std::fill_n(targets.data, n * classes, 0.0f);
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t image = order[first + i];
        std::copy_n(&images(image, 0), inputs, &x(i, 0));
        targets(i, data.train.labels[image]) = 1.0f;
      }
      net.train(x, targets, rate[0], {losses.data() + first, n});
      if (output.due() || first + n == count) {
        const std::span<const float> done(losses.data(), first + n);
        output.report(epoch, epoch * count + first + n, detops::mean(pool, done));
      }
    }
    detops::mul(rate, chosen.decay, rate);
  }
  return {net.weights(), accuracy(net, test_images, data.test.labels, chosen.batch)};
}

} // namespace fashion_mnist
