#include <eddy/base/json.hpp>
#include <eddy/exchange/onnx_flow.hpp>
#include <eddy/exchange/onnx_losses.hpp>
#include <eddy/exchange/onnx_scaler.hpp>
#include <eddy/vae/vae.hpp>

#include <cstdint>

namespace eddy::exchange {
namespace {

using base::Json;
using onnx::Graph;
using onnx::Value;

constexpr double kWhite = 255;  // of pixels

/// x: (events, widths.front()); dense layers with ReLU between them.
Value perceptron(Graph& graph, const net::Perceptron& network, std::span<const float> parameters, const Value& x) {
  Value h = onnx::padded(graph, x, network.layer_shape(0).n_in(), network.n_inputs_padded());
  for (std::size_t l = 0; l < network.n_layers(); ++l) {
    const Value in = l == 0 ? h : graph.op("Relu", {h});
    h = onnx::dense(graph, network.layer_shape(l), parameters.subspan(network.layer_offset(l)), in);
  }
  return graph.slice(h, 0, static_cast<std::int64_t>(network.layer_shape(network.n_layers() - 1).n_out()), 1);
}

/// log(1 + exp(output)) - x output, of pixels as probabilities.
Value cross_entropy(Graph& graph, const Value& output, const Value& x) {
  return graph.sub(graph.softplus(output), graph.mul(x, output));
}

/// The reconstruction loss of one autoencoder with z0 = mu: (events, 1).
Value loss_of(Graph& graph, const vae::Vae& autoencoder, const Value& x) {
  const vae::Network& network = autoencoder.network();
  const std::span<const float> parameters = autoencoder.parameters();
  const Value posterior = perceptron(graph, network.encoder(), parameters, x);
  const Value mu = graph.slice(posterior, 0, static_cast<std::int64_t>(autoencoder.n_latent()), 1);
  const Value z =
      onnx::stack_forward(graph, network.flow(), parameters.subspan(network.flow_offset()), mu, /*context=*/{}).value;
  const Value output = perceptron(graph, network.decoder(), parameters.subspan(network.decoder_offset()), z);
  const bool is_squared = autoencoder.shape().reconstruction == vae::Reconstruction::kSquaredError;
  const Value of_features = is_squared ? graph.square(graph.sub(output, x)) : cross_entropy(graph, output, x);
  return graph.rounded(graph.sum(of_features, 1, true));
}

Value less(Graph& graph, const Value& a, double limit) { return graph.op("Less", {a, graph.number(limit)}); }

/// A condition on each row, from low (inclusive) to high (exclusive); null does not cut.
Value lies_between(Graph& graph, const Value& value, const Json& low, const Json& high) {
  const Value all = graph.op("Equal", {value, value});
  const Value above = low.is_null() ? all : graph.at_least(value, graph.number(low.get<double>()));
  return graph.op("And", {above, high.is_null() ? all : less(graph, value, high.get<double>())});
}

/// Number of the category of each event, counted from 1; 0: in none.
Value category_of(Graph& graph, const Json& boxes, const std::vector<Value>& losses) {
  Value category = graph.mul(losses.front(), graph.number(0));
  for (std::size_t c = 0; c < boxes.size(); ++c) {
    const Json& box = boxes.at(c);
    Value inside = lies_between(graph, losses.front(), box.at("low").at(0), box.at("high").at(0));
    for (std::size_t d = 1; d < losses.size(); ++d) {
      inside = graph.op("And", {inside, lies_between(graph, losses[d], box.at("low").at(d), box.at("high").at(d))});
    }
    category = graph.select(inside, graph.number(static_cast<double>(c + 1)), category);
  }
  return category;
}

}  // namespace

bool has_losses(const Json& scorer) { return scorer.contains("networks"); }

onnx::Model losses_model(const OnnxRun& run, const Json& scorer, const OnnxNames& names) {
  Graph graph("eddy_losses");
  const Json& categories = scorer.at("categories");
  const OnnxInputs inputs = add_inputs(graph, run, names, !categories.is_null());
  const Json& scaler = scorer.at("scaler");
  const Value scaled =
      scaler.is_null() ? graph.div(inputs.x, graph.number(kWhite)) : onnx::scaled(graph, scaler, inputs.x).value;
  const Value x = graph.rounded(scaled);
  const auto flat = [&](const Value& value, onnx::Type type) { return graph.cast(graph.reshape(value, {-1}), type); };
  std::vector<Value> losses;
  for (std::size_t d = 0; d < scorer.at("networks").size(); ++d) {
    losses.push_back(loss_of(graph, vae::Vae::from_json(scorer.at("networks").at(d)), x));
    graph.output("loss_" + scorer.at("names").at(d).get<std::string>(), flat(losses.back(), onnx::Type::kFloat), 0);
  }
  if (!categories.is_null()) {
    const Value in_spectrum =
        lies_between(graph, inputs.context, categories.at("lowest_mass"), categories.at("highest_mass"));
    graph.output("category", flat(category_of(graph, categories.at("boxes"), losses), onnx::Type::kInt64), 0,
                 onnx::Type::kInt64);
    graph.output("in_spectrum", flat(in_spectrum, onnx::Type::kInt64), 0, onnx::Type::kInt64);
  }
  describe(
      graph.model(), run, names,
      "how badly each autoencoder reconstructs an event: the squared errors (pixels: cross-entropies) of its scaled "
      "features, summed; the category that its losses put it into");
  return graph.model();
}

}  // namespace eddy::exchange
