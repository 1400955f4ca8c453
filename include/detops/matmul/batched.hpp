// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul of batches: views of three and four dimensions, whose last two are matrices, and lists of matrices.
#pragma once

#include <ranges>
#include <type_traits>

#include <detops/core/nd_view.hpp>
#include <detops/matmul/batch_check.hpp>
#include <detops/matmul/epilogue_steps.hpp>

namespace detops::inline DETOPS_ISA {

namespace detail {

template <class X>
using matrix_of = std::ranges::range_value_t<std::remove_reference_t<X>&>;
/// Matrices in contiguous memory: a vector, array or span of views, or of what a view can be made of.
template <class X>
concept matrix_list = contiguous_data<std::remove_reference_t<X>> && matrix_like<matrix_of<X>>;
/// Of results, and of operands for them.
template <class X>
concept result_list = matrix_list<X> && gemm::element<element_t<matrix_of<X>>>;
template <class X, class C>
concept operand_list =
    matrix_list<X> && result_list<C> &&
    std::same_as<element_t<matrix_of<X>>, gemm::operand_t<element_t<matrix_of<C>>>>;

namespace gemm {

/// The matrix number i of a view, counted in row-major order of the dimensions before the last two.
template <class T>
matrix_view<T> matrix_at(const nd_view<T>& x, std::size_t i) {
  std::ptrdiff_t offset = 0;
  for (std::size_t d = x.rank - 2; d-- > 0;) {
    offset += static_cast<std::ptrdiff_t>(i % x.extents[d]) * x.strides[d];
    i /= x.extents[d];
  }
  return {x.data + offset, x.extents[x.rank - 2], x.extents[x.rank - 1], x.strides[x.rank - 2],
          x.strides[x.rank - 1]};
}

/// Whether x is one matrix, or has as many as c in the same dimensions.
template <class T, class U>
bool goes_with(const nd_view<T>& x, const nd_view<U>& c) {
  bool same = x.rank == c.rank;
  for (std::size_t d = 0; same && d + 2 < c.rank; ++d) {
    same = x.extents[d] == c.extents[d];
  }
  return same || x.rank == 2;
}

/// What the steps of an epilogue refuse, of any matrix of the batch.
template <class S, class Epilogue>
void check_steps(const char* name, const Epilogue& then, const batch_ref<S>& batch) {
  if constexpr (!std::same_as<Epilogue, no_steps>) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      check_step(name, then, batch[i].c);
    }
  }
}

template <class S, class Epilogue = no_steps>
void run_strided(const executor_ref& exec, const nd_view<const typename S::operand>& a,
                 const nd_view<const typename S::operand>& b, const nd_view<typename S::result>& c,
                 const matmul_options<typename S::result>& options, const Epilogue& then = {}) {
  constexpr const char* name = "matmul";
  const auto rows = [](const auto& x) { return x.extents[x.rank - 2]; };
  const auto cols = [](const auto& x) { return x.extents[x.rank - 1]; };
  if (a.rank < 2 || b.rank < 2 || c.rank < 2 || !goes_with(a, c) || !goes_with(b, c) ||
      cols(a) != rows(b) || rows(c) != rows(a) || cols(c) != cols(b)) {
    invalid(name, "A ", text(a), " times B ", text(b), " does not give C ", text(c));
  }
  check_view(name, "A", a);
  check_view(name, "B", b);
  check_view(name, "C", c);
  std::size_t count = 1;
  for (std::size_t d = 0; d + 2 < c.rank; ++d) {
    count *= c.extents[d];
  }
  if (count > 0) {
    check_step(name, then, matrix_at(c, 0));
  }
  if (count == 0 || rows(c) == 0 || cols(c) == 0) {
    return;
  }
  const epilogue_hook<typename S::result, Epilogue> hook(then);
  const auto at = [&](std::size_t i) -> problem<S> {
    return {matrix_at(a, i), matrix_at(b, i), matrix_at(c, i), options, hook.ref().numbered(i)};
  };
  const batch_ref<S> batch(at, count, true);
  if (!steps_are_nested(c)) {
    check_result(name, "each C", matrix_at(c, 0));
    check_batch_apart(name, batch);
  } else if (meet(addresses(c), addresses(a)) || meet(addresses(c), addresses(b))) {
    check_batch_apart(name, batch);
  }
  check_steps(name, then, batch);
  run_batch(exec, batch);
}

template <class S, class A, class B, class C, class Epilogue = no_steps>
void run_list(const executor_ref& exec, const A& a, const B& b, C& c,
              const matmul_options<typename S::result>& options, const Epilogue& then = {}) {
  constexpr const char* name = "matmul";
  const std::size_t count = std::ranges::size(c);
  if (std::ranges::size(a) != count || std::ranges::size(b) != count) {
    invalid(name, "a batch of ", std::ranges::size(a), " A times ", std::ranges::size(b),
            " B does not give ", count, " C");
  }
  const epilogue_hook<typename S::result, Epilogue> hook(then);
  const auto at = [&](std::size_t i) -> problem<S> {
    return {to_matrix(std::ranges::data(a)[i]), to_matrix(std::ranges::data(b)[i]),
            to_matrix(std::ranges::data(c)[i]), options, hook.ref().numbered(i)};
  };
  for (std::size_t i = 0; i < count; ++i) {
    const problem<S> p = at(i);
    if (p.a.cols != p.b.rows || p.c.rows != p.a.rows || p.c.cols != p.b.cols) {
      invalid(name, "number ", i, " of the batch: A ", text(p.a), " times B ", text(p.b),
              " does not give C ", text(p.c));
    }
    check_view(name, "an A of the batch", p.a);
    check_view(name, "a B of the batch", p.b);
    check_result(name, "a C of the batch", p.c);
  }
  const batch_ref<S> batch(at, count, false);
  check_batch_apart(name, batch);
  check_steps(name, then, batch);
  run_batch(exec, batch);
}

} // namespace gemm
} // namespace detail

