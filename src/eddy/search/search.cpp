#include <eddy/search/diagnostic.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>

namespace eddy::search {
namespace {

/// Null experiments are worth nothing where nothing was found, and their failure costs no result.
void add_calibration(const Search& search, Finding& finding) {
  if (search.config.calibration.experiments == 0 || !has_null_experiments(search.config) ||
      finding.working_points.empty()) {
    return;
  }
  describe_by("the null experiments", finding.warnings, [&] {
    finding.calibration =
        calibrate_by_nulls(search, rules_of(search.config).nulls(search, finding), finding.working_points);
    finding.warnings.insert(finding.warnings.end(), finding.calibration->warnings.begin(),
                            finding.calibration->warnings.end());
  });
}

}  // namespace

SearchRun run_search(const Search& search) {
  SearchRun run = rules_of(search.config).run(search);
  add_calibration(search, run.finding);
  judge(run.finding);
  if (search.inputs.dequantisation.is_needed() && !run.scorer.is_null()) {
    run.scorer["dequantisation"] = to_json(search.inputs.dequantisation);
  }
  return run;
}

}  // namespace eddy::search
