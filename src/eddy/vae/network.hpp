#pragma once

#include <eddy/base/random.hpp>
#include <eddy/flow/autoregressive.hpp>
#include <eddy/net/aligned.hpp>
#include <eddy/net/perceptron.hpp>
#include <eddy/vae/posterior.hpp>
#include <eddy/vae/reconstruction.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::vae {

/// What a variational autoencoder consists of; the widths are those of the QUAK paper.
struct NetworkShape {
  std::size_t n_features = 12;
  std::vector<std::size_t> hidden = {50, 30, 20};  ///< of the encoder; the decoder mirrors them
  std::size_t n_latent = 4;
  std::size_t n_flow_layers = 10;  ///< 0: a plain variational autoencoder
  std::size_t n_flow_hidden = 32;
  Reconstruction reconstruction = Reconstruction::kSquaredError;
  Divergence divergence = Divergence::kFinal;  ///< without flow: kInitial, the same in closed form
  double beta = 2;                             ///< factor of the divergence in the loss
};

template <class T>
struct Batch;

/// The normalizing-flow variational autoencoder of QUAK (2011.03550, section 3): encoder -> mu, log sigma^2 -> z0 = mu
/// + sigma * noise -> z_k = f_k ... f_1(z0) (eq. 3.1; masked affine autoregressive layers, eqs. 3.4 and 3.5) ->
/// decoder.
///   loss = reconstruction + beta * divergence (eq. 3.3, or its form that is bounded: posterior.hpp)
/// Knows nothing of training; no allocation.
class Network {
 public:
  explicit Network(const NetworkShape& shape);

  [[nodiscard]] const NetworkShape& shape() const { return shape_; }
  [[nodiscard]] const net::Perceptron& encoder() const { return encoder_; }
  [[nodiscard]] const flow::AutoregressiveStack& flow() const { return flow_; }
  [[nodiscard]] const net::Perceptron& decoder() const { return decoder_; }
  /// Those of the encoder, then of the flow, then of the decoder.
  [[nodiscard]] std::size_t n_parameters() const { return decoder_offset() + decoder_.n_parameters(); }
  /// Where those of the flow, and of the decoder, begin.
  [[nodiscard]] std::size_t flow_offset() const { return encoder_.n_parameters(); }
  [[nodiscard]] std::size_t decoder_offset() const { return flow_offset() + flow_.n_parameters(); }

  /// Dense layers as PyTorch's Linear, a flow close to the identity.
  void initialise(const base::RandomStream& stream, std::span<float> parameters) const;
  void fill_mask(std::span<float> mask) const;

  /// From batch.x and batch.noise to batch.posterior, z, log_jacobian and output, for n_samples samples; the rest of
  /// the last panel is padding, finite. Without noise (`draws` is false) z0 = mu.
  template <class T>
  void forward(const T* parameters, std::size_t n_samples, bool draws, Batch<T>& batch) const;
  /// After forward: batch.reconstruction and batch.divergence (beta included) of each sample times batch.weight.
  template <class T>
  void loss(std::size_t n_samples, Batch<T>& batch) const;
  /// After loss: gradient += derivative of the sum of both. Padding must have weight 0.
  template <class T>
  void backward(const T* parameters, std::size_t n_samples, Batch<T>& batch, T* gradient) const;

 private:
  NetworkShape shape_;
  net::Perceptron encoder_;
  flow::AutoregressiveStack flow_;
  net::Perceptron decoder_;
};

/// Events on their way through the network, in panels, and all it needs for itself. Rows of padding stay 0.
template <class T>
struct Batch {
  Batch(const Network& network, std::size_t most_panels);

  net::AlignedVector<T> x;       ///< (n_panels, n_features padded, kPanel)
  net::AlignedVector<T> noise;   ///< (n_panels, n_latent, kPanel)
  net::AlignedVector<T> weight;  ///< (n_panels, kPanel)

  net::AlignedVector<T> posterior;          ///< (n_panels, 2 n_latent padded, kPanel)
  net::AlignedVector<T> z;                  ///< z_k: (n_panels, n_latent, kPanel)
  net::AlignedVector<T> log_jacobian;       ///< of the flow: (n_panels, kPanel)
  net::AlignedVector<T> output;             ///< as x; logits where the reconstruction is a cross-entropy
  net::AlignedVector<T> reconstruction;     ///< (n_panels, kPanel)
  net::AlignedVector<T> divergence;         ///< (n_panels, kPanel)
  net::AlignedVector<T> divergence_weight;  ///< beta * weight
  net::AlignedVector<T> d_output, d_z, d_log_jacobian, d_posterior;

  net::AlignedVector<T> latent, d_latent;  ///< z_k with the decoder's padding: (n_panels, n_latent padded, kPanel)
  net::AlignedVector<T> encoder_workspace, flow_workspace, decoder_workspace, scratch;
};

}  // namespace eddy::vae
