#include <eddy/base/error.hpp>
#include <eddy/search/abcd_point.hpp>
#include <eddy/search/conrad/conrad_chain.hpp>
#include <eddy/search/conrad/conrad_validation.hpp>
#include <eddy/search/evaluation.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/control_shells.hpp>
#include <eddy/search/validation/window_tasks.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::search {
namespace {

/// NaN where no event fails outside the signal region.
FreshCount count_of(const stats::AbcdCounts& counts) {
  return {.observed = counts.a, .predicted = counts.d > 0 ? stats::predict_abcd(counts).predicted : kNoNumber};
}

base::Json cut_json(const ScoredSample& scored, double efficiency) {
  const stats::AbcdCounts counts = count_regions(scored.background_efficiency, scored.in_signal_region, efficiency);
  const stats::AbcdPrediction prediction = stats::predict_abcd(counts);
  return {{"observed", counts.a}, {"predicted", prediction.predicted}, {"error", prediction.error}};
}

/// Every cut, with the shell for a signal region.
base::Json cuts_of_shell(const Search& search) {
  const Conrad c = train_conrad(search, static_cast<std::size_t>(search.config.folds.k));
  ScoredSample scored = to_be_scored("data", search.inputs.data);
  fill_scores(c, c.data, c.data_fold, scored);
  return cuts_json(search.config.efficiencies, [&](double efficiency) { return cut_json(scored, efficiency); });
}

}  // namespace

TriedWindows try_windows_conrad(const Search& search, const Finding& /*finding*/) {
  constexpr int kVersion = 1;
  return try_in_shells(search, &SearchInputs::template_sample, kVersion, cuts_of_shell);
}

std::vector<FreshCount> count_fresh_conrad(const Search& search, const Sample& fresh, const FreshFactors& /*factors*/) {
  const SearchConfig config = with_fewer_flows(search.config);
  const Conrad c = train_conrad({search.inputs, config, search.store, search.monitor}, 1);
  ScoredSample scored = to_be_scored("data", fresh);
  fill_scores(c, in_all_spaces(c, fresh), std::vector<std::uint8_t>(fresh.size(), 0), scored);
  std::vector<FreshCount> counts;
  for (const double efficiency : config.efficiencies) {
    counts.push_back(count_of(count_regions(scored.background_efficiency, scored.in_signal_region, efficiency)));
  }
  return counts;
}

void correct_conrad(const Search& search, const Finding& /*finding*/, WorkingPoint& point) {
  Abcd abcd = std::get<Abcd>(point.evidence);
  const double counting_error = abcd.prediction.error;
  abcd.model.closure *= point.correction.factor;
  abcd.model.closure_error = std::hypot(abcd.model.closure_error, point.correction.error);
  fit_counts(abcd, true, {seed_of(search.config), fmt::format("toys/{}", point.efficiency)});
  // As before it was corrected, the error beside the prediction leaves the closure on the template to the likelihood.
  abcd.prediction.error =
      std::hypot(counting_error * point.correction.factor, abcd.prediction.predicted * point.correction.error);
  set_numbers(point, abcd);
}

}  // namespace eddy::search
