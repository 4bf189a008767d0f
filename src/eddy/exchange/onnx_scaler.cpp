#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/onnx_scaler.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::exchange::onnx {
namespace {

using base::Json;

constexpr double kMargin = 1e-3;  // of the logit scaler

std::vector<double> doubles(const std::vector<float>& values) { return {values.begin(), values.end()}; }

/// The knots of a quantile map, and the slopes between them as QuantileMap has them.
struct Knots {
  std::vector<double> x, u, slope;
};

Knots knots_of(const Json& quantile) {
  Knots knots{doubles(base::unpack_floats(quantile.at("x"))), doubles(base::unpack_floats(quantile.at("u"))), {}};
  std::vector<double> inverse;
  for (std::size_t k = 0; k + 1 < knots.x.size(); ++k) {
    inverse.push_back((knots.x[k + 1] - knots.x[k]) / (knots.u[k + 1] - knots.u[k]));
  }
  knots.slope = {1 / inverse.front()};
  for (std::size_t k = 0; k + 1 < inverse.size(); ++k) {
    knots.slope.push_back(2 / (inverse[k] + inverse[k + 1]));
  }
  knots.slope.push_back(1 / inverse.back());
  return knots;
}

/// The segment of a quantile map that a value falls into: tables of its ends, looked up.
struct Segment {
  Value x0, width, u0, height, left, right;
};

Segment segment_at(Graph& graph, const Knots& knots, const std::vector<double>& along, const Value& value) {
  const std::size_t n = along.size();
  const std::span<const double> inner(along.data() + 1, n - 2);
  const Value index =
      n > 2 ? graph.count(graph.at_least(value, graph.constant(inner, {1, static_cast<std::int64_t>(n - 2)})), 1)
            : graph.cast(graph.mul(value, graph.number(0)), Type::kInt64);
  std::vector<double> width, height, left, right;
  for (std::size_t k = 0; k + 1 < n; ++k) {
    width.push_back(knots.x[k + 1] - knots.x[k]);
    height.push_back(knots.u[k + 1] - knots.u[k]);
    left.push_back(knots.slope[k] * width.back() / height.back());
    right.push_back(knots.slope[k + 1] * width.back() / height.back());
  }
  return {graph.look_up(knots.x, index), graph.look_up(width, index), graph.look_up(knots.u, index),
          graph.look_up(height, index),  graph.look_up(left, index),  graph.look_up(right, index)};
}

Value clipped(Graph& graph, const Value& x, double low, double high) {
  return graph.smaller(graph.larger(x, graph.number(low)), graph.number(high));
}

/// 1 + (left + right - 2) t (1 - t).
Value denominator(Graph& graph, const Segment& s, const Value& t, const Value& rest) {
  const Value bend = graph.sub(graph.add(s.left, s.right), graph.number(2));
  return graph.add(graph.number(1), graph.mul(bend, graph.mul(t, rest)));
}

Mapped quantile_forward(Graph& graph, const Knots& knots, const Value& x) {
  const Segment s = segment_at(graph, knots, knots.x, x);
  const Value t = graph.div(graph.sub(x, s.x0), s.width);
  const Value rest = graph.sub(graph.number(1), t);
  const Value below = denominator(graph, s, t, rest);
  const Value value = graph.div(graph.mul(t, graph.add(t, graph.mul(s.left, rest))), below);
  const Value above =
      graph.add(graph.add(graph.mul(s.right, graph.square(t)), graph.mul(graph.number(2), graph.mul(t, rest))),
                graph.mul(s.left, graph.square(rest)));
  const Value slope = graph.div(graph.mul(above, s.height), graph.mul(graph.square(below), s.width));
  return {graph.add(s.u0, graph.mul(s.height, value)), graph.log(slope)};
}

Value quantile_inverse(Graph& graph, const Knots& knots, const Value& u) {
  const Value in_range = clipped(graph, u, knots.u.front(), knots.u.back());
  const Segment s = segment_at(graph, knots, knots.u, in_range);
  const Value y = graph.div(graph.sub(in_range, s.u0), s.height);
  const Value bend = graph.sub(graph.add(s.left, s.right), graph.number(2));
  const Value a = graph.add(graph.sub(graph.number(1), s.left), graph.mul(y, bend));
  const Value b = graph.sub(s.left, graph.mul(y, bend));
  const Value root = graph.op(
      "Sqrt", {graph.larger(graph.add(graph.square(b), graph.mul(graph.number(4), graph.mul(a, y))), graph.number(0))});
  const Value t = clipped(graph, graph.div(graph.mul(graph.number(2), y), graph.add(b, root)), 0, 1);
  return graph.add(s.x0, graph.mul(s.width, t));
}

struct Numbers {
  explicit Numbers(const Json& json)
      : kind(json.at("kind")),
        low(json.at("low").get<float>()),
        high(json.at("high").get<float>()),
        shift(json.at("shift")),
        scale(json.at("scale")),
        offset(json.at("offset")) {}
  std::string kind;
  double low, high, shift, scale, offset;
};

Mapped column_forward(Graph& graph, const Json& json, const Value& column) {
  const Numbers n(json);
  const Value x = clipped(graph, column, n.low, n.high);
  if (n.kind == "quantile") {
    return quantile_forward(graph, knots_of(json.at("quantile")), x);
  }
  const auto line = [&](const Value& v) {
    return graph.div(graph.sub(v, graph.number(n.shift)), graph.number(n.scale));
  };
  if (n.kind == "logit") {
    const Value part = graph.div(graph.sub(x, graph.number(n.low)), graph.number(n.high - n.low));
    const Value p = graph.add(graph.number(kMargin), graph.mul(graph.number(1 - 2 * kMargin), part));
    const Value rest = graph.sub(graph.number(1), p);
    const double log_factor = std::log((1 - 2 * kMargin) / (n.high - n.low)) - std::log(n.scale);
    return {line(graph.sub(graph.log(p), graph.log(rest))),
            graph.sub(graph.number(log_factor), graph.add(graph.log(p), graph.log(rest)))};
  }
  if (n.kind == "log") {
    const Value logarithm = graph.log(graph.add(x, graph.number(n.offset)));
    return {line(logarithm), graph.sub(graph.number(-std::log(n.scale)), logarithm)};
  }
  return {line(x), graph.add(graph.mul(x, graph.number(0)), graph.number(-std::log(n.scale)))};
}

Value column_inverse(Graph& graph, const Json& json, const Value& u) {
  const Numbers n(json);
  if (n.kind == "quantile") {
    return quantile_inverse(graph, knots_of(json.at("quantile")), u);
  }
  Value v = graph.add(graph.mul(u, graph.number(n.scale)), graph.number(n.shift));
  if (n.kind == "logit") {
    const Value part = graph.div(graph.sub(graph.sigmoid(v), graph.number(kMargin)), graph.number(1 - 2 * kMargin));
    v = graph.add(graph.number(n.low), graph.mul(graph.number(n.high - n.low), part));
  } else if (n.kind == "log") {
    v = graph.sub(graph.exp(v), graph.number(n.offset));
  }
  return clipped(graph, v, n.low, n.high);
}

// ---- moving quantiles ----

/// Quantiles of one feature as MovingQuantiles has them.
struct Parabolas {
  std::vector<double> a, b, c, reference, steps;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(a.size()); }
};

