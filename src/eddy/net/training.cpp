#include <eddy/base/error.hpp>
#include <eddy/net/adam.hpp>
#include <eddy/net/training.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

namespace eddy::net {
namespace {

double learning_rate_at(const TrainingSettings& settings, std::size_t step, std::size_t n_steps) {
  if (settings.schedule == "constant") {
    return settings.learning_rate;
  }
  const double progress = static_cast<double>(step) / static_cast<double>(n_steps);
  return 0.5 * settings.learning_rate * (1 + std::cos(std::numbers::pi * progress));
}

std::size_t batches_in(const TrainingSettings& settings, std::size_t n_events) {
  const auto size = static_cast<std::size_t>(settings.batch_size);
  return (n_events + size - 1) / size;
}

float largest_magnitude(std::span<const float> values) {
  float largest = 0;
  for (const float v : values) {
    largest = std::isnan(v) ? v : std::max(largest, std::abs(v));
  }
  return largest;
}

void clip_gradient(const ActiveParameters& which, std::span<float> gradient, double limit) {
  double squares = 0;
  for (const RowRange& range : which.active) {
    for (std::size_t i = range.begin; i < range.end; ++i) {
      squares += static_cast<double>(gradient[i]) * gradient[i];
    }
  }
  const double norm = std::sqrt(squares);
  if (norm > limit) {
    const auto scale = static_cast<float>(limit / norm);
    for (const RowRange& range : which.active) {
      for (std::size_t i = range.begin; i < range.end; ++i) {
        gradient[i] *= scale;
      }
    }
  }
}

/// The best epochs seen so far, best first.
class BestEpochs {
 public:
  explicit BestEpochs(std::size_t n) : n_(n) {}
  void offer(double loss, const AlignedVector<float>& parameters) {
    const auto place = std::ranges::upper_bound(losses_, loss) - losses_.begin();
    if (static_cast<std::size_t>(place) >= n_) {
      return;
    }
    losses_.insert(losses_.begin() + place, loss);
    parameters_.insert(parameters_.begin() + place, parameters);
    if (losses_.size() > n_) {
      losses_.pop_back();
      parameters_.pop_back();
    }
  }
  [[nodiscard]] std::vector<AlignedVector<float>> take() { return std::move(parameters_); }

 private:
  std::size_t n_;
  std::vector<double> losses_;
  std::vector<AlignedVector<float>> parameters_;
};

/// One pass over the shuffled events.
class EpochRunner {
 public:
  EpochRunner(const Objective& objective, const TrainingSettings& settings, const base::RandomStream& stream,
              std::size_t n_parameters)
      : objective_(objective),
        settings_(settings),
        stream_(stream),
        active_(find_active_parameters(objective.mask)),
        adam_(n_parameters),
        gradient_(n_parameters),
        batch_size_(static_cast<std::size_t>(settings.batch_size)),
        n_batches_(batches_in(settings, objective.n_events)),
        n_steps_(n_batches_ * epochs_for(settings, objective.n_events)) {}

  /// Mean loss of the epoch; NaN as soon as one batch is not finite (its number is then in `last_batch`).
  double run(std::size_t epoch, AlignedVector<float>& parameters, const base::Monitor& monitor) {
    const std::vector<std::size_t> order = shuffled(epoch);
    double sum = 0;
    for (last_batch = 0; last_batch < n_batches_; ++last_batch) {
      monitor.check_stop();
      const std::size_t first = last_batch * batch_size_;
      const auto rows = std::span(order).subspan(first, std::min(batch_size_, objective_.n_events - first));
      const double loss = objective_.batch_loss(parameters, rows, gradient_);
      if (!std::isfinite(loss)) {
        return loss;
      }
      sum += loss * static_cast<double>(rows.size());
      clear_masked(active_, gradient_);
      if (settings_.clip_norm > 0) {
        clip_gradient(active_, gradient_, settings_.clip_norm);
      }
      adam_.step(learning_rate_at(settings_, epoch * n_batches_ + last_batch, n_steps_), active_, gradient_,
                 parameters);
    }
    if (objective_.end_epoch) {
      objective_.end_epoch(parameters);
    }
    return sum / static_cast<double>(objective_.n_events);
  }

  std::size_t last_batch = 0;

 private:
  [[nodiscard]] std::vector<std::size_t> shuffled(std::size_t epoch) const {
    // Draw i of epoch e has counter e * 2^40 + i: epochs never share random numbers.
    return base::random_permutation(stream_.starting_at(static_cast<std::uint64_t>(epoch) << 40U), objective_.n_events);
  }

