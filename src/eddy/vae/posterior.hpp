#pragma once
// The Gaussian posterior q0(z0 | x) = N(mu, sigma^2) that the encoder describes, its reparametrisation (Kingma and
// Welling, 1312.6114) and what it costs, one panel of samples at a time.
//
// posterior: (2 n_latent, kPanel): the rows of mu, then those of log sigma^2. z, noise: (n_latent, kPanel); all others:
// (kPanel).

#include <cstddef>
#include <string>
#include <string_view>

namespace eddy::vae {

/// Which Kullback-Leibler divergence holds the posterior near the standard normal prior. Where no flow follows both
/// are that of N(mu, sigma^2).
enum class Divergence {
  /// KL(q0, N(0, 1)) - log|det|, the QUAK paper's eq. 3.3 as printed: -1/2 sum(1 + log sigma^2 - mu^2 - sigma^2) -
  /// log|det|. Nothing holds z_k: the flow lowers the loss without end by stretching.
  kInitial,
  /// KL(q_k, N(0, 1)) of the posterior that left the flow (Rezende and Mohamed, 1505.05770, eq. 15), from the one z_k
  /// that was drawn: 1/2 sum(z_k^2 - 1 - log sigma^2) - log|det|, the expectation of log q_0 being known.
  kFinal,
};

/// initial or final.
[[nodiscard]] std::string_view to_string(Divergence kind);
/// Throws InputError for any other name.
[[nodiscard]] Divergence parse_divergence(const std::string& name);

/// z0 = mu + sigma * noise; where `noise` is null, mu.
template <class T>
void draw_posterior(std::size_t n_latent, const T* posterior, const T* noise, T* z0);

/// The divergence of each sample, times its weight, given z_k and log|det| of the flow.
template <class T>
void divergence_loss(Divergence kind, std::size_t n_latent, const T* posterior, const T* z, const T* log_jacobian,
                     const T* weight, T* loss);

/// Adds to dz, the derivative with respect to z_k, that of divergence_loss.
template <class T>
void add_divergence_gradient(Divergence kind, std::size_t n_latent, const T* z, const T* weight, T* dz);

/// The derivative of the whole loss with respect to `posterior`, given that with respect to z0: through the
/// reparametrisation, and directly.
template <class T>
void posterior_gradient(Divergence kind, std::size_t n_latent, const T* posterior, const T* noise, const T* weight,
                        const T* dz0, T* d_posterior);

}  // namespace eddy::vae
