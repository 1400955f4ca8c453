// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Counts by index and by range, sums of weights, zeros.

#include "golden_policies.hpp"

namespace golden {
namespace {

/// The hashes of operand 0 or 1 modulo the number of bins.
std::vector<std::uint32_t> indices_of(const row& r, unsigned operand) {
  row hashes = r;
  hashes.fields["data"].replace(0, r.field("data").find(':'), "bits");
  hashes.made.clear();
  std::vector<std::uint32_t> result;
  for (const std::uint64_t h : data<std::uint64_t>(hashes, r.size(), operand)) {
    result.push_back(static_cast<std::uint32_t>(h % r.number("bins")));
  }
  return result;
}

std::string bincount(const row& r, const trial& how) {
  if (r.type.empty()) {
    buffer<std::uint32_t> x(indices_of(r, 0), how.place);
    buffer<std::uint64_t> out(r.size("bins"), how.place);
    detops::bincount(how, x.vector(), out.vector());
    return fingerprint_of(out.read());
  }
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    buffer<std::uint32_t> x(indices_of(r, 1), how.place);
    buffer<T> weights(data<T>(r, r.size()), how.place);
    buffer<T> out(r.size("bins"), how.place);
    with_policy(r, [&](auto policy) {
      detops::bincount(how, x.vector(), weights.vector(), out.vector(), policy);
    });
    return fingerprint_of(out.read());
  });
}

std::string histogram(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    const auto lo = r.value<double>("lo"), hi = r.value<double>("hi");
    buffer<T> x(data<T>(r, r.size()), how.place);
    if (r.policy.empty()) {
      buffer<std::uint64_t> out(r.size("bins"), how.place);
      detops::histogram(how, x.vector(), lo, hi, out.vector());
      return fingerprint_of(out.read());
    }
    buffer<T> weights(data<T>(r, r.size(), 1), how.place);
    buffer<T> out(r.size("bins"), how.place);
    with_policy(r, [&](auto policy) {
      detops::histogram(how, x.vector(), lo, hi, weights.vector(), out.vector(), policy);
    });
    return fingerprint_of(out.read());
  });
}

template <class T>
std::string nonzero_along(const row& r, const trial& how) {
  const std::size_t rows = r.size("rows"), cols = r.size("cols"), axis = r.size("axis");
  buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
  buffer<std::uint64_t> out(axis == 0 ? cols : rows, how.place);
  r.op == "any"   ? detops::any(how, x.matrix(), axis, out.vector())
  : r.op == "all" ? detops::all(how, x.matrix(), axis, out.vector())
                  : detops::count_nonzero(how, x.matrix(), axis, out.vector());
  return fingerprint_of(out.read());
}

std::string nonzero(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16, std::int32_t, std::uint8_t>(
      r, [&]<class T>(type_tag<T>) {
        if (r.has("axis")) {
          return nonzero_along<T>(r, how);
        }
        buffer<T> x(data<T>(r, r.size()), how.place);
        const std::size_t result = r.op == "any"   ? detops::any(how, x.vector())
                                   : r.op == "all" ? detops::all(how, x.vector())
                                                   : detops::count_nonzero(how, x.vector());
        return hex(std::uint64_t{result});
      });
}

void add_histograms(operations& table) {
  table["bincount"] = {bincount, vector_layouts};
  table["histogram"] = {histogram, vector_layouts};
  for (const char* name : {"any", "all", "count"}) {
    table[name] = {nonzero, matrix_layouts};
  }
}
const family histogram_family(add_histograms);

} // namespace
} // namespace golden
