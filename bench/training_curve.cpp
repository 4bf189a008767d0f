#include "training_curve.hpp"
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>

#include "clock.hpp"

#include <eddy/events/read.hpp>
#include <eddy/flow/fit.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::bench {
namespace {

using base::Json;

const std::vector<std::string> kFeatures = {"m_j1", "tau21", "tau32"};
const std::vector<std::string> kContext = {"met"};

flow::FlowSettings curve_settings(std::int64_t epochs) {
  flow::FlowSettings settings;
  settings.feature_scaler = "standard";
  settings.context_scaler = "standard";
  settings.training.epochs = epochs;
  settings.training.patience = 0;
  return settings;
}

Json settings_to_json(const flow::FlowSettings& s) {
  return {{"epochs", s.training.epochs},
          {"layers", s.layers},
          {"hidden", s.hidden},
          {"blocks", s.blocks},
          {"bins", s.bins},
          {"batch_size", s.training.batch_size},
          {"learning_rate", s.training.learning_rate}};
}

std::vector<std::uint8_t> validation_flags(const events::Events& events) {
  std::vector<std::uint8_t> flags;
  std::ranges::transform(events.column("validation"), std::back_inserter(flags),
                         [](float value) { return value != 0 ? std::uint8_t{1} : std::uint8_t{0}; });
  return flags;
}

Json curve(const flow::FlowSample& sample, const flow::FlowSettings& settings, std::uint64_t seed) {
  const Instant begin = now();
  const flow::FlowFit fit = flow::fit_flow(sample, settings, {seed}, "curve", {});
  return {{"seed", seed},
          {"train_loss", fit.train_loss},
          {"validation_loss", fit.validation_loss},
          {"cpu_seconds", std::round(10 * (now().cpu - begin.cpu)) / 10}};
}

}  // namespace

Json training_curves(const std::string& path, std::size_t n_seeds, std::int64_t epochs) {
  const events::Events events = events::read_events({path, "columns"});
  const base::Matrix x = events.matrix(kFeatures);
  const base::Matrix context = events.matrix(kContext);
  const std::vector<std::uint8_t> is_validation = validation_flags(events);
  const auto n_validation = static_cast<std::size_t>(std::ranges::count(is_validation, std::uint8_t{1}));
  const flow::FlowSettings settings = curve_settings(epochs);
  Json curves = Json::array();
  for (std::uint64_t seed = 1; seed <= n_seeds; ++seed) {
    curves.push_back(curve({x, context, is_validation}, settings, seed));
  }
  return {{"file", path},
          {"n_training", events.size() - n_validation},
          {"n_validation", n_validation},
          {"settings", settings_to_json(settings)},
          {"curves", std::move(curves)}};
}

}  // namespace eddy::bench
