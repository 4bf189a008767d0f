#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/models.hpp>
#include <eddy/exchange/shape_samples.hpp>
#include <eddy/stats/bump_signal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::exchange {
namespace {

using base::Json;

/// "1 × 3" as the end of a parameter's name: "_1_3".
std::string suffix_of(const std::string& category) {
  std::string suffix;
  for (const char c : category) {
    if (c >= '0' && c <= '9') {
      suffix += c;
    } else if (!suffix.ends_with('_')) {
      suffix += '_';
    }
  }
  return (suffix.starts_with('_') ? "" : "_") + suffix;
}

/// The channel of one category, with the strength of its own signal.
Channel channel_of(const Json& point, const Json& category, const stats::GaussianSignal& signal,
                   StatisticalModel& model) {
  const std::string suffix = suffix_of(category.at("name").get<std::string>());
  const stats::MassHistogram spectrum{point.at("edges").get<std::vector<double>>(),
                                      category.at("counts").get<std::vector<double>>()};
  const double error = category.at("fit").at("strength_error").get<double>();
  const double unit = signal_unit(std::max(2 * error, 1.0));
  std::vector<double> events = stats::signal_template(signal, spectrum);
  for (double& in_bin : events) {
    in_bin *= unit;
  }
  const double strength = std::abs(category.at("fit").at("strength").get<double>());
  model.strengths.push_back({"mu" + suffix, unit, 0, std::max(10.0, 5 * (strength + 5 * error) / unit)});
  Channel channel{.name = "category" + suffix, .edges = spectrum.edges, .counts = spectrum.counts};
  channel.samples = background_samples({.spectrum = spectrum, .shape = shape_of(point.at("model").at("background"))},
                                       suffix, model.free);
  channel.samples.insert(channel.samples.begin(),
                         {kSignalName, std::move(events), {{Factor::Kind::kFree, "mu" + suffix}}});
  return channel;
}

}  // namespace

StatisticalModel category_model(const Json& point, const std::string& name) {
  const double mass = point.at("mass").get<double>();
  const stats::GaussianSignal signal{mass, point.at("model").at("signal_width").get<double>() * mass};
  StatisticalModel model{.name = name};
  Json of_categories = Json::object();
  for (const Json& category : point.at("categories")) {
    if (category.at("fit").is_null() || !category.at("fit").at("used").get<bool>()) {
      continue;
    }
    model.channels.push_back(channel_of(point, category, signal, model));
    of_categories[model.strengths.back().parameter] = {{"category", category.at("name")},
                                                       {"strength", category.at("fit").at("strength")},
                                                       {"strength_error", category.at("fit").at("strength_error")},
                                                       {"p_value", category.at("fit").at("p_value")},
                                                       {"z", category.at("fit").at("z")}};
  }
  model.description = fmt::format(
      "one channel for each category that takes part, at the most significant mass, {:g}; {}; the signal of each has a "
      "strength of its own, since how it is shared out between categories is not known",
      mass, description_of(shape_of(point.at("model").at("background"))));
  model.eddy = {{"p_value", point.at("p_value")},
                {"z", point.at("z")},
                {"upper_limit", nullptr},
                {"categories", of_categories},
                {"definition",
                 "Fisher's combination of the p-values of the categories, each from the signed root of "
                 "its own q0; local, at the most significant mass of the scan"},
                {"from_toys", false}};
  return model;
}

}  // namespace eddy::exchange
