#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/net/panels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>
#include <optional>

namespace eddy::flow {
namespace {

using base::Matrix;
using base::MatrixView;
using net::AlignedVector;
using net::kPanel;

/// Events that go through the flow together where nothing asks for the whole batch: enough that the weights of a layer
/// are fetched seldom, few enough that what forward leaves for backward stays near (eight panels cost 7 % more per
/// event than four with 128 hidden units).
constexpr std::size_t kChunk = net::kGroup * kPanel;

/// Negative log-likelihood of events in scaled space, and its gradient; owns the buffers.
class Likelihood {
 public:
  /// `table` holds features, then context. Not more than `most` events at a time; gradients only with the workspace
  /// that training takes. `base` is the density of z; nullptr: standard normal.
  Likelihood(const AutoregressiveStack& stack, const Flow* base, MatrixView table, std::span<const float> weight,
             std::size_t most, std::size_t workspace_size)
      : stack_(stack),
        base_(base),
        table_(table),
        weight_(weight),
        n_features_(stack.shape().n_features),
        n_context_(stack.shape().n_context),
        workspace_(workspace_size),
        x_(net::panels_of(most) * n_features_ * kPanel),
        z_(x_.size()),
        context_(net::panels_of(most) * n_context_ * kPanel),
        log_jacobian_(net::panels_of(most) * kPanel),
        d_log_jacobian_(log_jacobian_.size()),
        base_log_jacobian_(base != nullptr ? log_jacobian_.size() : 0),
        base_workspace_(base != nullptr ? base->stack().training_workspace_size(net::panels_of(most)) : 0) {}

  /// Sum over `rows` of weight * (-log p), with the constants of batch normalisation.
  double loss(std::span<const float> parameters, std::span<const std::size_t> rows) {
    load(rows);
    stack_.forward(parameters.data(), net::panels_of(rows.size()), x_.data(), context_.data(), workspace_.data(),
                   z_.data(), log_jacobian_.data());
    pass_base(rows.size());
    return sum(rows);
  }

  /// The same with the moments of these events; adds `scale` times the gradient.
  double loss_and_gradient(std::span<const float> parameters, std::span<const std::size_t> rows, float scale,
                           std::span<float> gradient) {
    load(rows);
    stack_.forward_training(parameters.data(), rows.size(), x_.data(), context_.data(), workspace_.data(), z_.data(),
                            log_jacobian_.data());
    pass_base(rows.size());
    const double loss = sum(rows);
    for (std::size_t i = 0; i < net::panels_of(rows.size()) * kPanel; ++i) {  // padding samples have weight 0
      d_log_jacobian_[i] = i < rows.size() ? -weight_[rows[i]] * scale : 0.0F;
    }
    for (std::size_t row = 0; row < net::panels_of(rows.size()) * n_features_; ++row) {
      const float* d = &d_log_jacobian_[row / n_features_ * kPanel];
      for (std::size_t s = 0; s < kPanel; ++s) {  // d(z^2 / 2) = z
        z_[row * kPanel + s] *= -d[s];
      }
    }
    if (base_ != nullptr) {
      base_->stack().backward(base_->parameters().data(), rows.size(), base_workspace_.data(), z_.data(),
                              d_log_jacobian_.data(), static_cast<float*>(nullptr));
    }
    stack_.backward(parameters.data(), rows.size(), workspace_.data(), z_.data(), d_log_jacobian_.data(),
                    gradient.data());
    return loss;
  }

  /// Sets the constants of batch normalisation to the moments of `rows`.
  void set_constants(std::span<float> parameters, std::span<const std::size_t> rows) {
    load(rows);
    stack_.set_constants(parameters, rows.size(), context_.data(), workspace_.data(), x_.data());
  }

 private:
  void load(std::span<const std::size_t> rows) {
    for (std::size_t p = 0; p < net::panels_of(rows.size()); ++p) {
      const auto in_panel = rows.subspan(p * kPanel, std::min(kPanel, rows.size() - p * kPanel));
      net::gather_panel({table_.data, table_.rows, n_features_, table_.stride}, in_panel,
                        &x_[p * n_features_ * kPanel]);
      net::gather_panel({table_.data + n_features_, table_.rows, n_context_, table_.stride}, in_panel,
                        context_.data() + p * n_context_ * kPanel);
    }
  }

  /// From the latent of the flow, where its base lives, to that of the base.
  void pass_base(std::size_t n_events) {
    if (base_ == nullptr) {
      return;
    }
    base_->stack().forward_training(base_->parameters().data(), n_events, z_.data(), context_.data(),
                                    base_workspace_.data(), z_.data(), base_log_jacobian_.data());
    for (std::size_t i = 0; i < net::panels_of(n_events) * kPanel; ++i) {
      log_jacobian_[i] += base_log_jacobian_[i];
    }
  }

