#include <eddy/base/json.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/evidence/bump.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/window_correction.hpp>
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

Validation validate_chain(const Search& search, const NullGenerator& generator, const Finding& finding) {
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
  for (std::size_t c = 0; c < search.config.efficiencies.size(); ++c) {
    validation.cuts.push_back(validated_cut(search.config.efficiencies[c], c, experiments));
    if (!validation.cuts.back().is_known) {
      validation.warnings.push_back(
          fmt::format("at efficiency {} fewer than two validation experiments have a prediction, so it is not known "
                      "how far that of the search is off, and it is not corrected; loosen the cut",
                      search.config.efficiencies[c]));
    }
  }
  if (tries_windows(search.config)) {
    describe_by("the validation windows", validation.warnings, [&] {
      validation.tried = rules_of(search.config).try_windows(search, finding);
      correct_by_windows(search.config, validation);
    });
  }
  return validation;
}

Validation validate_beside(const Search& search, const Finding& finding) {
  Validation validation{.source = "none yet: the signal region is closed"};
  validation.tried = rules_of(search.config).try_windows(search, finding);
  warn_of_windows(validation);
  for (const double efficiency : search.config.efficiencies) {
    validation.cuts.push_back({.efficiency = efficiency});
    describe_windows(validation.tried.windows, validation.cuts.back());
  }
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
