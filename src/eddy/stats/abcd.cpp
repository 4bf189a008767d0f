#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/stats/abcd.hpp>
#include <eddy/stats/abcd_discovery.hpp>
#include <eddy/stats/abcd_likelihood.hpp>
#include <eddy/stats/abcd_limit.hpp>
#include <eddy/stats/intervals.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::stats {
namespace {

constexpr double kNothing = 1e-9;  // expected events: a minimiser's zero
constexpr double kResolved = 0.5;  // largest relative error of a p-value that counts as measured

double least(const AbcdCounts& counts) { return std::min({counts.a, counts.b, counts.c, counts.d}); }

void require_not_negative(double value, const char* what) {
  if (!(value >= 0) || std::isinf(value)) {
    throw base::InputError(
        fmt::format("{} must be finite and not negative but is {}: check where it comes from", what, value));
  }
}

void check_counts(const AbcdCounts& counts) {
  require_not_negative(counts.a, "the count in region A");
  require_not_negative(counts.b, "the count in region B");
  require_not_negative(counts.c, "the count in region C");
  require_not_negative(counts.d, "the count in region D");
  if (counts.d == 0) {
    throw base::NumericError(fmt::format(
        "no background can be predicted from {}: region D is empty and the transfer factor C / D undefined, so "
        "loosen the cut on the context or choose a smaller threshold on the score",
        describe(counts)));
  }
}

void check_model(const AbcdModel& model) {
  if (!(model.closure > 0) || std::isinf(model.closure)) {
    throw base::InputError(fmt::format(
        "the closure factor must be finite and above 0 but is {}: write 1 for independent variables", model.closure));
  }
  require_not_negative(model.closure_error, "the closure uncertainty");
  require_not_negative(model.leakage_b, "the signal leakage into region B");
  require_not_negative(model.leakage_c, "the signal leakage into region C");
  require_not_negative(model.leakage_d, "the signal leakage into region D");
}

void check_options(const AbcdFitOptions& options) {
  if (!(options.confidence_level > 0 && options.confidence_level < 1)) {
    throw base::InputError(fmt::format("a confidence level must lie between 0 and 1 but is {}: write 0.95 for 95 %",
                                       options.confidence_level));
  }
  constexpr std::size_t kFewestToys = 100;
  if (std::min(options.n_toys, options.n_limit_toys) < kFewestToys) {
    throw base::InputError(
        fmt::format("pseudo-experiments must number at least {} but {} and {} are asked for: raise them", kFewestToys,
                    options.n_toys, options.n_limit_toys));
  }
}

/// d ln(background in A) / d s through B, C and D, times the background in A, is below 1: a signal shows in A first.
void check_sensitivity(const AbcdCounts& counts, const AbcdModel& model) {
  const double shift = model.closure * (model.leakage_b * counts.c + model.leakage_c * counts.b) / counts.d -
                       model.leakage_d * counts.a / counts.d;
  if (shift >= 1) {
    throw base::NumericError(fmt::format(
        "{} with leakage {}, {}, {} into B, C, D has no sensitivity: each signal event in A raises the predicted "
        "background by {}, so choose a signal or a working point with less leakage",
        describe(counts), model.leakage_b, model.leakage_c, model.leakage_d, shift));
  }
}

/// A count that stands in for an empty one in an error: the upper end of its Garwood interval, with that same error.
struct Measured {
  double value = 0;
  double variance = 0;
};
Measured measured(double value, double n) {
  if (n > 0) {
    return {std::max(value, 0.0), n};
  }
  const double high = garwood(0).high;
  return {high, high * high};
}

double relative_variance(const Measured& x) { return x.value > 0 ? x.variance / (x.value * x.value) : 0; }

struct FreeFit {
  double signal = 0;
  AbcdNuisances nuisances;
};

/// The best fit with a signal of either sign.
FreeFit fit_freely(const AbcdCounts& counts, const AbcdModel& model) {
  if (const auto s = saturated_signal(counts, model)) {
    return {*s, {counts.b - model.leakage_b * *s, counts.c - model.leakage_c * *s, counts.d - model.leakage_d * *s, 0}};
  }
  const AbcdBestFit best = bounded_best_fit(counts, model);
  if (best.signal <= 0) {
    throw base::NumericError(
        fmt::format("the signal that fits {} is negative and not determined with leakage {}, {}, {} into B, C, D: "
                    "check the leakage",
                    describe(counts), model.leakage_b, model.leakage_c, model.leakage_d));
  }
  return {best.signal, profile_at(counts, model, best.signal).nuisances};
}

/// Linear propagation at the best fit; equal to the inverse Fisher information where no count is empty.
void describe_best_fit(AbcdFit& fit, const AbcdCounts& counts, const AbcdModel& model) {
  const FreeFit best = fit_freely(counts, model);
  fit.signal = best.signal;
  fit.background = background_in_a(best.nuisances, model);
  const Measured b = measured(best.nuisances.b, counts.b);
  const Measured c = measured(best.nuisances.c, counts.c);
  const Measured d = measured(best.nuisances.d, counts.d);
  const double background = background_in_a({b.value, c.value, d.value, best.nuisances.pull}, model);
  const double relative =
      relative_variance(b) + relative_variance(c) + relative_variance(d) + model.closure_error * model.closure_error;
  const double from_control = background * background * relative;
  const auto share = [](double leakage, double value) { return value > 0 ? leakage / value : 0; };
  const double response = 1 - background * (share(model.leakage_b, b.value) + share(model.leakage_c, c.value) -
                                            share(model.leakage_d, d.value));
  const double from_a = measured(0, counts.a).variance;
  fit.signal_error = std::sqrt(from_a + from_control) / std::abs(response);
  const double feedback = 1 - 1 / response;  // a fluctuation of A moves the background through the leaked signal
  fit.background_error = std::sqrt(feedback * feedback * from_a + from_control / (response * response));
}

void test_background_only(AbcdFit& fit, const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                          const base::RandomStream& stream, const AbcdFitOptions& options) {
  const double root = signed_root(counts, model);
  fit.q0 = root > 0 ? root * root : 0;
  fit.p_value_asymptotic = to_p_value({root}).value;
  fit.p_value = fit.p_value_asymptotic;
  if (counts.a == 0 && fit.null_background <= kNothing) {
    fit.p_value = fit.p_value_asymptotic = 1;  // every outcome is at least this
  } else if (fit.from_toys) {
    const ToyPValue toys = toy_p_value(counts, model, null, stream, options.n_toys, options.monitor);
    fit.n_toys = options.n_toys;
    fit.p_value_extrapolated = !(toys.p.value > 0 && toys.error < kResolved * toys.p.value);
    if (!fit.p_value_extrapolated) {
      fit.p_value = toys.p.value;
      fit.p_value_error = toys.error;
    }
  }
  fit.z = to_significance({fit.p_value}).z;
}

}  // namespace

