#include <eddy/base/error.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/net/panels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace eddy::flow {
namespace {

using base::Matrix;
using base::MatrixView;
using net::AlignedVector;
using net::kPanel;

/// Negative log-likelihood of panels of events in scaled space, and its gradient; owns the buffers.
class Likelihood {
 public:
  explicit Likelihood(const AutoregressiveStack& stack)
      : stack_(stack),
        n_features_(stack.shape().n_features),
        workspace_(stack.workspace_size()),
        x_(n_features_ * kPanel),
        z_(n_features_ * kPanel),
        context_(std::max<std::size_t>(1, stack.shape().n_context) * kPanel),
        log_jacobian_(kPanel),
        d_log_jacobian_(kPanel) {}

  /// Sum over `rows` (at most kPanel) of weight * (-log p).
  double loss(std::span<const float> parameters, MatrixView table, std::span<const float> weight,
              std::span<const std::size_t> rows) {
    load_panel(table, rows);
    stack_.forward(parameters.data(), x_.data(), context_.data(), workspace_.data(), z_.data(), log_jacobian_.data());
    double sum = 0;
    for (std::size_t s = 0; s < rows.size(); ++s) {
      double squares = 0;
      for (std::size_t d = 0; d < n_features_; ++d) {
        squares += static_cast<double>(z_[d * kPanel + s]) * z_[d * kPanel + s];
      }
      sum += weight[rows[s]] * (0.5 * squares - log_jacobian_[s] + log_norm());
    }
    return sum;
  }

  /// The same; adds `scale` times the gradient.
  double loss_and_gradient(std::span<const float> parameters, MatrixView table, std::span<const float> weight,
                           std::span<const std::size_t> rows, float scale, std::span<float> gradient) {
    const double sum = loss(parameters, table, weight, rows);
    for (std::size_t s = 0; s < kPanel; ++s) {  // padding samples have weight 0
      const float w = s < rows.size() ? weight[rows[s]] * scale : 0.0F;
      d_log_jacobian_[s] = -w;
      for (std::size_t d = 0; d < n_features_; ++d) {
        z_[d * kPanel + s] *= w;  // d(z^2 / 2) = z
      }
    }
    stack_.backward(parameters.data(), workspace_.data(), z_.data(), d_log_jacobian_.data(), gradient.data());
    return sum;
  }

 private:
  [[nodiscard]] double log_norm() const {
    return 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(n_features_);
  }
  /// `table` holds features, then context.
  void load_panel(MatrixView table, std::span<const std::size_t> rows) {
    const std::size_t n_context = table.cols - n_features_;
    net::gather_panel({table.data, table.rows, n_features_, table.stride}, rows, x_.data());
    net::gather_panel({table.data + n_features_, table.rows, n_context, table.stride}, rows, context_.data());
  }

  const AutoregressiveStack& stack_;
  std::size_t n_features_;
  AlignedVector<float> workspace_;
  AlignedVector<float> x_;
  AlignedVector<float> z_;
  AlignedVector<float> context_;
  AlignedVector<float> log_jacobian_;
  AlignedVector<float> d_log_jacobian_;
};

/// Scaled events of one part of the sample: features and context side by side, so that a gathered event is one cache
/// line.
struct Table {
  Matrix values;
  std::vector<float> weight;
};

std::vector<std::size_t> rows_with(std::span<const std::uint8_t> flags, bool wanted) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if ((flags[i] != 0) == wanted) {
      rows.push_back(i);
    }
  }
  return rows;
}

Table make_table(const FlowSample& sample, const events::Scaler& features, const events::Scaler& context,
                 bool validation) {
  const std::vector<std::size_t> rows = rows_with(sample.is_validation, validation);
  if (rows.empty()) {
    throw base::InputError(fmt::format("the flow has {} events but none of them for {}; give it more events",
                                       sample.x.rows, validation ? "validation" : "training"));
  }
  const Matrix u = features.forward(base::take_rows(sample.x, rows));
  const Matrix c = context.forward(base::take_rows(sample.context, rows));
  Table table{Matrix(rows.size(), u.cols() + c.cols()), std::vector<float>(rows.size(), 1.0F)};
  double total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(c.row(i), std::ranges::copy(u.row(i), table.values.row(i).begin()).out);
    if (!sample.weight.empty()) {
      table.weight[i] = sample.weight[rows[i]];
    }
    total += table.weight[i];
  }
  const auto scale = static_cast<float>(static_cast<double>(rows.size()) / total);  // mean weight 1
  for (float& w : table.weight) {
    w *= scale;
  }
  return table;
}

events::ScalerKind kind_of(const FlowSettings& settings, const std::string& feature) {
  for (const std::string& entry : settings.scalers) {
    const std::size_t colon = entry.find(':');
    if (colon != std::string::npos && entry.substr(0, colon) == feature) {
      const std::size_t kind = entry.find_first_not_of(' ', colon + 1);
      return events::parse_scaler_kind(kind == std::string::npos ? "" : entry.substr(kind));
    }
  }
  return events::parse_scaler_kind(settings.feature_scaler);
}

std::vector<std::string> numbered(const std::vector<std::string>& names, const char* word, std::size_t n) {
  std::vector<std::string> all = names;
  for (std::size_t i = all.size(); i < n; ++i) {
    all.push_back(fmt::format("{} {}", word, i));
  }
  return all;
}

