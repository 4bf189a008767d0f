#include <eddy/classify/classifier.hpp>

namespace eddy::classify {

Classifier fit_classifier(base::MatrixView x, std::span<const std::uint8_t> label, std::span<const float> weight,
                          const ClassifierSettings& settings, const base::RandomStream& stream, const std::string& task,
                          const base::Monitor& monitor) {
  if (settings.kind == "mlp") {
    return Mlp::fit(x, label, weight, settings.mlp, stream, task, monitor);
  }
  return BoostedTrees::fit(x, label, weight, settings.trees, stream, monitor);
}

std::vector<float> predict(const Classifier& classifier, base::MatrixView x) {
  return std::visit([&](const auto& c) { return c.predict(x); }, classifier);
}

base::Json settings_to_json(const ClassifierSettings& settings) {
  if (settings.kind == "mlp") {
    return {{"kind", "mlp"}, {"settings", base::settings_to_json(settings.mlp)}};
  }
  return {{"kind", "trees"}, {"settings", base::settings_to_json(settings.trees)}};
}

base::Json to_json(const Classifier& classifier) {
  return {{"kind", std::holds_alternative<Mlp>(classifier) ? "mlp" : "trees"},
          {"model", std::visit([](const auto& c) { return c.to_json(); }, classifier)}};
}

Classifier classifier_from_json(const base::Json& json) {
  if (json.at("kind") == "mlp") {
    return Mlp::from_json(json.at("model"));
  }
  return BoostedTrees::from_json(json.at("model"));
}

}  // namespace eddy::classify
