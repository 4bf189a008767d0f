#pragma once
// Step 3 of CONRAD, and the training of every benchmark: one ensemble of weakly supervised classifiers per fold of the
// data, each trained on the other folds.

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/classify/classifier.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eddy::search {

/// Inputs of a classifier, and what each event counts.
struct WeightedEvents {
  WeightedEvents() = default;
  /// Implicit, since most samples have no weights.
  // NOLINTNEXTLINE(google-explicit-constructor)
  WeightedEvents(base::Matrix inputs, std::vector<float> weights = {})
      : x(std::move(inputs)), weight(std::move(weights)) {}
  base::Matrix x;
  std::vector<float> weight;  ///< >= 0; empty: 1 each
};

/// What the classifiers of one search are trained on. Member m works in space m modulo n_spaces (one per flow, or one).
struct WeakTraining {
  std::string name;           ///< part of task names and messages
  std::size_t n_folds = 2;    ///< ensembles to train
  std::size_t n_members = 1;  ///< per fold
  std::size_t n_spaces = 1;
  /// Data events for (fold, space) in that space: those outside the fold.
  std::function<WeightedEvents(std::size_t, std::size_t)> data;
  /// Reference events for (fold, space, number of data events) in that space. The members of one fold and space share
  /// them; they differ in what they keep for validation.
  std::function<WeightedEvents(std::size_t, std::size_t, std::size_t)> reference;
};

/// Events of `fold`.
[[nodiscard]] std::vector<std::size_t> rows_in_fold(std::span<const std::uint8_t> fold_of_event, std::size_t fold);
/// Those of `rows` that are not in `fold`: what may be trained on to judge that fold.
[[nodiscard]] std::vector<std::size_t> rows_outside_fold(std::span<const std::size_t> rows,
                                                         std::span<const std::uint8_t> fold_of_event, std::size_t fold);

/// Classifiers of one fold; member m belongs to space m modulo n_spaces.
using Ensemble = std::vector<classify::Classifier>;

/// Trains (or finds in `store`, by the very events that they would be trained on) all classifiers, side by side:
/// [fold][member].
[[nodiscard]] std::vector<Ensemble> train_fold_ensembles(const WeakTraining& training,
                                                         const classify::ClassifierSettings& settings,
                                                         std::int64_t seed, const base::TaskStore& store,
                                                         const base::Monitor& monitor);

/// Mean output of an ensemble for events given in every space: (n_events). Sums run in the order of the members.
[[nodiscard]] std::vector<float> mean_score(const Ensemble& ensemble, std::span<const base::Matrix> events_by_space);

/// Mean output of those members that work in `space` alone.
[[nodiscard]] std::vector<float> mean_score_in_space(const Ensemble& ensemble, std::size_t space, std::size_t n_spaces,
                                                     const base::Matrix& events);

/// The score of each event from the ensemble of its own fold, which never trained on it: (n_events).
[[nodiscard]] std::vector<float> out_of_fold_score(const std::vector<Ensemble>& ensembles,
                                                   std::span<const base::Matrix> events_by_space,
                                                   std::span<const std::uint8_t> fold);

/// At most `n` of `rows`, at random, in ascending order; all of them when there are fewer.
[[nodiscard]] std::vector<std::size_t> random_rows(std::vector<std::size_t> rows, std::size_t n,
                                                   const base::RandomStream& stream);

}  // namespace eddy::search