/// Ascending values at `place`: each at least the one before plus its smallest step.
std::vector<double> values_at(const Parabolas& p, double place) {
  std::vector<double> values;
  for (std::size_t q = 0; q < p.a.size(); ++q) {
    const double value = p.a[q] + place * (p.b[q] + place * p.c[q]);
    values.push_back(q == 0 ? value : std::max(value, values.back() + p.steps[q - 1]));
  }
  return values;
}

Parabolas parabolas_of(const Json& quantiles, double reference) {
  constexpr double kSmallestWidth = 1e-6;
  constexpr double kSmallestPart = 0.1;
  Parabolas p;
  for (const Json& one : quantiles) {
    p.a.push_back(one.at(0));
    p.b.push_back(one.at(1));
    p.c.push_back(one.at(2));
  }
  p.steps.assign(p.a.size() - 1, 0);
  p.reference = values_at(p, reference);
  const double width = p.reference.back() - p.reference.front();
  p.steps.assign(p.a.size() - 1, kSmallestWidth * (width > 0 ? width : 1));
  p.reference = values_at(p, reference);
  for (std::size_t i = 0; i < p.steps.size(); ++i) {
    p.steps[i] = kSmallestPart * (p.reference[i + 1] - p.reference[i]);
  }
  return p;
}

Value place_of(Graph& graph, const Json& moving, const Value& context) {
  const double low = moving.at("low");
  const double high = moving.at("high");
  if (!(high > low)) {
    return graph.mul(context, graph.number(0));
  }
  constexpr double kSmallest = 1e-30;
  const Value value =
      moving.at("logarithmic").get<bool>() ? graph.log(graph.larger(context, graph.number(kSmallest))) : context;
  const Value part =
      graph.div(graph.sub(clipped(graph, value, low, high), graph.number(low)), graph.number(high - low));
  return graph.sub(graph.mul(graph.number(2), part), graph.number(1));
}

