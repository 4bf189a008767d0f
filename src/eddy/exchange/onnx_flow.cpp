#include <eddy/base/json.hpp>
#include <eddy/exchange/onnx_flow.hpp>
#include <eddy/exchange/onnx_scaler.hpp>

#include <cmath>
#include <numbers>

namespace eddy::exchange::onnx {
namespace {

using Count = std::int64_t;

/// One layer of a stack: what its functions below share.
struct Layer {
  const flow::StackShape& shape;
  const net::MaskedNetwork& network;
  std::span<const float> parameters;
  bool is_reversed;
  [[nodiscard]] Count n() const { return static_cast<Count>(shape.n_features); }
  /// Numbers of the conditioner per feature, padding included.
  [[nodiscard]] Count rows() const {
    return static_cast<Count>(network.layer_shape(network.n_layers() - 1).n_out()) / n();
  }
};

Layer layer_of(const flow::AutoregressiveStack& stack, std::span<const float> parameters, std::size_t l) {
  return {stack.shape(), stack.network(), parameters.subspan(l * stack.layer_parameters(), stack.layer_parameters()),
          l % 2 == 1};
}

Value reversed(Graph& graph, const Value& x, Count n) {
  std::vector<Count> order;
  for (Count i = n; i-- > 0;) {
    order.push_back(i);
  }
  return graph.op("Gather", {x, graph.indices(order)}, {Graph::integer("axis", 1)});
}

/// Parameters of the transforms: (events, n_features, rows), features in the order of the layer.
Value conditioned(Graph& graph, const Layer& layer, const Value& ordered, const Value& context) {
  const net::MaskedNetwork& network = layer.network;
  const auto of_layer = [&](std::size_t l, const Value& x) {
    return dense(graph, network.layer_shape(l), layer.parameters.subspan(network.layer_offset(l)), x);
  };
  const Value inputs = layer.shape.n_context > 0 ? graph.concat({context, ordered}, 1) : ordered;
  Value h =
      of_layer(0, padded(graph, inputs, layer.shape.n_context + layer.shape.n_features, network.n_inputs_padded()));
  std::size_t next = 1;
  for (std::size_t block = 0; block < layer.shape.n_blocks; ++block, next += 2) {
    const Value inner = of_layer(next, graph.op("Relu", {h}));
    h = graph.add(h, of_layer(next + 1, graph.op("Relu", {inner})));
  }
  const Value outputs = graph.slice(of_layer(next, h), 0, layer.n() * layer.rows(), 1);
  return graph.reshape(outputs, {-1, layer.n(), layer.rows()});
}

/// What a spline does with one value: all of shape (events, n, 1).
struct Bin {
  Value x_left, width, y_left, height, d0, d1, inside;
};

/// Lower borders of bins from their sizes, and all of them for the search: (events, n, bins).
Value lower_borders(Graph& graph, const Value& sizes, double bound) {
  const Value sums = graph.op("CumSum", {sizes, graph.indices({2})}, {Graph::integer("exclusive", 1)});
  return graph.sub(sums, graph.number(bound));
}

Bin find_bin(Graph& graph, const flow::SplineShape& shape, const Value& parameters, const Value& value,
             bool by_height) {
  const auto bins = static_cast<Count>(shape.bins);
  const double box = 2 * shape.bound;
  const double rest = (1 - shape.min_bin * static_cast<double>(shape.bins)) * box;
  const auto sizes = [&](Count first) {
    const Value shares =
        graph.op("Softmax", {graph.slice(parameters, first, first + bins, 2)}, {Graph::integer("axis", 2)});
    return graph.add(graph.number(shape.min_bin * box), graph.mul(graph.number(rest), shares));
  };
  const Value widths = sizes(0);
  const Value heights = sizes(bins);
  const Value x_edges = lower_borders(graph, widths, shape.bound);
  const Value y_edges = lower_borders(graph, heights, shape.bound);
  const Value zeros = graph.mul(graph.slice(parameters, 0, 1, 2), graph.number(0));
  const Value edge = graph.add(zeros, graph.number(flow::identity_derivative(shape)));
  const Value raw = graph.concat({edge, graph.slice(parameters, 2 * bins, 3 * bins - 1, 2), edge}, 2);
  const Value slopes = graph.add(graph.number(shape.min_derivative), graph.softplus(raw));
  const Value index =
      bins > 1 ? graph.count(graph.at_least(value, graph.slice(by_height ? y_edges : x_edges, 1, bins, 2)), 2)
               : graph.cast(zeros, Type::kInt64);
  const Value bound = graph.number(shape.bound);
  const Value inside =
      graph.op("And", {graph.at_least(value, graph.number(-shape.bound)), graph.op("Less", {value, bound})});
  return {graph.pick(x_edges, index, 2),
          graph.pick(widths, index, 2),
          graph.pick(y_edges, index, 2),
          graph.pick(heights, index, 2),
          graph.pick(slopes, index, 2),
          graph.pick(slopes, graph.add(index, graph.indices({1})), 2),
          inside};
}

Mapped spline_forward(Graph& graph, const flow::SplineShape& shape, const Value& parameters, const Value& value) {
  const Bin bin = find_bin(graph, shape, parameters, value, false);
  const Value one = graph.number(1);
  const Value raw = graph.div(graph.sub(value, bin.x_left), bin.width);
  const Value theta = graph.smaller(graph.larger(raw, graph.number(0)), one);
  const Value rest = graph.sub(one, theta);
  const Value slope = graph.div(bin.height, bin.width);
  const Value q = graph.mul(theta, rest);
  const Value twice = graph.mul(graph.number(2), slope);
  const Value numerator = graph.mul(bin.height, graph.add(graph.mul(slope, graph.square(theta)), graph.mul(bin.d0, q)));
  const Value denominator = graph.add(slope, graph.mul(graph.sub(graph.add(bin.d0, bin.d1), twice), q));
  const Value p = graph.add(graph.add(graph.mul(bin.d1, graph.square(theta)), graph.mul(twice, q)),
                            graph.mul(bin.d0, graph.square(rest)));
  const Value log_slope = graph.log(graph.mul(graph.square(graph.div(slope, denominator)), p));
  return {graph.select(bin.inside, graph.add(bin.y_left, graph.div(numerator, denominator)), value),
          graph.select(bin.inside, log_slope, graph.number(0))};
}

Value spline_inverse(Graph& graph, const flow::SplineShape& shape, const Value& parameters, const Value& value) {
  const Bin bin = find_bin(graph, shape, parameters, value, true);
  const Value slope = graph.div(bin.height, bin.width);
  const Value offset = graph.smaller(graph.larger(graph.sub(value, bin.y_left), graph.number(0)), bin.height);
  const Value curvature = graph.sub(graph.add(bin.d0, bin.d1), graph.mul(graph.number(2), slope));
  const Value bend = graph.mul(offset, curvature);
  const Value a = graph.add(graph.mul(bin.height, graph.sub(slope, bin.d0)), bend);
  const Value b = graph.sub(graph.mul(bin.height, bin.d0), bend);
  const Value c = graph.mul(slope, offset);  // with the sign of what follows turned
  const Value discriminant = graph.add(graph.square(b), graph.mul(graph.number(4), graph.mul(a, c)));
  const Value root = graph.op("Sqrt", {graph.larger(discriminant, graph.number(0))});
  const Value theta = graph.div(graph.mul(graph.number(2), c), graph.add(b, root));
  return graph.select(bin.inside, graph.add(bin.x_left, graph.mul(theta, bin.width)), value);
}

/// exp(5 tanh(a / 5)) as its logarithm, and the shift.
struct Affine {
  Value log_scale, shift;
};
Affine affine_of(Graph& graph, const Value& parameters) {
  const Value limited =
      graph.op("Tanh", {graph.div(graph.slice(parameters, 0, 1, 2), graph.number(flow::kMaxLogScale))});
  return {graph.mul(graph.number(flow::kMaxLogScale), limited), graph.slice(parameters, 1, 2, 2)};
}

/// Slope and offset of batch normalisation, one for each feature.
struct Lines {
  std::vector<double> slope, offset;
};
Lines batch_norm_of(const Layer& layer) {
  constexpr double kEpsilon = 1e-5;
  const std::size_t stride = net::BatchNorm(layer.shape.n_features).n_parameters() / 4;
  const std::span<const float> p = layer.parameters.subspan(layer.network.n_parameters());
  Lines lines;
  for (std::size_t d = 0; d < layer.shape.n_features; ++d) {
    lines.slope.push_back(std::exp(double{p[d]}) / std::sqrt(double{p[3 * stride + d]} + kEpsilon));
    lines.offset.push_back(p[stride + d] - lines.slope.back() * p[2 * stride + d]);
  }
  return lines;
}

Mapped layer_forward(Graph& graph, const Layer& layer, const Value& x, const Value& context) {
  const Value ordered = layer.is_reversed ? reversed(graph, x, layer.n()) : x;
  const Value parameters = conditioned(graph, layer, ordered, context);
  const Value values = graph.reshape(ordered, {-1, layer.n(), 1});
  Mapped mapped;
  if (layer.shape.transform == flow::TransformKind::kAffine) {
    const Affine affine = affine_of(graph, parameters);
    mapped = {graph.add(graph.mul(graph.exp(affine.log_scale), values), affine.shift), affine.log_scale};
  } else {
    mapped = spline_forward(graph, layer.shape.spline, parameters, values);
  }
  const Value flat = graph.reshape(mapped.value, {-1, layer.n()});
  Value z = layer.is_reversed ? reversed(graph, flat, layer.n()) : flat;
  Value log_jacobian = graph.sum(mapped.log_jacobian, 1, false);
  if (layer.shape.batch_norm) {
    const Lines lines = batch_norm_of(layer);
    z = graph.add(graph.mul(z, graph.constant(lines.slope, {1, layer.n()})),
                  graph.constant(lines.offset, {1, layer.n()}));
    double sum = 0;
    for (const double slope : lines.slope) {
      sum += std::log(slope);
    }
    log_jacobian = graph.add(log_jacobian, graph.number(sum));
  }
  return {z, log_jacobian};
}

/// Feature by feature, in the order of the layer: the conditioner of one sees those before it alone.
Value layer_inverse(Graph& graph, const Layer& layer, Value z, const Value& context) {
  if (layer.shape.batch_norm) {
    const Lines lines = batch_norm_of(layer);
    z = graph.div(graph.sub(z, graph.constant(lines.offset, {1, layer.n()})),
                  graph.constant(lines.slope, {1, layer.n()}));
  }
  const Value ordered = layer.is_reversed ? reversed(graph, z, layer.n()) : z;
  std::vector<Value> found;
  for (Count p = 0; p < layer.n(); ++p) {
    std::vector<Value> parts = found;
    parts.push_back(graph.slice(ordered, p, layer.n(), 1));
    const Value all = conditioned(graph, layer, graph.concat(parts, 1), context);
    const Value parameters = graph.slice(all, p, p + 1, 1);
    const Value value = graph.reshape(graph.slice(ordered, p, p + 1, 1), {-1, 1, 1});
    Value x;
    if (layer.shape.transform == flow::TransformKind::kAffine) {
      const Affine affine = affine_of(graph, parameters);
      x = graph.div(graph.sub(value, affine.shift), graph.exp(affine.log_scale));
    } else {
      x = spline_inverse(graph, layer.shape.spline, parameters, value);
    }
    found.push_back(graph.reshape(x, {-1, 1}));
  }
  const Value x = graph.concat(found, 1);
  return layer.is_reversed ? reversed(graph, x, layer.n()) : x;
}

}  // namespace

Mapped stack_forward(Graph& graph, const flow::AutoregressiveStack& stack, std::span<const float> parameters,
                     const Value& u, const Value& context) {
  Mapped all = {u, {}};
  for (std::size_t l = 0; l < stack.shape().n_layers; ++l) {
    const Mapped mapped = layer_forward(graph, layer_of(stack, parameters, l), all.value, context);
    all.value = mapped.value;
    all.log_jacobian =
        all.log_jacobian.empty() ? mapped.log_jacobian : graph.add(all.log_jacobian, mapped.log_jacobian);
  }
  return all;
}

FlowValues flow_forward(Graph& graph, const flow::Flow& flow, const Value& x, const Value& context) {
  const base::Json json = flow.to_json();
  Value stationary = x;
  Value log_jacobian;
  if (json.contains("moving_quantiles")) {
    const Mapped moved = made_stationary(graph, json.at("moving_quantiles"), x, context);
    stationary = moved.value;
    log_jacobian = moved.log_jacobian;
  }
  const Mapped u = scaled(graph, json.at("feature_scaler"), stationary);
  log_jacobian = log_jacobian.empty() ? u.log_jacobian : graph.add(log_jacobian, u.log_jacobian);
  const Value c = context.empty() ? context : scaled(graph, json.at("context_scaler"), context).value;
  const Mapped mapped = stack_forward(graph, flow.stack(), flow.parameters(), u.value, c);
  if (!mapped.log_jacobian.empty()) {
    log_jacobian = graph.add(log_jacobian, mapped.log_jacobian);
  }
  const double log_norm = 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(flow.n_features());
  const Value z = graph.rounded(mapped.value);
  const Value squares = graph.mul(graph.number(-0.5), graph.sum(graph.square(z), 1, true));
  return {z, graph.add(graph.add(squares, graph.number(-log_norm)), log_jacobian)};
}

Value flow_inverse(Graph& graph, const flow::Flow& flow, const Value& z, const Value& context) {
  const base::Json json = flow.to_json();
  const Value c = context.empty() ? context : scaled(graph, json.at("context_scaler"), context).value;
  Value u = z;
  for (std::size_t l = flow.stack().shape().n_layers; l-- > 0;) {
    u = layer_inverse(graph, layer_of(flow.stack(), flow.parameters(), l), u, c);
  }
  const Value x = unscaled(graph, json.at("feature_scaler"), graph.rounded(u));
  return json.contains("moving_quantiles") ? made_moving(graph, json.at("moving_quantiles"), x, context) : x;
}

Value dense(Graph& graph, const net::DenseShape& shape, std::span<const float> parameters, const Value& x) {
  const std::size_t n_in = shape.n_in_padded();
  const std::size_t n_out = shape.n_out_padded();
  std::vector<double> weights(n_in * n_out);
  for (std::size_t i = 0; i < shape.n_in(); ++i) {
    for (std::size_t o = 0; o < shape.n_out(); ++o) {
      weights[i * n_out + o] = shape.connected(i, o) ? double{parameters[shape.weight_offset(i, o)]} : 0.0;
    }
  }
  const std::span<const float> bias = parameters.subspan(shape.bias_offset(), n_out);
  const std::vector<double> biases(bias.begin(), bias.end());
  const Value product =
      graph.op("MatMul", {x, graph.constant(weights, {static_cast<Count>(n_in), static_cast<Count>(n_out)})});
  return graph.add(product, graph.constant(biases, {1, static_cast<Count>(n_out)}));
}

Value padded(Graph& graph, const Value& x, std::size_t n_columns, std::size_t n) {
  if (n_columns == n) {
    return x;
  }
  const Value zero = graph.mul(graph.column(x, 0), graph.number(0));
  std::vector<Value> parts = {x};
  parts.insert(parts.end(), n - n_columns, zero);
  return graph.concat(parts, 1);
}

}  // namespace eddy::exchange::onnx