  [[nodiscard]] double sum(std::span<const std::size_t> rows) const {
    const double log_norm = 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(n_features_);
    double total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const float* z = &z_[i / kPanel * n_features_ * kPanel + i % kPanel];
      float squares = 0;
      for (std::size_t d = 0; d < n_features_; ++d) {
        squares += z[d * kPanel] * z[d * kPanel];
      }
      total += weight_[rows[i]] * (0.5 * squares - log_jacobian_[i] + log_norm);
    }
    return total;
  }

  const AutoregressiveStack& stack_;
  const Flow* base_;
  MatrixView table_;
  std::span<const float> weight_;
  std::size_t n_features_;
  std::size_t n_context_;
  AlignedVector<float> workspace_;
  AlignedVector<float> x_;
  AlignedVector<float> z_;
  AlignedVector<float> context_;
  AlignedVector<float> log_jacobian_;
  AlignedVector<float> d_log_jacobian_;
  AlignedVector<float> base_log_jacobian_;
  AlignedVector<float> base_workspace_;
};

/// Training events whose moments batch normalisation keeps as constants after each epoch (CATHODE takes all of them):
/// means are then known to 0.7 % of a standard deviation.
constexpr std::size_t kMomentEvents = 20000;

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
    if (!(table.weight[i] >= 0)) {  // the likelihood has no maximum
      throw base::InputError(fmt::format("the weight of event {} is {}; a flow needs weights that are not negative",
                                         rows[i], table.weight[i]));
    }
    total += table.weight[i];
  }
  if (!(total > 0) || !std::isfinite(total)) {
    throw base::InputError(
        fmt::format("the weights of the flow's {} events for {} sum to {}; give it events that count", rows.size(),
                    validation ? "validation" : "training", total));
  }
  const auto scale = static_cast<float>(static_cast<double>(rows.size()) / total);  // mean weight 1
  for (float& w : table.weight) {
    w *= scale;
  }
  return table;
}

