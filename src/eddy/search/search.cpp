#include <eddy/search/diagnostic.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>
#include <eddy/search/validation/chain_validation.hpp>

#include <algorithm>
#include <iterator>

namespace eddy::search {

namespace {

/// Measures how far the predictions are off where there is no signal, and corrects them.
void validate(const Search& search, Finding& finding) {
  if (search.config.validation.experiments == 0 || !has_null_experiments(search.config) ||
      finding.working_points.empty()) {
    return;
  }
  describe_by("the validation", finding.warnings, [&] {
    finding.validation = validate_chain(search, rules_of(search.config).nulls(search, finding));
    std::ranges::copy(finding.validation->warnings, std::back_inserter(finding.warnings));
    apply_corrections(search, corrections_of(finding.validation), finding);
  });
}

}  // namespace

SearchRun search_alone(const Search& search) {
  const FamilyRules& rules = rules_of(search.config);
  SearchRun run = is_blinded(search.config) ? rules.prepare(search) : rules.run(search);
  validate(search, run.finding);
  judge(run.finding);
  if (search.inputs.dequantisation.is_needed() && !run.scorer.is_null()) {
    run.scorer["dequantisation"] = to_json(search.inputs.dequantisation);
  }
  return run;
}

void add_null_experiments(const Search& search, Finding& finding) {
  if (search.config.calibration.experiments == 0 || !has_null_experiments(search.config) ||
      finding.working_points.empty()) {
    return;
  }
  describe_by("the null experiments", finding.warnings, [&] {
    finding.calibration = calibrate_by_nulls(search, rules_of(search.config).nulls(search, finding), finding);
    finding.warnings.insert(finding.warnings.end(), finding.calibration->warnings.begin(),
                            finding.calibration->warnings.end());
  });
  judge(finding);
}

SearchRun run_search(const Search& search) {
  SearchRun run = search_alone(search);
  add_null_experiments(search, run.finding);
  return run;
}

}  // namespace eddy::search
