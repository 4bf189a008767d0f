#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/classify/classifier.hpp>

#include <array>
#include <string_view>

namespace eddy::classify {

TrainingEvents prepare_events(LabelledEvents events, const ClassifierSettings& settings) {
  const base::CpuScope scope(base::CpuStage::kClassifiers);
  if (settings.kind != "trees") {
    return events;
  }
  return QuantisedSample(events, settings.trees.max_bins);
}

Classifier fit_classifier(const TrainingEvents& events, const ClassifierSettings& settings,
                          const base::RandomStream& stream, const std::string& task, const base::Monitor& monitor) {
  const base::CpuScope scope(base::CpuStage::kClassifiers);
  if (settings.kind == "mlp") {
    const auto& [x, label, weight] = std::get<LabelledEvents>(events);
    return Mlp::fit(x, label, weight, settings.mlp, stream, task, monitor);
  }
  if (settings.kind == "linear") {
    const auto& [x, label, weight] = std::get<LabelledEvents>(events);
    return LinearDiscriminant::fit(x, label, weight, settings.linear);
  }
  return BoostedTrees::fit(std::get<QuantisedSample>(events), settings.trees, stream, monitor);
}

std::vector<float> predict(const Classifier& classifier, base::MatrixView x) {
  const base::CpuScope scope(base::CpuStage::kScoring);
  return std::visit([&](const auto& c) { return c.predict(x); }, classifier);
}

base::Json settings_to_json(const ClassifierSettings& settings) {
  if (settings.kind == "mlp") {
    return {{"kind", "mlp"}, {"settings", base::settings_to_json(settings.mlp)}};
  }
  if (settings.kind == "linear") {
    return {{"kind", "linear"}, {"settings", base::settings_to_json(settings.linear)}};
  }
  return {{"kind", "trees"}, {"settings", base::settings_to_json(settings.trees)}};
}

base::Json to_json(const Classifier& classifier) {
  constexpr std::array<std::string_view, 3> kKinds = {"trees", "mlp", "linear"};  // in the order of the variant
  return {{"kind", kKinds.at(classifier.index())},
          {"model", std::visit([](const auto& c) { return c.to_json(); }, classifier)}};
}

Classifier classifier_from_json(const base::Json& json) {
  const std::string kind = json.at("kind");
  if (kind == "mlp") {
    return Mlp::from_json(json.at("model"));
  }
  if (kind == "linear") {
    return LinearDiscriminant::from_json(json.at("model"));
  }
  return BoostedTrees::from_json(json.at("model"));
}

}  // namespace eddy::classify
