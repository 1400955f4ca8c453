// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Errors of the reductions against real numbers held by MPFR.
#include <cstdlib>
#include <cstring>

#include <detops/core/config.hpp>

#include "checks.hpp"

namespace {

int usage(int code) {
  std::printf("accuracy [--tables] [--seed N]\n"
              "Checks that sums, dot products, means and norms keep the bounds that their cards "
              "state, and that the\n"
              "policy exact gives the correctly rounded real result. --tables prints the errors "
              "too. Exit 1 where one\n"
              "is wrong.\n");
  return code;
}

} // namespace

int main(int count, char** arguments) {
  bool tables = false;
  std::uint64_t seed = 20261126;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--tables") == 0) {
      tables = true;
    } else if (std::strcmp(arguments[i], "--seed") == 0 && i + 1 < count) {
      seed = std::strtoull(arguments[++i], nullptr, 10);
    } else {
      return usage(std::strcmp(arguments[i], "--help") == 0 ? 0 : 2);
    }
  }
  test::report results;
  test::check_bounds(results, seed, tables);
  test::check_exact(results, seed);
  std::printf("%saccuracy [%s], seed %llu: %llu results checked, %llu wrong\n", tables ? "\n" : "",
              detops::isa_name, static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(results.checked()),
              static_cast<unsigned long long>(results.wrong()));
  return results.wrong() == 0 ? 0 : 1;
}
