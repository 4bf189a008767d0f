#pragma once
// The loss of a flow in scaled space, with its gradient: alone, or as one of two densities of a mixture.

#include <eddy/flow/flow.hpp>
#include <eddy/net/aligned.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace eddy::flow {

/// Scaled events: features and context side by side, so that a gathered event is one cache line.
struct EventTable {
  base::Matrix values;                     ///< (n_events, n_features + n_context)
  std::vector<float> weight;               ///< (n_events), >= 0
  std::vector<float> log_background = {};  ///< (n_events): log of the other density of a mixture; empty: the flow alone
};

/// Of a mixture, the parameters of the stack are followed by these, the first of which is the logit of the flow's
/// share: as many as a training walks through at once.
[[nodiscard]] std::size_t n_parameters_of(const AutoregressiveStack& stack, bool is_mixture);

/// Negative log-likelihood of events in scaled space: -log p, or, for a table with a `log_background` b,
/// -log(w p + (1 - w) b) with the flow's share w (R-ANODE, 2312.11629, eq. of the loss), whose gradient is that of -log
/// p times the probability w p / (w p + (1 - w) b) that the event is the flow's. Owns its buffers; the arguments must
/// outlive it.
class Likelihood {
 public:
  /// Not more than `most` events at a time; gradients only with the workspace that training takes. `base` is the
  /// density of z; nullptr: standard normal.
  Likelihood(const AutoregressiveStack& stack, const Flow* base, const EventTable& table, std::size_t most,
             std::size_t workspace_size);

  /// Sum over `rows` of weight * loss, with the constants of batch normalisation.
  [[nodiscard]] double loss(std::span<const float> parameters, std::span<const std::size_t> rows);
  /// The same with the moments of these events; adds `scale` times the gradient.
  double loss_and_gradient(std::span<const float> parameters, std::span<const std::size_t> rows, float scale,
                           std::span<float> gradient);
  /// Sets the constants of batch normalisation to the moments of `rows`.
  void set_constants(std::span<float> parameters, std::span<const std::size_t> rows);

 private:
  void load(std::span<const std::size_t> rows);
  /// From the latent of the flow, where its base lives, to that of the base.
  void pass_base(std::size_t n_events);
  /// Fills what part of each event is the flow's; returns the loss.
  [[nodiscard]] double sum(std::span<const float> parameters, std::span<const std::size_t> rows);
  /// -log p of an event of those that are loaded.
  [[nodiscard]] double own_loss(std::size_t event) const;

  const AutoregressiveStack& stack_;
  const Flow* base_;
  const EventTable& table_;
  std::size_t n_features_;
  std::size_t n_context_;
  net::AlignedVector<float> workspace_;
  net::AlignedVector<float> x_;
  net::AlignedVector<float> z_;
  net::AlignedVector<float> context_;
  net::AlignedVector<float> log_jacobian_;
  net::AlignedVector<float> d_log_jacobian_;
  net::AlignedVector<float> base_log_jacobian_;
  net::AlignedVector<float> base_workspace_;
  std::vector<float> part_;  ///< of each loaded event: the probability that it is the flow's; 1 without a mixture
};

}  // namespace eddy::flow
