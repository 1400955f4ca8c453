// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// syrk: a matrix times its own transpose, half of the work:
//
//     +-----+-----+     1  the product of two halves of A, all of it below the diagonal,
//     |  2  |  =1 |        then written once more above it
//     +-----+-----+     2  the same within each half, down to blocks of diagonal_block rows,
//     |  1  |  2  |        which are computed whole
//     +-----+-----+
#pragma once

#include <cstring>
#include <type_traits>

#include <detops/matmul/run.hpp>

namespace detops::inline DETOPS_ISA {

namespace detail::gemm {

/// Rows of the blocks on the diagonal: some tiles of the kernel.
inline constexpr std::size_t diagonal_block = 96;

/// run(block) for the blocks that cover the lower triangle of rows [first, first + count).
template <class Run>
void for_each_lower_block(std::size_t first, std::size_t count, const Run& run) {
  if (count <= diagonal_block) {
    run(region{first, first, count, count});
    return;
  }
  const std::size_t upper = round_up(divide_up(count, 2), diagonal_block);
  run(region{first + upper, first, count - upper, upper});
  for_each_lower_block(first, upper, run);
  for_each_lower_block(first + upper, count - upper, run);
}

/// The elements below the diagonal, above it.
template <class T>
void mirror_lower(const matrix_view<T>& c) {
  for (std::size_t i = 0; i < c.rows; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      c(j, i) = c(i, j);
    }
  }
}

/// to(j, i) = from(i, j) by squares, which pass through a small one, so that each cache line is read and written once.
template <class T>
void copy_transposed(const executor_ref& exec, const matrix_view<T>& from,
                     const matrix_view<T>& to) {
  if (magnitude(from.row_stride) < magnitude(from.col_stride)) {
    copy_transposed(exec, from.transposed(), to.transposed());
    return;
  }
  constexpr std::size_t side = 64 / sizeof(T);
  const std::size_t rows_per_task =
      round_up(divide_up(smallest_shared_packing, larger(1, from.cols)), side);
  for_each_block(exec, from.rows, rows_per_task, [&](std::size_t first, std::size_t last) {
    T square[side][side];
    for (std::size_t row = first; row < last; row += side) {
      const std::size_t rows = smaller(side, last - row);
      for (std::size_t col = 0; col < from.cols; col += side) {
        const std::size_t cols = smaller(side, from.cols - col);
        for (std::size_t i = 0; i < rows; ++i) {
          for (std::size_t j = 0; j < cols; ++j) {
            square[j][i] = from(row + i, col + j);
          }
        }
        for (std::size_t j = 0; j < cols; ++j) {
          if (to.col_stride == 1 && rows == side) {
            std::memcpy(static_cast<void*>(&to(col + j, row)), square[j], sizeof square[j]);
            continue;
          }
          for (std::size_t i = 0; i < rows; ++i) {
            to(col + j, row + i) = square[j][i];
          }
        }
      }
    }
  });
}

template <class S>
void check_syrk(const problem<S>& p) {
  constexpr const char* name = "syrk";
  if (p.c.rows != p.a.rows || p.c.cols != p.a.rows) {
    invalid(name, "A ", text(p.a), " times its transpose does not give C ", text(p.c));
  }
  check_view(name, "A", p.a);
  check_result(name, "C", p.c);
  check_apart(name, "C", p.c, "A", p.a);
}

template <class S>
void run_syrk(const executor_ref& exec, const problem<S>& p) {
  const auto part = [&](const region& at) {
    problem<S> product = p;
    product.a = p.a.submatrix(at.row, 0, at.rows, p.a.cols);
    product.b = p.b.submatrix(0, at.col, p.a.cols, at.cols);
    product.c = p.c.submatrix(at.row, at.col, at.rows, at.cols);
    return product;
  };
  std::size_t bytes = 0; // taken before anything is written
  for_each_lower_block(0, p.c.rows, [&](const region& at) {
    bytes = larger(bytes, memory_for(part(at), exec.concurrency()));
  });
  const workspace memory(nullptr, bytes);
  for_each_lower_block(0, p.c.rows, [&](const region& at) {
    const problem<S> product = part(at);
    const bool on_diagonal = at.row == at.col;
    if (on_diagonal && p.options.beta != 0) {
      mirror_lower(product.c);
    }
    run(exec, product, memory.data());
    if (!on_diagonal) {
      copy_transposed(exec, product.c, p.c.submatrix(at.col, at.row, at.cols, at.rows));
    }
  });
}

} // namespace detail::gemm

/// C = alpha * A * A^T + beta * C, symmetric: c (n x n) from a (n x k), each of any layout and stride
/// (a also with stride 0), c sharing no element with a. Element types as of matmul: that of c
/// decides.
///
/// Both triangles of c get the same bits: those of matmul(a, transpose of a), into a c that was
/// symmetric (contract, section 3). Where beta != 0, only c[i,j] with i >= j, the lower triangle with
/// the diagonal, is read; what the upper triangle held does not matter. beta = 0 does not read c.
/// For A^T * A give a.transposed(); policies, error and special values are those of matmul.
///
/// Time O(n^2 k), for large n half of matmul's, memory as of matmul. Throws std::invalid_argument
/// where shapes do not fit, data is null with a size, c overlaps a or itself, and std::bad_alloc;
/// nothing is written then.
///
/// Method: recursive halves (Elmroth, Gustavson, Jonsson and Kagstrom, "Recursive blocked algorithms
/// and hybrid data structures for dense matrix library software", 2004).
template <executor E, class C, class Policy = pairwise_t>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>>)
void syrk(E&& exec, std::type_identity_t<detail::matmul_input<C>> a, C&& c,
          std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy = {}) {
  using scheme = detail::gemm::scheme<element_t<C>, Policy>;
  const detail::gemm::problem<scheme> p{a, a.transposed(), detail::as_matrix_output(c), options};
  detail::gemm::check_syrk(p);
  detail::gemm::run_syrk(detail::executor_ref(exec), p);
}
/// On the calling thread.
template <class C, class Policy = pairwise_t>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>>)
void syrk(std::type_identity_t<detail::matmul_input<C>> a, C&& c,
          std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy policy = {}) {
  syrk(seq, a, c, options, policy);
}

} // namespace detops::inline DETOPS_ISA
