#include <eddy/base/json.hpp>
#include <eddy/exchange/onnx_check.hpp>
#include <eddy/exchange/onnx_classifier.hpp>
#include <eddy/exchange/onnx_flow.hpp>
#include <eddy/exchange/onnx_losses.hpp>
#include <eddy/exchange/onnx_scorer.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/old_scorer.hpp>
#include <eddy/search/packed_detector.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace eddy::exchange {
namespace {

using base::Json;
using onnx::Graph;
using onnx::Value;

/// x with its features that take whole steps spread. eddy does so by a hash of the event, which no graph computes:
/// where in its step an event lies is an input.
Value spread(Graph& graph, const Json& scorer, const OnnxNames& names, const Value& x) {
  if (!scorer.contains("dequantisation")) {
    return x;
  }
  const std::vector<search::Lattice> lattice = search::dequantisation_from_json(scorer.at("dequantisation")).lattice;
  std::vector<Value> columns;
  for (std::size_t f = 0; f < names.features.size(); ++f) {
    columns.push_back(graph.column(x, f));
    if (f < lattice.size() && lattice[f].step > 0) {
      const Value place = graph.cast(graph.input(spread_input(names.features[f]), 1), onnx::Type::kDouble);
      const Value shift = graph.rounded(graph.mul(graph.number(lattice[f].step), place));
      columns.back() = graph.rounded(graph.add(columns.back(), shift));
    }
  }
  return graph.concat(columns, 1);
}

/// A scorer that is being written; what detectors look at is computed once.
class ScorerGraph {
 public:
  ScorerGraph(Graph& graph, const Json& scorer, const OnnxInputs& inputs)
      : graph_(graph), scorer_(scorer), inputs_(inputs) {
    for (const Json& flow : scorer.at("flows")) {
      flows_.push_back(flow::Flow::from_json(flow));
    }
  }

  /// Mean over the folds of the scores, and of the background efficiencies.
  std::pair<Value, Value> scores() {
    std::vector<Value> scores;
    std::vector<Value> efficiencies;
    for (const Json& fold : scorer_.at("folds")) {
      std::vector<Value> detectors;
      for (const Json& detector : fold.at("detectors")) {
        detectors.push_back(score_of(detector));
      }
      scores.push_back(mean(detectors));
      efficiencies.push_back(
          graph_.rounded(onnx::background_efficiency(graph_, fold.at("calibration"), scores.back())));
    }
    return {mean(scores), mean(efficiencies)};
  }

 private:
  Value mean(const std::vector<Value>& values) {
    const Value sum = graph_.sum(graph_.concat(values, 1), 1, true);
    return graph_.rounded(graph_.div(sum, graph_.number(static_cast<double>(values.size()))));
  }

  const onnx::FlowValues& forward(std::size_t flow) {
    auto& known = forward_[flow];
    if (!known) {
      known = onnx::flow_forward(graph_, flows_.at(flow), inputs_.x, inputs_.context);
    }
    return *known;
  }

  Value in_space(std::size_t flow, const search::LatentSpace& space) {
    const Value& z = forward(flow).latent;
    if (space.kind == search::SpaceKind::kZ) {
      return z;
    }
    Value& known = moved_[{flow, space.fixed_context}];
    if (known.empty()) {
      const Value fixed =
          graph_.add(graph_.mul(graph_.column(z, 0), graph_.number(0)), graph_.number(space.fixed_context));
      known = onnx::flow_inverse(graph_, flows_.at(flow), z, fixed);
    }
    return known;
  }

  Value score_of(const Json& json) {
    const search::PackedDetector detector = search::unpack_detector(json, flows_.size());
    if (detector.data) {
      const Value ratio = graph_.sub(forward(*detector.data).log_prob, forward(detector.flows.front()).log_prob);
      return graph_.rounded(
          graph_.sigmoid(detector.log_odds == 0 ? ratio : graph_.add(ratio, graph_.number(detector.log_odds))));
    }
    std::vector<Value> spaces;
    if (detector.space.kind == search::SpaceKind::kX) {
      spaces.push_back(detector.use_context ? graph_.concat({inputs_.x, inputs_.context}, 1) : inputs_.x);
    } else {
      std::ranges::transform(detector.flows, std::back_inserter(spaces),
                             [&](std::size_t flow) { return in_space(flow, detector.space); });
    }
    std::vector<Value> members;
    for (const Json& classifier : json.at("classifiers")) {
      members.push_back(onnx::classified(graph_, classifier, spaces[members.size() % spaces.size()]));
    }
    return mean(members);
  }

