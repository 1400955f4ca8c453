// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// The command line.
#include "options.hpp"

#include <map>
#include <string>

#include <CLI/CLI.hpp>

namespace fashion_mnist {

std::variant<options, file_pair, int> parse(int argument_count, char** arguments) {
  const std::map<std::string, activation_function> activations{{"tanh", activation_function::tanh},
                                                               {"relu", activation_function::relu}};
  const std::map<std::string, progress_style> styles{{"json", progress_style::json},
                                                     {"plain", progress_style::plain}};
  const auto size = CLI::Range(1, 1 << 20);

  options chosen;
  CLI::App app("Trains a network of two layers on Fashion-MNIST and prints the fingerprint of its "
               "weights.");
  app.add_option("--data", chosen.data, "folder with the four IDX files")->capture_default_str();
  app.add_option("--epochs", chosen.epochs, "times over the training images")
      ->capture_default_str()
      ->check(size);
  app.add_option("--threads", chosen.threads, "threads; they change no bit")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  app.add_option("--batch", chosen.batch, "images in one step")->capture_default_str()->check(size);
  app.add_option("--hidden", chosen.hidden, "units of the hidden layer")
      ->capture_default_str()
      ->check(size);
  app.add_option("--images", chosen.images, "train on the first so many images; 0: on all")
      ->capture_default_str();
  app.add_option("--rate", chosen.rate, "learning rate of the first epoch")->capture_default_str();
  app.add_option("--momentum", chosen.momentum, "momentum")->capture_default_str();
  app.add_option("--decay", chosen.decay, "factor of the rate from epoch to epoch")
      ->capture_default_str();
  app.add_option("--seed", chosen.seed, "seed of the weights and of the order of the images")
      ->capture_default_str();
  app.add_option("--activation", chosen.activation, "of the hidden layer: tanh or relu")
      ->default_str("tanh")
      ->transform(CLI::CheckedTransformer(activations).description(""));
  app.add_option("--output", chosen.output, "file to write the weights to");
  app.add_option("--progress", chosen.progress, "lines of json, or plain ones for people")
      ->default_str("plain")
      ->transform(CLI::CheckedTransformer(styles).description(""));
  app.add_flag("--control", chosen.control, "train with Eigen, threads and std in place of detops");

  file_pair files;
  CLI::App* compare = app.add_subcommand(
      "compare", "Names the first weight in which two files of --output differ; status 1 then");
  compare->add_option("first", files.first)->required();
  compare->add_option("second", files.second)->required();

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (*compare) {
    return files;
  }
  return chosen;
}

} // namespace fashion_mnist