/// (events, n): the largest value up to each one, by doubling.
Value running_maximum(Graph& graph, Value values, std::int64_t n) {
  for (std::int64_t reach = 1; reach < n; reach *= 2) {
    const Value kept = graph.slice(values, 0, reach, 1);
    const Value later = graph.larger(graph.slice(values, reach, n, 1), graph.slice(values, 0, n - reach, 1));
    values = graph.concat({kept, later}, 1);
  }
  return values;
}

/// (events, n_quantiles) of one feature: max over j <= q of (value_j - S_j) + S_q, S the sums of the smallest steps.
Value quantiles_at(Graph& graph, const Parabolas& p, const Value& place) {
  std::vector<double> sums = {0};
  for (const double step : p.steps) {
    sums.push_back(sums.back() + step);
  }
  const auto row = [&](const std::vector<double>& values) { return graph.constant(values, {1, p.size()}); };
  const Value bent = graph.add(row(p.b), graph.mul(place, row(p.c)));
  const Value values = graph.add(row(p.a), graph.mul(place, bent));
  return graph.add(running_maximum(graph, graph.sub(values, row(sums)), p.size()), row(sums));
}

/// Straight lines from knots `from` to knots `to`, both (events, n).
Mapped interpolated(Graph& graph, const Value& from, const Value& to, std::int64_t n, const Value& value) {
  const Value index = n > 2 ? graph.count(graph.at_least(value, graph.slice(from, 1, n - 1, 1)), 1)
                            : graph.cast(graph.mul(value, graph.number(0)), Type::kInt64);
  const Value next = graph.add(index, graph.indices({1}));
  const Value x0 = graph.pick(from, index, 1);
  const Value y0 = graph.pick(to, index, 1);
  const Value slope = graph.div(graph.sub(graph.pick(to, next, 1), y0), graph.sub(graph.pick(from, next, 1), x0));
  return {graph.add(y0, graph.mul(slope, graph.sub(value, x0))), graph.log(slope)};
}

Mapped moved(Graph& graph, const Json& moving, const Value& x, const Value& context, bool to_reference) {
  const Value place = place_of(graph, moving, context);
  std::vector<Value> columns;
  Value log_jacobian = graph.mul(place, graph.number(0));
  for (std::size_t f = 0; f < moving.at("features").size(); ++f) {
    const Parabolas p = parabolas_of(moving.at("features").at(f), moving.at("reference"));
    const Value here = quantiles_at(graph, p, place);
    const Value there = graph.add(graph.mul(here, graph.number(0)), graph.constant(p.reference, {1, p.size()}));
    const Mapped column = to_reference ? interpolated(graph, here, there, p.size(), graph.column(x, f))
                                       : interpolated(graph, there, here, p.size(), graph.column(x, f));
    columns.push_back(graph.rounded(column.value));
    log_jacobian = graph.add(log_jacobian, column.log_jacobian);
  }
  return {graph.concat(columns, 1), log_jacobian};
}

}  // namespace

Mapped scaled(Graph& graph, const Json& scaler, const Value& x) {
  std::vector<Value> columns;
  Value log_jacobian;
  for (std::size_t i = 0; i < scaler.size(); ++i) {
    const Mapped column = column_forward(graph, scaler.at(i), graph.column(x, i));
    columns.push_back(graph.rounded(column.value));
    log_jacobian = i == 0 ? column.log_jacobian : graph.add(log_jacobian, column.log_jacobian);
  }
  return {graph.concat(columns, 1), log_jacobian};
}

Value unscaled(Graph& graph, const Json& scaler, const Value& u) {
  std::vector<Value> columns;
  for (std::size_t i = 0; i < scaler.size(); ++i) {
    columns.push_back(graph.rounded(column_inverse(graph, scaler.at(i), graph.column(u, i))));
  }
  return graph.concat(columns, 1);
}

Mapped made_stationary(Graph& graph, const Json& moving, const Value& x, const Value& context) {
  return moved(graph, moving, x, context, true);
}

Value made_moving(Graph& graph, const Json& moving, const Value& stationary, const Value& context) {
  return moved(graph, moving, stationary, context, false).value;
}

}  // namespace eddy::exchange::onnx
