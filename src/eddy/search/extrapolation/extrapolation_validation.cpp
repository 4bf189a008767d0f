#include <eddy/search/evaluation.hpp>
#include <eddy/search/evidence/template_count.hpp>
#include <eddy/search/extrapolation/extrapolation_validation.hpp>
#include <eddy/search/extrapolation/signal_region.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/control_shells.hpp>
#include <eddy/search/validation/window_tasks.hpp>

#include <cmath>

namespace eddy::search {
namespace {

/// Equally many events for each fold.
std::vector<std::uint8_t> deal(std::size_t n_events, std::size_t n_folds) {
  std::vector<std::uint8_t> fold(n_events);
  for (std::size_t i = 0; i < n_events; ++i) {
    fold[i] = static_cast<std::uint8_t>(i % n_folds);
  }
  return fold;
}

/// Every cut, with the shell for a signal region.
base::Json cuts_of_shell(const Search& search) {
  ExtrapolationTask task{
      .inputs = search.inputs, .config = search.config, .store = search.store, .monitor = search.monitor};
  task.background = train_background_models(search.inputs, search.config, search.store, search.monitor);
  SignalRegion s = open_signal_region(task);
  train_and_score(s);
  ScoredSample scored = to_be_scored("data", search.inputs.data);
  fill_scores(s, search.inputs.data, s.data_fold, scored);
  return cuts_json(search.config.efficiencies, [&](double efficiency) -> base::Json {
    const TemplatePrediction prediction = prediction_at(s, scored, efficiency);
    return {{"observed", count_regions(scored.background_efficiency, scored.in_signal_region, efficiency).a},
            {"predicted", prediction.predicted},
            {"error", prediction.error}};
  });
}

}  // namespace

TriedWindows try_windows_extrapolation(const Search& search, const Finding& /*finding*/) {
  constexpr int kVersion = 1;
  return try_in_shells(search, &SearchInputs::simulation, kVersion, cuts_of_shell);
}

std::vector<FreshCount> count_fresh_extrapolation(const Search& search, const Sample& fresh,
                                                  const FreshFactors& factors) {
  const SearchConfig config = with_fewer_flows(search.config);
  ExtrapolationTask task{.inputs = search.inputs, .config = config, .store = search.store, .monitor = search.monitor};
  task.background = train_background_models(search.inputs, config, search.store, search.monitor);
  SignalRegion s = open_signal_region(task);
  train_and_score(s);
  ScoredSample scored = to_be_scored("data", fresh);
  fill_scores(s, fresh, deal(fresh.size(), n_folds(s)), scored);
  std::vector<FreshCount> counts;
  for (const double efficiency : config.efficiencies) {
    const double passing = count_regions(scored.background_efficiency, scored.in_signal_region, efficiency).a;
    counts.push_back(
        {.observed = passing, .predicted = factors.inside * count_passing(s.scored, efficiency, true).sum});
  }
  return counts;
}

void correct_extrapolation(const Search& /*search*/, const Finding& /*finding*/, WorkingPoint& point) {
  TemplateCount count = std::get<TemplateCount>(point.evidence);
  TemplatePrediction& prediction = count.prediction;
  const double factor = point.correction.factor;
  prediction.validation_error = point.correction.error;
  for (double* value :
       {&prediction.predicted, &prediction.statistical_error, &prediction.model_error, &prediction.error}) {
    *value *= factor;
  }
  prediction.error = std::hypot(prediction.error, prediction.predicted * point.correction.error);
  set_numbers(point, count);
}

}  // namespace eddy::search