StackShape stack_shape(const FlowSettings& settings, std::size_t n_features, std::size_t n_context) {
  StackShape shape;
  shape.transform = settings.transform == "affine" ? TransformKind::kAffine : TransformKind::kRationalQuadratic;
  shape.n_features = n_features;
  shape.n_context = n_context;
  shape.n_layers = static_cast<std::size_t>(settings.layers);
  shape.n_hidden = static_cast<std::size_t>(settings.hidden);
  shape.n_blocks = static_cast<std::size_t>(settings.blocks);
  shape.spline.bins = static_cast<std::size_t>(settings.bins);
  shape.spline.bound = settings.bound;
  return shape;
}

double mean_loss(Likelihood& likelihood, std::span<const float> parameters, const Table& table,
                 std::span<const std::size_t> all_rows) {
  double sum = 0;
  for (std::size_t first = 0; first < all_rows.size(); first += kPanel) {
    const auto rows = all_rows.subspan(first, std::min(kPanel, all_rows.size() - first));
    sum += likelihood.loss(parameters, table.values, table.weight, rows);
  }
  return sum / static_cast<double>(all_rows.size());
}

double batch_loss(Likelihood& likelihood, std::span<const float> parameters, const Table& table,
                  std::span<const std::size_t> batch, std::span<float> gradient) {
  double sum = 0;
  const auto scale = static_cast<float>(1.0 / static_cast<double>(batch.size()));
  for (std::size_t first = 0; first < batch.size(); first += kPanel) {
    const auto rows = batch.subspan(first, std::min(kPanel, batch.size() - first));
    sum += likelihood.loss_and_gradient(parameters, table.values, table.weight, rows, scale, gradient);
  }
  return sum / static_cast<double>(batch.size());
}

}  // namespace

void describe(FlowSettings& s, base::OptionVisitor& visitor) {
  visitor.visit(
      {.key = "transform", .meaning = "rqs (rational-quadratic splines) or affine", .choices = {"rqs", "affine"}},
      s.transform);
  visitor.visit({.key = "layers", .meaning = "autoregressive layers (CONRAD: 4)", .minimum = 1, .maximum = 64},
                s.layers);
  visitor.visit({.key = "bins", .meaning = "bins of each spline (CONRAD: 8)", .minimum = 2, .maximum = kMaxBins},
                s.bins);
  visitor.visit({.key = "hidden", .meaning = "hidden units of each conditioner layer", .minimum = 1, .maximum = 4096},
                s.hidden);
  visitor.visit(
      {.key = "blocks", .meaning = "residual blocks of each conditioner (nflows: 2)", .minimum = 0, .maximum = 16},
      s.blocks);
  visitor.visit({.key = "bound",
                 .meaning = "half width of the spline's box in scaled space; identity outside",
                 .minimum = 1,
                 .maximum = 100},
                s.bound);
  visitor.visit({.key = "feature_scaler",
                 .meaning = "preprocessing of the features",
                 .choices = {"standard", "minmax", "logit", "log", "quantile"}},
                s.feature_scaler);
  visitor.visit({.key = "context_scaler",
                 .meaning = "preprocessing of the context",
                 .choices = {"standard", "minmax", "logit", "log", "quantile"}},
                s.context_scaler);
  visitor.visit({.key = "scalers", .meaning = "preprocessing of single features, as [\"m_j1: log\", ...]"}, s.scalers);
  describe(s.training, visitor);
}

FlowFit fit_flow(const FlowSample& sample, const FlowSettings& settings, base::Seed seed, const std::string& task,
                 const base::Monitor& monitor) {
  require_shapes(sample.x, sample.context, sample.x.cols, sample.context.cols);
  const std::vector<std::string> features = numbered(sample.feature_names, "feature", sample.x.cols);
  const std::vector<std::string> contexts = numbered(sample.context_names, "context", sample.context.cols);
  std::vector<events::ScalerKind> kinds;
  std::ranges::transform(features, std::back_inserter(kinds),
                         [&](const std::string& feature) { return kind_of(settings, feature); });
  const std::vector<events::ScalerKind> context_kinds(contexts.size(),
                                                      events::parse_scaler_kind(settings.context_scaler));
  const auto feature_scaler = events::Scaler::fit(kinds, features, sample.x);
  const auto context_scaler = events::Scaler::fit(context_kinds, contexts, sample.context);
  const Table train = make_table(sample, feature_scaler, context_scaler, false);
  const Table validation = make_table(sample, feature_scaler, context_scaler, true);

  const StackShape shape = stack_shape(settings, sample.x.cols, sample.context.cols);
  const AutoregressiveStack stack(shape);
  AlignedVector<float> parameters(stack.n_parameters());
  AlignedVector<float> mask(stack.n_parameters());
  stack.initialise(base::RandomStream(seed, task + "/initial weights"), parameters);
  stack.fill_mask(mask);

  Likelihood likelihood(stack);
  std::vector<std::size_t> validation_rows(validation.values.rows());
  std::iota(validation_rows.begin(), validation_rows.end(), std::size_t{0});
  net::Objective objective;
  objective.n_events = train.values.rows();
  objective.mask = mask;
  objective.batch_loss = [&](std::span<const float> p, std::span<const std::size_t> rows, std::span<float> gradient) {
    return batch_loss(likelihood, p, train, rows, gradient);
  };
  objective.validation_loss = [&](std::span<const float> p) {
    return mean_loss(likelihood, p, validation, validation_rows);
  };
  const net::TrainingResult result =
      net::train(objective, settings.training, base::RandomStream(seed, task + "/order"), parameters, task, monitor);
  FlowFit fit{{}, result.train_loss, result.validation_loss, result.best_epoch};
  for (const auto& kept : result.kept) {
    fit.flows.emplace_back(shape, feature_scaler, context_scaler, kept);
  }
  return fit;
}

}  // namespace eddy::flow
