#pragma once

#include <eddy/net/instruction_set.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace eddy::bench {

/// Says beside a result which instruction set ran; EDDY_INSTRUCTIONS picks another.
inline void label_instructions(benchmark::State& state) {
  state.SetLabel(std::string(net::to_string(net::instruction_set())));
}

/// Shows `flops`, those of one iteration, as a rate.
inline void count_flops(benchmark::State& state, double flops) {
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
  label_instructions(state);
}

}  // namespace eddy::bench
