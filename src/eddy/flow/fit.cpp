#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/flow/likelihood.hpp>
#include <eddy/net/panels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <memory>
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

/// Training events whose moments batch normalisation keeps as constants after each epoch (CATHODE takes all of them):
/// means are then known to 0.7 % of a standard deviation.
constexpr std::size_t kMomentEvents = 20000;

std::vector<std::size_t> rows_with(std::span<const std::uint8_t> flags, bool wanted) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if ((flags[i] != 0) == wanted) {
      rows.push_back(i);
    }
  }
  return rows;
}

/// Scaled events of one part of the sample. `log_background`: in scaled space, of all its events, or empty.
EventTable make_table(const FlowSample& sample, const events::Scaler& features, const events::Scaler& context,
                      const std::vector<float>& log_background, bool validation) {
  const std::vector<std::size_t> rows = rows_with(sample.is_validation, validation);
  if (rows.empty()) {
    throw base::InputError(fmt::format("the flow has {} events but none of them for {}; give it more events",
                                       sample.x.rows, validation ? "validation" : "training"));
  }
  const Matrix u = features.forward(base::take_rows(sample.x, rows));
  const Matrix c = context.forward(base::take_rows(sample.context, rows));
  EventTable table{Matrix(rows.size(), u.cols() + c.cols()), std::vector<float>(rows.size(), 1.0F)};
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
  if (!log_background.empty()) {
    std::ranges::transform(rows, std::back_inserter(table.log_background),
                           [&](std::size_t row) { return log_background[row]; });
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
net::Objective make_objective(const AutoregressiveStack& stack, const Flow* base, const EventTable& train,
                              const EventTable& validation, std::size_t batch_size, std::span<const float> mask) {
  net::Objective objective;
  objective.n_events = train.values.rows();
  objective.mask = mask;
  const std::size_t most = stack.shape().batch_norm ? batch_size : std::min(batch_size, kChunk);
  auto training =
      std::make_shared<Likelihood>(stack, base, train, most, stack.training_workspace_size(net::panels_of(most)));
  objective.batch_loss = [=](std::span<const float> p, std::span<const std::size_t> batch, std::span<float> gradient) {
    double sum = 0;
    const auto n = static_cast<double>(batch.size());
    for_each_chunk(batch, most, [&](std::span<const std::size_t> rows) {
      sum += training->loss_and_gradient(p, rows, static_cast<float>(1 / n), gradient);
    });
    return sum / n;
  };
  auto checking = std::make_shared<Likelihood>(stack, base, validation, kChunk, stack.workspace_size());
  objective.validation_loss = [=, rows = all_rows(validation.values.rows())](std::span<const float> p) {
    double sum = 0;
    for_each_chunk(rows, kChunk, [&](std::span<const std::size_t> chunk) { sum += checking->loss(p, chunk); });
    return sum / static_cast<double>(rows.size());
  };
  if (stack.shape().batch_norm) {
    const std::size_t n = std::min(kMomentEvents, train.values.rows());
    auto moments = std::make_shared<Likelihood>(stack, base, train, n, stack.workspace_size());
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

void require_mixture(const FlowSample& sample) {
  const Mixture& mixture = *sample.mixture;
  if (mixture.log_background.size() != sample.x.rows || !(mixture.share > 0) || !(mixture.share < 1)) {
    throw base::InputError(fmt::format(
        "a flow that is {} of a mixture has {} events and {} densities of the rest; give a share between 0 and 1, and "
        "one density for each event",
        mixture.share, sample.x.rows, mixture.log_background.size()));
  }
  if (std::ranges::any_of(mixture.log_background, [](float value) { return !std::isfinite(value); })) {
    throw base::InputError(
        "the other density of a mixture is 0 or not a number for an event of the flow; its flow has learned too little "
        "for that");
  }
}

/// The other density of a mixture in the space of the scaled features; empty where there is none.
std::vector<float> scaled_log_background(const FlowSample& given, const std::optional<MovingQuantiles>& moving,
                                         const events::Scaler& scaler, MatrixView stationary) {
  if (!given.mixture) {
    return {};
  }
  require_mixture(given);
  std::vector<double> log_density = scaler.log_jacobian(stationary);
  std::ranges::transform(given.mixture->log_background, log_density, log_density.begin(), std::minus<>());
  if (moving) {
    std::ranges::transform(log_density, moving->log_jacobian(given.x, given.context), log_density.begin(),
                           std::minus<>());
  }
  return base::single_precision(log_density);
}

/// The first parameters of a training, and which of them there are.
struct Beginning {
  AlignedVector<float> parameters;
  AlignedVector<float> mask;
};

Beginning begin(const FlowSample& sample, const AutoregressiveStack& stack, const base::RandomStream& stream) {
  const std::size_t n = n_parameters_of(stack, sample.mixture.has_value());
  Beginning made{AlignedVector<float>(n), AlignedVector<float>(n)};
  const std::span<float> of_stack = std::span(made.parameters).first(stack.n_parameters());
  if (sample.start != nullptr) {
    require_start(*sample.start, stack.shape());
    std::ranges::copy(sample.start->parameters(), of_stack.begin());
  } else {
    stack.initialise(stream, of_stack);
  }
  stack.fill_mask(std::span(made.mask).first(stack.n_parameters()));
  if (sample.mixture) {
    made.parameters[stack.n_parameters()] =
        static_cast<float>(std::log(sample.mixture->share) - std::log1p(-sample.mixture->share));
    made.mask[stack.n_parameters()] = sample.mixture->is_learned ? 1.0F : 0.0F;
  }
  return made;
}

}  // namespace

FlowFit fit_flow(const FlowSample& given, const FlowSettings& settings, base::Seed seed, const std::string& task,
                 const base::Monitor& monitor) {
  const base::CpuScope scope(base::CpuStage::kFlows);
  require_shapes(given.x, given.context, given.x.cols, given.context.cols);
  const std::optional<MovingQuantiles> moving = fit_moving_quantiles(given, settings);
  const StationarySample made(given, moving);
  const FlowSample& sample = made.sample;
  const auto [feature_scaler, context_scaler] = fit_scalers(sample, settings);
  const std::vector<float> log_background = scaled_log_background(given, moving, feature_scaler, sample.x);
  const EventTable train = make_table(sample, feature_scaler, context_scaler, log_background, false);
  const EventTable validation = make_table(sample, feature_scaler, context_scaler, log_background, true);

  const StackShape shape = stack_shape(settings, sample.x.cols, sample.context.cols);
  const AutoregressiveStack stack(shape);
  auto [parameters, mask] = begin(sample, stack, base::RandomStream(seed, task + "/initial weights"));
  const net::Objective objective = make_objective(stack, sample.base, train, validation,
                                                  static_cast<std::size_t>(settings.training.batch_size), mask);
  const net::TrainingResult result =
      net::train(objective, settings.training, base::RandomStream(seed, task + "/order"), parameters, task, monitor);
  FlowFit fit{{}, {}, result.train_loss, result.validation_loss, result.best_epoch};
  for (const auto& kept : result.kept) {
    fit.flows.emplace_back(shape, feature_scaler, context_scaler, std::span(kept).first(stack.n_parameters()), moving);
    if (sample.mixture) {
      fit.shares.push_back(1 / (1 + std::exp(-double{kept[stack.n_parameters()]})));
    }
  }
  return fit;
}

}  // namespace eddy::flow
