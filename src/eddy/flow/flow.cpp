#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/flow/flow.hpp>
#include <eddy/net/panels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace eddy::flow {
namespace {

using net::AlignedVector;
using net::kPanel;

/// Events per parallel block: large enough to amortise a workspace, a multiple of kPanel so that blocks and panels
/// agree.
constexpr std::size_t kBlock = 256 * kPanel;

base::Json to_json(const StackShape& shape) {
  return {{"transform", shape.transform == TransformKind::kAffine ? "affine" : "rqs"},
          {"features", shape.n_features},
          {"context", shape.n_context},
          {"layers", shape.n_layers},
          {"hidden", shape.n_hidden},
          {"blocks", shape.n_blocks},
          {"bins", shape.spline.bins},
          {"bound", shape.spline.bound}};
}

StackShape shape_from_json(const base::Json& json) {
  StackShape shape;
  shape.transform = json.at("transform") == "affine" ? TransformKind::kAffine : TransformKind::kRationalQuadratic;
  shape.n_features = json.at("features");
  shape.n_context = json.at("context");
  shape.n_layers = json.at("layers");
  shape.n_hidden = json.at("hidden");
  shape.n_blocks = json.at("blocks");
  shape.spline.bins = json.at("bins");
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
           std::span<const float> parameters)
    : stack_(shape),
      feature_scaler_(std::move(feature_scaler)),
      context_scaler_(std::move(context_scaler)),
      parameters_(parameters.begin(), parameters.end()) {
  if (parameters.size() != stack_.n_parameters()) {
    throw base::InputError(
        fmt::format("a flow of this shape has {} parameters but {} were given; the model file does not fit "
                    "this version of eddy",
                    stack_.n_parameters(), parameters.size()));
  }
}

Flow::Latent Flow::map_to_latent(base::MatrixView x, base::MatrixView context) const {
  require_shapes(x, context, n_features(), n_context());
  Latent latent{base::Matrix(x.rows, n_features()), std::vector<float>(x.rows)};
  base::parallel_blocks(x.rows, kBlock, [&](std::size_t first, std::size_t last) {
    const base::Matrix u = feature_scaler_.forward(x.block(first, last - first));
    const base::Matrix c = context_scaler_.forward(context.block(first, last - first));
    AlignedVector<float> workspace(stack_.workspace_size());
    AlignedVector<float> panels((2 * n_features() + n_context() + 1) * kPanel);
    float* panel_x = panels.data();
    float* panel_z = panel_x + n_features() * kPanel;
    float* log_jacobian = panel_z + n_features() * kPanel;
    float* panel_c = log_jacobian + kPanel;
    for (std::size_t row = 0; row < u.rows(); row += kPanel) {
      const std::size_t n = std::min(kPanel, u.rows() - row);
      net::fill_panel(u, row, panel_x);
      net::fill_panel(c, row, panel_c);
      stack_.forward(parameters_.data(), panel_x, panel_c, workspace.data(), panel_z, log_jacobian);
      net::empty_panel(panel_z, first + row, n, latent.z);
      std::copy_n(log_jacobian, n, latent.log_jacobian.begin() + static_cast<std::ptrdiff_t>(first + row));
    }
  });
  return latent;
}

base::Matrix Flow::to_latent(base::MatrixView x, base::MatrixView context) const { return map_to_latent(x, context).z; }

std::vector<float> Flow::log_prob(base::MatrixView x, base::MatrixView context) const {
  Latent latent = map_to_latent(x, context);
  const std::vector<float> scaler_log_jacobian = feature_scaler_.log_jacobian(x);
  const double log_norm = 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(n_features());
  for (std::size_t i = 0; i < x.rows; ++i) {
    double log_p = -log_norm;
    for (const float z : std::as_const(latent.z).row(i)) {
      log_p -= 0.5 * static_cast<double>(z) * z;
    }
    latent.log_jacobian[i] = static_cast<float>(log_p + latent.log_jacobian[i] + scaler_log_jacobian[i]);
  }
  return std::move(latent.log_jacobian);
}

base::Matrix Flow::from_latent(base::MatrixView z, base::MatrixView context) const {
  require_shapes(z, context, n_features(), n_context());
  base::Matrix x(z.rows, n_features());
  base::parallel_blocks(z.rows, kBlock, [&](std::size_t first, std::size_t last) {
    const base::MatrixView block = z.block(first, last - first);
    const base::Matrix c = context_scaler_.forward(context.block(first, last - first));
    base::Matrix u(block.rows, n_features());
    AlignedVector<float> workspace(stack_.workspace_size());
    AlignedVector<float> panels((2 * n_features() + n_context()) * kPanel);
    float* panel_z = panels.data();
    float* panel_x = panel_z + n_features() * kPanel;
    float* panel_c = panel_x + n_features() * kPanel;
    for (std::size_t row = 0; row < block.rows; row += kPanel) {
      net::fill_panel(block, row, panel_z);
      net::fill_panel(c, row, panel_c);
      stack_.inverse(parameters_.data(), panel_z, panel_c, workspace.data(), panel_x);
      net::empty_panel(panel_x, row, std::min(kPanel, block.rows - row), u);
    }
    const base::Matrix physical = feature_scaler_.inverse(u);
    for (std::size_t i = 0; i < block.rows; ++i) {
      std::ranges::copy(physical.row(i), x.row(first + i).begin());
    }
  });
  return x;
}

base::Matrix Flow::sample(base::MatrixView context, const base::RandomStream& stream) const {
  base::Matrix z(context.rows, n_features());
  base::fill_normal(stream, 0, z.values());
  return from_latent(z, context);
}

base::Json Flow::to_json() const {
  return {{"shape", eddy::flow::to_json(stack_.shape())},
          {"feature_scaler", feature_scaler_.to_json()},
          {"context_scaler", context_scaler_.to_json()},
          {"parameters", base::pack_floats(parameters_)}};
}

Flow Flow::from_json(const base::Json& json) {
  return {shape_from_json(json.at("shape")), events::Scaler::from_json(json.at("feature_scaler")),
          events::Scaler::from_json(json.at("context_scaler")), base::unpack_floats(json.at("parameters"))};
}

}  // namespace eddy::flow
