#include <eddy/search/closure_error.hpp>
#include <eddy/search/extrapolation/template_prediction.hpp>

#include <eddy/stats/intervals.hpp>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace eddy::search {
namespace {

WeightedCount count(std::span<const ScoredBackground> models, double efficiency, bool is_mean, bool passing) {
  const double share = is_mean ? 1 / static_cast<double>(models.size()) : 1;
  std::unordered_map<std::size_t, double> weight_of_source;  // copies of one simulated event fluctuate together
  WeightedCount counted;
  for (const ScoredBackground& model : models) {
    for (std::size_t i = 0; i < model.weight.size(); ++i) {
      if ((model.efficiency[i] <= static_cast<float>(efficiency)) == passing) {
        const double weight = share * model.weight[i];
        double& sum = weight_of_source[model.source[i]];
        counted.sum += weight;
        counted.variance += (2 * sum + weight) * weight;  // (sum + w)^2 - sum^2
        sum += weight;
      }
    }
  }
  return counted;
}

/// What one more event would add, as a mean over all events of the region, each with the weight with which it counts.
double effective_weight(const WeightedCount& all) { return all.sum > 0 ? all.variance / all.sum : 0; }

/// Statistical error of a sum of weights; where no event passes, the upper end of the 68 % interval of an empty count.
double statistical_error(const WeightedCount& passing, const WeightedCount& failing) {
  return passing.sum > 0 ? std::sqrt(passing.variance) : stats::garwood(0).high * effective_weight(failing);
}

double relative_variance(const WeightedCount& counted) { return counted.variance / (counted.sum * counted.sum); }

/// Relative variance of data events per simulated one in the control region. Of events of equal weight it is the least
/// that any cut leaves; where a few that fail weigh most, they move the yield more than those that pass.
double yield_variance(std::span<const ScoredBackground> control_region, const ControlData& control) {
  constexpr double kAll = 1;
  const WeightedCount all = count(control_region, kAll, false, true);
  return control.n_all > 0 && all.sum > 0 ? relative_variance(all) + 1 / control.n_all : 0;
}

}  // namespace

WeightedCount count_passing(std::span<const ScoredBackground> models, double efficiency, bool is_mean) {
  return count(models, efficiency, is_mean, true);
}

WeightedCount count_failing(std::span<const ScoredBackground> models, double efficiency, bool is_mean) {
  return count(models, efficiency, is_mean, false);
}

double spread_between_models(std::span<const ScoredBackground> models, double efficiency) {
  if (models.size() < 2) {
    return 0;
  }
  double sum = 0;
  double squares = 0;
  for (std::size_t m = 0; m < models.size(); ++m) {
    const double predicted = count_passing(models.subspan(m, 1), efficiency, true).sum;
    sum += predicted;
    squares += predicted * predicted;
  }
  const auto n = static_cast<double>(models.size());
  return std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1)));
}

TemplatePrediction predict_background(std::span<const ScoredBackground> signal_region,
                                      std::span<const ScoredBackground> control_region, const ControlData& control,
                                      double efficiency, double extrapolation_error) {
  const WeightedCount expected = count_passing(signal_region, efficiency, true);
  const WeightedCount passing = count_passing(control_region, efficiency, false);
  TemplatePrediction prediction{
      .predicted = expected.sum,
      .statistical_error = statistical_error(expected, count_failing(signal_region, efficiency, true)),
      .model_error = spread_between_models(signal_region, efficiency),
      .extrapolation_error = extrapolation_error};
  if (control.n_passing > 0 && passing.sum > 0) {
    prediction.closure = passing.sum / control.n_passing;
    const double variance =
        std::max(relative_variance(passing) + 1 / control.n_passing, yield_variance(control_region, control));
    prediction.closure_error = closure_error(prediction.closure, std::sqrt(variance));
  } else {
    prediction.closure_error = 1;  // nothing of the control region passes: closure is not known at all
  }
  prediction.error = std::hypot(std::hypot(prediction.statistical_error, prediction.model_error),
                                prediction.predicted * std::hypot(prediction.closure_error, extrapolation_error));
  return prediction;
}

AbcdClosure constructed_abcd_closure(std::span<const ScoredBackground> signal_region,
                                     std::span<const ScoredBackground> control_region, double efficiency) {
  const WeightedCount a = count_passing(signal_region, efficiency, true);
  const WeightedCount b = count_failing(signal_region, efficiency, true);
  const WeightedCount c = count_passing(control_region, efficiency, false);
  const WeightedCount d = count_failing(control_region, efficiency, false);
  if (a.sum <= 0 || b.sum <= 0 || c.sum <= 0 || d.sum <= 0) {
    return {.value = 1, .error = 1};  // not known
  }
  AbcdClosure closure{.value = a.sum * d.sum / (b.sum * c.sum)};
  closure.error = closure.value *
                  std::sqrt(relative_variance(a) + relative_variance(b) + relative_variance(c) + relative_variance(d));
  return closure;
}

}  // namespace eddy::search
