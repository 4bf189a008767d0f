#include <eddy/search/config.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/validation/window_correction.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

/// A score finds where the prediction is too low. Where windows say that it is too high, it is more likely that few
/// events beside one of them could not fix its fit: that is charged, and never makes a search more significant.
stats::SharedShift only_upwards(stats::SharedShift shift) {
  if (shift.applied < 0) {
    shift.error = std::hypot(shift.error, shift.applied);
    shift.applied = 0;
  }
  return shift;
}

/// What is found there on average is charged and not subtracted: its shape may be that of a signal by chance.
void charge_spurious_signal(const SearchConfig& config, const std::vector<ValidationWindow>& windows,
                            ValidatedCut& cut) {
  if (!cut.windows || cut.correction.error == 0) {
    return;
  }
  const auto spurious_in_windows = rules_of(config).spurious_in_windows;
  cut.spurious = spurious_in_windows != nullptr ? spurious_in_windows(config, windows, cut) : std::nullopt;
  if (cut.spurious) {
    cut.correction.spurious = std::hypot(cut.spurious->applied, cut.spurious->error);
  }
}

/// Of windows against what the experiments of `cut` let expect, if there are any: observed over expected - 1.
std::optional<stats::SharedShift> shift_in(const std::vector<ValidationWindow>& windows, const ValidatedCut& cut) {
  std::vector<double> differences;
  std::vector<double> errors;
  for (const ValidationWindow& window : windows) {
    const WindowCut* found = telling_cut(window, cut.efficiency);
    if (found == nullptr) {
      continue;
    }
    const double expected = found->predicted * cut.experiments.factor;
    differences.push_back(found->observed / expected - 1);
    errors.push_back(std::sqrt(1 / expected + std::pow(found->predicted_error / found->predicted, 2) +
                               std::pow(cut.experiments.error, 2)));
  }
  return differences.empty() ? std::nullopt : std::optional(stats::shared_shift(differences, errors));
}

void warn_of_unexplained(const ValidatedCut& cut, std::vector<std::string>& warnings) {
  constexpr double kUnlikely = 0.01;
  if (cut.windows && cut.windows->p_value < kUnlikely) {
    warnings.push_back(
        fmt::format("at efficiency {} the windows beside the signal region are off by more than trainings without "
                    "signal explain (p = {:.2g}): what these are drawn from lacks something that the data have; the "
                    "prediction is corrected by {:+.1f} % for that and charged {:.1f} %",
                    cut.efficiency, cut.windows->p_value, 100 * cut.windows->applied, 100 * cut.windows->error));
  }
}

}  // namespace

const WindowCut* telling_cut(const ValidationWindow& window, double efficiency) {
  constexpr double kFewestEvents = 10;
  const auto found = std::ranges::find(window.cuts, efficiency, &WindowCut::efficiency);
  return found != window.cuts.end() && found->predicted >= kFewestEvents ? &*found : nullptr;
}

void compare_windows(const std::vector<ValidationWindow>& windows, ValidatedCut& cut) {
  const auto shift = cut.is_known ? shift_in(windows, cut) : std::nullopt;
  if (shift) {
    cut.windows = only_upwards(*shift);
    cut.correction.factor = cut.experiments.factor * (1 + cut.windows->applied);
    cut.correction.error = std::hypot(cut.experiments.error, cut.windows->error / (1 + cut.windows->applied));
  }
}

void describe_windows(const std::vector<ValidationWindow>& windows, ValidatedCut& cut) {
  cut.windows = shift_in(windows, cut);
}

void warn_of_windows(Validation& validation) {
  if (validation.tried.windows.empty()) {
    validation.warnings.push_back(validation.tried.none);
  }
  for (const ValidationWindow& window : validation.tried.windows) {
    if (!window.failure.empty()) {
      validation.warnings.push_back(fmt::format("the validation window from {:.6g} to {:.6g} has no result: {}",
                                                window.low, window.high, window.failure));
    }
  }
}

void charge_as_looser_cuts(std::vector<ValidatedCut>& cuts) {
  for (ValidatedCut& cut : cuts) {
    for (const ValidatedCut& other : cuts) {
      if (cut.is_known && other.efficiency > cut.efficiency) {
        cut.correction.spurious = std::max(cut.correction.spurious, other.correction.spurious);
      }
    }
  }
}

void correct_by_windows(const SearchConfig& config, Validation& validation) {
  warn_of_windows(validation);
  for (ValidatedCut& cut : validation.cuts) {
    compare_windows(validation.tried.windows, cut);
    charge_spurious_signal(config, validation.tried.windows, cut);
    warn_of_unexplained(cut, validation.warnings);
  }
  charge_as_looser_cuts(validation.cuts);
}

}  // namespace eddy::search
