// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// What a run prints while it trains and when it is done, as lines of JSON or for people. Like idx
// and options it knows nothing of detops: one object file serves every instruction set.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "options.hpp"

namespace fashion_mnist {

struct named_fingerprint {
  std::string name;
  std::string hex;
};

class progress {
public:
  explicit progress(const options& chosen);

  // The clock of images per second starts with the training.
  void begin(std::size_t images_per_epoch);

  // True about ten times a second: when there is something to say about the loss.
  bool due();

  // `images` are those trained on in the whole run, `loss` is the mean of the epoch so far.
  void report(std::size_t epoch, std::size_t images, float loss);
  // `all` is the fingerprint of the whole parameter array.
  void finish(const std::vector<named_fingerprint>& tensors, const std::string& all,
              float test_accuracy);

private:
  using clock = std::chrono::steady_clock;
  double seconds() const;

  const options& options_;
  std::size_t images_per_epoch_ = 0;
  clock::time_point start_;
  clock::time_point next_;
};

} // namespace fashion_mnist
