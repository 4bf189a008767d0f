#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/onnx_classifier.hpp>
#include <eddy/exchange/onnx_flow.hpp>
#include <eddy/exchange/onnx_scaler.hpp>
#include <eddy/net/dense.hpp>
#include <eddy/net/packed_parameters.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::exchange::onnx {
namespace {

using base::Json;

// ---- trees ----

/// The attributes of a TreeEnsembleRegressor (ai.onnx.ml), one entry for each node, and for each leaf.
struct TreeTables {
  std::vector<std::int64_t> tree, node, feature, yes, no;
  std::vector<float> threshold;
  std::vector<std::string> mode;
  std::vector<std::int64_t> leaf_tree, leaf_node, target;
  std::vector<float> weight;
};

void add_tree(const Json& tree, std::int64_t number, TreeTables& tables) {
  const Json& left = tree.at("left_children");
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto id = static_cast<std::int64_t>(i);
    const bool is_leaf = left.at(i).get<std::int64_t>() < 0;
    const auto value = tree.at("split_conditions").at(i).get<float>();  // of a leaf: what it adds
    tables.tree.push_back(number);
    tables.node.push_back(id);
    tables.feature.push_back(is_leaf ? 0 : tree.at("split_indices").at(i).get<std::int64_t>());
    tables.threshold.push_back(is_leaf ? 0 : value);
    tables.mode.emplace_back(is_leaf ? "LEAF" : "BRANCH_LT");
    tables.yes.push_back(is_leaf ? 0 : left.at(i).get<std::int64_t>());
    tables.no.push_back(is_leaf ? 0 : tree.at("right_children").at(i).get<std::int64_t>());
    if (is_leaf) {
      tables.leaf_tree.push_back(number);
      tables.leaf_node.push_back(id);
      tables.target.push_back(0);
      tables.weight.push_back(value);
    }
  }
}

Attribute ints(const char* name, std::vector<std::int64_t> values) {
  return {.name = name, .kind = Attribute::Kind::kInts, .ints = std::move(values)};
}
Attribute floats(const char* name, std::vector<float> values) {
  return {.name = name, .kind = Attribute::Kind::kFloats, .floats = std::move(values)};
}

Value trees(Graph& graph, const Json& json, const Value& x) {
  const std::string bytes = base::unpack_bytes(json.at("model"));
  const Json learner = Json::from_ubjson(bytes).at("learner");
  if (learner.at("objective").at("name") != "binary:logistic") {
    throw base::InputError("the trees of this run are of a kind that is not exported; run the search again");
  }
  TreeTables tables;
  const Json& all = learner.at("gradient_booster").at("model").at("trees");
  for (std::size_t t = 0; t < all.size(); ++t) {
    add_tree(all.at(t), static_cast<std::int64_t>(t), tables);
  }
  const double base_score = std::stod(learner.at("learner_model_param").at("base_score").get<std::string>());
  std::vector<Attribute> attributes = {
      ints("nodes_treeids", tables.tree),
      ints("nodes_nodeids", tables.node),
      ints("nodes_featureids", tables.feature),
      floats("nodes_values", tables.threshold),
      ints("nodes_truenodeids", tables.yes),
      ints("nodes_falsenodeids", tables.no),
      ints("target_treeids", tables.leaf_tree),
      ints("target_nodeids", tables.leaf_node),
      ints("target_ids", tables.target),
      floats("target_weights", tables.weight),
      floats("base_values", {static_cast<float>(std::log(base_score / (1 - base_score)))}),
      Graph::integer("n_targets", 1)};
  attributes.push_back({.name = "nodes_modes", .kind = Attribute::Kind::kTexts, .texts = tables.mode});
  attributes.push_back({.name = "aggregate_function", .kind = Attribute::Kind::kText, .texts = {"SUM"}});
  const Value sum =
      graph.op("TreeEnsembleRegressor", {graph.cast(x, Type::kFloat)}, std::move(attributes), kTreesDomain);
  constexpr double kMargin = std::numeric_limits<float>::epsilon();
  const Value p = graph.sigmoid(graph.cast(sum, Type::kDouble));
  return graph.smaller(graph.larger(p, graph.number(kMargin)),
                       graph.number(1.0F - std::numeric_limits<float>::epsilon()));
}

