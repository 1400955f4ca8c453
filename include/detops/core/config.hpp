// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiler switches: what is refused at compile time, the name of the instruction set, inlining.
#pragma once

#if defined(_MSC_VER) && !defined(__clang__)
#error "detops: MSVC has not been tried; use g++ >= 12 or clang >= 14"
#endif
#if !defined(__cplusplus) || __cplusplus < 202002L
#error "detops needs C++20: compile with -std=c++20 or newer"
#endif
#if defined(__FAST_MATH__)
#error                                                                                             \
    "detops: results are defined for IEEE arithmetic; remove -ffast-math (or -Ofast) from this file"
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "detops: NaN and infinity are part of the results; remove -ffinite-math-only from this file"
#endif
#if defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
#error "detops: remove -funsafe-math-optimizations (-fassociative-math, -freciprocal-math) here"
#endif
#if defined(__NO_SIGNED_ZEROS__)
#error "detops: -0 and +0 are different results; remove -fno-signed-zeros from this file"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0 && !defined(__s390x__)
#error "detops: float arithmetic must round to float; on 32-bit x86 add -msse2 -mfpmath=sse"
#endif

static_assert(sizeof(1.0) == sizeof(double),
              "detops: constants are doubles as written; remove -fsingle-precision-constant");

// One fused multiply-add instruction for float and double. Where there is none, simd/ emulates it exactly.
#if defined(__FMA__) || defined(__aarch64__) || defined(__PPC64__) || defined(__s390x__) ||        \
    (defined(__riscv_flen) && __riscv_flen >= 64)
#define DETOPS_HAS_FMA 1
#else
#define DETOPS_HAS_FMA 0
#endif

// The inline namespace that holds everything. It names what changes the machine code, so that files
// compiled for different instruction sets in one program never share a function.
#if defined(DETOPS_NO_XSIMD)
#define DETOPS_ISA_BASE isa_vector16
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) &&                    \
    defined(__AVX512VL__)
#define DETOPS_ISA_BASE isa_avx512
#elif defined(__AVX512F__)
#define DETOPS_ISA_BASE isa_avx512f
#elif defined(__AVX2__)
#define DETOPS_ISA_BASE isa_avx2
#elif defined(__AVX__)
#define DETOPS_ISA_BASE isa_avx
#elif defined(__SSE4_2__)
#define DETOPS_ISA_BASE isa_sse4_2
#elif defined(__SSE4_1__)
#define DETOPS_ISA_BASE isa_sse4_1
#elif defined(__SSSE3__)
#define DETOPS_ISA_BASE isa_ssse3
#elif defined(__SSE3__)
#define DETOPS_ISA_BASE isa_sse3
#elif defined(__SSE2__)
#define DETOPS_ISA_BASE isa_sse2
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define DETOPS_ISA_BASE isa_neon64
#else
#define DETOPS_ISA_BASE isa_vector16
#endif
#define DETOPS_JOIN_TOKENS(a, b) a##b
#define DETOPS_JOIN(a, b) DETOPS_JOIN_TOKENS(a, b)
#if DETOPS_HAS_FMA
#define DETOPS_ISA_OF_FLAGS DETOPS_JOIN(DETOPS_ISA_BASE, _fma)
#else
#define DETOPS_ISA_OF_FLAGS DETOPS_ISA_BASE
#endif
// The kernels of detops::dispatch are never those that a file of the program has for the same instruction set: such a file
// may have been compiled with other options, or for debugging.
#if defined(DETOPS_DISPATCH_LEVEL)
#define DETOPS_ISA DETOPS_JOIN(DETOPS_ISA_OF_FLAGS, _dispatch)
#else
#define DETOPS_ISA DETOPS_ISA_OF_FLAGS
#endif
#define DETOPS_STRING_TOKENS(a) #a
#define DETOPS_STRING(a) DETOPS_STRING_TOKENS(a)

#define DETOPS_ALWAYS_INLINE __attribute__((always_inline)) inline
#define DETOPS_INLINE_LAMBDA __attribute__((always_inline))
#define DETOPS_NOINLINE __attribute__((noinline))

#if defined(__cpp_exceptions)
#define DETOPS_EXCEPTIONS 1
#else
#define DETOPS_EXCEPTIONS 0
#endif

#if defined(__wasm__) && !defined(_REENTRANT)
#define DETOPS_THREADS 0
#else
#define DETOPS_THREADS 1
#endif

namespace detops::inline DETOPS_ISA {

/// The instruction set that this file was compiled for, e.g. "isa_avx2_fma".
inline constexpr const char* isa_name = DETOPS_STRING(DETOPS_ISA);

/// True where the ISA has a fused multiply-add.
inline constexpr bool has_fma = DETOPS_HAS_FMA != 0;

} // namespace detops::inline DETOPS_ISA
