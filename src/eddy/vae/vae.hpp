#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/net/aligned.hpp>
#include <eddy/vae/network.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::vae {

/// A trained variational autoencoder. Its inputs are scaled by the caller: the networks of one QUAK space must share a
/// scaler, or their losses cannot be compared. All functions take x: (n_events, n_features), draw no random numbers (z0
/// = mu), run on all threads in fixed blocks and give the same bits for any number of threads. They compute in double
/// precision: what an event is reconstructed well to is a small difference of large numbers. They throw InputError for
/// another number of columns, values that are not finite and, with a cross-entropy, values outside [0, 1].
class Vae {
 public:
  /// Throws InputError when there are not as many parameters as the shape has.
  Vae(const NetworkShape& shape, std::span<const float> parameters);

  [[nodiscard]] const NetworkShape& shape() const { return network_.shape(); }
  [[nodiscard]] const Network& network() const { return network_; }
  [[nodiscard]] std::span<const float> parameters() const { return parameters_; }
  [[nodiscard]] std::size_t n_features() const { return shape().n_features; }
  [[nodiscard]] std::size_t n_latent() const { return shape().n_latent; }

  /// QUAK's coordinate: the reconstruction loss alone of each event, summed over the features.
  [[nodiscard]] std::vector<float> reconstruction_loss(base::MatrixView x) const;
  /// z_k of mu: (n_events, n_latent).
  [[nodiscard]] base::Matrix latent(base::MatrixView x) const;
  /// What the decoder makes of it, in (0, 1) with a cross-entropy: (n_events, n_features).
  [[nodiscard]] base::Matrix reconstruct(base::MatrixView x) const;

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static Vae from_json(const base::Json& json);

 private:
  template <class F>
  void for_each_panel(base::MatrixView x, const F& take) const;

  Network network_;
  net::AlignedVector<float> parameters_;
};

/// Throws InputError unless x has the features that a network of `shape` takes, with values it can take.
void require_inputs(base::MatrixView x, const NetworkShape& shape);

}  // namespace eddy::vae
