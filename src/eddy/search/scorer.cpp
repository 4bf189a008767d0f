#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/scorer.hpp>

#include <algorithm>

namespace eddy::search {
namespace {

void add_weighted(std::span<const float> values, std::vector<float>& sum, double weight) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum[i] += static_cast<float>(weight * values[i]);
  }
}

base::Json pack_calibration(const ScoreCalibration& calibration) {
  if (calibration.weights().empty()) {
    return base::pack_floats(calibration.scores());
  }
  return {{"scores", base::pack_floats(calibration.scores())}, {"weights", base::pack_floats(calibration.weights())}};
}

ScoreCalibration unpack_calibration(const base::Json& packed) {
  if (packed.is_object()) {
    return {base::unpack_floats(packed.at("scores")), base::unpack_floats(packed.at("weights"))};
  }
  return ScoreCalibration(base::unpack_floats(packed));
}

std::vector<float> efficiencies(const base::Json& packed_calibration, const std::vector<float>& score) {
  const ScoreCalibration calibration = unpack_calibration(packed_calibration);
  std::vector<float> efficiency(score.size());
  std::ranges::transform(score, efficiency.begin(), [&](float s) { return calibration.efficiency(s); });
  return efficiency;
}

/// A resonant search: every fold has its own detectors.
ScoredEvents score_with_detectors(const base::Json& scorer, base::MatrixView x, base::MatrixView context) {
  ScoredEvents scored{std::vector<float>(x.rows), std::vector<float>(x.rows), {}, {}};
  const double fold_weight = 1.0 / static_cast<double>(scorer.at("detector_folds").size());
  for (const base::Json& fold : scorer.at("detector_folds")) {
    std::vector<float> score(x.rows);
    for (const base::Json& packed : fold.at("detectors")) {
      const Detector detector = detector_from_json(packed);
      if (scored.latent.rows() == 0 && detector.background) {
        scored.latent = detector.background->to_latent(x, context);
        scored.n_clipped = detector.background->feature_scaler().count_clipped(x);
      }
      add_weighted(score_events(detector, x, context), score, 1.0 / static_cast<double>(fold.at("detectors").size()));
    }
    add_weighted(score, scored.score, fold_weight);
    add_weighted(efficiencies(fold.at("calibration"), score), scored.background_efficiency, fold_weight);
  }
  return scored;
}

/// Scores events whose features are what the flows know.
ScoredEvents score_continuous(const base::Json& scorer, base::MatrixView x, base::MatrixView context) {
  if (scorer.contains("detector_folds")) {
    return score_with_detectors(scorer, x, context);
  }
  const LatentSpace space{parse_space(scorer.at("space")), scorer.at("fixed_context")};
  ScoredEvents scored{std::vector<float>(x.rows), std::vector<float>(x.rows), {}, {}};
  std::vector<base::Matrix> events;
  for (const base::Json& packed : scorer.at("flows")) {
    const flow::Flow flow = flow::Flow::from_json(packed);
    if (events.empty()) {
      scored.latent = flow.to_latent(x, context);
      scored.n_clipped = flow.feature_scaler().count_clipped(x);
    }
    events.push_back(to_space(flow, space, x, context));
  }
  if (events.empty()) {
    throw base::IoError("the scorer has no flows, so it is none that eddy wrote");
  }
  const double weight = 1.0 / static_cast<double>(scorer.at("folds").size());
  for (const base::Json& fold : scorer.at("folds")) {
    Ensemble ensemble;
    for (const base::Json& packed : fold.at("classifiers")) {
      ensemble.push_back(classify::classifier_from_json(packed));
    }
    const std::vector<float> score = mean_score(ensemble, events);
    add_weighted(score, scored.score, weight);
    add_weighted(efficiencies(fold.at("calibration"), score), scored.background_efficiency, weight);
  }
  return scored;
}

}  // namespace

base::Json make_scorer(const Detectors& detectors, const std::vector<ScoreCalibration>& calibrations) {
  base::Json scorer = {{"detector_folds", base::Json::array()}};
  for (std::size_t k = 0; k < detectors.size(); ++k) {
    base::Json packed = base::Json::array();
    for (const Detector& detector : detectors[k]) {
      packed.push_back(to_json(detector));
    }
    scorer["detector_folds"].push_back(
        {{"detectors", std::move(packed)}, {"calibration", pack_calibration(calibrations[k])}});
  }
  return scorer;
}

base::Json make_scorer(const FlowEnsemble& flows, const LatentSpace& space, const std::vector<Ensemble>& ensembles,
                       const std::vector<ScoreCalibration>& calibrations) {
  base::Json scorer = {{"space", to_string(space.kind)}, {"fixed_context", space.fixed_context}};
  for (const FlowEnsemble::Member& member : flows.members) {
    scorer["flows"].push_back(member.flow.to_json());
  }
  for (std::size_t k = 0; k < ensembles.size(); ++k) {
    base::Json members = base::Json::array();
    for (const classify::Classifier& classifier : ensembles[k]) {
      members.push_back(classify::to_json(classifier));
    }
    scorer["folds"].push_back(
        {{"classifiers", std::move(members)}, {"calibration", pack_calibration(calibrations[k])}});
  }
  return scorer;
}

ScoredEvents score_events(const base::Json& scorer, base::MatrixView x, base::MatrixView context) {
  if (!scorer.contains("dequantisation")) {
    return score_continuous(scorer, x, context);
  }
  const base::Matrix spread = dequantised(dequantisation_from_json(scorer.at("dequantisation")), x, context);
  return score_continuous(scorer, spread, context);
}

}  // namespace eddy::search