  Graph& graph_;
  const Json& scorer_;
  OnnxInputs inputs_;
  std::vector<flow::Flow> flows_;
  std::map<std::size_t, std::optional<onnx::FlowValues>> forward_;
  std::map<std::pair<std::size_t, float>, Value> moved_;
};

/// Whether any detector looks at a context: through a flow, or beside the features.
bool needs_context(const Json& scorer) {
  for (const Json& fold : scorer.at("folds")) {
    for (const Json& detector : fold.at("detectors")) {
      if (detector.contains("data") || detector.at("use_context").get<bool>() || detector.at("space") != "x") {
        return true;
      }
    }
  }
  return false;
}

onnx::Model scorer_model(const OnnxRun& run, const Json& scorer, const OnnxNames& names) {
  Graph graph("eddy_scorer");
  OnnxInputs inputs = add_inputs(graph, run, names, needs_context(scorer));
  inputs.x = spread(graph, scorer, names, inputs.x);
  const auto [score, efficiency] = ScorerGraph(graph, scorer, inputs).scores();
  const auto flat = [&](const Value& value) { return graph.cast(graph.reshape(value, {-1}), onnx::Type::kFloat); };
  graph.output("score", flat(score), 0);
  graph.output("background_efficiency", flat(efficiency), 0);
  describe(graph.model(), run, names,
           "score of events that no classifier of the search was trained on: mean over folds and members; the fraction "
           "of the background (resonant: of the signal-region data) that scores at least as high");
  return graph.model();
}

void add_flow_models(const OnnxRun& run, const Json& scorer, const OnnxNames& names, ExportFiles& files) {
  for (std::size_t i = 0; i < scorer.at("flows").size(); ++i) {
    const flow::Flow flow = flow::Flow::from_json(scorer.at("flows").at(i));
    Graph forward("eddy_flow");
    OnnxInputs inputs = add_inputs(forward, run, names, flow.n_context() > 0);
    inputs.x = spread(forward, scorer, names, inputs.x);
    const onnx::FlowValues values = onnx::flow_forward(forward, flow, inputs.x, inputs.context);
    forward.output("log_prob", forward.cast(forward.reshape(values.log_prob, {-1}), onnx::Type::kFloat), 0);
    forward.output("latent", forward.cast(values.latent, onnx::Type::kFloat), flow.n_features());
    describe(forward.model(), run, names, "log p(features | contexts) and the latent of events");
    files[fmt::format("flow_{}.onnx", i)] = onnx::serialised(forward.model());
    Graph inverse("eddy_flow_inverse");
    const Value z = inverse.cast(inverse.input("latent", flow.n_features()), onnx::Type::kDouble);
    std::vector<Value> contexts;
    for (const std::string& name : names.contexts) {
      contexts.push_back(inverse.cast(inverse.input(name, 1), onnx::Type::kDouble));
    }
    const Value context = flow.n_context() > 0 ? inverse.concat(contexts, 1) : Value();
    inverse.output("features", inverse.cast(onnx::flow_inverse(inverse, flow, z, context), onnx::Type::kFloat),
                   flow.n_features());
    describe(inverse.model(), run, names, "features from a latent (standard normal: a sample) at given contexts");
    files[fmt::format("flow_{}.sample.onnx", i)] = onnx::serialised(inverse.model());
  }
}

}  // namespace

ExportFiles onnx_files(const OnnxRun& run) {
  const OnnxNames names = onnx_names(run);
  ExportFiles files;
  const auto add = [&](const onnx::Model& model, const Json& scorer) {
    std::vector<std::string> inputs;
    std::ranges::transform(model.inputs, std::back_inserter(inputs), &onnx::Port::name);
    files["model.onnx"] = onnx::serialised(model);
    files["test_vector.json"] = test_vector(scorer, names, inputs, run.derived).dump(1) + "\n";
    files["check.py"] = check_program();
  };
  if (has_losses(run.scorer)) {
    add(losses_model(run, run.scorer, names), run.scorer);
    return files;
  }
  const Json scorer = search::upgraded_scorer(run.scorer);
  add(scorer_model(run, scorer, names), scorer);
  add_flow_models(run, scorer, names, files);
  return files;
}

}  // namespace eddy::exchange
