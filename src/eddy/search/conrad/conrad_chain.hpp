#pragma once
// What CONRAD trains, and how it scores (2404.07258, section 2): flows on the template, classifiers of signal-region
// data against a reference in their space, thresholds from the template.

#include <eddy/base/random.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/fold_ensembles.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/unseen_template.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::search {

/// Everything the steps of the method share.
struct Conrad {
  const SearchInputs& inputs;
  const SearchConfig& config;
  const base::TaskStore& store;
  const base::Monitor& monitor;
  FlowEnsemble flows;
  LatentSpace space = {};
  std::vector<std::uint8_t> data_fold = {};
  std::vector<base::Matrix> data = {};               ///< in every space
  Sample template_sr = {};                           ///< signal-region template events
  std::vector<base::Matrix> template_in_space = {};  ///< these in every space
  std::vector<Ensemble> ensembles = {};              ///< one per fold
  std::vector<std::size_t> judged_template = {};     ///< rows of the template that thresholds are taken from
  std::vector<UnseenScores> template_scores = {};    ///< of these, one per fold
  std::vector<ScoreCalibration> calibrations = {};   ///< one per fold, from those scores
};

/// Trains flows and the classifiers of the first `n_folds` folds of the data, and takes thresholds from the template.
[[nodiscard]] Conrad train_conrad(const Search& search, std::size_t n_folds);

/// One sample in the space of every flow.
[[nodiscard]] std::vector<base::Matrix> in_all_spaces(const Conrad& c, const Sample& sample);

/// Scores of events, given in every space, whose fold says which ensemble may judge them, and the template efficiencies
/// of those scores.
void fill_scores(const Conrad& c, std::span<const base::Matrix> events, std::span<const std::uint8_t> fold,
                 ScoredSample& sample);

/// The template events that pass the loosest cut of each fold: what stands for background among the selected events.
/// Those of all folds together, so that each event counts as often as it passes.
[[nodiscard]] ShownBackground shown_template(const Conrad& c);

}  // namespace eddy::search
