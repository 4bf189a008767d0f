#pragma once
// What all methods of a resonant search work on, and the steps they share.

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/true_signal.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

struct ResonantTask {
  const SearchInputs& inputs;
  const SearchConfig& config;
  const base::TaskStore& store;
  const base::Monitor& monitor;
  std::vector<std::uint8_t> data_fold = {};  ///< of every event of the data
  std::size_t n_folds = 1;                   ///< folds that are scored: all, or the first alone
  std::size_t n_retrainings = 1;
  stats::MassWindow window = {};
  TrueSignal truth = {};
};

/// The folds alone: what is needed while the signal region is closed.
[[nodiscard]] ResonantTask make_sideband_task(const SearchInputs& inputs, const SearchConfig& config,
                                              const base::TaskStore& store, const base::Monitor& monitor);

/// The folds, the signal region's window and the labelled signal. Throws InputError when the signal region is not one
/// window of the context, or no labelled event is left for a benchmark that needs one.
[[nodiscard]] ResonantTask make_resonant_task(const SearchInputs& inputs, const SearchConfig& config,
                                              const base::TaskStore& store, const base::Monitor& monitor);

[[nodiscard]] base::Seed seed_of(const ResonantTask& task);

/// Rows of the data in the signal region (or the sidebands) outside `fold`: what may be trained on to judge that fold.
[[nodiscard]] std::vector<std::size_t> training_rows(const ResonantTask& task, bool signal_region, std::size_t fold);

/// Rows of the data in the signal region (or the sidebands) in `fold`: what nothing that judges it was trained on.
[[nodiscard]] std::vector<std::size_t> rows_of_fold(const ResonantTask& task, bool signal_region, std::size_t fold);

/// Densities p(x | m) learned in the signal region or the sidebands, one per fold and retraining.
struct FoldFlows {
  std::vector<std::vector<flow::Flow>> flows;  ///< [fold][retraining]
  std::vector<TrainingCurve> training;
  std::vector<std::vector<double>> shares = {};  ///< of each density in its mixture; empty without one
};

/// Trains (or finds) the densities. A quarter of the events, another one in each retraining, is kept for validation
/// (the paper: 1/2 training, 1/6 validation, 1/3 test). `name` is part of messages.
[[nodiscard]] FoldFlows train_fold_flows(const ResonantTask& task, bool signal_region, const std::string& name);

/// Trains (or finds) the density of what the signal region has beside `background`, on the same events, validation
/// included, as a density of all there would be; what [signal_flow] says. Each is learned beside the background of its
/// own fold and retraining, with the share of the events that is its own.
[[nodiscard]] FoldFlows train_signal_flows(const ResonantTask& task, const FoldFlows& background,
                                           const std::string& name);

/// Detectors without classifiers: in `kind`, with the densities of `flows`; without flows, in x. M0 of the space x' is
/// a quantile of the signal-region context.
[[nodiscard]] Detectors make_detectors(const ResonantTask& task, SpaceKind kind, const FoldFlows& flows);
[[nodiscard]] Detectors make_detectors_in_x(const ResonantTask& task);

/// The part of a WeakTraining that all methods share: numbers of folds, retrainings and members, signal-region data in
/// the space of `detectors`. `detectors` and `task` must outlive it. `reference` is left to the method.
[[nodiscard]] WeakTraining weak_training(const ResonantTask& task, const std::string& name, const Detectors& detectors);

/// Trains the classifiers of `training` and gives each detector its own.
void train_classifiers(const ResonantTask& task, const WeakTraining& training, Detectors& detectors);

/// How many reference events go with `n_data` events of data.
[[nodiscard]] std::size_t n_reference_events(const ResonantTask& task, std::size_t n_data);

}  // namespace eddy::search
