// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// Lines of JSON, one event each, or lines for people.
#include "progress.hpp"

#include <cstdio>
#include <iostream>

#include <nlohmann/json.hpp>

namespace fashion_mnist {
namespace {

constexpr auto json_interval = std::chrono::milliseconds(100);
constexpr auto plain_interval = std::chrono::seconds(2);

void print(const nlohmann::ordered_json& event) {
  std::cout << event.dump() << std::endl;
}

} // namespace

progress::progress(const options& chosen) : options_(chosen), start_(clock::now()) {}

void progress::begin(std::size_t images_per_epoch) {
  images_per_epoch_ = images_per_epoch;
  start_ = next_ = clock::now();
}

bool progress::due() {
  const auto now = clock::now();
  if (now < next_) {
    return false;
  }
  next_ = now + (options_.progress == progress_style::json ? clock::duration(json_interval)
                                                           : clock::duration(plain_interval));
  return true;
}

double progress::seconds() const {
  return std::chrono::duration<double>(clock::now() - start_).count();
}

void progress::report(std::size_t epoch, std::size_t images, float loss) {
  const double elapsed = seconds();
  const double speed = static_cast<double>(images) / elapsed;
  const std::size_t total = options_.epochs * images_per_epoch_;
  const double left = static_cast<double>(total - images) / speed;
  if (options_.progress == progress_style::json) {
    print({{"event", "progress"},
           {"epoch", epoch + 1},
           {"epoch_end", images == (epoch + 1) * images_per_epoch_},
           {"images", images},
           {"total", total},
           {"loss", loss},
           {"images_per_second", speed},
           {"seconds_left", left}});
  } else {
    std::printf("epoch %zu/%zu  image %zu/%zu  loss %.4f  %.0f images/s  %.0f s left\n", epoch + 1,
                options_.epochs, images, total, static_cast<double>(loss), speed, left);
    std::fflush(stdout);
  }
}

void progress::finish(const std::vector<named_fingerprint>& tensors, const std::string& all,
                      float test_accuracy) {
  const double elapsed = seconds();
  const double speed = static_cast<double>(options_.epochs * images_per_epoch_) / elapsed;
  if (options_.progress == progress_style::json) {
    nlohmann::ordered_json by_name;
    for (const named_fingerprint& tensor : tensors) {
      by_name[tensor.name] = tensor.hex;
    }
    print({{"event", "result"},
           {"operations", options_.control ? "ordinary" : "detops"},
           {"threads", options_.threads},
           {"epochs", options_.epochs},
           {"images", images_per_epoch_},
           {"fingerprint", all},
           {"tensors", by_name},
           {"test_accuracy", test_accuracy},
           {"seconds", elapsed},
           {"images_per_second", speed}});
  } else {
    for (const named_fingerprint& tensor : tensors) {
      std::printf("%s  %s\n", tensor.hex.c_str(), tensor.name.c_str());
    }
    std::printf("%s  all weights\ntest accuracy %.2f%%, %.1f s, %.0f images/s\n", all.c_str(),
                100 * static_cast<double>(test_accuracy), elapsed, speed);
  }
}

} // namespace fashion_mnist
