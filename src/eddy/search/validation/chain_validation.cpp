#include <eddy/base/json.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/evidence/bump.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/stats/predictive_ratio.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace eddy::search {
namespace {

NullExperiments validation_experiments(const SearchConfig& config) {
  return {.name = "validation",
          .progress = "validation",
          .n = config.validation.experiments,
          .version = 4,
          .without_sections = {"calibration", "validation"}};
}

/// So many that 400 pass a cut of 0.1 % in the signal region and 200 beside it, as far as two to twenty times the data
/// make them: counts then scatter less than trainings do. A million in all, where that is more than the data. No cut of
/// the search decides it, so that the numbers of one cut do not depend on which others there are.
FreshFactors fresh_factors(const Search& search) {
  constexpr double kInside = 400;
  constexpr double kBeside = 200;
  constexpr double kLeast = 2;
  constexpr double kMost = 20;
  constexpr double kMostEvents = 1'000'000;
  constexpr double kTightest = 0.001;
  const auto n = static_cast<double>(search.inputs.data.size());
  const auto n_inside = static_cast<double>(region_rows(search.inputs.data, true).size());  // none while it is closed
  const auto factor = [&](double wanted, double n_events) {
    return std::clamp(wanted / (kTightest * n_events), kLeast, kMost);
  };
  const FreshFactors factors{.beside = factor(kBeside, n - n_inside), .inside = factor(kInside, n_inside)};
  const double share = kMostEvents / (factors.beside * (n - n_inside) + factors.inside * n_inside);
  return {.beside = share < 1 ? std::max(1.0, share * factors.beside) : factors.beside,
          .inside = share < 1 ? std::max(1.0, share * factors.inside) : factors.inside};
}

base::Json judge_fresh_events(const Search& experiment, const Sample& fresh, const FreshFactors& factors) {
  base::Json cuts = base::Json::array();
  for (const FreshCount& count : rules_of(experiment.config).count_fresh(experiment, fresh, factors)) {
    cuts.push_back({{"observed", count.observed},
                    {"predicted", std::isfinite(count.predicted) ? base::Json(count.predicted) : base::Json(nullptr)}});
  }
  return {{"cuts", std::move(cuts)}};
}

ValidatedCut validated_cut(double efficiency, std::size_t c, const std::vector<base::Json>& experiments) {
  ValidatedCut cut{.efficiency = efficiency};
  for (const base::Json& experiment : experiments) {
    if (experiment.contains("cuts")) {
      const base::Json& counts = experiment["cuts"].at(c);
      cut.observed.push_back(counts["observed"]);
      cut.predicted.push_back(counts["predicted"].is_null() ? std::numeric_limits<double>::quiet_NaN()
                                                            : counts["predicted"].get<double>());
    }
  }
  if (const auto ratio = stats::predictive_ratio(cut.observed, cut.predicted)) {
    cut.is_known = true;
    cut.experiments = {.factor = ratio->factor, .error = ratio->error};
    cut.correction = cut.experiments;
  }
  return cut;
}

void warn_of_windows(Validation& validation) {
  if (validation.windows.empty()) {
    validation.warnings.emplace_back(
        "no validation window lies beside the signal region: each needs its width and half as much again inside the "
        "fit "
        "range, and 500 events; the correction rests on trainings without signal alone");
  }
  for (const ValidationWindow& window : validation.windows) {
    if (!window.failure.empty()) {
      validation.warnings.push_back(fmt::format("the validation window from {} to {} has no result: {}", window.low,
                                                window.high, window.failure));
    }
  }
}

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
  cut.spurious = rules_of(config).spurious_in_windows(config, windows, cut);
  if (cut.spurious) {
    cut.correction.spurious = std::hypot(cut.spurious->applied, cut.spurious->error);
  }
}

/// Behind a tighter cut a model is wrong by more, not by less, and windows see less of it: no cut is charged less than
/// those that are looser.
void charge_as_looser_cuts(std::vector<ValidatedCut>& cuts) {
  const std::vector<ValidatedCut> all = cuts;
  for (ValidatedCut& cut : cuts) {
    for (const ValidatedCut& other : all) {
      if (cut.is_known && other.efficiency > cut.efficiency) {
        cut.correction.spurious = std::max(cut.correction.spurious, other.correction.spurious);
      }
    }
  }
}

}  // namespace

SearchConfig with_fewer_flows(const SearchConfig& config) {
  constexpr std::int64_t kFlows = 2;
  SearchConfig fewer = config;
  if (config.flow_members > kFlows) {
    fewer.flow_members = kFlows;
    fewer.classifier.members = std::max<std::int64_t>(1, config.classifier.members / config.flow_members) * kFlows;
  }
  return fewer;
}

