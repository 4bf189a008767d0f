#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/parallel.hpp>

#include <gtest/gtest.h>

#include <ctime>

namespace eddy::base {
namespace {

double thread_seconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Keeps this thread busy for `seconds` of its CPU time.
void work(double seconds) {
  const double end = thread_seconds() + seconds;
  while (thread_seconds() < end) {
  }
}

double of(const CpuSeconds& seconds, CpuStage stage) { return seconds[static_cast<std::size_t>(stage)]; }

TEST(CpuStages, WorkInsideAnotherScopeCountsOnce) {
  const CpuSeconds before = cpu_seconds();
  {
    const CpuScope outer(CpuStage::kFits);
    work(0.02);
    {
      const CpuScope inner(CpuStage::kFlows);
      work(0.04);
    }
    work(0.01);
  }
  const CpuSeconds spent = difference(cpu_seconds(), before);
  EXPECT_NEAR(of(spent, CpuStage::kFits), 0.03, 0.005);
  EXPECT_NEAR(of(spent, CpuStage::kFlows), 0.04, 0.005);
  EXPECT_LT(of(spent, CpuStage::kOther), 0.01);
}

TEST(CpuStages, EveryThreadCounts) {
  const CpuSeconds before = cpu_seconds();
  parallel_tasks(4, [](std::size_t /*task*/) {
    const CpuScope outer(CpuStage::kClassifiers);
    parallel_tasks(2, [](std::size_t /*part*/) {  // a waiting thread may take parts of other tasks
      const CpuScope inner(CpuStage::kMapping);
      work(0.01);
    });
    work(0.005);
  });
  const CpuSeconds spent = difference(cpu_seconds(), before);
  EXPECT_NEAR(of(spent, CpuStage::kMapping), 0.08, 0.01);
  EXPECT_NEAR(of(spent, CpuStage::kClassifiers), 0.02, 0.01);
}

TEST(CpuStages, WhatNoScopeNamesIsOther) {
  const CpuSeconds before = cpu_seconds();
  work(0.02);
  EXPECT_NEAR(of(difference(cpu_seconds(), before), CpuStage::kOther), 0.02, 0.005);
}

}  // namespace
}  // namespace eddy::base
