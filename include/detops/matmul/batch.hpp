// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Many products in one call: large ones one after another by all threads, then the others, each by one thread.
#pragma once

#include <cstddef>

#include <detops/matmul/run.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// A reference to a callable problem<S>(std::size_t), which gives product number i < count, and outlives it.
template <class S>
class batch_ref {
public:
  /// `alike`: they differ in their data alone.
  template <class At>
  batch_ref(const At& at, std::size_t count, bool alike)
      : object_(&at), call_([](const void* object, std::size_t i) {
          return (*static_cast<const At*>(object))(i);
        }),
        count_(count), alike_(alike) {}

  /// To be asked for again where it is handed on by value: a copy waits for what has just been stored, see to_matrix.
  problem<S> operator[](std::size_t i) const { return call_(object_, i); }
  std::size_t size() const { return count_; }
  /// How many tell the sizes of all.
  std::size_t kinds() const { return alike_ ? smaller(count_, 1) : count_; }

private:
  const void* object_;
  problem<S> (*call_)(const void*, std::size_t);
  std::size_t count_;
  bool alike_;
};

/// Multiply-adds of a product.
template <class S>
double work_of(const problem<S>& p) {
  return static_cast<double>(p.c.rows) * static_cast<double>(p.c.cols) *
         static_cast<double>(larger(1, p.a.cols));
}
/// Threads that so much work is worth.
inline std::size_t threads_for(double work, std::size_t concurrency) {
  const double worth = work / static_cast<double>(work_per_thread);
  return worth >= static_cast<double>(concurrency) ? larger(1, concurrency)
         : worth < 1                               ? 1
                                                   : static_cast<std::size_t>(worth);
}

/// Working memory that every thread may have of its own where nothing else decides: a part of L2.
inline constexpr std::size_t most_bytes_each = std::size_t{1} << 20;

/// A part of the products.
struct batch_part {
  std::size_t kinds = 0; // of them that tell the sizes of all
  double work = 0;       // of these
  double largest = 0;
  std::size_t bytes = 0; // of working memory that suffice for one of them

  void include(double one_work, std::size_t one_bytes) {
    ++kinds;
    work += one_work;
    largest = largest < one_work ? one_work : largest;
    bytes = larger(bytes, aligned_bytes(one_bytes));
  }
};

/// Which products one thread runs each: those of at most so many multiply-adds; the others all threads run.
struct batch_parts {
  double most_alone;
  batch_part alone = {};
  batch_part together = {};
};
template <class S>
batch_parts parts_of(const batch_ref<S>& batch, double most_alone, std::size_t concurrency) {
  batch_parts parts{most_alone};
  for (std::size_t i = 0; i < batch.kinds(); ++i) {
    const double work = work_of(batch[i]);
    const bool alone = work <= most_alone;
    (alone ? parts.alone : parts.together)
        .include(work, memory_for(batch[i], alone ? 1 : concurrency));
  }
  return parts;
}

/// How a batch is run.
struct batch_plan {
  batch_parts parts;
  std::size_t threads; // at work on different products
  std::size_t group;   // products that a thread takes at once
};

/// With several threads, `most` of which the work of all is worth.
template <class S>
batch_parts parts_for_threads(const batch_ref<S>& batch, double work, std::size_t concurrency,
                              std::size_t most) {
  const double each = work / static_cast<double>(batch.size());
  const double two_threads = static_cast<double>(2 * work_per_thread);
  // One product may keep its thread at work while others wait: for a fourth of a thread's share, or, as equal ones do, for
  // twice the average; and where a second thread is not worth its waking.
  const double share = work / static_cast<double>(most);
  const double uneven = share / 4 < 2 * each ? 2 * each : share / 4;
  const double most_alone = uneven < two_threads ? two_threads : uneven;
  // What the threads gain: inside a product, or, as they end with a part of the batch each, across it.
  const std::size_t inside = threads_for(each, concurrency);
  const std::size_t across = batch.size() / divide_up(batch.size(), most);
  if (inside <= across) {
    const batch_parts parts = parts_of(batch, most_alone, concurrency);
    if (inside < across || parts.alone.bytes <= most_bytes_each) {
      return parts;
    }
  }
  // One after another, but those that are not worth several threads.
  return parts_of(batch, each / 2 < two_threads ? each / 2 : two_threads, concurrency);
}

template <class S>
batch_plan make_batch_plan(const batch_ref<S>& batch, std::size_t concurrency) {
  double work = 0;
  for (std::size_t i = 0; i < batch.kinds(); ++i) {
    work += work_of(batch[i]);
  }
  const auto alike = static_cast<double>(batch.size() / batch.kinds());
  const std::size_t most = threads_for(work * alike, concurrency);
  batch_plan plan{most == 1 ? parts_of(batch, work, 1)
                            : parts_for_threads(batch, work * alike, concurrency, most),
                  smaller(most, batch.size()), batch.size()};
  // Groups are worth their handing out, and have a fourth of a thread's share or less.
  const batch_part& alone = plan.parts.alone;
  const double small = static_cast<double>(work_per_thread / 8);
  if (alone.work * alike > small) {
    const double by_average = small * static_cast<double>(alone.kinds) / alone.work;
    const double by_largest =
        alone.work * alike / (static_cast<double>(4 * plan.threads) * alone.largest);
    plan.group =
        larger(1, static_cast<std::size_t>(by_average < by_largest ? by_average : by_largest));
  }
  return plan;
}

/// All memory is taken before anything is written.
template <class S>
void run_batch(const executor_ref& exec, const batch_ref<S>& batch) {
  if (batch.size() == 0) {
    return;
  }
  const batch_plan plan = make_batch_plan(batch, exec.concurrency());
  const double most_alone = plan.parts.most_alone;
  const batch_part &alone = plan.parts.alone, &together = plan.parts.together;
  const workspace memory(nullptr, larger(together.bytes, alone.bytes * plan.threads));
  if (together.kinds > 0) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (work_of(batch[i]) > most_alone) {
        run(exec, batch[i], memory.data());
      }
    }
  }
  if (alone.kinds == 0) {
    return;
  }
  const executor_ref serial(seq);
  const std::size_t groups = divide_up(batch.size(), plan.group);
  share_tasks(exec, plan.threads, groups, [&](std::size_t thread, std::size_t index) {
    std::byte* own = alone.bytes == 0 ? nullptr : memory.data() + alone.bytes * thread;
    const std::size_t first = index * plan.group;
    for (std::size_t i = first; i < smaller(first + plan.group, batch.size()); ++i) {
      if (together.kinds == 0 || work_of(batch[i]) <= most_alone) {
        run(serial, batch[i], own);
      }
    }
  });
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
