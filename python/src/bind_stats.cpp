// Statistics by themselves: docs/statistics.md, docs/bump-hunt.md.

#include <eddy/classify/roc.hpp>
#include <eddy/search/bump_hunt.hpp>
#include <eddy/stats/abcd.hpp>
#include <eddy/stats/asimov.hpp>
#include <eddy/stats/combination.hpp>
#include <eddy/stats/counting.hpp>
#include <eddy/stats/sculpting.hpp>

#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "job.hpp"
#include "module.hpp"
#include "options.hpp"

namespace eddy::python {
namespace {

namespace nb = nanobind;
using nb::literals::operator""_a;
using Released = nb::call_guard<nb::gil_scoped_release>;

base::RandomStream stream_of(std::uint64_t seed, const char* task) { return {base::Seed{seed}, task}; }

nb::dict abcd(const std::array<double, 4>& counts, const std::array<double, 2>& closure,
              const std::array<double, 3>& leakage, double confidence_level, const std::array<std::size_t, 2>& n_toys,
              std::uint64_t seed, const nb::object& tell) {
  const stats::AbcdCounts n{counts[0], counts[1], counts[2], counts[3]};
  stats::AbcdPrediction prediction;
  stats::AbcdFit fit;
  run_monitored(tell, nb::none(), [&](const base::Monitor& monitor) {
    prediction = stats::predict_abcd(n);
    const stats::AbcdModel model{closure[0], closure[1], leakage[0], leakage[1], leakage[2]};
    const stats::AbcdFitOptions options{
        .n_toys = n_toys[0], .n_limit_toys = n_toys[1], .confidence_level = confidence_level, .monitor = monitor};
    fit = stats::fit_abcd(n, model, stream_of(seed, "abcd"), options);
  });
  nb::dict found;
  found["predicted"] = prediction.predicted;
  found["predicted_error"] = prediction.error;
  found["signal"] = fit.signal;
  found["signal_error"] = fit.signal_error;
  found["background"] = fit.background;
  found["background_error"] = fit.background_error;
  found["null_background"] = fit.null_background;
  found["q0"] = fit.q0;
  found["p_value"] = fit.p_value;
  found["p_value_error"] = fit.p_value_error;
  found["p_value_asymptotic"] = fit.p_value_asymptotic;
  found["z"] = fit.z;
  found["upper_limit"] = fit.upper_limit;
  found["expected_limit"] = nb::tuple(nb::cast(fit.expected_limit));
  found["from_toys"] = fit.from_toys;
  found["n_toys"] = fit.n_toys;
  found["p_value_extrapolated"] = fit.p_value_extrapolated;
  return found;
}

nb::dict judge_count(double observed, double expected, double error, double confidence_level) {
  const stats::CountingResult result = stats::judge_count(observed, expected, error, confidence_level);
  nb::dict found;
  found["p_value"] = result.p_value;
  found["z"] = result.z;
  found["upper_limit"] = result.upper_limit;
  found["expected_limit"] = nb::tuple(nb::cast(result.expected_limit));
  return found;
}

nb::dict combine_fisher(const std::vector<double>& p_values) {
  std::vector<stats::PValue> values;
  for (const double p : p_values) {
    values.push_back({p});
  }
  const stats::FisherCombination combination = stats::combine_fisher(std::span<const stats::PValue>(values));
  nb::dict found;
  found["statistic"] = combination.statistic;
  found["log_p_value"] = combination.log_p;
  found["p_value"] = combination.p.value;
  found["z"] = combination.z.z;
  return found;
}

nb::dict sculpting(const Vector<float>& masses, const Vector<std::uint8_t>& passes, std::size_t n_bins,
                   std::size_t n_subsets, std::uint64_t seed, const nb::object& tell) {
  double chi2 = 0;
  std::vector<double> subsets;
  std::size_t n_passing = 0;
  run_monitored(tell, nb::none(), [&](const base::Monitor& monitor) {
    const stats::SculptingTest test(span_of(masses), n_bins);
    for (const std::uint8_t flag : span_of(passes)) {
      n_passing += flag != 0 ? 1 : 0;
    }
    chi2 = test.chi2_per_dof(span_of(passes));
    subsets = test.random_subsets(n_passing, n_subsets, stream_of(seed, "sculpting"), monitor);
  });
  nb::dict found;
  found["chi2_per_dof"] = chi2;
  found["n_passing"] = n_passing;
  found["random_subsets"] = to_numpy(std::move(subsets));
  return found;
}

nb::dict roc(const Vector<float>& background, const Vector<float>& background_weight, const Vector<float>& signal,
             const Vector<float>& signal_weight) {
  std::vector<classify::RocPoint> curve;
  {
    const nb::gil_scoped_release released;
    curve =
        classify::roc_curve(span_of(background), span_of(background_weight), span_of(signal), span_of(signal_weight));
  }
  std::vector<double> threshold;
  std::vector<double> efficiency_background;
  std::vector<double> efficiency_signal;
  std::vector<double> sic;
  std::vector<std::uint8_t> is_quotable;
  for (const classify::RocPoint& point : curve) {
    threshold.push_back(point.threshold);
    efficiency_background.push_back(point.efficiency_background);
    efficiency_signal.push_back(point.efficiency_signal);
    sic.push_back(classify::significance_improvement(point));
    is_quotable.push_back(classify::is_quotable(point) ? 1 : 0);
  }
  const classify::SicSummary summary = classify::summarise_sic(curve);
  nb::dict found;
  found["auc"] = classify::auc(curve);
  found["max_sic"] = summary.max;
  found["max_efficiency_background"] = summary.efficiency_background;
  found["threshold"] = to_numpy(std::move(threshold));
  found["efficiency_background"] = to_numpy(std::move(efficiency_background));
  found["efficiency_signal"] = to_numpy(std::move(efficiency_signal));
  found["sic"] = to_numpy(std::move(sic));
  found["is_quotable"] = to_numpy(std::move(is_quotable));
  return found;
}

nb::object scan_of(const std::optional<stats::MassScan>& scan) {
  if (!scan) {
    return nb::none();
  }
  std::vector<double> mass;
  std::vector<double> strength;
  std::vector<double> p_value;
  std::vector<double> z;
  for (const stats::ScanPoint& point : scan->points) {
    mass.push_back(point.signal.mean);
    strength.push_back(point.strength);
    p_value.push_back(point.p_value);
    z.push_back(point.z);
  }
  nb::dict found;
  found["mass"] = to_numpy(std::move(mass));
  found["strength"] = to_numpy(std::move(strength));
  found["p_value"] = to_numpy(std::move(p_value));
  found["z"] = to_numpy(std::move(z));
  found["best"] = scan->best;
  found["global_p_value"] = scan->global_p_value;
  found["global_p_error"] = scan->global_p_error;
  found["global_z"] = scan->global_z;
  found["n_toys"] = scan->n_toys;
  return found;
}

nb::dict hunted(const search::BumpHunt& hunt) {
  nb::dict found;
  found["edges"] = to_numpy(hunt.spectrum.edges);
  found["counts"] = to_numpy(hunt.spectrum.counts);
  found["signal_bins"] = nb::make_tuple(hunt.signal_bins.first, hunt.signal_bins.last);
  found["shape"] = hunt.shape;
  found["observed"] = hunt.observed;
  found["goodness_of_fit"] = search::goodness_of_fit(hunt);
  found["failures"] = nb::tuple(nb::cast(hunt.failures));
  const auto number = [&](const char* name, bool is_there, auto value) {
    found[name] = is_there ? nb::cast(value()) : nb::none();
  };
  const auto& p = hunt.prediction;
  const auto& s = hunt.signal;
  number("predicted", p.has_value(), [&] { return p->total; });
  number("predicted_error", p.has_value(), [&] { return p->total_error; });
  number("strength", s.has_value(), [&] { return s->strength; });
  number("strength_error", s.has_value(), [&] { return s->strength_error; });
  number("p_value", s.has_value(), [&] { return s->p_value; });
  number("z", s.has_value(), [&] { return s->z; });
  number("upper_limit", s.has_value(), [&] { return s->limit.observed; });
  found["expected_limit"] = s ? nb::object(nb::tuple(nb::cast(s->limit.expected))) : nb::none();
  found["background"] = s ? to_numpy(s->best.background) : nb::none();
  found["mean"] = s ? to_numpy(s->best.mean) : nb::none();
  found["signal_template"] = to_numpy(hunt.signal_template);
  found["scan"] = scan_of(hunt.scan);
  return found;
}

nb::dict bump_hunt(const Vector<float>& masses, const std::array<double, 2>& window,
                   const Vector<float>& template_masses, const std::vector<std::string>& settings, std::uint64_t seed,
                   const nb::object& tell) {
  search::BumpHunt hunt;
  run_monitored(tell, nb::none(), [&](const base::Monitor& monitor) {
    search::BumpHuntSettings chosen;
    read_options(settings, "bump_hunt", [&](base::OptionVisitor& visitor) { describe(chosen, visitor); });
    hunt = search::hunt_bump(span_of(masses), {window[0], window[1]}, chosen, span_of(template_masses),
                             stream_of(seed, "bump hunt"), {}, monitor);
  });
  return hunted(hunt);
}

}  // namespace

void bind_stats(nb::module_& module) {
  module.def("abcd", &abcd, "counts"_a, "closure"_a, "leakage"_a, "confidence_level"_a, "n_toys"_a, "seed"_a, "tell"_a);
  module.def("judge_count", &judge_count, "observed"_a, "expected"_a, "error"_a, "confidence_level"_a);
  module.def("combine_fisher", &combine_fisher, "p_values"_a);
  module.def("sculpting", &sculpting, "masses"_a, "passes"_a, "n_bins"_a, "n_subsets"_a, "seed"_a, "tell"_a);
  module.def("roc", &roc, "background"_a, "background_weight"_a, "signal"_a, "signal_weight"_a);
  module.def("bump_hunt", &bump_hunt, "masses"_a, "window"_a, "template_masses"_a, "settings"_a, "seed"_a, "tell"_a);
  module.def("asimov_significance", &stats::asimov_significance, "signal"_a, "background"_a, "error"_a);
  module.def(
      "to_significance", [](double p) { return stats::to_significance({p}).z; }, "p_value"_a);
  module.def(
      "to_p_value", [](double z) { return stats::to_p_value({z}).value; }, "z"_a);
}

}  // namespace eddy::python
