#pragma once
// What benchmarks measure with. The machine may run other jobs, so rates are those of the best of several slices, and
// the processor time of this process counts, not the time on the wall.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>

namespace eddy::bench {

/// Seconds since some time in the past.
struct Instant {
  double cpu;   ///< of all threads of this process
  double wall;  ///< on the wall
};

[[nodiscard]] inline Instant now() {
  timespec cpu{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now().time_since_epoch();
  return {static_cast<double>(cpu.tv_sec) + 1e-9 * static_cast<double>(cpu.tv_nsec), wall.count()};
}

/// Events (or whatever is counted) per second: the best slice by either clock.
struct Rate {
  double per_cpu_second = 0;
  double per_wall_second = 0;
  double slice_seconds = 0;  ///< on the wall, of the last slice

  void offer(double n, Instant begin, Instant end) {
    per_cpu_second = std::max(per_cpu_second, n / (end.cpu - begin.cpu));
    per_wall_second = std::max(per_wall_second, n / (end.wall - begin.wall));
    slice_seconds = end.wall - begin.wall;
  }
};

/// Calls step() again and again for about `seconds`, each call a slice; step returns how much it did.
template <class Step>
[[nodiscard]] Rate best_rate(double seconds, const Step& step) {
  step();  // warm-up
  Rate rate;
  const double end = now().wall + seconds;
  do {
    const Instant begin = now();
    const double n = step();
    rate.offer(n, begin, now());
  } while (now().wall < end);
  return rate;
}

}  // namespace eddy::bench
