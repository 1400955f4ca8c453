// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The floating-point environments that a host program may have set before it calls us.
#pragma once

#include <cfenv>
#include <string>
#include <vector>

#include <detops/core/fp_env.hpp>

namespace test {

struct host_environment {
  std::string name;
  int rounding;
  bool flush;
};

inline std::vector<host_environment> host_environments() {
  std::vector<host_environment> all = {{"default", FE_TONEAREST, false},
                                       {"upward", FE_UPWARD, false},
                                       {"downward", FE_DOWNWARD, false},
                                       {"toward zero", FE_TOWARDZERO, false}};
#if defined(__SSE2__) || defined(__aarch64__)
  all.push_back({"flush to zero", FE_TONEAREST, true});
  all.push_back({"upward and flush to zero", FE_UPWARD, true});
#endif
  return all;
}

/// Sets one for its lifetime, or until restore().
class host_environment_guard {
public:
  explicit host_environment_guard(const host_environment& host)
      : before_(detops::detail::read_fp_control()) {
    std::fesetround(host.rounding);
#if defined(__SSE2__)
    if (host.flush) {
      detops::detail::write_fp_control(detops::detail::read_fp_control() | 0x8040u);
    }
#elif defined(__aarch64__)
    if (host.flush) {
      detops::detail::write_fp_control(detops::detail::read_fp_control() | (1u << 24));
    }
#endif
  }
  ~host_environment_guard() { restore(); }
  host_environment_guard(const host_environment_guard&) = delete;
  host_environment_guard& operator=(const host_environment_guard&) = delete;

  void restore() const { detops::detail::write_fp_control(before_); }

private:
  detops::detail::fp_control before_;
};

} // namespace test
