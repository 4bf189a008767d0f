#include <eddy/search/scorer.hpp>

#include <algorithm>

namespace eddy::search {
namespace {

void add(std::span<const float> values, std::vector<float>& sum, double weight) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum[i] += static_cast<float>(weight * values[i]);
  }
}

}  // namespace

base::Json make_scorer(const FlowEnsemble& flows, const LatentSpace& space, const std::vector<Ensemble>& ensembles,
                       const std::vector<ScoreCalibration>& calibrations) {
  base::Json scorer = {{"x_prime", space.x_prime}, {"fixed_context", space.fixed_context}};
  for (const FlowEnsemble::Member& member : flows.members) {
    scorer["flows"].push_back(member.flow.to_json());
  }
  for (std::size_t k = 0; k < ensembles.size(); ++k) {
    base::Json members = base::Json::array();
    for (const classify::Classifier& classifier : ensembles[k]) {
      members.push_back(classify::to_json(classifier));
    }
    scorer["folds"].push_back(
        {{"classifiers", std::move(members)}, {"calibration", base::pack_floats(calibrations[k].scores())}});
  }
  return scorer;
}

ScoredEvents score_events(const base::Json& scorer, base::MatrixView x, base::MatrixView context) {
  const LatentSpace space{scorer.at("x_prime"), scorer.at("fixed_context")};
  ScoredEvents scored{std::vector<float>(x.rows), std::vector<float>(x.rows), {}};
  std::vector<base::Matrix> events;
  for (const base::Json& packed : scorer.at("flows")) {
    const flow::Flow flow = flow::Flow::from_json(packed);
    if (events.empty()) {
      scored.latent = flow.to_latent(x, context);
    }
    events.push_back(to_space(flow, space, x, context));
  }
  const double weight = 1.0 / static_cast<double>(scorer.at("folds").size());
  for (const base::Json& fold : scorer.at("folds")) {
    Ensemble ensemble;
    for (const base::Json& packed : fold.at("classifiers")) {
      ensemble.push_back(classify::classifier_from_json(packed));
    }
    const ScoreCalibration calibration(base::unpack_floats(fold.at("calibration")));
    const std::vector<float> score = mean_score(ensemble, events);
    std::vector<float> efficiency(score.size());
    std::ranges::transform(score, efficiency.begin(), [&](float s) { return calibration.efficiency(s); });
    add(score, scored.score, weight);
    add(efficiency, scored.background_efficiency, weight);
  }
  return scored;
}

}  // namespace eddy::search