/// C = alpha * A * B + beta * C for each matrix of a batch: the last two dimensions of the views are
/// the matrices, c (... x m x n) from a (... x m x k) and b (... x k x n), and the ones before them,
/// at most two, are those of c; an a or b of two dimensions is one matrix for the whole batch. Any
/// strides; of a and b also 0. No two elements of c share a place, and none is an element of a or b.
///
/// Each matrix of c has the bits of its own matmul, whose order, policies, error and special values
/// hold; not on the batch, its size or the threads does any depend. Small products are run by one
/// thread each, large ones by all, one after another. Time O(batch m n k); memory as of matmul, for
/// each thread where products are small. Throws as matmul, before anything is written.
///
///   // heads of attention: q, k are [batch][position][head][64], scores [batch][head][position][position]
///   nd_view<const float> queries(q, {4, 8, 128, 64}, {128 * 512, 64, 512, 1});
///   nd_view<const float> keys_transposed(k, {4, 8, 64, 128}, {128 * 512, 64, 1, 512});
///   matmul(par, queries, keys_transposed, nd_view<float>(scores, {4, 8, 128, 128}), {.alpha = 0.125f});
template <executor E, class T, class Policy = pairwise_t>
  requires(detail::gemm::element<T> && detail::gemm::policy_for<Policy, T>)
void matmul(E&& exec, std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> a,
            std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> b, const nd_view<T>& c,
            std::type_identity_t<matmul_options<T>> options = {}, Policy = {}) {
  detail::gemm::run_strided<detail::gemm::scheme<T, Policy>>(detail::executor_ref(exec), a, b, c,
                                                             options);
}
/// On the calling thread.
template <class T, class Policy = pairwise_t>
  requires(detail::gemm::element<T> && detail::gemm::policy_for<Policy, T>)
void matmul(std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> a,
            std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> b, const nd_view<T>& c,
            std::type_identity_t<matmul_options<T>> options = {}, Policy policy = {}) {
  matmul(seq, a, b, c, options, policy);
}

/// The same for lists: c[i] = alpha * a[i] * b[i] + beta * c[i]. Each is a vector, array or span of
/// matrix_views, or of what is taken as a matrix, all of one length; shapes may differ from one i to
/// the next. Matrices of a and b may be given several times; no two of c share an element, nor one
/// of c and one of a or b. Everything else as above, and O(count) of memory.
template <executor E, class A, class B, class C, class Policy = pairwise_t>
  requires(detail::operand_list<const A, C> && detail::operand_list<const B, C> &&
           detail::gemm::policy_for<Policy, element_t<detail::matrix_of<C>>>)
void matmul(E&& exec, const A& a, const B& b, C&& c,
            std::type_identity_t<matmul_options<element_t<detail::matrix_of<C>>>> options = {},
            Policy = {}) {
  using scheme = detail::gemm::scheme<element_t<detail::matrix_of<C>>, Policy>;
  detail::gemm::run_list<scheme>(detail::executor_ref(exec), a, b, c, options);
}
/// On the calling thread.
template <class A, class B, class C, class Policy = pairwise_t>
  requires(detail::operand_list<const A, C> && detail::operand_list<const B, C> &&
           detail::gemm::policy_for<Policy, element_t<detail::matrix_of<C>>>)