// ---- networks and discriminants ----

Value network(Graph& graph, const Json& json, const Value& x) {
  const auto widths = json.at("widths").get<std::vector<std::size_t>>();
  const Value inputs = scaled(graph, json.at("scaler"), x).value;
  std::vector<Value> probabilities;
  for (const Json& packed : json.at("epochs")) {
    const net::AlignedVector<float> parameters = net::unpack_parameters(packed);
    std::span<const float> rest(parameters);
    Value h = inputs;
    std::size_t n_columns = widths.front();
    for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
      const net::DenseShape shape(widths[l], widths[l + 1]);
      h = l == 0 ? h : graph.op("Relu", {h});
      h = dense(graph, shape, rest, padded(graph, h, n_columns, shape.n_in_padded()));
      n_columns = shape.n_out_padded();
      rest = rest.subspan(shape.n_parameters());
    }
    probabilities.push_back(graph.sigmoid(graph.column(h, 0)));
  }
  const Value sum = graph.sum(graph.concat(probabilities, 1), 1, true);
  return graph.div(sum, graph.number(static_cast<double>(probabilities.size())));
}

Value discriminant(Graph& graph, const Json& json, const Value& x) {
  const auto direction = json.at("direction").get<std::vector<double>>();
  const Value inputs = scaled(graph, json.at("scaler"), x).value;
  const Value product =
      graph.op("MatMul", {inputs, graph.constant(direction, {static_cast<std::int64_t>(direction.size()), 1})});
  constexpr double kLargest = 1 - std::numeric_limits<float>::epsilon() / 2;
  const Value p = graph.sigmoid(graph.add(product, graph.number(json.at("offset"))));
  return graph.smaller(graph.larger(p, graph.number(std::numeric_limits<float>::min())), graph.number(kLargest));
}

// ---- calibration ----

/// Scores closer than this, relative, are one score: events of one score pass together, and the last digit of a float32
/// differs between programs.
constexpr double kSameScore = 4e-7;

/// How many of ascending `scores` lie at or below each score: (events, 1), by halving steps.
Value number_up_to(Graph& graph, const std::vector<double>& scores, const Value& score) {
  const auto n = static_cast<std::int64_t>(scores.size());
  Value found = graph.cast(graph.mul(score, graph.number(0)), Type::kInt64);
  std::int64_t step = 1;
  while (2 * step <= n) {
    step *= 2;
  }
  for (; step > 0; step /= 2) {
    const Value further = graph.add(found, graph.indices({step}));
    const Value is_there = graph.op("LessOrEqual", {further, graph.indices({n})});
    const Value place = graph.sub(graph.smaller(further, graph.indices({n})), graph.indices({1}));
    const Value at = graph.look_up(scores, place);
    const Value is_passed = graph.op("LessOrEqual", {at, score});
    found = graph.select(graph.op("And", {is_there, is_passed}), further, found);
  }
  return found;
}

}  // namespace

Value classified(Graph& graph, const Json& classifier, const Value& x) {
  const Json& model = classifier.at("model");
  const Json& kind = classifier.at("kind");
  return graph.rounded(kind == "mlp"      ? network(graph, model, x)
                       : kind == "linear" ? discriminant(graph, model, x)
                                          : trees(graph, model, x));
}

Value background_efficiency(Graph& graph, const Json& calibration, const Value& score) {
  const bool is_weighted = calibration.is_object() && calibration.contains("scores");
  const std::vector<float> packed = base::unpack_floats(is_weighted ? calibration.at("scores") : calibration);
  const std::vector<float> weights =
      is_weighted ? base::unpack_floats(calibration.at("weights")) : std::vector<float>(packed.size(), 1.0F);
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  std::vector<double> at_least(packed.size() + 1);
  for (std::size_t i = packed.size(); i-- > 0;) {
    at_least[i] = at_least[i + 1] + weights[i] / mean;
  }
  const std::vector<double> scores(packed.begin(), packed.end());
  const Value up_to = number_up_to(graph, scores, graph.mul(score, graph.number(1 + kSameScore)));
  const Value n_above = graph.look_up(at_least, up_to);
  return graph.div(graph.add(n_above, graph.number(1)), graph.number(static_cast<double>(scores.size() + 1)));
}

}  // namespace eddy::exchange::onnx
