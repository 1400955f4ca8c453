// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Random numbers, shuffles and fingerprints.

#include <detops/random.hpp>

#include "golden.hpp"

namespace golden {
namespace {

detops::random_key key(const row& r) {
  return {r.word("seed"), r.word("stream")};
}

/// Words of 8 digits, separated by commas.
std::vector<std::uint32_t> words(const std::string& text) {
  std::vector<std::uint32_t> result;
  for (std::size_t at = 0; at < text.size(); at += 9) {
    result.push_back(static_cast<std::uint32_t>(std::stoul(text.substr(at, 8), nullptr, 16)));
  }
  return result;
}

/// Random123's known answers, through the engine: its counter is set most significant word first.
std::string philox_words(const row& r, const trial&) {
  const std::vector<std::uint32_t> counter = words(r.field("counter")),
                                   seed = words(r.field("key"));
  detops::philox4x32 engine(detops::random_key{seed[0] | std::uint64_t{seed[1]} << 32, 0});
  engine.set_counter({counter[3], counter[2], counter[1], counter[0]});
  std::string result;
  for (int i = 0; i < 4; ++i) {
    result += (i == 0 ? "" : ",") + hex(engine());
  }
  return result;
}

std::string engine(const row& r, const trial&) {
  detops::philox4x32 engine(static_cast<std::uint32_t>(r.word("seed")));
  engine.discard(r.number("draw") - 1);
  return hex(engine());
}

std::string child_key(const row& r, const trial&) {
  const detops::random_key found = detops::child(key(r), r.number("id"));
  return hex(found.seed, 16) + "," + hex(found.stream, 16);
}

std::string bits32(const row& r, const trial&) {
  return hex(detops::bits32(key(r), r.number("i")));
}
std::string bits64(const row& r, const trial&) {
  return hex(detops::bits64(key(r), r.number("i")));
}

std::string uniform(const row& r, const trial&) {
  return with_type<float, double>(
      r, [&]<class T>(type_tag<T>) { return hex(detops::uniform<T>(key(r), r.number("i"))); });
}
std::string normal(const row& r, const trial&) {
  return with_type<float>(
      r, [&]<class T>(type_tag<T>) { return hex(detops::normal<T>(key(r), r.number("i"))); });
}
std::string bounded(const row& r, const trial&) {
  return hex(std::uint64_t{detops::bounded(key(r), r.number("i"), r.number("n"))}, 16);
}

/// Fills n elements through fill(output, index of the first): at once, or, in the shifted
/// layout, in two pieces.
template <class T, class F>
std::string filled(const row& r, const trial& how, F&& fill) {
  const std::size_t n = r.size();
  const std::uint64_t first = r.number("first");
  buffer<T> out(n, how.place);
  const std::size_t cut = how.place == layout::shifted ? n / 3 : 0;
  const detops::vector_view<T> view = out.vector();
  if (cut > 0) {
    fill(view.subview(0, cut), first);
  }
  fill(view.subview(cut, n - cut), first + cut);
  return fingerprint_of(out.read());
}

std::string fill_bits(const row& r, const trial& how) {
  return with_type<std::uint32_t, std::uint64_t>(r, [&]<class T>(type_tag<T>) {
    return filled<T>(
        r, how, [&](auto out, std::uint64_t first) { detops::fill_bits(how, key(r), out, first); });
  });
}

std::string fill_uniform(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    return filled<T>(r, how, [&](auto out, std::uint64_t first) {
      if (r.has("lo")) {
        const detops::uniform_range<T> range{r.value<T>("lo"), r.value<T>("hi")};
        detops::fill_uniform(how, key(r), out, range, first);
      } else {
        detops::fill_uniform(how, key(r), out, first);
      }
    });
  });
}

std::string fill_normal(const row& r, const trial& how) {
  return with_type<float>(r, [&]<class T>(type_tag<T>) {
    return filled<T>(r, how, [&](auto out, std::uint64_t first) {
      if (r.has("mean")) {
        const detops::normal_parameters<T> parameters{r.value<T>("mean"), r.value<T>("stddev")};
        detops::fill_normal(how, key(r), out, parameters, first);
      } else {
        detops::fill_normal(how, key(r), out, first);
      }
    });
  });
}

/// A decimal field that may be negative or as large as 2^64 - 1.
template <class T>
T integer(const row& r, const char* name) {
  const std::string& text = r.field(name);
  return text[0] == '-' ? static_cast<T>(std::stoll(text)) : static_cast<T>(std::stoull(text));
}

std::string fill_uniform_int(const row& r, const trial& how) {
  return with_type<std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>(r, [&]<class T>(
                                                                                    type_tag<T>) {
    return filled<T>(r, how, [&](auto out, std::uint64_t first) {
      detops::fill_uniform_int(how, key(r), out, integer<T>(r, "lo"), integer<T>(r, "hi"), first);
    });
  });
}

std::string shuffle(const row& r, const trial& how) {
  return with_type<float, std::uint32_t, std::uint64_t>(r, [&]<class T>(type_tag<T>) {
    std::vector<T> values;
    if (r.has("data")) {
      values = data<T>(r, r.size());
    } else {
      for (std::size_t i = 0; i < r.size(); ++i) {
        values.push_back(static_cast<T>(i));
      }
    }
    buffer<T> x(values, how.place);
    detops::shuffle(how, key(r), x.vector());
    return fingerprint_of(x.read());
  });
}

std::string permutation(const row& r, const trial& how) {
  return with_type<std::uint32_t, std::uint64_t>(r, [&]<class T>(type_tag<T>) {
    return fingerprint_of(detops::permutation<T>(how, key(r), r.size()));
  });
}

std::string fingerprint(const row& r, const trial& how) {
  return with_type<float, double, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>(
      r, [&]<class T>(type_tag<T>) {
        if (r.has("n")) {
          buffer<T> x(data<T>(r, r.size()), how.place);
          return fingerprint_of(x.vector());
        }
        const std::size_t rows = r.size("rows"), cols = r.size("cols");
        buffer<T> x(data<T>(r, rows * cols), rows, cols, how.place, 1);
        return fingerprint_of(x.matrix());
      });
}

void add_random(operations& table) {
  const std::vector<layout> once = {layout::aligned};
  table["philox4x32"] = {philox_words, once, false};
  table["engine"] = {engine, once, false};
  table["child"] = {child_key, once, false};
  table["bits32"] = {bits32, once, false};
  table["bits64"] = {bits64, once, false};
  table["uniform"] = {uniform, once, false};
  table["normal"] = {normal, once, false};
  table["bounded"] = {bounded, once, false};
  table["fill_bits"] = {fill_bits, plain_layouts};
  table["fill_uniform"] = {fill_uniform, plain_layouts};
  table["fill_normal"] = {fill_normal, plain_layouts};
  table["fill_uniform_int"] = {fill_uniform_int, plain_layouts};
  table["shuffle"] = {shuffle, plain_layouts};
  table["permutation"] = {permutation, {layout::aligned}};
  table["digest"] = {fingerprint, matrix_layouts, false};
}
const family random_family(add_random);

} // namespace
} // namespace golden
