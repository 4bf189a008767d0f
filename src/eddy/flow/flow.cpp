#include <eddy/base/artefact.hpp>
#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/flow/flow.hpp>
#include <eddy/net/packed_parameters.hpp>
#include <eddy/net/panels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

namespace eddy::flow {
namespace {

using net::AlignedVector;
using net::kPanel;

/// Events per parallel block: large enough to amortise the buffers, a multiple of kChunk.
constexpr std::size_t kBlock = 256 * kPanel;

/// Panels that go through the layers together, so that the weights of a layer are fetched once for all of them.
constexpr std::size_t kChunkPanels = 8;

/// Buffers of one thread for kChunkPanels panels.
template <class T>
struct Buffers {
  explicit Buffers(const AutoregressiveStack& stack)
      : workspace(stack.workspace_size()),
        features(kChunkPanels * stack.shape().n_features * kPanel),
        context(kChunkPanels * stack.shape().n_context * kPanel),
        log_jacobian(kChunkPanels * kPanel) {}
  AlignedVector<T> workspace, features, context, log_jacobian;
};

/// Calls body(first row, panels) for chunks of a table with the chunk's rows of both tables in the buffers.
template <class T, class F>
void for_each_chunk(const base::Matrix& features, const base::Matrix& context, Buffers<T>& buffers, const F& body) {
  for (std::size_t first = 0; first < features.rows(); first += kChunkPanels * kPanel) {
    const std::size_t n_panels = std::min(kChunkPanels, net::panels_of(features.rows() - first));
    for (std::size_t p = 0; p < n_panels; ++p) {
      net::fill_panel(features, first + p * kPanel, &buffers.features[p * features.cols() * kPanel]);
      net::fill_panel(context, first + p * kPanel, buffers.context.data() + p * context.cols() * kPanel);
    }
    body(first, n_panels);
  }
}

/// Copies the rows that begin at `first` back from the buffers.
template <class T>
void take_chunk(const Buffers<T>& buffers, std::size_t first, std::size_t n_panels, base::Matrix& features) {
  for (std::size_t p = 0; p < n_panels; ++p) {
    const std::size_t row = first + p * kPanel;
    net::empty_panel(&buffers.features[p * features.cols() * kPanel], row, std::min(kPanel, features.rows() - row),
                     features);
  }
}

/// Scaled features `u` become latents; fills the log-Jacobian of the stack when there is room for it.
template <class T>
void stack_forward(const AutoregressiveStack& stack, const AlignedVector<T>& parameters, const base::Matrix& c,
                   std::span<double> log_jacobian, base::Matrix& u) {
  Buffers<T> buffers(stack);
  for_each_chunk(u, c, buffers, [&](std::size_t first, std::size_t n_panels) {
    stack.forward(parameters.data(), n_panels, buffers.features.data(), buffers.context.data(),
                  buffers.workspace.data(), buffers.features.data(), buffers.log_jacobian.data());
    take_chunk(buffers, first, n_panels, u);
    if (!log_jacobian.empty()) {
      const std::size_t n = std::min(n_panels * kPanel, u.rows() - first);
      std::copy_n(buffers.log_jacobian.begin(), n, log_jacobian.begin() + static_cast<std::ptrdiff_t>(first));
    }
  });
}

/// Latents `u` become scaled features.
template <class T>
void stack_inverse(const AutoregressiveStack& stack, const AlignedVector<T>& parameters, const base::Matrix& c,
                   base::Matrix& u) {
  Buffers<T> buffers(stack);
  for_each_chunk(u, c, buffers, [&](std::size_t row, std::size_t n_panels) {
    stack.inverse(parameters.data(), n_panels, buffers.features.data(), buffers.context.data(),
                  buffers.workspace.data(), buffers.features.data());
    take_chunk(buffers, row, n_panels, u);
  });
}

base::Json to_json(const StackShape& shape) {
  return {{"transform", shape.transform == TransformKind::kAffine ? "affine" : "rqs"},
          {"features", shape.n_features},
          {"context", shape.n_context},
          {"layers", shape.n_layers},
          {"hidden", shape.n_hidden},
          {"blocks", shape.n_blocks},
          {"batch_norm", shape.batch_norm},
          {"bins", shape.spline.bins},
          {"bound", shape.spline.bound}};
}

/// A model of `n_parameters` has no more of anything.
StackShape shape_from_json(const base::Json& json, std::size_t n_parameters) {
  StackShape shape;
  const std::string transform = json.at("transform");
  shape.transform = transform == "affine" ? TransformKind::kAffine : TransformKind::kRationalQuadratic;
  shape.n_features = base::stored_size(json, "features", 1, n_parameters);
  shape.n_layers = base::stored_size(json, "layers", 1, n_parameters);
  shape.n_hidden = base::stored_size(json, "hidden", 1, n_parameters / shape.n_features);
  shape.n_context = base::stored_size(json, "context", 0, n_parameters / shape.n_hidden);
  shape.n_blocks = base::stored_size(json, "blocks", 0, n_parameters / shape.n_hidden);
  shape.batch_norm = json.at("batch_norm");
  const std::size_t fewest_bins = shape.transform == TransformKind::kRationalQuadratic ? 2 : 0;
  shape.spline.bins = base::stored_size(json, "bins", fewest_bins, kMaxBins);
  shape.spline.bound = json.at("bound");
  return shape;
}

}  // namespace

void require_shapes(base::MatrixView x, base::MatrixView context, std::size_t n_features, std::size_t n_context) {
  if (x.cols != n_features || context.cols != n_context || x.rows != context.rows) {
    throw base::InputError(fmt::format(
        "a flow of {} features and {} context variables cannot take tables of shape ({}, {}) and ({}, {}); give one "
        "row per event and the columns it was trained on",
        n_features, n_context, x.rows, x.cols, context.rows, context.cols));
  }
}

Flow::Flow(const StackShape& shape, events::Scaler feature_scaler, events::Scaler context_scaler,
           std::span<const float> parameters, std::optional<MovingQuantiles> moving)
    : stack_(shape),
      feature_scaler_(std::move(feature_scaler)),
      context_scaler_(std::move(context_scaler)),
      moving_(std::move(moving)),
      parameters_(parameters.begin(), parameters.end()) {
  if (parameters.size() != stack_.n_parameters()) {
    throw base::InputError(
        fmt::format("a flow of this shape has {} parameters but {} were given; the model file does not fit "
                    "this version of eddy",
                    stack_.n_parameters(), parameters.size()));
  }
  feature_scaler_.require_features(shape.n_features);
  context_scaler_.require_features(shape.n_context);
  if (moving_ && (moving_->n_features() != shape.n_features || shape.n_context != 1)) {
    throw base::InputError(fmt::format(
        "a flow of {} features and {} context variables cannot follow quantiles of {} features and one context; the "
        "model file is damaged",
        shape.n_features, shape.n_context, moving_->n_features()));
  }
}

Flow Flow::in_double_precision() const {
  Flow flow = *this;
  flow.in_double_.assign(parameters_.begin(), parameters_.end());
  return flow;
}

std::vector<std::size_t> Flow::count_clipped(base::MatrixView x, base::MatrixView context) const {
  return moving_ ? feature_scaler_.count_clipped(moving_->forward(x, context)) : feature_scaler_.count_clipped(x);
}

base::Matrix Flow::block_to_latent(base::MatrixView x, base::MatrixView context, std::span<double> log_jacobian) const {
  base::Matrix u = moving_ ? feature_scaler_.forward(moving_->forward(x, context)) : feature_scaler_.forward(x);
  const base::Matrix c = context_scaler_.forward(context);
  if (in_double_.empty()) {
    stack_forward(stack_, parameters_, c, log_jacobian, u);
  } else {
    stack_forward(stack_, in_double_, c, log_jacobian, u);
  }
  return u;
}

std::vector<double> Flow::input_log_jacobian(base::MatrixView x, base::MatrixView context) const {
  if (!moving_) {
    return feature_scaler_.log_jacobian(x);
  }
  std::vector<double> sum = feature_scaler_.log_jacobian(moving_->forward(x, context));
  const std::vector<double> of_map = moving_->log_jacobian(x, context);
  std::ranges::transform(sum, of_map, sum.begin(), std::plus<>());
  return sum;
}

base::Matrix Flow::to_latent(base::MatrixView x, base::MatrixView context) const {
  require_shapes(x, context, n_features(), n_context());
  base::Matrix z(x.rows, n_features());
  base::parallel_blocks(x.rows, kBlock, [&](std::size_t first, std::size_t last) {
    const base::CpuScope scope(base::CpuStage::kMapping);
    const base::Matrix block = block_to_latent(x.block(first, last - first), context.block(first, last - first), {});
    std::ranges::copy(block.values(), z.row(first).begin());
  });
  return z;
}

std::vector<double> Flow::log_density(base::MatrixView x, base::MatrixView context) const {
  require_shapes(x, context, n_features(), n_context());
  const double log_norm = 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(n_features());
  std::vector<double> log_p(x.rows);
  base::parallel_blocks(x.rows, kBlock, [&](std::size_t first, std::size_t last) {
    const base::CpuScope scope(base::CpuStage::kMapping);
    const base::MatrixView events = x.block(first, last - first);
    const std::span<double> block = std::span(log_p).subspan(first, last - first);
    const base::Matrix z = block_to_latent(events, context.block(first, last - first), block);
    const std::vector<double> scaler_log_jacobian = input_log_jacobian(events, context.block(first, last - first));
    for (std::size_t i = 0; i < block.size(); ++i) {
      double sum = -log_norm;
      for (const float value : z.row(i)) {
        sum -= 0.5 * static_cast<double>(value) * value;
      }
      block[i] += sum + scaler_log_jacobian[i];
    }
  });
  return log_p;
}

std::vector<float> Flow::log_prob(base::MatrixView x, base::MatrixView context) const {
  return base::single_precision(log_density(x, context));
}

base::Matrix Flow::from_latent(base::MatrixView z, base::MatrixView context) const {
  require_shapes(z, context, n_features(), n_context());
  base::Matrix x(z.rows, n_features());
  base::parallel_blocks(z.rows, kBlock, [&](std::size_t first, std::size_t last) {
    const base::CpuScope scope(base::CpuStage::kMapping);
    base::Matrix u(last - first, n_features());
    for (std::size_t i = first; i < last; ++i) {
      std::ranges::copy(z.row(i), u.row(i - first).begin());
    }
    const base::Matrix c = context_scaler_.forward(context.block(first, last - first));
    if (in_double_.empty()) {
      stack_inverse(stack_, parameters_, c, u);
    } else {
      stack_inverse(stack_, in_double_, c, u);
    }
    base::Matrix physical = feature_scaler_.inverse(u);
    if (moving_) {
      physical = moving_->inverse(physical, context.block(first, last - first));
    }
    std::ranges::copy(physical.values(), x.row(first).begin());
  });
  return x;
}

base::Matrix Flow::sample(base::MatrixView context, const base::RandomStream& stream) const {
  base::Matrix z(context.rows, n_features());
  base::fill_normal(stream, 0, z.values());
  return from_latent(z, context);
}

base::Json Flow::to_json() const {
  base::Json json = {{"shape", eddy::flow::to_json(stack_.shape())},
                     {"feature_scaler", feature_scaler_.to_json()},
                     {"context_scaler", context_scaler_.to_json()},
                     {"parameters", net::pack_parameters(parameters_)}};
  if (moving_) {
    json["moving_quantiles"] = moving_->to_json();
  }
  return json;
}

Flow Flow::from_json(const base::Json& json) {
  const net::AlignedVector<float> parameters = net::unpack_parameters(json.at("parameters"));
  return {shape_from_json(json.at("shape"), parameters.size()), events::Scaler::from_json(json.at("feature_scaler")),
          events::Scaler::from_json(json.at("context_scaler")), parameters,
          json.contains("moving_quantiles") ? std::optional(MovingQuantiles::from_json(json.at("moving_quantiles")))
                                            : std::nullopt};
}

}  // namespace eddy::flow
