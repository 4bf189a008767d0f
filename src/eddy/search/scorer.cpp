#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/old_scorer.hpp>
#include <eddy/search/packed_detector.hpp>
#include <eddy/search/retrainings.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/search/score_columns.hpp>
#include <eddy/search/scorer.hpp>

#include <algorithm>
#include <utility>

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

/// In double precision: a score does not depend on how a program orders the sums of a network.
std::vector<flow::Flow> unpack_flows(const base::Json& scorer) {
  std::vector<flow::Flow> flows;
  for (const base::Json& packed : scorer.at("flows")) {
    flows.push_back(flow::Flow::from_json(packed).in_double_precision());
  }
  return flows;
}

std::vector<PackedDetector> detectors_of_fold(const base::Json& fold, std::size_t n_flows) {
  std::vector<PackedDetector> detectors;
  for (const base::Json& packed : fold.at("detectors")) {
    detectors.push_back(unpack_detector(packed, n_flows));
  }
  if (detectors.empty()) {
    throw base::IoError("the scorer has a fold without detectors, so it is none that eddy wrote");
  }
  return detectors;
}

/// Events as the detectors of a scorer see them. What one of them looks at is kept for the next: folds share flows.
class SeenEvents {
 public:
  SeenEvents(const std::vector<flow::Flow>& flows, base::MatrixView x, base::MatrixView context)
      : flows_(flows), x_(x), context_(context) {}

  /// As score_events of a Detector, and mean_score of an ensemble, to the last bit.
  [[nodiscard]] std::vector<float> score(const PackedDetector& detector) {
    if (detector.data) {
      return density_ratio_score(flows_[detector.flows.front()], flows_[*detector.data], detector.log_odds, x_,
                                 context_);
    }
    if (spaces_.empty() || !sees_the_same(last_, detector)) {
      spaces_ = spaces_of(detector, flows_, x_, context_);
      last_ = {.flows = detector.flows, .data = {}, .space = detector.space, .use_context = detector.use_context};
    }
    return mean_score(detector.classifiers, spaces_);
  }

 private:
  const std::vector<flow::Flow>& flows_;
  base::MatrixView x_;
  base::MatrixView context_;
  std::vector<base::Matrix> spaces_;
  PackedDetector last_;
};

std::vector<float> score_of_fold(const std::vector<PackedDetector>& detectors, SeenEvents& events) {
  RetrainingScores scores;
  for (const PackedDetector& detector : detectors) {
    scores.push_back(events.score(detector));
  }
  return mean_over_retrainings(scores);
}

/// Latents and clipped values of the first flow of a detector, where it has one.
void look_at_latents(const PackedDetector& detector, const std::vector<flow::Flow>& flows, base::MatrixView x,
                     base::MatrixView context, ScoredEvents& scored) {
  if (!detector.flows.empty()) {
    const flow::Flow& flow = flows[detector.flows.front()];
    scored.latent = flow.to_latent(x, context);
    scored.n_clipped = flow.count_clipped(x, context);
  }
}

/// Scores events whose features are what the flows know.
ScoredEvents score_continuous(const base::Json& scorer, base::MatrixView x, base::MatrixView context) {
  const std::vector<flow::Flow> flows = unpack_flows(scorer);
  SeenEvents events(flows, x, context);
  ScoredEvents scored{std::vector<float>(x.rows), std::vector<float>(x.rows), {}, {}};
  const base::Json& folds = scorer.at("folds");
  const double weight = 1.0 / static_cast<double>(folds.size());
  for (std::size_t k = 0; k < folds.size(); ++k) {
    const std::vector<PackedDetector> detectors = detectors_of_fold(folds.at(k), flows.size());
    if (k == 0) {
      look_at_latents(detectors.front(), flows, x, context, scored);
    }
    const std::vector<float> score = score_of_fold(detectors, events);
    add_weighted(score, scored.score, weight);
    add_weighted(efficiencies(folds.at(k).at("calibration"), score), scored.background_efficiency, weight);
  }
  return scored;
}

/// "spread_" + each feature that takes whole steps: where in its step an event was put. The score depends on it, and
/// what repeats it elsewhere (an ONNX graph) must be told.
void add_places(const Dequantisation& dequantisation, const Sample& sample, events::Events& table) {
  const base::Matrix places = places_in_steps(dequantisation, sample.x, sample.context);
  for (std::size_t f = 0; f < dequantisation.lattice.size(); ++f) {
    if (dequantisation.lattice[f].step > 0) {
      table.add({"spread_" + sample.quantities.at(f).name, "", base::column(places, f)});
    }
  }
}

}  // namespace

base::Json make_scorer(const Detectors& detectors, const std::vector<ScoreCalibration>& calibrations) {
  base::Json scorer = {{"flows", base::Json::array()}, {"folds", base::Json::array()}};
  for (std::size_t k = 0; k < detectors.size(); ++k) {
    base::Json packed = base::Json::array();
    for (const Detector& detector : detectors[k]) {
      packed.push_back(pack_detector(detector, scorer["flows"]));
    }
    scorer["folds"].push_back({{"detectors", std::move(packed)}, {"calibration", pack_calibration(calibrations[k])}});
  }
  return scorer;
}

base::Json make_scorer(const FlowEnsemble& flows, const LatentSpace& space, const std::vector<Ensemble>& ensembles,
                       const std::vector<ScoreCalibration>& calibrations) {
  base::Json scorer = {{"flows", base::Json::array()}, {"folds", base::Json::array()}};
  for (const FlowEnsemble::Member& member : flows.members) {
    scorer["flows"].push_back(member.flow.to_json());
  }
  for (std::size_t k = 0; k < ensembles.size(); ++k) {
    scorer["folds"].push_back({{"detectors", {pack_ensemble(ensembles[k], space, flows.members.size())}},
                               {"calibration", pack_calibration(calibrations[k])}});
  }
  return scorer;
}

ScoredEvents score_events(const base::Json& packed, base::MatrixView x, base::MatrixView context) {
  const base::Json scorer = upgraded_scorer(packed);
  if (!scorer.contains("dequantisation")) {
    return score_continuous(scorer, x, context);
  }
  const base::Matrix spread = dequantised(dequantisation_from_json(scorer.at("dequantisation")), x, context);
  return score_continuous(scorer, spread, context);
}

std::vector<std::size_t> score_by_classifiers(const base::Json& scorer, const Sample& sample, events::Events& table) {
  const ScoredEvents scored = score_events(scorer, sample.x, sample.context);
  add_scores(sample.in_signal_region, scored.score, scored.background_efficiency, table);
  if (scorer.contains("dequantisation")) {
    add_places(dequantisation_from_json(scorer.at("dequantisation")), sample, table);
  }
  return scored.n_clipped;
}

}  // namespace eddy::search