AbcdPrediction predict_abcd(const AbcdCounts& counts) { return predict_abcd(counts, counts); }

AbcdPrediction predict_abcd(const AbcdCounts& sums, const AbcdCounts& variances) {
  check_counts(sums);
  const double sum = sums.a + sums.b + sums.c + sums.d;
  const double one_event = (variances.a + variances.b + variances.c + variances.d) / sum;
  const auto measured_sum = [&](double value, double variance) {
    const double of_none = garwood(0).high * one_event;
    return value > 0 ? Measured{value, variance} : Measured{of_none, of_none * of_none};
  };
  const Measured b = measured_sum(sums.b, variances.b);
  const Measured c = measured_sum(sums.c, variances.c);
  const double relative = relative_variance(b) + relative_variance(c) + relative_variance({sums.d, variances.d});
  return {sums.b * (sums.c / sums.d), b.value * (c.value / sums.d) * std::sqrt(relative)};
}

double s_over_sqrt_b(double observed, double predicted) {
  require_not_negative(observed, "the observed count");
  require_not_negative(predicted, "the predicted background");
  return predicted > 0 ? (observed - predicted) / std::sqrt(predicted) : 0;
}

bool nothing_to_test(const AbcdFit& fit) { return fit.p_value == 1 && fit.null_background <= kNothing; }

AbcdFit fit_abcd(const AbcdCounts& counts, const AbcdModel& model, base::RandomStream stream,
                 const AbcdFitOptions& options) {
  const base::CpuScope scope(base::CpuStage::kFits);
  check_counts(counts);
  check_model(model);
  check_options(options);
  check_sensitivity(counts, model);
  AbcdFit fit;
  describe_best_fit(fit, counts, model);
  const AbcdProfile null = profile_at(counts, model, 0);
  fit.null_background = null.expected.a;
  fit.from_toys = std::min(least(counts), least(null.expected)) < options.small_count;
  test_background_only(fit, counts, model, null, stream, options);
  const AbcdLimit limit = fit.from_toys ? toy_limit(counts, model, null, options.confidence_level, stream,
                                                    options.n_limit_toys, options.monitor)
                                        : asymptotic_limit(counts, model, null, options.confidence_level);
  fit.upper_limit = limit.observed;
  fit.expected_limit = limit.expected;
  return fit;
}

}  // namespace eddy::stats
