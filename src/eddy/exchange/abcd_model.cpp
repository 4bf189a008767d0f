#include <eddy/base/json.hpp>
#include <eddy/exchange/models.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace eddy::exchange {
namespace {

using base::Json;

constexpr std::array kRegions = {"A", "B", "C", "D"};

/// Nominal events of a factor that is fitted to `count`.
double nominal(double count) { return std::max(count, 1.0); }

FreeParameter scale_of(const std::string& name, double count) {
  constexpr double kWidths = 10;
  return {name, std::max(count, 0.1) / nominal(count), 0,
          (count + kWidths * std::sqrt(count) + kWidths) / nominal(count)};
}

/// The closure of the likelihood, in the parts that it was put together from: on the template, and that of the
/// correction by validation.
std::vector<Factor> closure_factors(const Json& point, double closure_error) {
  const double validation = point.contains("correction") ? point.at("correction").at("error").get<double>() : 0;
  const double on_template = std::sqrt(std::max(0.0, closure_error * closure_error - validation * validation));
  std::vector<Factor> factors;
  for (const auto& [name, size] : {std::pair("closure", on_template), std::pair("validation", validation)}) {
    if (size > 0) {
      factors.push_back({Factor::Kind::kLogNormal, name, size});
    }
  }
  return factors;
}

/// Factors of the background: b, d and tau = c / d, so that A is their product.
std::vector<Factor> factors_of(const std::string& region) {
  const auto free = [](const char* name) { return Factor{Factor::Kind::kFree, name}; };
  if (region == "A") {
    return {free("scale_B"), free("transfer")};
  }
  if (region == "B") {
    return {free("scale_B")};
  }
  return region == "C" ? std::vector{free("scale_D"), free("transfer")} : std::vector{free("scale_D")};
}

}  // namespace

StatisticalModel abcd_model(const Json& point, const std::string& name) {
  const Json& fit = point.at("fit");
  std::array<double, 4> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts.at(i) = point.at("regions").at(kRegions.at(i)).get<double>();
  }
  const double b = nominal(counts[1]);
  const double d = nominal(counts[3]);
  const double transfer = nominal(counts[2]) / d;
  const std::array background = {fit.at("closure").get<double>() * b * transfer, b, d * transfer, d};
  const double unit = signal_unit(point.at("expected_upper_limit").at("median").get<double>());
  StatisticalModel model{.name = name};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::string region = kRegions.at(i);
    Channel channel{.name = region, .counts = {counts.at(i)}};
    const double leakage = i == 0 ? 1 : fit.at("leakage").at(region).get<double>();
    if (leakage > 0) {
      channel.samples.push_back({kSignalName, {leakage * unit}, {{Factor::Kind::kFree, "mu"}}});
    }
    channel.samples.push_back({"background", {background.at(i)}, factors_of(region)});
    if (i == 0) {
      std::vector<Factor>& factors = channel.samples.back().factors;
      std::ranges::copy(closure_factors(point, fit.at("closure_error").get<double>()), std::back_inserter(factors));
    }
    model.channels.push_back(std::move(channel));
  }
  model.free = {scale_of("scale_B", counts[1]),
                scale_of("scale_D", counts[3]),
                {"transfer", std::max(counts[2], 0.1) / nominal(counts[2]), 0, scale_of("", counts[2]).high}};
  model.strengths = {{"mu", unit, 0, std::max(10.0, 5 * point.at("upper_limit").get<double>() / unit)}};
  model.description =
      "the likelihood of the four counts, exactly: A = mu signal + closure * scale_B * transfer, B = scale_B, "
      "C = scale_D * transfer, D = scale_D; closure and validation are log-normal";
  const bool from_toys = fit.at("from_toys").get<bool>();
  model.eddy = {{"p_value", point.at("p_value")},
                {"z", point.at("z")},
                {"p_value_asymptotic", fit.at("p_value_asymptotic")},
                {"upper_limit", point.at("upper_limit")},
                {"expected_upper_limit", point.at("expected_upper_limit")},
                {"definition", from_toys ? "pseudo-experiments of the profile likelihood: counts are below 10, where "
                                           "asymptotic formulae, which p_value_asymptotic follows, do not hold"
                                         : "asymptotic formulae of the profile likelihood (arXiv:1007.1727); p of a "
                                           "deficit from minus the root of the deviance, above 0.5"},
                {"from_toys", from_toys}};
  return model;
}

}  // namespace eddy::exchange
