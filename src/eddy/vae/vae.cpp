#include <eddy/base/artefact.hpp>
#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/net/packed_parameters.hpp>
#include <eddy/net/panels.hpp>
#include <eddy/vae/vae.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::vae {
namespace {

using net::kPanel;

/// Events per parallel block: large enough to amortise the buffers.
constexpr std::size_t kBlock = 128 * kPanel;

/// Panels that go through the network together.
constexpr std::size_t kPanels = 4;

/// exp does not overflow for any logit: its argument is never positive.
double sigmoid(double logit) {
  const double e = std::exp(-std::abs(logit));
  return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
}

}  // namespace

void require_inputs(base::MatrixView x, const NetworkShape& shape) {
  if (x.cols != shape.n_features) {
    throw base::InputError(
        fmt::format("an autoencoder of {} inputs cannot take {} features; give the columns it was trained on",
                    shape.n_features, x.cols));
  }
  const bool probabilities = shape.reconstruction == Reconstruction::kCrossEntropy;
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t c = 0; c < x.cols; ++c) {
      const float value = x(r, c);
      if (!std::isfinite(value)) {
        throw base::InputError(fmt::format(
            "the autoencoder got the value {} in row {}, feature {}; select events whose features are finite", value, r,
            c));
      }
      if (probabilities && (value < 0 || value > 1)) {
        throw base::InputError(
            fmt::format("the autoencoder got the value {} in row {}, feature {}, but a cross-entropy needs values in "
                        "[0, 1]; scale the features to that range or set reconstruction = \"mse\"",
                        value, r, c));
      }
    }
  }
}

Vae::Vae(const NetworkShape& shape, std::span<const float> parameters)
    : network_(shape), parameters_(parameters.begin(), parameters.end()) {
  if (parameters.size() != network_.n_parameters()) {
    throw base::InputError(
        fmt::format("an autoencoder of this shape has {} parameters but {} were given; the model file does not fit "
                    "this version of eddy",
                    network_.n_parameters(), parameters.size()));
  }
}

/// Calls take(batch, panel, first row, number of rows) for each panel of events that went through the network.
template <class F>
void Vae::for_each_panel(base::MatrixView x, const F& take) const {
  require_inputs(x, shape());
  const net::AlignedVector<double> parameters(parameters_.begin(), parameters_.end());
  base::parallel_blocks(x.rows, kBlock, [&](std::size_t begin, std::size_t end) {
    const base::CpuScope scope(base::CpuStage::kMapping);
    Batch<double> batch(network_, kPanels);
    std::ranges::fill(batch.weight, 1.0);
    const std::size_t n_features = network_.encoder().n_inputs_padded() * kPanel;
    for (std::size_t first = begin; first < end; first += kPanels * kPanel) {
      const std::size_t n = std::min(kPanels * kPanel, end - first);
      for (std::size_t row = 0; row < n; row += kPanel) {
        net::fill_panel(x.block(0, end), first + row, &batch.x[row / kPanel * n_features]);
      }
      network_.forward(parameters.data(), n, /*draws=*/false, batch);
      for (std::size_t row = 0; row < n; row += kPanel) {
        take(batch, row / kPanel, first + row, std::min(kPanel, n - row));
      }
    }
  });
}

std::vector<float> Vae::reconstruction_loss(base::MatrixView x) const {
  std::vector<float> losses(x.rows);
  const std::size_t n_features = network_.encoder().n_inputs_padded() * kPanel;
  for_each_panel(x, [&](Batch<double>& batch, std::size_t panel, std::size_t first, std::size_t n) {
    vae::reconstruction_loss(shape().reconstruction, shape().n_features, &batch.output[panel * n_features],
                             &batch.x[panel * n_features], batch.weight.data(), batch.reconstruction.data(),
                             batch.d_output.data());
    std::transform(batch.reconstruction.begin(), batch.reconstruction.begin() + static_cast<std::ptrdiff_t>(n),
                   losses.begin() + static_cast<std::ptrdiff_t>(first),
                   [](double loss) { return static_cast<float>(loss); });
  });
  return losses;
}

base::Matrix Vae::latent(base::MatrixView x) const {
  base::Matrix z(x.rows, n_latent());
  for_each_panel(x, [&](const Batch<double>& batch, std::size_t panel, std::size_t first, std::size_t n) {
    net::empty_panel(&batch.z[panel * n_latent() * kPanel], first, n, z);
  });
  return z;
}

base::Matrix Vae::reconstruct(base::MatrixView x) const {
  base::Matrix outputs(x.rows, n_features());
  const std::size_t step = network_.encoder().n_inputs_padded() * kPanel;
  for_each_panel(x, [&](const Batch<double>& batch, std::size_t panel, std::size_t first, std::size_t n) {
    net::empty_panel(&batch.output[panel * step], first, n, outputs);
  });
  if (shape().reconstruction == Reconstruction::kCrossEntropy) {
    std::ranges::transform(outputs.values(), outputs.values().begin(),
                           [](float logit) { return static_cast<float>(sigmoid(logit)); });
  }
  return outputs;
}

base::Json Vae::to_json() const {
  return {{"features", shape().n_features},
          {"hidden", shape().hidden},
          {"latent", shape().n_latent},
          {"flow_layers", shape().n_flow_layers},
          {"flow_hidden", shape().n_flow_hidden},
          {"reconstruction", to_string(shape().reconstruction)},
          {"divergence", to_string(shape().divergence)},
          {"beta", shape().beta},
          {"parameters", net::pack_parameters(parameters_)}};
}

Vae Vae::from_json(const base::Json& json) {
  const net::AlignedVector<float> parameters = net::unpack_parameters(json.at("parameters"));
  const std::size_t n_parameters = parameters.size();  // a model has no more of anything
  NetworkShape shape;
  shape.n_features = base::stored_size(json, "features", 1, n_parameters);
  shape.hidden = base::stored_widths(json, "hidden", shape.n_features, n_parameters);
  shape.n_latent = base::stored_size(json, "latent", 1, n_parameters);
  shape.n_flow_layers = base::stored_size(json, "flow_layers", 0, n_parameters);
  const bool has_flow = shape.n_flow_layers > 0;
  constexpr std::size_t kMostWithoutFlow = 4096;  // of no parameter then, but still a size
  shape.n_flow_hidden = has_flow ? base::stored_size(json, "flow_hidden", 1, n_parameters / shape.n_latent)
                                 : base::stored_size(json, "flow_hidden", 0, kMostWithoutFlow);
  shape.reconstruction = parse_reconstruction(json.at("reconstruction"));
  shape.divergence = parse_divergence(json.at("divergence"));
  shape.beta = json.at("beta");
  return {shape, parameters};
}

}  // namespace eddy::vae
