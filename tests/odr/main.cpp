// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// main <expected.txt> <threads> [part ...]: runs the operations of each part (of all without names) and
// compares their bits with the file. Compiled for the least instruction set, without a header of the library.
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using emit_function = void (*)(const char* name, std::uint64_t high, std::uint64_t low,
                               const char* refusal);

// name, function: DETOPS_PARTS is X("x86-64", part_x86_64) X(...) ...
#define X(name, function) extern "C" const char* function(emit_function, std::size_t);
DETOPS_PARTS
#undef X

namespace {

struct part {
  const char* name;
  const char* (*run)(emit_function, std::size_t);
};
const part parts[] = {
#define X(name, function) {name, function},
    DETOPS_PARTS
#undef X
};

constexpr int most = 200;
char expected[most][128];
int expected_count = 0;
int results = 0;
int failures = 0;

void compare(const char* name, std::uint64_t high, std::uint64_t low, const char* refusal) {
  char line[128];
  std::snprintf(line, sizeof line, "%s %016" PRIx64 "%016" PRIx64, name, high, low);
  if (refusal != nullptr || results >= expected_count ||
      std::strcmp(line, expected[results]) != 0) {
    std::printf("  %s %s instead of %s\n", line, refusal == nullptr ? "" : refusal,
                results < expected_count ? expected[results] : "nothing");
    ++failures;
  }
  ++results;
}

void run(const part& p, std::size_t threads) {
  results = 0;
  const char* isa = p.run(compare, threads);
  std::printf("%s (%s): %d results, %d failures so far\n", p.name, isa, results, failures);
  failures += results != expected_count;
}

} // namespace

int main(int argc, char** argv) {
  std::FILE* file = argc > 2 ? std::fopen(argv[1], "r") : nullptr;
  if (file == nullptr) {
    return 2;
  }
  while (expected_count < most && std::fgets(expected[expected_count], sizeof expected[0], file)) {
    char* line = expected[expected_count];
    line[std::strcspn(line, "\n")] = '\0';
    expected_count += line[0] != '#' && line[0] != '\0';
  }
  std::fclose(file);
  int ran = 0;
  for (const part& p : parts) {
    bool wanted = argc == 3;
    for (int i = 3; i < argc; ++i) {
      wanted = wanted || std::strcmp(argv[i], p.name) == 0;
    }
    if (wanted) {
      run(p, std::strtoul(argv[2], nullptr, 10));
      ++ran;
    }
  }
  return failures == 0 && ran > 0 ? 0 : 1;
}
