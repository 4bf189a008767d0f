#include <eddy/base/error.hpp>
#include <eddy/search/abcd_point.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace eddy::search {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// A fit without numbers.
stats::AbcdFit no_fit() {
  stats::AbcdFit fit;
  for (double* value : {&fit.signal, &fit.signal_error, &fit.background, &fit.background_error, &fit.null_background,
                        &fit.q0, &fit.p_value, &fit.p_value_error, &fit.p_value_asymptotic, &fit.z, &fit.upper_limit}) {
    *value = kNone;
  }
  fit.expected_limit.fill(kNone);
  return fit;
}

stats::AbcdPrediction predict(const WorkingPoint& point, bool with_closure) {
  stats::AbcdPrediction prediction = stats::predict_abcd(point.counts);
  if (with_closure) {
    prediction.predicted *= point.model.closure;
    prediction.error =
        std::hypot(prediction.error * point.model.closure, prediction.predicted * point.model.closure_error);
  }
  return prediction;
}

}  // namespace

void judge_counts(WorkingPoint& point, bool predicts_with_closure, const base::RandomStream& stream) {
  point.prediction = {kNone, kNone};
  point.s_over_sqrt_b = kNone;
  point.fit = no_fit();
  try {
    point.prediction = predict(point, predicts_with_closure);
    point.s_over_sqrt_b = stats::s_over_sqrt_b(point.counts.a, point.prediction.predicted);
    point.fit = stats::fit_abcd(point.counts, point.model, stream);
  } catch (const base::NumericError& error) {
    point.no_numbers = error.what();
  }
}

std::vector<std::string> warnings_of(const WorkingPoint& point) {
  std::vector<std::string> warnings;
  if (!point.no_numbers.empty()) {
    warnings.push_back(fmt::format("at efficiency {}: {}", point.efficiency, point.no_numbers));
  } else if (stats::nothing_to_test(point.fit)) {
    warnings.push_back(fmt::format(
        "at efficiency {}: no event is seen in region A and none is expected there, so there is nothing to test and no "
        "Z; the upper limit is that of an empty count, {:.1f} events",
        point.efficiency, point.fit.upper_limit));
  }
  return warnings;
}

}  // namespace eddy::search
