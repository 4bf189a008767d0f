#include <eddy/base/error.hpp>
#include <eddy/net/kernels/kernels.hpp>
#include <eddy/vae/posterior.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::vae {

using net::kPanel;

std::string_view to_string(Divergence kind) { return kind == Divergence::kInitial ? "initial" : "final"; }

Divergence parse_divergence(const std::string& name) {
  for (const Divergence kind : {Divergence::kInitial, Divergence::kFinal}) {
    if (name == to_string(kind)) {
      return kind;
    }
  }
  throw base::InputError(fmt::format("divergence is '{}'; use final or initial", name));
}

template <class T>
void draw_posterior(std::size_t n_latent, const T* posterior, const T* noise, T* z0) {
  const std::size_t n = n_latent * kPanel;
  std::copy_n(posterior, n, z0);
  for (std::size_t i = 0; noise != nullptr && i < n; ++i) {
    z0[i] += std::exp(posterior[n + i] / 2) * noise[i];
  }
}

template <class T>
void divergence_loss(Divergence kind, std::size_t n_latent, const T* posterior, const T* z, const T* log_jacobian,
                     const T* weight, T* loss) {
  const T* log_variance = posterior + n_latent * kPanel;
  for (std::size_t s = 0; s < kPanel; ++s) {
    T sum = -log_jacobian[s];
    for (std::size_t i = s; i < n_latent * kPanel; i += kPanel) {
      const T square = kind == Divergence::kInitial ? posterior[i] * posterior[i] + std::exp(log_variance[i])  //
                                                    : z[i] * z[i];
      sum += (square - 1 - log_variance[i]) / 2;
    }
    loss[s] = weight[s] * sum;
  }
}

template <class T>
void add_divergence_gradient(Divergence kind, std::size_t n_latent, const T* z, const T* weight, T* dz) {
  for (std::size_t i = 0; kind == Divergence::kFinal && i < n_latent * kPanel; ++i) {
    dz[i] += weight[i % kPanel] * z[i];
  }
}

template <class T>
void posterior_gradient(Divergence kind, std::size_t n_latent, const T* posterior, const T* noise, const T* weight,
                        const T* dz0, T* d_posterior) {
  const std::size_t n = n_latent * kPanel;
  for (std::size_t i = 0; i < n; ++i) {
    const T sigma = std::exp(posterior[n + i] / 2);
    const T w = weight[i % kPanel];
    const bool initial = kind == Divergence::kInitial;
    d_posterior[i] = dz0[i] + (initial ? w * posterior[i] : T{0});
    d_posterior[n + i] = (dz0[i] * sigma * noise[i] + w * ((initial ? sigma * sigma : T{0}) - 1)) / 2;
  }
}

template void draw_posterior(std::size_t, const float*, const float*, float*);
template void draw_posterior(std::size_t, const double*, const double*, double*);
template void divergence_loss(Divergence, std::size_t, const float*, const float*, const float*, const float*, float*);
template void divergence_loss(Divergence, std::size_t, const double*, const double*, const double*, const double*,
                              double*);
template void add_divergence_gradient(Divergence, std::size_t, const float*, const float*, float*);
template void add_divergence_gradient(Divergence, std::size_t, const double*, const double*, double*);
template void posterior_gradient(Divergence, std::size_t, const float*, const float*, const float*, const float*,
                                 float*);
template void posterior_gradient(Divergence, std::size_t, const double*, const double*, const double*, const double*,
                                 double*);

}  // namespace eddy::vae
