#include "export.hpp"
#include <eddy/base/json.hpp>

#include "flow/exchange.hpp"
#include "rates.hpp"

#include <eddy/events/scaler.hpp>
#include <eddy/net/packed_parameters.hpp>

#include <cmath>
#include <numbers>
#include <span>

namespace eddy::bench {
namespace {

using base::Json;
using net::AlignedVector;
using net::kPanel;

constexpr std::size_t kExportedEvents = 256;  // whole panels

Json rows_of(const base::Matrix& table) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const std::span<const float> row = table.row(i);
    rows.push_back(std::vector<float>(row.begin(), row.end()));
  }
  return rows;
}

/// Index of a feature of a sample in panels.
std::size_t index_of(std::size_t sample, std::size_t feature, std::size_t n_features) {
  return (sample / kPanel * n_features + feature) * kPanel + sample % kPanel;
}

/// log p in scaled space, summed in double as Flow does.
std::vector<float> log_densities(std::span<const float> z, std::span<const float> log_jacobian,
                                 std::size_t n_features) {
  std::vector<float> log_p(log_jacobian.size());
  for (std::size_t s = 0; s < log_p.size(); ++s) {
    double sum = log_jacobian[s];
    for (std::size_t d = 0; d < n_features; ++d) {
      const double value = z[index_of(s, d, n_features)];
      sum -= 0.5 * (value * value + std::log(2 * std::numbers::pi));
    }
    log_p[s] = static_cast<float>(sum);
  }
  return log_p;
}

double mean_loss(std::span<const float> log_p) {
  double sum = 0;
  for (const float value : log_p) {
    sum -= value;
  }
  return sum / static_cast<double>(log_p.size());
}

/// A stack with what it computes from.
struct Evaluation {
  const flow::AutoregressiveStack& stack;
  AlignedVector<float> parameters, x, context;
  [[nodiscard]] std::size_t n_features() const { return stack.shape().n_features; }
  [[nodiscard]] std::size_t n_panels() const { return kExportedEvents / kPanel; }
};

std::vector<float> evaluate(const Evaluation& e) {
  AlignedVector<float> workspace(e.stack.workspace_size()), z(e.x.size()), log_jacobian(kExportedEvents);
  e.stack.forward(e.parameters.data(), e.n_panels(), e.x.data(), e.context.data(), workspace.data(), z.data(),
                  log_jacobian.data());
  return log_densities(z, log_jacobian, e.n_features());
}

struct LossAndGradient {
  double loss;
  AlignedVector<float> gradient;
};

/// All events as one batch, in training mode.
LossAndGradient differentiate(const Evaluation& e) {
  AlignedVector<float> workspace(e.stack.training_workspace_size(e.n_panels()));
  AlignedVector<float> z(e.x.size()), log_jacobian(kExportedEvents), gradient(e.parameters.size());
  e.stack.forward_training(e.parameters.data(), kExportedEvents, e.x.data(), e.context.data(), workspace.data(),
                           z.data(), log_jacobian.data());
  const double loss = mean_loss(log_densities(z, log_jacobian, e.n_features()));
  constexpr float kShare = 1.0F / static_cast<float>(kExportedEvents);
  for (float& value : z) {  // d(z^2 / 2) = z
    value *= kShare;
  }
  const AlignedVector<float> d_log_jacobian(kExportedEvents, -kShare);
  e.stack.backward(e.parameters.data(), kExportedEvents, workspace.data(), z.data(), d_log_jacobian.data(),
                   gradient.data());
  AlignedVector<float> mask(gradient.size());
  e.stack.fill_mask(mask);
  for (std::size_t i = 0; i < gradient.size(); ++i) {  // the kernels leave numbers where weights are masked
    gradient[i] *= mask[i];
  }
  return {loss, std::move(gradient)};
}

/// "layers" of the file, from one number per parameter.
Json layers_of(const flow::AutoregressiveStack& stack, std::span<const float> values) {
  Json json;
  test::for_each_parameter(stack,
                           [&](const Json::json_pointer& path, std::size_t index) { json[path] = values[index]; });
  return json.at("layers");
}

}  // namespace

Json export_flow(const FlowConfiguration& configuration) {
  const Json flow = short_fit(configuration, 20'000, 2).to_json();
  const flow::AutoregressiveStack stack(test::shape_from(flow.at("shape")));
  const FlowEvents events(kExportedEvents, configuration.n_features, configuration.n_context);
  Json file = {{"shape", flow.at("shape")},
               {"x", rows_of(events::Scaler::from_json(flow.at("feature_scaler")).forward(events.x))},
               {"context", rows_of(events::Scaler::from_json(flow.at("context_scaler")).forward(events.context))}};
  const Evaluation evaluation{stack, net::unpack_parameters(flow.at("parameters")),
                              test::panels_from<float>(file.at("x")), test::panels_from<float>(file.at("context"))};
  const LossAndGradient training = differentiate(evaluation);
  file["layers"] = layers_of(stack, evaluation.parameters);
  file["log_prob"] = evaluate(evaluation);
  file["training"]["loss"] = training.loss;
  file["gradient"]["layers"] = layers_of(stack, training.gradient);
  return file;
}

}  // namespace eddy::bench
