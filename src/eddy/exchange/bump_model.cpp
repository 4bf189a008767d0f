#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/models.hpp>
#include <eddy/exchange/shape_samples.hpp>
#include <eddy/stats/bump_signal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::exchange {
namespace {

using base::Json;

std::vector<stats::LogNormalNuisance> nuisances_of(const Json& model) {
  std::vector<stats::LogNormalNuisance> nuisances;
  for (const Json& nuisance : model.at("nuisances")) {
    nuisances.push_back(
        {nuisance.at("name").get<std::string>(),
         nuisance.at("target") == "signal" ? stats::NuisanceTarget::kSignal : stats::NuisanceTarget::kBackground,
         nuisance.at("relative_size").get<double>(), nuisance.at("per_bin").get<std::vector<double>>(),
         nuisance.at("factor").get<double>()});
  }
  return nuisances;
}

/// The fit of the run, made again: what is stored must give what is quoted.
void require_same_z(const stats::MassHistogram& spectrum, const stats::BackgroundShape& shape,
                    const std::vector<double>& signal, const std::vector<stats::LogNormalNuisance>& nuisances, double z,
                    const std::string& name) {
  constexpr double kSame = 1e-4;  // in Z: fits end within an estimated distance of 1e-10 to the minimum
  const stats::BumpSignal again = stats::fit_signal(spectrum, shape, signal, {.nuisances = nuisances});
  if (std::abs(again.z - z) > kSame) {
    throw base::InputError(fmt::format(
        "the spectrum of {} in result.json gives Z = {:.4f} and not {:.4f}: the file was changed after it was written; "
        "run the search again",
        name, again.z, z));
  }
}

ModelSample signal_sample(const std::vector<double>& fractions, double unit,
                          const std::vector<stats::LogNormalNuisance>& nuisances) {
  ModelSample sample{kSignalName, fractions, {{Factor::Kind::kFree, "mu"}}};
  for (double& events : sample.events) {
    events *= unit;
  }
  for (const stats::LogNormalNuisance& nuisance : nuisances) {
    if (nuisance.target == stats::NuisanceTarget::kSignal) {
      sample.factors.push_back(
          {Factor::Kind::kLogNormal, parameter_name(nuisance.name), std::log1p(nuisance.relative_size)});
    }
  }
  return sample;
}

ModelSample spurious_sample(const std::vector<double>& fractions, double events) {
  Shift shift{"spurious_signal", fractions};
  for (double& in_bin : shift.events) {
    in_bin *= events;
  }
  return {"spurious_signal", std::vector<double>(fractions.size()), {}, {std::move(shift)}};
}

}  // namespace

StatisticalModel bump_model(const Json& point, const std::string& name, double spurious_signal) {
  const Json& fit = point.at("fit");
  const Json& stored = fit.at("spectrum");
  const stats::MassHistogram spectrum{stored.at("edges").get<std::vector<double>>(),
                                      stored.at("counts").get<std::vector<double>>()};
  const auto fractions = stored.at("signal_template").get<std::vector<double>>();
  const stats::BackgroundShape shape = shape_of(fit.at("model").at("background"));
  const std::vector<stats::LogNormalNuisance> nuisances = nuisances_of(fit.at("model"));
  require_same_z(spectrum, shape, fractions, nuisances, point.at("z").get<double>(), name);
  const double unit = signal_unit(point.at("expected_upper_limit").at("median").get<double>());
  StatisticalModel model{.name = name};
  Channel channel{.name = "spectrum", .edges = spectrum.edges, .counts = spectrum.counts};
  channel.samples = background_samples(
      {.spectrum = spectrum, .shape = shape, .nuisances = nuisances, .signal = fractions}, "", model.free);
  channel.samples.insert(channel.samples.begin(), signal_sample(fractions, unit, nuisances));
  if (spurious_signal > 0) {
    channel.samples.push_back(spurious_sample(fractions, spurious_signal));
  }
  model.channels = {std::move(channel)};
  model.strengths = {{"mu", unit, 0, std::max(10.0, 5 * point.at("upper_limit").get<double>() / unit)}};
  model.description = description_of(shape);
  model.eddy = {{"p_value", point.at("p_value")},
                {"z", point.at("z")},
                {"strength", point.at("strength")},
                {"upper_limit", point.at("upper_limit")},
                {"expected_upper_limit", point.at("expected_upper_limit")},
                {"definition",
                 "asymptotic formulae of the profile likelihood (arXiv:1007.1727); p of a deficit from "
                 "minus the root of the deviance, above 0.5"},
                {"spurious_signal", spurious_signal},
                {"from_toys", false}};
  return model;
}

}  // namespace eddy::exchange
