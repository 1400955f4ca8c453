// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// One of two files that include everything: a function defined in a header without inline would not
// link.
#include "everything.hpp"

int second();

int main() {
  return second() == detops::bits_version ? 0 : 1;
}
