// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Streaming accumulators: chunks of the sizes that a row names, parts that are merged, what is taken out again, and the
// bytes of exact ones.

#include <sstream>

#include "golden_policies.hpp"

namespace golden {
namespace {

/// Elements [first, last) of an operand, cut into chunks and parts as README.md says under "Chunks".
class chunks {
public:
  explicit chunks(const row& r)
      : count_(r.size()), seed_(r.has("chunks") ? r.number("chunks") : 0) {
    if (r.has("cuts")) {
      std::istringstream list(r.field("cuts"));
      for (std::string cut; std::getline(list, cut, ',');) {
        cuts_.push_back(static_cast<std::size_t>(std::stoull(cut)));
      }
    }
    cuts_.push_back(count_);
  }
  std::size_t parts() const { return cuts_.size(); }

  /// one(i) and span(first, size) for the chunks of a part, in order.
  template <class One, class Span>
  void each_of_part(std::size_t part, const One& one, const Span& span) {
    std::size_t at = part == 0 ? 0 : cuts_[part - 1];
    while (at < cuts_[part]) {
      static constexpr std::uint64_t most[] = {1, 4, 40, 700};
      const std::uint64_t h = hash_of(seed_, next_++);
      const std::size_t size =
          std::min(cuts_[part] - at, static_cast<std::size_t>((h >> 8) % most[h % 4]));
      if (h % 4 == 0) {
        one(at++);
      } else {
        span(at, size);
        at += size;
      }
    }
  }

private:
  std::size_t count_;
  std::uint64_t seed_, next_ = 0;
  std::vector<std::size_t> cuts_;
};

/// The whole of a row's parts, each filled by fill(accumulator, chunks, part): merged from the first to the last, or with
/// order=reversed from the last to the first.
template <class Accumulator, class Fill>
Accumulator merged(const row& r, const Fill& fill) {
  chunks cut(r);
  std::vector<Accumulator> parts(cut.parts());
  for (std::size_t p = 0; p < parts.size(); ++p) {
    fill(parts[p], cut, p);
  }
  if (r.has("order")) {
    std::reverse(parts.begin(), parts.end());
  }
  for (std::size_t p = 1; p < parts.size(); ++p) {
    parts[0].merge(parts[p]);
  }
  return parts[0];
}

template <class Accumulator, class T>
Accumulator merged_elements(const row& r, const trial& how) {
  buffer<T> x(data<T>(r, r.size()), how.place);
  const auto view = x.vector();
  return merged<Accumulator>(r, [&](Accumulator& to, chunks& cut, std::size_t part) {
    cut.each_of_part(
        part, [&](std::size_t i) { to.add(view[i]); },
        [&](std::size_t first, std::size_t size) { to.add(view.subview(first, size)); });
  });
}

/// Where the count is right, the text.
std::string counted(std::size_t count, const row& r, const std::string& text) {
  return count == r.size() ? text : "a count of " + std::to_string(count);
}

template <class T>
std::string exact_bytes(const row& r, const trial& how) {
  using total = detops::accumulator<T, detops::exact_t>;
  const std::size_t products = r.size("products"), removed = r.size("removed");
  buffer<T> x(data<T>(r, r.size()), how.place), a(data<T>(r, products, 1), how.place),
      b(data<T>(r, products, 2), how.place);
  const auto view = x.vector(), left = a.vector(), right = b.vector();
  const std::vector<T>& other = data<T>(r, removed, 3);
  const auto whole = merged<total>(r, [&](total& to, chunks& cut, std::size_t part) {
    if (part == 0) {
      for (std::size_t i = 0; i < removed; ++i) {
        i % 2 == 0 ? to.add(other[i]) : to.add_product(other[i], other[i - 1]);
      }
      to.add_products(left.subview(0, products / 2), right.subview(0, products / 2));
    }
    cut.each_of_part(
        part, [&](std::size_t i) { to.add(view[i]); },
        [&](std::size_t first, std::size_t size) { to.add(view.subview(first, size)); });
    to = total::load(to.save());
    if (part + 1 == cut.parts()) {
      for (std::size_t i = products / 2; i < products; ++i) {
        to.add_product(left[i], right[i]);
      }
      for (std::size_t i = 0; i < removed; ++i) {
        i % 2 == 0 ? to.remove(other[i]) : to.remove_product(other[i], other[i - 1]);
      }
    }
  });
  const auto saved = whole.save();
  std::vector<std::uint8_t> bytes;
  for (const std::byte byte : saved) {
    bytes.push_back(std::to_integer<std::uint8_t>(byte));
  }
  return hex(whole.value()) + "," + fingerprint_of(bytes);
}

std::string sums_of_chunks(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
    return with_policy(r, [&]<class Policy>(Policy) {
      using sums = detops::accumulator<T, Policy>;
      const sums total = merged_elements<sums, T>(r, how);
      if constexpr (std::is_same_v<Policy, detops::exact_t>) {
        return hex(total.value());
      } else {
        return counted(total.count(), r, hex(total.value()));
      }
    });
  });
}

std::string dots_of_chunks(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
    buffer<T> x(data<T>(r, r.size()), how.place), y(data<T>(r, r.size(), 1), how.place);
    const auto left = x.vector(), right = y.vector();
    return with_policy(r, [&]<class Policy>(Policy) {
      using dots = detops::dot_accumulator<T, Policy>;
      const auto total = merged<dots>(r, [&](dots& to, chunks& cut, std::size_t part) {
        cut.each_of_part(
            part, [&](std::size_t i) { to.add(left[i], right[i]); },
            [&](std::size_t first, std::size_t size) {
              to.add(left.subview(first, size), right.subview(first, size));
            });
      });
      return counted(total.count(), r, hex(total.value()));
    });
  });
}

std::string products_of_chunks(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
    const auto total = merged_elements<detops::prod_accumulator<T>, T>(r, how);
    return counted(total.count(), r, hex(total.value()));
  });
}

std::string extrema_of_chunks(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16, std::int32_t, std::uint8_t>(
      r, [&]<class T>(type_tag<T>) {
        const auto result = [&](const auto& total, const std::string& text) {
          return counted(total.count(), r, text);
        };
        if (r.op == "max_accumulator") {
          const auto total = merged_elements<detops::max_accumulator<T>, T>(r, how);
          return result(total, hex(total.value()));
        }
        if (r.op == "min_accumulator") {
          const auto total = merged_elements<detops::min_accumulator<T>, T>(r, how);
          return result(total, hex(total.value()));
        }
        const auto total = merged_elements<detops::minmax_accumulator<T>, T>(r, how);
        return result(total, hex(total.value().min) + "," + hex(total.value().max));
      });
}

std::string exact_of_chunks(const row& r, const trial& how) {
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(
      r, [&]<class T>(type_tag<T>) { return exact_bytes<T>(r, how); });
}

void add_accumulators(operations& table) {
  table["accumulator"] = {sums_of_chunks, vector_layouts, false};
  table["dot_accumulator"] = {dots_of_chunks, vector_layouts, false};
  table["prod_accumulator"] = {products_of_chunks, vector_layouts, false};
  for (const char* name : {"max_accumulator", "min_accumulator", "minmax_accumulator"}) {
    table[name] = {extrema_of_chunks, vector_layouts, false};
  }
  table["exact_accumulator"] = {exact_of_chunks, vector_layouts, false};
}
const family accumulators_family(add_accumulators);

} // namespace
} // namespace golden
