#include <eddy/base/json.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/runs/run_facts.hpp>

#include <sys/resource.h>
#include <tbb/global_control.h>
#include <unistd.h>

#include <cmath>
#include <thread>

namespace eddy::runs {

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

}  // namespace eddy::runs
