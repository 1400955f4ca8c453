// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// Trains a network of two layers on Fashion-MNIST and prints the fingerprint of its weights.
#include <algorithm>
#include <exception>
#include <iostream>

#include "idx.hpp"
#include "options.hpp"
#include "parameters.hpp"
#include "progress.hpp"
#include "train.hpp"

namespace {

using namespace fashion_mnist;

constexpr int different = 1;
constexpr int failed = 2;

int run(const file_pair& files) {
  const auto difference = first_difference(load(files.first), load(files.second));
  std::cout << (difference ? *difference : "all weights are equal") << '\n';
  return difference ? different : 0;
}

int run(options chosen) {
  const data_set data = read_data_set(chosen.data);
  if (chosen.images == 0 || chosen.images > data.train.count) {
    chosen.images = data.train.count;
  }
  chosen.batch = std::min(chosen.batch, chosen.images);
  progress output(chosen);
  const auto [weights, test_accuracy] =
      (chosen.control ? train_control : train)(chosen, data, output);
  std::vector<named_fingerprint> fingerprints;
  for (const named_tensor& tensor : weights.tensors()) {
    fingerprints.push_back({tensor.name, detops::digest(tensor.values).hex()});
  }
  output.finish(fingerprints, detops::digest(weights.values).hex(), test_accuracy);
  if (!chosen.output.empty()) {
    save(weights, chosen.output);
  }
  return 0;
}

int run(int status) {
  return status;
}

} // namespace

int main(int argument_count, char** arguments) {
  try {
    return std::visit([](const auto& request) { return run(request); },
                      parse(argument_count, arguments));
  } catch (const idx_error& error) {
    std::cerr << "fashion_mnist: " << error.what()
              << "\nThe files are those of Debian's package dataset-fashion-mnist:"
                 "\n  sudo apt-get install dataset-fashion-mnist"
                 "\n--data names another folder.\n";
  } catch (const std::exception& error) {
    std::cerr << "fashion_mnist: " << error.what() << '\n';
  }
  return failed;
}