void matmul(const A& a, const B& b, C&& c,
            std::type_identity_t<matmul_options<element_t<detail::matrix_of<C>>>> options = {},
            Policy policy = {}) {
  matmul(seq, a, b, c, options, policy);
}

/// Either, then the steps of an epilogue (epilogue.hpp), or a single step, on each part of each matrix
/// of c as soon as it is finished. Broadcasts are the same for all matrices; a callable may ask for
/// the number of the matrix: in row-major order of the dimensions before the last two, or in the
/// list:
///
///   // a bias for each, matrix_view<const float> biases, one in a row
///   matmul(par, x, weights, y, epilogue([&](auto part, std::size_t, std::size_t col, std::size_t i) {
///            add(part, broadcast_row(biases.row(i).subview(col, part.cols)), part);
///          }, activation::relu));
///
/// The bits are those of the products, then of each step on each whole matrix; everything else as of
/// matmul with an epilogue. A broadcast fits every matrix, and shares elements with none.
template <executor E, class T, class Policy, class Epilogue>
  requires(detail::gemm::element<T> && detail::gemm::policy_for<Policy, T> &&
           detail::epilogue_step<Epilogue, T>)
void matmul(E&& exec, std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> a,
            std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> b, const nd_view<T>& c,
            std::type_identity_t<matmul_options<T>> options, Policy, const Epilogue& then) {
  detail::gemm::run_strided<detail::gemm::scheme<T, Policy>>(detail::executor_ref(exec), a, b, c,
                                                             options, then);
}
template <executor E, class T, class Epilogue>
  requires(detail::gemm::element<T> && detail::epilogue_step<Epilogue, T>)
void matmul(E&& exec, std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> a,
            std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> b, const nd_view<T>& c,
            const Epilogue& then) {
  matmul(exec, a, b, c, {}, pairwise, then);
}
template <executor E, class A, class B, class C, class Policy, class Epilogue>
  requires(detail::operand_list<const A, C> && detail::operand_list<const B, C> &&
           detail::gemm::policy_for<Policy, element_t<detail::matrix_of<C>>> &&
           detail::epilogue_step<Epilogue, element_t<detail::matrix_of<C>>>)
void matmul(E&& exec, const A& a, const B& b, C&& c,
            std::type_identity_t<matmul_options<element_t<detail::matrix_of<C>>>> options, Policy,
            const Epilogue& then) {
  using scheme = detail::gemm::scheme<element_t<detail::matrix_of<C>>, Policy>;
  detail::gemm::run_list<scheme>(detail::executor_ref(exec), a, b, c, options, then);
}
template <executor E, class A, class B, class C, class Epilogue>
  requires(detail::operand_list<const A, C> && detail::operand_list<const B, C> &&
           detail::epilogue_step<Epilogue, element_t<detail::matrix_of<C>>>)
void matmul(E&& exec, const A& a, const B& b, C&& c, const Epilogue& then) {
  matmul(exec, a, b, c, {}, pairwise, then);
}
/// On the calling thread.
template <class T, class Policy, class Epilogue>
  requires(detail::gemm::element<T> && detail::gemm::policy_for<Policy, T> &&
           detail::epilogue_step<Epilogue, T>)
void matmul(std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> a,
            std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> b, const nd_view<T>& c,
            std::type_identity_t<matmul_options<T>> options, Policy policy, const Epilogue& then) {
  matmul(seq, a, b, c, options, policy, then);
}
template <class T, class Epilogue>
  requires(detail::gemm::element<T> && detail::epilogue_step<Epilogue, T>)
void matmul(std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> a,
            std::type_identity_t<nd_view<const detail::gemm::operand_t<T>>> b, const nd_view<T>& c,
            const Epilogue& then) {
  matmul(seq, a, b, c, {}, pairwise, then);
}
template <class A, class B, class C, class Policy, class Epilogue>
  requires(detail::operand_list<const A, C> && detail::operand_list<const B, C> &&
           detail::gemm::policy_for<Policy, element_t<detail::matrix_of<C>>> &&
           detail::epilogue_step<Epilogue, element_t<detail::matrix_of<C>>>)
void matmul(const A& a, const B& b, C&& c,
            std::type_identity_t<matmul_options<element_t<detail::matrix_of<C>>>> options,
            Policy policy, const Epilogue& then) {
  matmul(seq, a, b, c, options, policy, then);
}
template <class A, class B, class C, class Epilogue>
  requires(detail::operand_list<const A, C> && detail::operand_list<const B, C> &&
           detail::epilogue_step<Epilogue, element_t<detail::matrix_of<C>>>)
void matmul(const A& a, const B& b, C&& c, const Epilogue& then) {
  matmul(seq, a, b, c, {}, pairwise, then);
}

} // namespace detops::inline DETOPS_ISA
