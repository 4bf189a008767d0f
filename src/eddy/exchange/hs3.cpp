#include <eddy/base/json.hpp>
#include <eddy/exchange/hs3.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace eddy::exchange {
namespace {

using base::Json;

/// What is put together while channels are written.
struct Document {
  Json distributions = Json::array();
  Json functions = Json::array();
  Json data = Json::array();
  std::set<std::string> pulls;      ///< constrained to N(0, 1), by a normsys
  std::set<std::string> aux_pulls;  ///< the same, by an auxiliary distribution
};

Json scaled_by(const std::string& parameter) {
  return {{"name", parameter}, {"type", "normfactor"}, {"parameter", parameter}};
}

Json contents(const std::vector<double>& events) {
  return {{"contents", events}, {"errors", std::vector<double>(events.size())}};
}

/// The product of all log-linear factors of a sample, as the name of a function; empty where there are none.
std::string scale_function(const Channel& channel, const ModelSample& sample, Document& document) {
  std::string sum;
  for (const Factor& factor : sample.factors) {
    if (factor.kind == Factor::Kind::kLogLinear) {
      sum += fmt::format("{}({})*{}", sum.empty() ? "" : " + ", factor.log_size, factor.parameter);
    }
  }
  if (sum.empty()) {
    return "";
  }
  std::string name = fmt::format("scale_{}_{}", channel.name, sample.name);
  document.functions.push_back(
      {{"name", name}, {"type", "generic_function"}, {"expression", fmt::format("exp({})", sum)}});
  return name;
}

Json modifiers_of(const Channel& channel, const ModelSample& sample, Document& document) {
  Json modifiers = Json::array();
  for (const Factor& factor : sample.factors) {
    if (factor.kind == Factor::Kind::kFree) {
      modifiers.push_back(scaled_by(factor.parameter));
    } else if (factor.kind == Factor::Kind::kLogNormal) {
      document.pulls.insert(factor.parameter);
      modifiers.push_back({{"name", factor.parameter},
                           {"type", "normsys"},
                           {"parameter", factor.parameter},
                           {"constraint", "Gauss"},
                           {"data", {{"hi", std::exp(factor.log_size)}, {"lo", std::exp(-factor.log_size)}}}});
    }
  }
  if (const std::string function = scale_function(channel, sample, document); !function.empty()) {
    modifiers.push_back(scaled_by(function));
  }
  return modifiers;
}

void add_channel(const Channel& channel, Document& document) {
  const std::vector<double> edges = channel.edges.empty() ? std::vector<double>{0, 1} : channel.edges;
  const Json axes = {{{"name", "x_" + channel.name}, {"edges", edges}}};
  Json samples = Json::array();
  for (const ModelSample& sample : channel.samples) {
    const Json modifiers = modifiers_of(channel, sample, document);
    if (std::ranges::any_of(sample.events, [](double events) { return events != 0; })) {
      samples.push_back({{"name", sample.name}, {"data", contents(sample.events)}, {"modifiers", modifiers}});
    }
    for (const Shift& shift : sample.shifts) {
      document.aux_pulls.insert(shift.parameter);
      Json scaled = modifiers;
      scaled.push_back(scaled_by(shift.parameter));
      samples.push_back(
          {{"name", sample.name + "_" + shift.parameter}, {"data", contents(shift.events)}, {"modifiers", scaled}});
    }
  }
  document.distributions.push_back(
      {{"name", channel.name}, {"type", "histfactory_dist"}, {"axes", axes}, {"samples", samples}});
  document.data.push_back(
      {{"name", "data_" + channel.name}, {"type", "binned"}, {"axes", axes}, {"contents", channel.counts}});
}

Json names_of(const Json& named) {
  Json names = Json::array();
  for (const Json& one : named) {
    names.push_back(one.at("name"));
  }
  return names;
}

/// Domain and starting values of everything that is free.
struct Parameters {
  Json axes = Json::array();
  Json values = Json::array();
  void add(const std::string& name, double start, double low, double high) {
    axes.push_back({{"name", name}, {"min", low}, {"max", high}});
    values.push_back({{"name", name}, {"value", start}});
  }
};

Parameters parameters_of(const StatisticalModel& model, const Document& document) {
  constexpr double kPull = 5;
  Parameters parameters;
  for (const Strength& strength : model.strengths) {
    parameters.add(strength.parameter, 1, strength.low, strength.high);
  }
  std::set<std::string> bounded;
  for (const FreeParameter& parameter : model.free) {
    parameters.add(parameter.name, parameter.start, parameter.low, parameter.high);
    bounded.insert(parameter.name);
  }
  for (const auto* pulls : {&document.pulls, &document.aux_pulls}) {
    for (const std::string& pull : *pulls) {
      if (!bounded.contains(pull)) {
        parameters.add(pull, 0, -kPull, kPull);
      }
    }
  }
  for (const std::string& pull : document.aux_pulls) {
    parameters.values.push_back({{"name", "nominal_" + pull}, {"value", 0.0}, {"const", true}});
  }
  return parameters;
}

Json put_together(const StatisticalModel& model, Document document) {
  const Parameters parameters = parameters_of(model, document);
  Json likelihood = {
      {"name", "likelihood"}, {"distributions", names_of(document.distributions)}, {"data", names_of(document.data)}};
  for (const std::string& pull : document.aux_pulls) {
    document.distributions.push_back({{"name", "constraint_" + pull},
                                      {"type", "gaussian_dist"},
                                      {"x", "nominal_" + pull},
                                      {"mean", pull},
                                      {"sigma", 1.0}});
    likelihood["aux_distributions"].push_back("constraint_" + pull);
  }
  Json analyses = Json::array();
  for (const Strength& strength : model.strengths) {
    analyses.push_back({{"name", strength.parameter},
                        {"likelihood", "likelihood"},
                        {"domains", {"domain"}},
                        {"parameters_of_interest", {strength.parameter}},
                        {"init", "start"}});
  }
  Json json = {{"metadata", {{"hs3_version", "0.2"}, {"description", model.description}}},
               {"distributions", document.distributions},
               {"data", document.data},
               {"likelihoods", {likelihood}},
               {"domains", {{{"name", "domain"}, {"type", "product_domain"}, {"axes", parameters.axes}}}},
               {"parameter_points", {{{"name", "start"}, {"parameters", parameters.values}}}},
               {"analyses", analyses}};
  if (!document.functions.empty()) {
    json["functions"] = document.functions;
  }
  return json;
}

}  // namespace

