// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Prefix sums.

#include <detops/reduce/scan.hpp>

#include "golden.hpp"

namespace golden {
namespace {

std::string cumsum(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16, std::int32_t, std::uint8_t,
                   std::int64_t>(r, [&]<class T>(type_tag<T>) {
    const bool exclusive = r.number("exclusive") != 0;
    const auto run = [&](auto x, auto out) {
      exclusive ? detops::exclusive_cumsum(how, x, out) : detops::cumsum(how, x, out);
    };
    buffer<T> x(data<T>(r, r.size()), how.place);
    buffer<detops::scan_t<T>> out(r.size(), how.place);
    run(x.vector(), out.vector());
    const std::string apart = fingerprint_of(out.read());
    if constexpr (std::is_same_v<T, detops::scan_t<T>>) {
      run(x.vector(), x.vector());
      const std::string in_place = fingerprint_of(x.read());
      if (in_place != apart) {
        return apart + ", in place " + in_place;
      }
    }
    return apart;
  });
}

void add_scans(operations& table) {
  table["cumsum"] = {cumsum, vector_layouts};
}
const family scan_family(add_scans);

} // namespace
} // namespace golden
