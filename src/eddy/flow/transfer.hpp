#pragma once
// A density whose base is another density: flows for flows (Golling, Klein, Mastandrea, Nachman and Raine, 2309.06472).

#include <eddy/flow/flow.hpp>

namespace eddy::flow {

/// p(x | m) = p_base(T(x; m) | m) |det dT/dx|, with T learned on other events than the base was: T^-1 morphs events of
/// the base into events of p. Shapes, threads and clipping are those of Flow.
class TransferFlow {
 public:
  /// `transfer` is what fit_flow gave for FlowSample::base = &base: its latent is the scaled space of `base`. Throws
  /// InputError when the columns of the two differ.
  TransferFlow(Flow transfer, Flow base);

  [[nodiscard]] const Flow& transfer() const { return transfer_; }
  [[nodiscard]] const Flow& base() const { return base_; }

  /// T(x; context), in physical units: (n_events, n_features).
  [[nodiscard]] base::Matrix to_base(base::MatrixView x, base::MatrixView context) const;
  /// T^-1: where events of the base go.
  [[nodiscard]] base::Matrix from_base(base::MatrixView x_base, base::MatrixView context) const;
  /// log p(x | context), in inverse physical units: (n_events).
  [[nodiscard]] std::vector<float> log_prob(base::MatrixView x, base::MatrixView context) const;
  /// One x per row of context; row i depends on (stream, i) only.
  [[nodiscard]] base::Matrix sample(base::MatrixView context, const base::RandomStream& stream) const;

 private:
  Flow transfer_;
  Flow base_;
};

}  // namespace eddy::flow
