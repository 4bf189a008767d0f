#include <eddy/base/json.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/runs/run_facts.hpp>

#include <fmt/format.h>
#include <sys/resource.h>
#include <tbb/global_control.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <thread>

namespace eddy::runs {
namespace {

double sum(const base::CpuSeconds& seconds) { return std::accumulate(seconds.begin(), seconds.end(), 0.0); }

double rounded(double seconds) { return std::round(seconds * 100) / 100; }

}  // namespace

base::Json run_facts(double seconds) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  char host[256] = {};
  ::gethostname(host, sizeof(host) - 1);
  return {{"wall_seconds", std::round(seconds * 10) / 10},
          {"cpu_seconds", std::round(10 * (static_cast<double>(usage.ru_utime.tv_sec) +
                                           1e-6 * static_cast<double>(usage.ru_utime.tv_usec))) /
                              10},
          {"peak_memory_mb", usage.ru_maxrss / 1024},
          {"instructions", net::to_string(net::instruction_set())},
          {"threads", tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism)},
          {"cores", std::thread::hardware_concurrency()},
          {"host", host}};
}

double RunClock::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void RunClock::end_part(const std::string& part, const base::CpuSeconds& elsewhere) {
  const base::CpuSeconds now = base::cpu_seconds();
  parts_.emplace_back(part, base::difference(base::difference(now, last_), elsewhere));
  last_ = now;
}

base::Json RunClock::facts() const {
  base::Json facts = run_facts(seconds());
  base::Json& parts = facts["cpu_stages"] = base::Json::object();
  for (const auto& [part, spent] : parts_) {
    for (std::size_t stage = 0; stage < spent.size(); ++stage) {
      if (rounded(spent[stage]) > 0) {
        parts[part][std::string(base::kCpuStageNames[stage])] = rounded(spent[stage]);
      }
    }
  }
  return facts;
}

std::string RunClock::summary() const {
  constexpr double kWorthNaming = 0.02;
  base::CpuSeconds all{};
  for (const auto& [part, spent] : parts_) {
    std::ranges::transform(all, spent, all.begin(), std::plus<>());
  }
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::greater<>(), [&](std::size_t stage) { return all[stage]; });
  std::vector<std::string> words;
  for (const std::size_t stage : order) {
    if (all[stage] > kWorthNaming * sum(all)) {
      words.push_back(fmt::format("{} {:.0f} %", base::kCpuStageNames[stage], 100 * all[stage] / sum(all)));
    }
  }
  return fmt::format("{:.0f} s of CPU: {}", sum(all), fmt::join(words, ", "));
}

}  // namespace eddy::runs
