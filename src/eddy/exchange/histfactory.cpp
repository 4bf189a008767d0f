#include <eddy/base/error.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/canonical_json.hpp>
#include <eddy/exchange/histfactory.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::exchange {
namespace {

using base::Json;

constexpr double kCentre = 3;  // of the alpha of a log-linear factor

/// Ranges of the log-linear parameters decide how many units of them one unit of alpha is: alpha stays above 1.
double width_of_alpha(const StatisticalModel& model) {
  constexpr double kLeast = 40;
  constexpr double kReach = 1.9;  // of alpha, to either side
  double width = kLeast;
  for (const FreeParameter& parameter : model.free) {
    width = is_log_linear(model, parameter.name) ? std::max(width, parameter.high / kReach) : width;
  }
  return width;
}

Json normsys(const std::string& parameter, double log_size) {
  return {
      {"name", parameter}, {"type", "normsys"}, {"data", {{"hi", std::exp(log_size)}, {"lo", std::exp(-log_size)}}}};
}

Json normfactor(const std::string& parameter) {
  return {{"name", parameter}, {"type", "normfactor"}, {"data", nullptr}};
}

Json modifier(const Factor& factor, double width) {
  switch (factor.kind) {
    case Factor::Kind::kLogNormal:
      return normsys(factor.parameter, factor.log_size);
    case Factor::Kind::kLogLinear:
      return normsys(factor.parameter, width * factor.log_size);
    case Factor::Kind::kFree:
      break;
  }
  return normfactor(factor.parameter);
}

Json histosys(const Shift& shift, const std::vector<double>& events) {
  std::vector<double> high = events;
  std::vector<double> low = events;
  for (std::size_t bin = 0; bin < events.size(); ++bin) {
    high[bin] += shift.events[bin];
    low[bin] -= shift.events[bin];
  }
  return {{"name", shift.parameter}, {"type", "histosys"}, {"data", {{"hi_data", high}, {"lo_data", low}}}};
}

Json sample_json(const ModelSample& sample, double width) {
  std::vector<double> events = sample.events;
  Json modifiers = Json::array();
  for (const Factor& factor : sample.factors) {
    modifiers.push_back(modifier(factor, width));
    if (factor.kind == Factor::Kind::kLogLinear) {
      std::ranges::for_each(events, [&](double& in_bin) { in_bin *= std::exp(-kCentre * width * factor.log_size); });
    }
  }
  for (const Shift& shift : sample.shifts) {
    modifiers.push_back(histosys(shift, events));
  }
  return {{"name", sample.name}, {"data", events}, {"modifiers", modifiers}};
}

Json free_json(const StatisticalModel& model, const FreeParameter& parameter) {
  const double width = width_of_alpha(model);
  if (!is_log_linear(model, parameter.name)) {
    return {{"name", parameter.name}, {"inits", {parameter.start}}, {"bounds", {{parameter.low, parameter.high}}}};
  }
  return {{"name", parameter.name},
          {"inits", {kCentre}},
          {"auxdata", {kCentre}},
          {"bounds", {{kCentre + parameter.low / width, kCentre + parameter.high / width}}}};
}

Json measurement(const StatisticalModel& model, const Strength& strength) {
  Json parameters = Json::array();
  for (const Strength& any : model.strengths) {
    parameters.push_back({{"name", any.parameter}, {"inits", {1.0}}, {"bounds", {{any.low, any.high}}}});
  }
  for (const FreeParameter& parameter : model.free) {
    parameters.push_back(free_json(model, parameter));
  }
  return {{"name", strength.parameter}, {"config", {{"poi", strength.parameter}, {"parameters", parameters}}}};
}

/// The signal sample of a channel when `at` is what it holds at strength 1.
Json signal_at(const ModelSample& sample, const SignalAtStrength& at, double unit) {
  ModelSample scaled = sample;
  for (double& events : scaled.events) {
    events *= at.passing / unit;
  }
  if (at.relative_spread > 0) {
    scaled.factors.push_back({Factor::Kind::kLogNormal, "signal_efficiency", std::log1p(at.relative_spread)});
  }
  return sample_json(scaled, 1);
}

Json patch_at(const StatisticalModel& model, const SignalAtStrength& at, std::size_t number) {
  Json operations = Json::array();
  for (std::size_t c = 0; c < model.channels.size(); ++c) {
    const std::vector<ModelSample>& samples = model.channels[c].samples;
    for (std::size_t s = 0; s < samples.size(); ++s) {
      if (samples[s].name == kSignalName) {
        operations.push_back({{"op", "replace"},
                              {"path", fmt::format("/channels/{}/samples/{}", c, s)},
                              {"value", signal_at(samples[s], at, model.strengths.front().events)}});
      }
    }
  }
  return {{"metadata", {{"name", fmt::format("strength_{}", number)}, {"values", {at.strength}}}},
          {"patch", operations}};
}

}  // namespace

Json histfactory_workspace(const StatisticalModel& model) {
  Json channels = Json::array();
  Json observations = Json::array();
  for (const Channel& channel : model.channels) {
    Json samples = Json::array();
    for (const ModelSample& sample : channel.samples) {
      samples.push_back(sample_json(sample, width_of_alpha(model)));
    }
    channels.push_back({{"name", channel.name}, {"samples", samples}});
    observations.push_back({{"name", channel.name}, {"data", channel.counts}});
  }
  Json measurements = Json::array();
  for (const Strength& strength : model.strengths) {
    measurements.push_back(measurement(model, strength));
  }
  return {{"channels", channels}, {"observations", observations}, {"measurements", measurements}, {"version", "1.0.0"}};
}

void require_exponents(const StatisticalModel& model) {
  constexpr double kLargest = 600;  // of an exponent in double precision, with room for what it multiplies
  const double width = width_of_alpha(model);
  for (const Channel& channel : model.channels) {
    for (const ModelSample& sample : channel.samples) {
      double exponent = 0;
      for (const Factor& factor : sample.factors) {
        exponent += factor.kind == Factor::Kind::kLogLinear ? kCentre * width * std::abs(factor.log_size) : 0;
      }
      if (exponent > kLargest) {
        throw base::NumericError(
            "the background is known so badly in some bin that its exponentials are beyond double precision, so there "
            "is no model to export; widen the bins, or use fewer parameters");
      }
    }
  }
}

Json signal_patches(const StatisticalModel& model, const Json& workspace) {
  Json patches = Json::array();
  for (const SignalAtStrength& at : model.grid) {
    patches.push_back(patch_at(model, at, patches.size() + 1));
  }
  return {{"metadata",
           {{"name", model.name},
            {"description",
             "signal of eddy limit at each strength (signal events of the signal region before any "
             "cut); there is no HEPData record yet"},
            {"references", {{"hepdata", "ins0000000"}}},
            {"digests", {{"sha256", base::sha256(canonical_json(workspace))}}},
            {"labels", {"strength"}}}},
          {"patches", patches},
          {"version", "1.0.0"}};
}

}  // namespace eddy::exchange
