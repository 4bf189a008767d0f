// Events per second and core from particles to features, clustering and substructure apart. The events are the 1,000
// real LHC Olympics events in the folder that EDDY_DATA names; without it, dijets of the same multiplicity drawn at
// random. Items are events; times are processor times of one thread.

#include <eddy/base/random.hpp>
#include <eddy/events/row_reader.hpp>
#include <eddy/jets/clustering.hpp>
#include <eddy/jets/features.hpp>
#include <eddy/jets/nsubjettiness.hpp>
#include <eddy/jets/particles.hpp>
#include <eddy/jets/soft_drop.hpp>
#include <eddy/jets/subjets.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <string>
#include <vector>

namespace {

using eddy::jets::FourVector;
using Particles = std::vector<FourVector>;

constexpr std::size_t kEvents = 1000;

/// Rows of (pt, eta, phi) as in a raw file, and how they are cut.
struct RawEvents {
  std::vector<float> values;
  eddy::jets::RowLayout layout;
  std::size_t n_columns = 0;
  std::size_t n_rows = 0;
  [[nodiscard]] std::span<const float> row(std::size_t i) const { return {values.data() + i * n_columns, n_columns}; }
};

RawEvents real_events(const std::string& path) {
  const eddy::events::RowReader rows({path, ""});
  RawEvents raw{{}, eddy::jets::row_layout(rows.n_columns(), {}, path), rows.n_columns(), rows.n_rows()};
  raw.values.resize(raw.n_rows * raw.n_columns);
  rows.read(0, raw.n_rows, raw.values);
  return raw;
}

/// Two back-to-back sprays of 57 particles and 55 soft ones all around: the multiplicities of the real events.
void fill_dijet(eddy::base::RandomStream random, float* row) {
  constexpr int kJet = 57;
  constexpr int kAround = 55;
  const double phi = 2 * std::numbers::pi * random.uniform();
  for (int i = 0; i < 2 * kJet + kAround; ++i) {
    const bool around = i >= 2 * kJet;
    const double pt = around ? -2 * std::log(random.uniform()) : -22 * std::log(random.uniform());
    const double size = around ? 3 : 0.15;
    *row++ = static_cast<float>(pt);
    *row++ = static_cast<float>(size * random.normal() / 2);
    *row++ = static_cast<float>(
        std::remainder(phi + (i % 2) * std::numbers::pi + size * random.normal(), 2 * std::numbers::pi));
  }
}

RawEvents random_events() {
  RawEvents raw{{}, eddy::jets::row_layout(2100, {}, "random events"), 2100, kEvents};
  raw.values.resize(raw.n_rows * raw.n_columns);
  for (std::size_t i = 0; i < kEvents; ++i) {
    fill_dijet(eddy::base::RandomStream({i}, "dijet"), raw.values.data() + i * raw.n_columns);
  }
  return raw;
}

const RawEvents& raw_events() {
  static const RawEvents raw = [] {
    const char* const data = std::getenv("EDDY_DATA");
    return data != nullptr ? real_events(std::string(data) + "/lhco/events_anomalydetection_tiny.h5") : random_events();
  }();
  return raw;
}

Particles parsed(std::size_t i) {
  const RawEvents& raw = raw_events();
  return eddy::jets::particles_of_row(raw.row(i), raw.layout, {}, i, "bench");
}

const std::vector<Particles>& all_particles() {
  static const std::vector<Particles> all = [] {
    std::vector<Particles> particles;
    for (std::size_t i = 0; i < raw_events().n_rows; ++i) {
      particles.push_back(parsed(i));
    }
    return particles;
  }();
  return all;
}

/// Constituents of the two leading jets of every event.
const std::vector<Particles>& all_jets() {
  static const std::vector<Particles> all = [] {
    std::vector<Particles> jets;
    for (const Particles& particles : all_particles()) {
      for (eddy::jets::Jet& jet : eddy::jets::find_jets(particles, {})) {
        if (!jet.constituents.empty()) {
          jets.push_back(std::move(jet.constituents));
        }
      }
    }
    return jets;
  }();
  return all;
}

void count_events(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * raw_events().n_rows));
}

template <class Work>
void per_event(benchmark::State& state, const Work& work) {
  const std::vector<Particles>& events = all_particles();
  for (auto _ : state) {
    for (const Particles& particles : events) {
      benchmark::DoNotOptimize(work(particles));
    }
  }
  count_events(state);
}

template <class Work>
void per_jet(benchmark::State& state, const Work& work) {
  const std::vector<Particles>& jets = all_jets();
  for (auto _ : state) {
    for (const Particles& constituents : jets) {
      benchmark::DoNotOptimize(work(constituents));
    }
  }
  count_events(state);
}

/// Numbers of a row to four-vectors.
void particles(benchmark::State& state) {
  for (auto _ : state) {
    for (std::size_t i = 0; i < raw_events().n_rows; ++i) {
      benchmark::DoNotOptimize(parsed(i));
    }
  }
  count_events(state);
}
BENCHMARK(particles)->Unit(benchmark::kMillisecond);

void clustering(benchmark::State& state) {
  per_event(state, [](const Particles& event) { return eddy::jets::find_jets(event, {}); });
}
BENCHMARK(clustering)->Unit(benchmark::kMillisecond);

void soft_drop(benchmark::State& state) {
  per_jet(state, [](const Particles& jet) { return eddy::jets::soft_drop(jet, 1.0, {}); });
}
BENCHMARK(soft_drop)->Unit(benchmark::kMillisecond);

/// Exclusive kt axes alone.
void kt_axes(benchmark::State& state) {
  per_jet(state, [](const Particles& jet) {
    return eddy::jets::exclusive_kt_axes(jet, 3, eddy::jets::Recombination::kEScheme);
  });
}
BENCHMARK(kt_axes)->Unit(benchmark::kMillisecond);

/// tau_1 ... tau_3 with one-pass axes; argument: beta.
void nsubjettiness(benchmark::State& state) {
  const eddy::jets::NsubjettinessSettings settings{.beta = {static_cast<double>(state.range(0))}, .n_max = 3};
  per_jet(state, [&](const Particles& jet) { return eddy::jets::nsubjettiness(jet, settings); });
}
BENCHMARK(nsubjettiness)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

/// From particles to all features; argument: the largest N of tau_N.
void all_features(benchmark::State& state) {
  eddy::jets::FeatureSettings settings;
  settings.nsubjettiness.n_max = state.range(0);
  per_event(state, [&](const Particles& event) { return eddy::jets::event_features(event, settings); });
}
BENCHMARK(all_features)->Arg(3)->Arg(4)->Unit(benchmark::kMillisecond);

}  // namespace
