#include <eddy/flow/likelihood.hpp>
#include <eddy/net/kernels/kernels.hpp>
#include <eddy/net/panels.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eddy::flow {
namespace {

using net::kPanel;

/// log(1 + e^t).
double softplus(double t) { return std::max(t, 0.0) + std::log1p(std::exp(-std::abs(t))); }

double sigmoid(double t) { return 1 / (1 + std::exp(-t)); }

}  // namespace

std::size_t n_parameters_of(const AutoregressiveStack& stack, bool is_mixture) {
  return stack.n_parameters() + (is_mixture ? net::kRowUnit : 0);
}

Likelihood::Likelihood(const AutoregressiveStack& stack, const Flow* base, const EventTable& table, std::size_t most,
                       std::size_t workspace_size)
    : stack_(stack),
      base_(base),
      table_(table),
      n_features_(stack.shape().n_features),
      n_context_(stack.shape().n_context),
      workspace_(workspace_size),
      x_(net::panels_of(most) * n_features_ * kPanel),
      z_(x_.size()),
      context_(net::panels_of(most) * n_context_ * kPanel),
      log_jacobian_(net::panels_of(most) * kPanel),
      d_log_jacobian_(log_jacobian_.size()),
      base_log_jacobian_(base != nullptr ? log_jacobian_.size() : 0),
      base_workspace_(base != nullptr ? base->stack().training_workspace_size(net::panels_of(most)) : 0),
      part_(log_jacobian_.size(), 1.0F) {}

double Likelihood::loss(std::span<const float> parameters, std::span<const std::size_t> rows) {
  load(rows);
  stack_.forward(parameters.data(), net::panels_of(rows.size()), x_.data(), context_.data(), workspace_.data(),
                 z_.data(), log_jacobian_.data());
  pass_base(rows.size());
  return sum(parameters, rows);
}

double Likelihood::loss_and_gradient(std::span<const float> parameters, std::span<const std::size_t> rows, float scale,
                                     std::span<float> gradient) {
  load(rows);
  stack_.forward_training(parameters.data(), rows.size(), x_.data(), context_.data(), workspace_.data(), z_.data(),
                          log_jacobian_.data());
  pass_base(rows.size());
  const double loss = sum(parameters, rows);
  for (std::size_t i = 0; i < net::panels_of(rows.size()) * kPanel; ++i) {  // padding samples have weight 0
    d_log_jacobian_[i] = i < rows.size() ? -table_.weight[rows[i]] * part_[i] * scale : 0.0F;
  }
  if (!table_.log_background.empty()) {
    const double share = sigmoid(parameters[stack_.n_parameters()]);
    double d_logit = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      d_logit -= table_.weight[rows[i]] * (part_[i] - share);
    }
    gradient[stack_.n_parameters()] += static_cast<float>(scale * d_logit);
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

void Likelihood::set_constants(std::span<float> parameters, std::span<const std::size_t> rows) {
  load(rows);
  stack_.set_constants(parameters, rows.size(), context_.data(), workspace_.data(), x_.data());
}

void Likelihood::load(std::span<const std::size_t> rows) {
  const base::MatrixView table = table_.values;
  for (std::size_t p = 0; p < net::panels_of(rows.size()); ++p) {
    const auto in_panel = rows.subspan(p * kPanel, std::min(kPanel, rows.size() - p * kPanel));
    net::gather_panel({table.data, table.rows, n_features_, table.stride}, in_panel, &x_[p * n_features_ * kPanel]);
    net::gather_panel({table.data + n_features_, table.rows, n_context_, table.stride}, in_panel,
                      context_.data() + p * n_context_ * kPanel);
  }
}

void Likelihood::pass_base(std::size_t n_events) {
  if (base_ == nullptr) {
    return;
  }
  base_->stack().forward_training(base_->parameters().data(), n_events, z_.data(), context_.data(),
                                  base_workspace_.data(), z_.data(), base_log_jacobian_.data());
  for (std::size_t i = 0; i < net::panels_of(n_events) * kPanel; ++i) {
    log_jacobian_[i] += base_log_jacobian_[i];
  }
}

double Likelihood::own_loss(std::size_t event) const {
  const double log_norm = 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(n_features_);
  const float* z = &z_[event / kPanel * n_features_ * kPanel + event % kPanel];
  float squares = 0;
  for (std::size_t d = 0; d < n_features_; ++d) {
    squares += z[d * kPanel] * z[d * kPanel];
  }
  return 0.5 * squares - log_jacobian_[event] + log_norm;
}

double Likelihood::sum(std::span<const float> parameters, std::span<const std::size_t> rows) {
  double total = 0;
  if (table_.log_background.empty()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      total += table_.weight[rows[i]] * own_loss(i);
    }
    return total;
  }
  const double logit = parameters[stack_.n_parameters()];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double log_background = table_.log_background[rows[i]];
    const double log_odds = logit - own_loss(i) - log_background;  // of the flow against the background
    part_[i] = static_cast<float>(sigmoid(log_odds));
    total += table_.weight[rows[i]] * (softplus(logit) - log_background - softplus(log_odds));
  }
  return total;
}

}  // namespace eddy::flow
