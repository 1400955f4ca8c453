// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Prints "<operation> <fingerprint>", or "<operation> refused: <what the library said>". The functions of one
// value come first: nothing has warned their caller yet.
#include <cinttypes>
#include <cstdio>

#include "operations.hpp"

namespace {

void print(const char* name, std::uint64_t high, std::uint64_t low, const char* refusal) {
  if (refusal != nullptr) {
    std::printf("%s refused: %s\n", name, refusal);
  } else {
    std::printf("%s %016" PRIx64 "%016" PRIx64 "\n", name, high, low);
  }
}

} // namespace

int main() {
  hostile::run_scalars(print);
  hostile::run_arrays(detops::seq, print);
}