events::ScalerKind kind_of(const FlowSettings& settings, const std::string& feature) {
  for (const std::string& entry : settings.scalers) {
    const std::size_t colon = entry.rfind(':');
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
  shape.batch_norm = settings.batch_norm;
  shape.spline.bins = static_cast<std::size_t>(settings.bins);
  shape.spline.bound = settings.bound;
  return shape;
}

void require_start(const Flow& start, const StackShape& shape) {
  if (start.stack().shape() != shape) {
    throw base::InputError(
        "a flow cannot begin with the parameters of one of another shape; train that one with the same settings");
  }
}

/// Calls f(rows) for consecutive parts of at most `most` of `rows`.
template <class F>
void for_each_chunk(std::span<const std::size_t> rows, std::size_t most, const F& f) {
  for (std::size_t first = 0; first < rows.size(); first += most) {
    f(rows.subspan(first, std::min(most, rows.size() - first)));
  }
}

std::vector<std::size_t> all_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

/// The mean negative log-density of a flow over training and validation events, as the training loop wants it. The
/// tables must outlive it.
net::Objective make_objective(const AutoregressiveStack& stack, const Flow* base, const Table& train,
                              const Table& validation, std::size_t batch_size, std::span<const float> mask) {
  net::Objective objective;
  objective.n_events = train.values.rows();
  objective.mask = mask;
  const std::size_t most = stack.shape().batch_norm ? batch_size : std::min(batch_size, kChunk);
  auto training = std::make_shared<Likelihood>(stack, base, train.values, train.weight, most,
                                               stack.training_workspace_size(net::panels_of(most)));
  objective.batch_loss = [=](std::span<const float> p, std::span<const std::size_t> batch, std::span<float> gradient) {
    double sum = 0;
    const auto n = static_cast<double>(batch.size());
    for_each_chunk(batch, most, [&](std::span<const std::size_t> rows) {
      sum += training->loss_and_gradient(p, rows, static_cast<float>(1 / n), gradient);
    });
    return sum / n;
  };
  auto checking =
      std::make_shared<Likelihood>(stack, base, validation.values, validation.weight, kChunk, stack.workspace_size());
  objective.validation_loss = [=, rows = all_rows(validation.values.rows())](std::span<const float> p) {
    double sum = 0;
    for_each_chunk(rows, kChunk, [&](std::span<const std::size_t> chunk) { sum += checking->loss(p, chunk); });
    return sum / static_cast<double>(rows.size());
  };
  if (stack.shape().batch_norm) {
    const std::size_t n = std::min(kMomentEvents, train.values.rows());
    auto moments = std::make_shared<Likelihood>(stack, base, train.values, train.weight, n, stack.workspace_size());
    objective.end_epoch = [=, rows = all_rows(n)](std::span<float> p) { moments->set_constants(p, rows); };
  }
  return objective;
}

struct Scalers {
  events::Scaler features;
  events::Scaler context;
};

Scalers scalers_of_base(const FlowSample& sample) {
  require_shapes(sample.x, sample.context, sample.base->n_features(), sample.base->n_context());
  if (sample.base->stack().shape().batch_norm) {
    throw base::InputError("a flow with batch normalisation cannot be the base of another; set batch_norm = false");
  }
  if (sample.base->moving_quantiles()) {
    throw base::InputError("a flow of moving quantiles cannot be the base of another; set moving_quantiles = false");
  }
  return {sample.base->feature_scaler(), sample.base->context_scaler()};
}

Scalers fit_scalers(const FlowSample& sample, const FlowSettings& settings) {
  if (sample.base != nullptr) {
    return scalers_of_base(sample);
  }
  const std::vector<std::string> features = numbered(sample.feature_names, "feature", sample.x.cols);
  const std::vector<std::string> contexts = numbered(sample.context_names, "context", sample.context.cols);
  std::vector<events::ScalerKind> kinds;
  std::ranges::transform(features, std::back_inserter(kinds),
                         [&](const std::string& feature) { return kind_of(settings, feature); });
  const std::vector<events::ScalerKind> context_kinds(contexts.size(),
                                                      events::parse_scaler_kind(settings.context_scaler));
  const bool own = sample.scaling_x.rows == 0;
  return {events::Scaler::fit(kinds, features, own ? sample.x : sample.scaling_x),
          events::Scaler::fit(context_kinds, contexts, own ? sample.context : sample.scaling_context)};
}

std::optional<MovingQuantiles> fit_moving_quantiles(const FlowSample& sample, const FlowSettings& settings) {
  if (!settings.moving_quantiles || sample.x.rows < kFewestForMovingQuantiles) {
    return std::nullopt;
  }
  if (sample.base != nullptr) {
    throw base::InputError(
        "a flow whose base is another shares its preprocessing, so that [flow] moving_quantiles must be false");
  }
  return MovingQuantiles::fit(sample.x, sample.context);
}

/// The sample in which nothing moves, if that is asked for; owns its features.
struct StationarySample {
  StationarySample(const FlowSample& given, const std::optional<MovingQuantiles>& moving) : sample(given) {
    if (moving) {
      x = moving->forward(given.x, given.context);
      sample.x = x;
      if (given.scaling_x.rows > 0) {
        scaling_x = moving->forward(given.scaling_x, given.scaling_context);
        sample.scaling_x = scaling_x;
      }
    }
  }
  Matrix x;
  Matrix scaling_x;
  FlowSample sample;
};

}  // namespace

FlowFit fit_flow(const FlowSample& given, const FlowSettings& settings, base::Seed seed, const std::string& task,
                 const base::Monitor& monitor) {
  const base::CpuScope scope(base::CpuStage::kFlows);
  require_shapes(given.x, given.context, given.x.cols, given.context.cols);
  const std::optional<MovingQuantiles> moving = fit_moving_quantiles(given, settings);
  const StationarySample made(given, moving);
  const FlowSample& sample = made.sample;
  const auto [feature_scaler, context_scaler] = fit_scalers(sample, settings);
  const Table train = make_table(sample, feature_scaler, context_scaler, false);
  const Table validation = make_table(sample, feature_scaler, context_scaler, true);

  const StackShape shape = stack_shape(settings, sample.x.cols, sample.context.cols);
  const AutoregressiveStack stack(shape);
  AlignedVector<float> parameters(stack.n_parameters());
  AlignedVector<float> mask(stack.n_parameters());
  if (sample.start != nullptr) {
    require_start(*sample.start, shape);
    std::ranges::copy(sample.start->parameters(), parameters.begin());
  } else {
    stack.initialise(base::RandomStream(seed, task + "/initial weights"), parameters);
  }
  stack.fill_mask(mask);

  const net::Objective objective = make_objective(stack, sample.base, train, validation,
                                                  static_cast<std::size_t>(settings.training.batch_size), mask);
  const net::TrainingResult result =
      net::train(objective, settings.training, base::RandomStream(seed, task + "/order"), parameters, task, monitor);
  FlowFit fit{{}, result.train_loss, result.validation_loss, result.best_epoch};
  for (const auto& kept : result.kept) {
    fit.flows.emplace_back(shape, feature_scaler, context_scaler, kept, moving);
  }
  return fit;
}

}  // namespace eddy::flow