  const Objective& objective_;
  const TrainingSettings& settings_;
  base::RandomStream stream_;
  ActiveParameters active_;
  Adam adam_;
  AlignedVector<float> gradient_;  ///< 0 between batches: Adam leaves it so
  std::size_t batch_size_;
  std::size_t n_batches_;
  std::size_t n_steps_;  ///< of the whole training
};

std::string describe_failure(std::size_t epoch, std::size_t batch, double loss, std::span<const float> parameters) {
  return fmt::format(
      "the training loss became {} in epoch {}, batch {} (largest weight {:.3g}); lower learning_rate or set clip_norm",
      loss, epoch + 1, batch + 1, largest_magnitude(parameters));
}

}  // namespace

void describe(TrainingSettings& s, base::OptionVisitor& visitor) {
  visitor.visit(
      {.key = "epochs",
       .meaning = "passes over the training events; 0: four, or as many as make 1,400 optimiser steps, twelve "
                  "at most",
       .minimum = 0},
      s.epochs);
  visitor.visit({.key = "batch_size", .meaning = "events per optimiser step", .minimum = 1}, s.batch_size);
  visitor.visit({.key = "learning_rate", .meaning = "Adam's step size at the start", .minimum = 0, .maximum = 1},
                s.learning_rate);
  visitor.visit({.key = "schedule",
                 .meaning = "how the learning rate goes: constant, or cosine (down to 0 over all epochs)",
                 .choices = {"constant", "cosine"}},
                s.schedule);
  visitor.visit(
      {.key = "patience", .meaning = "epochs without a better validation loss before stopping; 0: never", .minimum = 0},
      s.patience);
  visitor.visit(
      {.key = "keep_epochs", .meaning = "number of best epochs kept as an ensemble", .minimum = 1, .maximum = 100},
      s.keep_epochs);
  visitor.visit({.key = "clip_norm", .meaning = "largest norm of a batch gradient; 0: no limit", .minimum = 0},
                s.clip_norm);
}

std::size_t epochs_for(const TrainingSettings& settings, std::size_t n_events) {
  if (settings.epochs > 0) {
    return static_cast<std::size_t>(settings.epochs);
  }
  const std::size_t n_batches = std::max<std::size_t>(1, batches_in(settings, n_events));
  return std::clamp((kEnoughSteps + n_batches - 1) / n_batches, kFewestEpochs, kMostEpochs);
}

std::size_t kept_epochs(const TrainingSettings& settings) {
  const std::size_t n_epochs = settings.epochs > 0 ? static_cast<std::size_t>(settings.epochs) : kFewestEpochs;
  return std::min(static_cast<std::size_t>(settings.keep_epochs), n_epochs);
}

TrainingResult train(const Objective& objective, const TrainingSettings& settings, const base::RandomStream& stream,
                     AlignedVector<float>& parameters, const std::string& task, const base::Monitor& monitor) {
  TrainingResult result;
  BestEpochs best(kept_epochs(settings));
  EpochRunner runner(objective, settings, stream, parameters.size());
  const std::size_t n_epochs = epochs_for(settings, objective.n_events);
  for (std::size_t epoch = 0; epoch < n_epochs; ++epoch) {
    const auto begin = std::chrono::steady_clock::now();
    const double train_loss = runner.run(epoch, parameters, monitor);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    const double validation_loss = std::isfinite(train_loss) ? objective.validation_loss(parameters) : train_loss;
    if (!std::isfinite(validation_loss)) {
      result.note = describe_failure(epoch, runner.last_batch, validation_loss, parameters);
      if (epoch == 0) {
        throw base::NumericError(task + ": " + result.note);
      }
      monitor.warn(fmt::format("{}: {}; using the best epoch so far ({})", task, result.note, result.best_epoch + 1));
      break;
    }
    result.train_loss.push_back(train_loss);
    result.validation_loss.push_back(validation_loss);
    best.offer(validation_loss, parameters);
    if (validation_loss < result.validation_loss[result.best_epoch]) {
      result.best_epoch = epoch;
    }
    monitor.progress(task, epoch + 1, n_epochs,
                     fmt::format("loss {:.4f}, {:.0f} k events/s", validation_loss,
                                 static_cast<double>(objective.n_events) / seconds.count() / 1000));
    if (settings.patience > 0 && epoch - result.best_epoch >= static_cast<std::size_t>(settings.patience)) {
      monitor.progress(task, n_epochs, n_epochs, fmt::format("no better since epoch {}", result.best_epoch + 1));
      break;
    }
  }
  result.kept = best.take();
  return result;
}

}  // namespace eddy::net
