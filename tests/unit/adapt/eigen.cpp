// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <detops/adapt/eigen.hpp>
#include <detops/reduce.hpp>
#include <detops/verify.hpp>

#include "catch.hpp"

using namespace detops;

using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

static_assert(vector_like<Eigen::VectorXf> && matrix_like<Eigen::VectorXf> &&
              matrix_like<Eigen::MatrixXd> && !vector_like<Eigen::MatrixXd> &&
              vector_like<const Eigen::RowVector3d>);
static_assert(std::is_constructible_v<matrix_view<const float>, Eigen::MatrixXf&> &&
              std::is_constructible_v<matrix_view<const float>, Eigen::Block<Eigen::MatrixXf>> &&
              !std::is_constructible_v<matrix_view<const float>, Eigen::MatrixXf>);

TEST_CASE("adapt/eigen: matrices, maps, blocks and transposes are seen without a copy") {
  Eigen::MatrixXf a(5, 7);
  for (Eigen::Index i = 0; i < 5; ++i) {
    for (Eigen::Index j = 0; j < 7; ++j) {
      a(i, j) = static_cast<float>(10 * i + j);
    }
  }
  const row_major b = a;
  CHECK(digest(a) == digest(b));
  CHECK(sum(a) == sum(b));
  CHECK(digest(a.transpose()) == digest(Eigen::MatrixXf(a.transpose())));
  CHECK(digest(a.block(1, 2, 3, 4)) == digest(b.block(1, 2, 3, 4)));
  CHECK(sum(a.row(2)) == 7 * 20 + 21);
  CHECK(sum(a.col(3).head(2)) == 3 + 13);
  CHECK(max(a) == 46);
  CHECK(argmax(a.col(1)) == 4);
  std::vector<float> data{1, 2, 3, 4, 5, 6};
  CHECK(sum(Eigen::Map<Eigen::VectorXf>(data.data(), 6)) == 21);
  CHECK(sum(Eigen::Map<const Eigen::VectorXf, 0, Eigen::InnerStride<2>>(data.data(), 3)) == 9);
  Eigen::MatrixXf out = Eigen::MatrixXf::Zero(2, 7);
  sum(a, 0, out.row(1));
  CHECK(out(1, 2) == sum(a.col(2)));
  CHECK(out(0, 2) == 0);
  Eigen::ArrayXd array = Eigen::ArrayXd::Constant(9, 2.0);
  CHECK(sum(array) == 18);
}
