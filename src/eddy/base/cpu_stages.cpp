#include <eddy/base/cpu_stages.hpp>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <functional>

namespace eddy::base {
namespace {

std::array<std::atomic<double>, kCpuStageNames.size()> spent;

/// The innermost scope of this thread. A thread that waits for tasks may begin others meanwhile: their scopes lie
/// inside the one that waits, and are subtracted from it.
thread_local CpuScope* innermost = nullptr;

double seconds_on(clockid_t clock) {
  std::timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

CpuSeconds cpu_seconds() {
  CpuSeconds seconds{};
  double known = 0;
  for (std::size_t i = 0; i < spent.size(); ++i) {
    seconds[i] = spent[i].load();
    known += seconds[i];
  }
  seconds[static_cast<std::size_t>(CpuStage::kOther)] += seconds_on(CLOCK_PROCESS_CPUTIME_ID) - known;
  return seconds;
}

CpuSeconds difference(const CpuSeconds& a, const CpuSeconds& b) {
  CpuSeconds left{};
  std::ranges::transform(a, b, left.begin(), std::minus<>());
  return left;
}

CpuScope::CpuScope(CpuStage stage) : stage_(stage), begin_(seconds_on(CLOCK_THREAD_CPUTIME_ID)), around_(innermost) {
  innermost = this;
}

CpuScope::~CpuScope() {
  const double whole = seconds_on(CLOCK_THREAD_CPUTIME_ID) - begin_;
  spent.at(static_cast<std::size_t>(stage_)).fetch_add(whole - inside_);
  innermost = around_;
  if (around_ != nullptr) {
    around_->inside_ += whole;
  }
}

}  // namespace eddy::base
