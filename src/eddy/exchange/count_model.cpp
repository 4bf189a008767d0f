#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/models.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eddy::exchange {
namespace {

using base::Json;

/// Events of one standard deviation of each source of the prediction's error.
std::vector<std::pair<std::string, double>> sources_of(const Json& point) {
  const Json& prediction = point.at("prediction");
  const double predicted = point.at("predicted").get<double>();
  std::vector<std::pair<std::string, double>> sources = {
      {"statistics", prediction.at("statistical_error").get<double>()},
      {"background_models", prediction.at("model_error").get<double>()},
      {"closure", predicted * prediction.at("closure_error").get<double>()},
      {"extrapolation", predicted * prediction.at("extrapolation_error").get<double>()},
      {"validation", predicted * prediction.value("validation_error", 0.0)}};
  std::erase_if(sources, [](const auto& source) { return source.second == 0; });
  return sources;
}

void require_total(const std::vector<std::pair<std::string, double>>& sources, double total, const std::string& name) {
  double squares = 0;
  for (const auto& source : sources) {
    squares += source.second * source.second;
  }
  if (std::abs(std::sqrt(squares) - total) > 1e-6 * total) {
    throw base::InputError(
        fmt::format("'predicted_error' of {} is {} but its parts make {}: result.json was changed after it was "
                    "written; run the search again",
                    name, total, std::sqrt(squares)));
  }
}

}  // namespace

StatisticalModel count_model(const Json& point, const std::string& name) {
  const double predicted = point.at("predicted").get<double>();
  const double error = point.at("predicted_error").get<double>();
  std::vector<std::pair<std::string, double>> sources = sources_of(point);
  require_total(sources, error, name);
  double reach = 0;
  constexpr double kSigmas = 5;  // as far as fits look
  for (const auto& source : sources) {
    reach += kSigmas * source.second;
  }
  const bool is_one = reach >= predicted;  // several could take it below 0 together: one that is cut off there
  if (is_one) {
    sources = {{"background", error}};
  }
  ModelSample background{"background", {predicted}};
  StatisticalModel model{.name = name};
  for (const auto& [source, events] : sources) {
    background.shifts.push_back({source, {events}});
  }
  if (is_one) {  // with a start, so that writers give it these bounds
    model.free.push_back({"background", 0, std::max(-kSigmas, -predicted / error * (1 - 1e-9)), kSigmas});
  }
  const double unit = signal_unit(point.at("expected_upper_limit").at("median").get<double>());
  model.channels = {{.name = "signal_region",
                     .counts = {point.at("observed").get<double>()},
                     .samples = {{kSignalName, {unit}, {{Factor::Kind::kFree, "mu"}}}, std::move(background)}}};
  model.strengths = {{"mu", unit, 0, std::max(10.0, 5 * point.at("upper_limit").get<double>() / unit)}};
  model.description =
      fmt::format("a count on the prediction of the constructed background, whose errors are Gaussian and additive{}",
                  is_one ? "; they are one nuisance, cut off where the background is 0" : ", one nuisance each");
  model.eddy = {{"p_value", point.at("p_value")},
                {"z", point.at("z")},
                {"upper_limit", point.at("upper_limit")},
                {"expected_upper_limit", point.at("expected_upper_limit")},
                {"definition",
                 "Poisson probabilities averaged over the Gaussian of the prediction, cut off below 0 "
                 "(Cousins and Highland 1992; CLs of Read 2002): no profile likelihood, so asymptotic "
                 "formulae of this model differ, the more the larger the error"},
                {"from_toys", false}};
  return model;
}

}  // namespace eddy::exchange
