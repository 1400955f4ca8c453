// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Many products in one call: one after another by all threads where they are large, else each by one thread.
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

/// Bytes of working memory that suffice for any product of a batch.
template <class S>
std::size_t memory_of_any(const batch_ref<S>& batch, std::size_t concurrency) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < batch.kinds(); ++i) {
    bytes = larger(bytes, memory_for(batch[i], concurrency));
  }
  return bytes;
}

/// Working memory that every thread may have of its own where nothing else decides: a part of L2.
inline constexpr std::size_t most_bytes_each = std::size_t{1} << 20;

/// How a batch is run.
struct batch_plan {
  bool each_alone;     // a product is run by one thread; else all threads run one after another
  std::size_t threads; // at work on different products
  std::size_t group;   // products that a thread takes at once
  std::size_t bytes;   // of working memory for one product at a time
};

template <class S>
batch_plan make_batch_plan(const batch_ref<S>& batch, std::size_t concurrency) {
  double work = 0;
  for (std::size_t i = 0; i < batch.kinds(); ++i) {
    work += work_of(batch[i]);
  }
  const double each = work / static_cast<double>(batch.kinds());
  const auto count = static_cast<double>(batch.size());
  batch_plan plan{};
  const std::size_t most = threads_for(each * count, concurrency);
  // What the threads gain: inside a product, or, as they end with a part of the batch each, across it.
  const std::size_t inside = threads_for(each, concurrency);
  const std::size_t across = batch.size() / divide_up(batch.size(), most);
  std::size_t bytes = inside <= across ? memory_of_any(batch, 1) : 0;
  plan.each_alone = most == 1 || inside < across || (inside == across && bytes <= most_bytes_each);
  plan.threads = plan.each_alone ? smaller(most, batch.size()) : 1;
  const double small = static_cast<double>(work_per_thread / 8);
  plan.group = larger(
      1, smaller(batch.size() / (4 * plan.threads),
                 each * count <= small ? batch.size() : static_cast<std::size_t>(small / each)));
  if (!plan.each_alone) {
    bytes = memory_of_any(batch, concurrency);
  }
  plan.bytes = aligned_bytes(bytes);
  return plan;
}

/// All memory is taken before anything is written.
template <class S>
void run_batch(const executor_ref& exec, const batch_ref<S>& batch) {
  if (batch.size() == 0) {
    return;
  }
  const batch_plan plan = make_batch_plan(batch, exec.concurrency());
  const workspace memory(nullptr, plan.bytes * plan.threads);
  if (!plan.each_alone) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      run(exec, batch[i], memory.data());
    }
    return;
  }
  const executor_ref alone(seq);
  const std::size_t groups = divide_up(batch.size(), plan.group);
  share_tasks(exec, plan.threads, groups, [&](std::size_t thread, std::size_t index) {
    std::byte* own = plan.bytes == 0 ? nullptr : memory.data() + plan.bytes * thread;
    const std::size_t first = index * plan.group;
    for (std::size_t i = first; i < smaller(first + plan.group, batch.size()); ++i) {
      run(alone, batch[i], own);
    }
  });
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
