// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Which level's kernels are used: what the CPU runs, what DETOPS_ISA asks for. Compiled for every CPU of the family.
#include <cstdlib>
#include <cstring>

#include <detops/core/check.hpp>
#include <detops/dispatch/table.hpp>

#if DETOPS_DISPATCH_X86
#include <cpuid.h>
#endif

namespace detops::dispatch {
namespace plain {

extern const matmul_table matmul_baseline, matmul_v3, matmul_v4;
extern const reduce_table reduce_baseline, reduce_v3, reduce_v4;
extern const math_table math_baseline, math_v3, math_v4;
extern const random_table random_baseline, random_v3, random_v4;

} // namespace plain

namespace {

constexpr const char* names[levels] = {"baseline", "v3", "v4"};

// in the order of level
constinit const plain::kernels kernels_of[] = {
    {plain::matmul_baseline, plain::reduce_baseline, plain::math_baseline, plain::random_baseline},
#if DETOPS_DISPATCH_X86
    {plain::matmul_v3, plain::reduce_v3, plain::math_v3, plain::random_v3},
    {plain::matmul_v4, plain::reduce_v4, plain::math_v4, plain::random_v4},
#endif
};

/// The level in use; negative until the first use.
int chosen = -1;

#if DETOPS_DISPATCH_X86

/// Features of -march=x86-64-v3 for which clang 14 has no name. None has registers of its own, so none needs the
/// operating system.
bool has_nameless_features() {
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned cx16 = 1u << 13, movbe = 1u << 22, f16c = 1u << 29; // leaf 1
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (~ecx & (cx16 | movbe | f16c)) != 0) {
    return false;
  }
  constexpr unsigned lahf = 1u << 0, lzcnt = 1u << 5; // leaf 0x80000001
  return __get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) != 0 && (~ecx & (lahf | lzcnt)) == 0;
}

/// The highest level whose every feature the CPU has and, where it has registers, the operating system saves.
level highest() {
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("sse3") && __builtin_cpu_supports("ssse3") &&
                  __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("sse4.2") &&
                  __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("avx") &&
                  __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                  has_nameless_features();
  if (!v3) {
    return level::baseline;
  }
  const bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  return v4 ? level::v4 : level::v3;
}

#else

level highest() {
  return level::baseline;
}

#endif

level asked_for() {
  const char* text = std::getenv("DETOPS_ISA");
  if (text == nullptr || *text == '\0') {
    return highest();
  }
  for (int i = 0; i < levels; ++i) {
    if (std::strcmp(text, names[i]) == 0) {
      if (!has_level(static_cast<level>(i))) {
        detops::detail::invalid("dispatch", "DETOPS_ISA is \"", text,
                                "\", which this CPU does not run; its highest level is ",
                                name_of(highest()));
      }
      return static_cast<level>(i);
    }
  }
  detops::detail::invalid("dispatch", "DETOPS_ISA is \"", text,
                          "\"; baseline, v3 and v4 are possible");
}

/// At the first use. Several threads may come here; all find the same, unless one has called use_level in between.
DETOPS_NOINLINE int choose() {
  int now = -1;
  const int first = static_cast<int>(asked_for());
  return __atomic_compare_exchange_n(&chosen, &now, first, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED)
             ? first
             : now;
}

} // namespace

const char* name_of(level which) {
  return names[static_cast<int>(which)];
}

bool has_level(level which) {
  return which <= highest();
}

level current_level() {
  const int now = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
  return static_cast<level>(now >= 0 ? now : choose());
}

void use_level(level which) {
  if (!has_level(which)) {
    detops::detail::invalid("dispatch::use_level", "this CPU does not run ", name_of(which),
                            "; its highest level is ", name_of(highest()));
  }
  __atomic_store_n(&chosen, static_cast<int>(which), __ATOMIC_RELAXED);
}

const plain::kernels& plain::current_kernels() {
  return kernels_of[static_cast<int>(current_level())];
}

} // namespace detops::dispatch