Json hs3_document(const StatisticalModel& model) {
  Document document;
  for (const Channel& channel : model.channels) {
    add_channel(channel, document);
  }
  return put_together(model, std::move(document));
}

Json hs3_document_of_strength(const StatisticalModel& model) {
  const Strength mu = model.strengths.front();
  const auto distance = [&](const SignalAtStrength& at) { return std::abs(at.passing - mu.events); };
  const SignalAtStrength& nearest = *std::ranges::min_element(model.grid, {}, distance);
  StatisticalModel of_strength = model;
  for (Channel& channel : of_strength.channels) {
    for (ModelSample& sample : channel.samples) {
      if (sample.name == kSignalName && nearest.relative_spread > 0) {
        sample.factors.push_back({Factor::Kind::kLogNormal, "signal_efficiency", std::log1p(nearest.relative_spread)});
      }
    }
  }
  of_strength.strengths = {{"strength", mu.events, 0, model.grid.back().strength}};
  Document document;
  for (const Channel& channel : of_strength.channels) {
    add_channel(channel, document);
  }
  document.functions.push_back({{"name", mu.parameter},
                                {"type", "generic_function"},
                                {"expression", passing_expression(model.grid, mu.events, "strength")}});
  return put_together(of_strength, std::move(document));
}

std::string passing_expression(const std::vector<SignalAtStrength>& grid, double unit, const std::string& variable) {
  std::vector<double> slopes;
  double x = 0;
  double y = 0;
  for (const SignalAtStrength& at : grid) {
    slopes.push_back((at.passing - y) / unit / (at.strength - x));
    x = at.strength;
    y = at.passing;
  }
  // Of |x - x_i| the slope changes from -1 to 1 at x_i.
  double constant = 0;
  std::string kinks;
  for (std::size_t i = 0; i + 1 < slopes.size(); ++i) {
    const double half = 0.5 * (slopes[i + 1] - slopes[i]);
    constant -= half * grid[i].strength;
    kinks += fmt::format(" + ({0})*sqrt(({1} - {2})*({1} - {2}))", half, variable, grid[i].strength);
  }
  return fmt::format("({}) + ({})*{}{}", constant, 0.5 * (slopes.front() + slopes.back()), variable, kinks);
}

}  // namespace eddy::exchange
