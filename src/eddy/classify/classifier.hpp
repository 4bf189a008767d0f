#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/classify/linear_discriminant.hpp>
#include <eddy/classify/mlp.hpp>
#include <eddy/classify/training_sample.hpp>
#include <eddy/classify/trees.hpp>

#include <string>
#include <variant>

namespace eddy::classify {

/// Which classifier a search trains, and how.
struct ClassifierSettings {
  std::string kind = "trees";  ///< "trees", "mlp" or "linear"
  TreeSettings trees;
  MlpSettings mlp;
  LinearSettings linear;
};

/// A trained classifier of any kind.
using Classifier = std::variant<BoostedTrees, Mlp, LinearDiscriminant>;

/// Events in the form that classifiers of one kind are trained on, shared by all members of an ensemble: binned for
/// trees, as they are for networks and discriminants.
using TrainingEvents = std::variant<QuantisedSample, LabelledEvents>;

/// Throws InputError as QuantisedSample does.
[[nodiscard]] TrainingEvents prepare_events(LabelledEvents events, const ClassifierSettings& settings);

/// Trains data (label 1) against reference (label 0) on events prepared for the same settings; see BoostedTrees::fit.
/// `task` names the training in messages. Other threads may use the events at the same time. A
/// discriminant has nothing random: `stream` does not change it, and one member is an ensemble.
[[nodiscard]] Classifier fit_classifier(const TrainingEvents& events, const ClassifierSettings& settings,
                                        const base::RandomStream& stream, const std::string& task,
                                        const base::Monitor& monitor);

/// Probability of label 1 for each row of x.
[[nodiscard]] std::vector<float> predict(const Classifier& classifier, base::MatrixView x);

/// Settings that matter for the result, for content keys.
[[nodiscard]] base::Json settings_to_json(const ClassifierSettings& settings);

[[nodiscard]] base::Json to_json(const Classifier& classifier);
[[nodiscard]] Classifier classifier_from_json(const base::Json& json);

}  // namespace eddy::classify
