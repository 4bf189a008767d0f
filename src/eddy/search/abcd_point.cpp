#include <eddy/base/error.hpp>
#include <eddy/search/abcd_point.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::search {
namespace {

/// A fit without numbers.
stats::AbcdFit no_fit() {
  stats::AbcdFit fit;
  for (double* value : {&fit.signal, &fit.signal_error, &fit.background, &fit.background_error, &fit.null_background,
                        &fit.q0, &fit.p_value, &fit.p_value_error, &fit.p_value_asymptotic, &fit.z, &fit.upper_limit}) {
    *value = kNoNumber;
  }
  fit.expected_limit.fill(kNoNumber);
  return fit;
}

stats::AbcdPrediction predict(const Abcd& abcd, bool with_closure) {
  stats::AbcdPrediction prediction = stats::predict_abcd(abcd.counts);
  if (with_closure) {
    prediction.predicted *= abcd.model.closure;
    prediction.error =
        std::hypot(prediction.error * abcd.model.closure, prediction.predicted * abcd.model.closure_error);
  }
  return prediction;
}

}  // namespace

void fit_counts(Abcd& abcd, bool predicts_with_closure, const base::RandomStream& stream) {
  abcd.prediction = {kNoNumber, kNoNumber};
  abcd.s_over_sqrt_b = kNoNumber;
  abcd.fit = no_fit();
  try {
    abcd.prediction = predict(abcd, predicts_with_closure);
    abcd.s_over_sqrt_b = stats::s_over_sqrt_b(abcd.counts.a, abcd.prediction.predicted);
    abcd.fit = stats::fit_abcd(abcd.counts, abcd.model, stream);
  } catch (const base::NumericError& error) {
    abcd.no_numbers = error.what();
  }
}

std::string words_of_empty_control(const stats::AbcdCounts& counts) {
  if (!has_empty_control(counts)) {
    return "";
  }
  return fmt::format(
      "no event is seen in region {}, so the background is 0 with the error of an empty count, and the {:.0f} events "
      "in "
      "region A are compared with less than one event of control; loosen the cut, or widen the control region",
      counts.b > 0   ? "C"
      : counts.c > 0 ? "B"
                     : "B or C",
      counts.a);
}

std::vector<std::string> warnings_of(const WorkingPoint& point) {
  std::vector<std::string> warnings;
  const Abcd& abcd = std::get<Abcd>(point.evidence);
  if (!abcd.no_numbers.empty()) {
    warnings.push_back(fmt::format("at efficiency {}: {}", point.efficiency, abcd.no_numbers));
  } else if (stats::nothing_to_test(abcd.fit)) {
    warnings.push_back(fmt::format(
        "at efficiency {}: no event is seen in region A and none is expected there, so there is nothing to test and no "
        "Z; the upper limit is that of an empty count, {:.1f} events",
        point.efficiency, point.upper_limit));
  } else if (const std::string words = words_of_empty_control(abcd.counts); !words.empty()) {
    warnings.push_back(fmt::format("at efficiency {}: {}", point.efficiency, words));
  }
  return warnings;
}

}  // namespace eddy::search
