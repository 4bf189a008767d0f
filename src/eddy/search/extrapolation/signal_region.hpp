#pragma once
// The signal region of an extrapolation, opened: classifiers of its data against the constructed background
// (2311.12924, section 2), and what they say of both.

#include <eddy/search/background_events.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/extrapolation/extrapolation_task.hpp>
#include <eddy/search/extrapolation/template_prediction.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::search {

/// What the steps in the signal region share.
struct SignalRegion {
  const ExtrapolationTask& task;
  std::vector<ConstructedBackground> background;    ///< of every model
  std::vector<std::uint8_t> data_fold;              ///< of every event of the data
  std::vector<std::uint8_t> simulation_fold;        ///< of every simulated event
  std::vector<Ensemble> ensembles = {};             ///< one per fold
  std::vector<ScoreCalibration> calibrations = {};  ///< one per fold, from the constructed background
  std::vector<ScoredBackground> scored = {};        ///< `background`, scored
  std::vector<ScoredBackground> control = {};       ///< the same of the control region, held out from the models
};

[[nodiscard]] inline std::size_t n_folds(const SignalRegion& s) {
  return static_cast<std::size_t>(s.task.config.folds.k);
}

/// The background in the signal region, and folds for everything; nothing trained yet.
[[nodiscard]] SignalRegion open_signal_region(const ExtrapolationTask& task);

/// Trains the classifiers, takes thresholds from the constructed background, and scores it in both regions.
void train_and_score(SignalRegion& s);

/// Scores of events whose fold says which classifiers may judge them, and the background efficiencies of those scores.
void fill_scores(const SignalRegion& s, const Sample& events, std::span<const std::uint8_t> fold, ScoredSample& sample);

/// Data events of the control region that some model never saw (all of them, with five models or more) and that pass.
[[nodiscard]] double control_data_passing(const SignalRegion& s, const ScoredSample& data, double efficiency);

/// What the background models expect in the signal region behind a cut; `data`: scored.
[[nodiscard]] TemplatePrediction prediction_at(const SignalRegion& s, const ScoredSample& data, double efficiency);

/// The constructed events of all models that pass the loosest cut: what stands for background among the selected.
[[nodiscard]] ShownBackground shown_background(const SignalRegion& s);

}  // namespace eddy::search
