#pragma once
// The training loop: shuffled minibatches, Adam, a learning-rate schedule, validation after each epoch, early stopping,
// and the best epochs kept. It knows nothing of what is trained.

#include <eddy/base/monitor.hpp>
#include <eddy/base/options.hpp>
#include <eddy/base/random.hpp>
#include <eddy/net/aligned.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace eddy::net {

struct TrainingSettings {
  std::int64_t epochs = 50;  ///< passes over the training events; 0: kFewestEpochs, more where events are few
  std::int64_t batch_size = 128;
  double learning_rate = 1e-3;
  std::string schedule = "cosine";  ///< "constant", or "cosine": from learning_rate to 0 over all epochs
  std::int64_t patience = 10;       ///< epochs without improvement after which training stops; 0: never
  std::int64_t keep_epochs = 1;     ///< number of best epochs kept as an ensemble
  double clip_norm = 0;             ///< largest norm of a batch gradient; 0: no limit
};

/// Declares the options of `settings` (see base/options.hpp).
void describe(TrainingSettings& settings, base::OptionVisitor& visitor);

/// Where `epochs` is 0, as many as make kEnoughSteps optimiser steps, within these (docs/performance.md).
inline constexpr std::size_t kFewestEpochs = 4;
inline constexpr std::size_t kMostEpochs = 12;
inline constexpr std::size_t kEnoughSteps = 1400;

/// Epochs of a training with `n_events` training events.
[[nodiscard]] std::size_t epochs_for(const TrainingSettings& settings, std::size_t n_events);

/// How many epochs are kept, at most, whatever the number of events: `keep_epochs`, but no more than there are.
[[nodiscard]] std::size_t kept_epochs(const TrainingSettings& settings);

/// What is trained: a loss over numbered training events.
struct Objective {
  std::size_t n_events = 0;     ///< training events
  std::span<const float> mask;  ///< 1 for parameters that exist; others stay 0
  /// Mean loss over the events `rows`; adds its gradient to `gradient` (zero on entry, aligned).
  std::function<double(std::span<const float> parameters, std::span<const std::size_t> rows, std::span<float> gradient)>
      batch_loss;
  /// Called after each epoch, before validation, for parameters that are not trained by gradient; may be empty.
  std::function<void(std::span<float> parameters)> end_epoch = {};
  /// Mean loss over the validation events.
  std::function<double(std::span<const float> parameters)> validation_loss;
};

struct TrainingResult {
  std::vector<double> train_loss;          ///< mean over the batches of each epoch
  std::vector<double> validation_loss;     ///< after each epoch
  std::size_t best_epoch = 0;              ///< 0-based
  std::vector<AlignedVector<float>> kept;  ///< parameters of the best epochs, best first
  std::string note;                        ///< empty, or why training ended early for the worse (a NaN loss)
};

/// Trains `parameters` in place (they end as the last epoch left them; `kept` is what to use). A loss that is not
/// finite ends the training: the best epoch so far is kept and `note` names epoch, batch and the largest weight; in the
/// first epoch it is a NumericError. Single-threaded and deterministic in (objective, settings, stream).
[[nodiscard]] TrainingResult train(const Objective& objective, const TrainingSettings& settings,
                                   const base::RandomStream& stream, AlignedVector<float>& parameters,
                                   const std::string& task, const base::Monitor& monitor);

}  // namespace eddy::net