void compare_windows(const std::vector<ValidationWindow>& windows, ValidatedCut& cut) {
  std::vector<double> differences;
  std::vector<double> errors;
  for (const ValidationWindow& window : windows) {
    const auto found = std::ranges::find(window.cuts, cut.efficiency, &WindowCut::efficiency);
    if (!cut.is_known || found == window.cuts.end() || found->predicted < kFewestInWindow) {
      continue;
    }
    const double expected = found->predicted * cut.experiments.factor;
    differences.push_back(found->observed / expected - 1);
    errors.push_back(std::sqrt(1 / expected + std::pow(found->predicted_error / found->predicted, 2) +
                               std::pow(cut.experiments.error, 2)));
  }
  if (!differences.empty()) {
    cut.windows = only_upwards(stats::shared_shift(differences, errors));
    cut.correction.factor = cut.experiments.factor * (1 + cut.windows->applied);
    cut.correction.error = std::hypot(cut.experiments.error, cut.windows->error / (1 + cut.windows->applied));
  }
}

Validation validate_chain(const Search& search, const NullGenerator& generator, const Finding& finding) {
  constexpr double kUnlikely = 0.01;
  const FreshFactors factors = fresh_factors(search);
  const std::vector<base::Json> experiments =
      run_null_experiments(search, generator, validation_experiments(search.config),
                           [&](const Search& experiment, const base::RandomStream& stream) {
                             return judge_fresh_events(experiment, generator.fresh(stream, factors), factors);
                           });
  Validation validation{.source = generator.source, .n_experiments = experiments.size(), .fresh = factors};
  validation.n_failed = count_failures(experiments);
  if (const std::string warning = warning_of_failures(experiments, "validation experiments"); !warning.empty()) {
    validation.warnings.push_back(warning);
  }
  if (const auto try_windows = rules_of(search.config).try_windows;
      try_windows != nullptr && search.config.validation.windows > 0) {
    describe_by("the validation windows", validation.warnings,
                [&] { validation.windows = try_windows(search, finding); });
    warn_of_windows(validation);
  }
  for (std::size_t c = 0; c < search.config.efficiencies.size(); ++c) {
    validation.cuts.push_back(validated_cut(search.config.efficiencies[c], c, experiments));
    compare_windows(validation.windows, validation.cuts.back());
    charge_spurious_signal(search.config, validation.windows, validation.cuts.back());
    if (const auto& windows = validation.cuts.back().windows; windows && windows->p_value < kUnlikely) {
      validation.warnings.push_back(
          fmt::format("at efficiency {} the windows beside the signal region are off by more than trainings without "
                      "signal explain (p = {:.2g}): what these are drawn from lacks something that the data have; the "
                      "prediction is corrected by {:+.1f} % for that and charged {:.1f} %",
                      search.config.efficiencies[c], windows->p_value, 100 * windows->applied, 100 * windows->error));
    }
    if (!validation.cuts.back().is_known) {
      validation.warnings.push_back(
          fmt::format("at efficiency {} fewer than two validation experiments have a prediction, so it is not known "
                      "how far that of "
                      "the search is off, and it is not corrected; loosen the cut",
                      search.config.efficiencies[c]));
    }
  }
  charge_as_looser_cuts(validation.cuts);
  return validation;
}

std::vector<Correction> corrections_of(const std::optional<Validation>& validation) {
  std::vector<Correction> corrections;
  if (validation) {
    for (const ValidatedCut& cut : validation->cuts) {
      corrections.push_back(cut.correction);
    }
  }
  return corrections;
}

void apply_corrections(const Search& search, const std::vector<Correction>& corrections, Finding& finding) {
  std::vector<WorkingPoint> corrected = finding.working_points;  // all of them, or none where one fails
  for (std::size_t c = 0; c < corrections.size(); ++c) {
    const double efficiency = search.config.efficiencies[c];
    const auto point = std::ranges::find(corrected, efficiency, &WorkingPoint::efficiency);
    if (point == corrected.end() || (corrections[c].factor == 1 && corrections[c].error == 0)) {
      continue;
    }
    point->raw = RawNumbers{.predicted = point->predicted,
                            .predicted_error = point->predicted_error,
                            .p_value = point->p_value,
                            .z = point->z};
    point->correction = corrections[c];
    rules_of(search.config).correct(search, finding, *point);
    warn_of_failures(*point, finding.warnings);
  }
  finding.working_points = std::move(corrected);
}

}  // namespace eddy::search
