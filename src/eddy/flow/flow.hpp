#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/scaler.hpp>
#include <eddy/flow/autoregressive.hpp>
#include <eddy/flow/moving_quantiles.hpp>
#include <eddy/net/aligned.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace eddy::flow {

/// A trained conditional density p(x | m) in physical units: preprocessing, an autoregressive flow, and a standard
/// normal base. All functions take x: (n_events, n_features) and context: (n_events, n_context), run on all threads in
/// fixed blocks and give the same bits for any number of threads. Values outside the range seen in training are clipped
/// to it.
class Flow {
 public:
  /// `parameters` belong to a stack of `shape`; the scalers were fitted on the training sample. With `moving`, features
  /// are made stationary before they are scaled.
  Flow(const StackShape& shape, events::Scaler feature_scaler, events::Scaler context_scaler,
       std::span<const float> parameters, std::optional<MovingQuantiles> moving = {});

  [[nodiscard]] std::size_t n_features() const { return stack_.shape().n_features; }
  [[nodiscard]] std::size_t n_context() const { return stack_.shape().n_context; }
  [[nodiscard]] const events::Scaler& feature_scaler() const { return feature_scaler_; }
  [[nodiscard]] const events::Scaler& context_scaler() const { return context_scaler_; }
  [[nodiscard]] const std::optional<MovingQuantiles>& moving_quantiles() const { return moving_; }
  [[nodiscard]] const AutoregressiveStack& stack() const { return stack_; }
  [[nodiscard]] std::span<const float> parameters() const { return parameters_; }

  /// Number of values, per feature, outside the range of the sample that the flow was trained on.
  [[nodiscard]] std::vector<std::size_t> count_clipped(base::MatrixView x, base::MatrixView context) const;
  /// log p(x | context), in inverse physical units: (n_events).
  /// Of a flow in double precision it has the digits that a ratio of two densities wants far out in their tails.
  [[nodiscard]] std::vector<double> log_density(base::MatrixView x, base::MatrixView context) const;
  /// log_density, rounded.
  [[nodiscard]] std::vector<float> log_prob(base::MatrixView x, base::MatrixView context) const;
  /// z = f(x; context): (n_events, n_features); standard normal where x follows p(x | context).
  [[nodiscard]] base::Matrix to_latent(base::MatrixView x, base::MatrixView context) const;
  /// x = f^-1(z; context).
  [[nodiscard]] base::Matrix from_latent(base::MatrixView z, base::MatrixView context) const;
  /// One x per row of context; row i depends on (stream, i) only.
  [[nodiscard]] base::Matrix sample(base::MatrixView context, const base::RandomStream& stream) const;

  /// The same flow with a stack that computes in double precision, at a third of the speed: its latents are those of
  /// the formulae to the last digit of single precision, which other programs (ONNX) find too. Trees tell apart what
  /// lies on both sides of a threshold, however near.
  [[nodiscard]] Flow in_double_precision() const;

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static Flow from_json(const base::Json& json);

 private:
  /// log |du/dx| of what happens to features before the stack, one value per row.
  [[nodiscard]] std::vector<double> input_log_jacobian(base::MatrixView x, base::MatrixView context) const;
  /// z of one block on the calling thread; fills the log-Jacobian of the stack alone when there is room for it.
  [[nodiscard]] base::Matrix block_to_latent(base::MatrixView x, base::MatrixView context,
                                             std::span<double> log_jacobian) const;

  AutoregressiveStack stack_;
  events::Scaler feature_scaler_;
  events::Scaler context_scaler_;
  std::optional<MovingQuantiles> moving_;
  net::AlignedVector<float> parameters_;
  net::AlignedVector<double> in_double_;  ///< the same, where the stack computes in double precision; else empty
};

/// Checks that x and context fit the flow and each other. Throws InputError with both shapes.
void require_shapes(base::MatrixView x, base::MatrixView context, std::size_t n_features, std::size_t n_context);

}  // namespace eddy::flow
