#include <eddy/search/anomaly.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>
#include <eddy/search/validation/chain_validation.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace eddy::search {

namespace {

/// Whether the search can be repeated where there is nothing to find, and has anything to be compared with that.
bool can_be_repeated(const Search& search, const Finding& finding) {
  return has_null_experiments(search.config) && !finding.working_points.empty();
}

/// Measures how far the predictions are off where there is no signal, and corrects them.
void correct_predictions(const Search& search, Finding& finding) {
  if (!is_validated(search.config) || !can_be_repeated(search, finding)) {
    return;
  }
  describe_by("the validation", finding.warnings, [&] {
    std::optional<Validation> validation =
        validate_chain(search, rules_of(search.config).nulls(search, finding), finding);
    apply_corrections(search, corrections_of(validation), finding);
    std::ranges::copy(validation->warnings, std::back_inserter(finding.warnings));
    finding.validation = std::move(validation);  // only now: null experiments are corrected as the search was
  });
}

/// What the chain predicts beside a closed signal region.
void try_beside(const Search& search, Finding& finding) {
  if (!finding.is_blind || !tries_windows(search.config)) {
    return;
  }
  describe_by("the validation windows", finding.warnings, [&] {
    finding.validation = validate_beside(search, finding);
    std::ranges::copy(finding.validation->warnings, std::back_inserter(finding.warnings));
  });
}

/// What the selected events look like, where events have one score and may be looked at.
void add_anomaly(const Search& search, SearchRun& run) {
  const ShownBackground background = std::exchange(run.background, {});
  Finding& finding = run.finding;
  if (finding.is_blind || search.config.numbers_only || !rules_of(search.config).has_one_score ||
      finding.data.background_efficiency.empty()) {
    return;
  }
  describe_by("what the selected events look like", finding.warnings, [&] {
    finding.anomaly = describe_anomaly(finding, background, static_cast<std::size_t>(search.config.anomaly.events));
  });
}

}  // namespace

SearchRun search_alone(const Search& search) {
  const FamilyRules& rules = rules_of(search.config);
  SearchRun run = is_blinded(search.config) ? rules.prepare(search) : rules.run(search);
  const base::CpuSeconds before = base::cpu_seconds();
  correct_predictions(search, run.finding);
  try_beside(search, run.finding);
  run.cpu_of_validation = base::difference(base::cpu_seconds(), before);
  judge(run.finding);
  add_anomaly(search, run);
  if (search.inputs.dequantisation.is_needed() && !run.scorer.is_null()) {
    run.scorer["dequantisation"] = to_json(search.inputs.dequantisation);
  }
  return run;
}

void add_null_experiments(const Search& search, Finding& finding) {
  if (search.config.calibration.experiments == 0 || !can_be_repeated(search, finding)) {
    return;
  }
  describe_by("the null experiments", finding.warnings, [&] {
    finding.calibration = calibrate_by_nulls(search, rules_of(search.config).nulls(search, finding), finding);
    finding.warnings.insert(finding.warnings.end(), finding.calibration->warnings.begin(),
                            finding.calibration->warnings.end());
  });
  judge(finding);
}

void compute_null_experiments(const Search& search, const Finding& finding) {
  if (search.config.calibration.experiments > 0 && can_be_repeated(search, finding)) {
    const base::TaskStore waiting = search.store.with_waiting();
    const Search prepared{search.inputs, search.config, waiting, search.monitor};  // what all experiments begin with
    static_cast<void>(null_experiments(search, rules_of(search.config).nulls(prepared, finding), finding));
  }
}

SearchRun run_search(const Search& search) {
  SearchRun run = search_alone(search);
  add_null_experiments(search, run.finding);
  return run;
}

}  // namespace eddy::search
