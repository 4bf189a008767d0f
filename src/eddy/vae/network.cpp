#include <eddy/vae/network.hpp>

#include <algorithm>

namespace eddy::vae {
namespace {

using net::kPanel;

std::vector<std::size_t> encoder_widths(const NetworkShape& shape) {
  std::vector<std::size_t> widths = {shape.n_features};
  widths.insert(widths.end(), shape.hidden.begin(), shape.hidden.end());
  widths.push_back(2 * shape.n_latent);
  return widths;
}

std::vector<std::size_t> decoder_widths(const NetworkShape& shape) {
  std::vector<std::size_t> widths = {shape.n_latent};
  widths.insert(widths.end(), shape.hidden.rbegin(), shape.hidden.rend());
  widths.push_back(shape.n_features);
  return widths;
}

flow::StackShape flow_shape(const NetworkShape& shape) {
  return {.transform = flow::TransformKind::kAffine,
          .n_features = shape.n_latent,
          .n_layers = shape.n_flow_layers,
          .n_hidden = shape.n_flow_hidden,
          .n_blocks = 1};
}

/// Copies `n` numbers of each panel; panels stand from_step and to_step numbers apart.
template <class T>
void copy_panels(std::size_t n_panels, std::size_t n, const T* from, std::size_t from_step, T* to,
                 std::size_t to_step) {
  for (std::size_t p = 0; p < n_panels; ++p) {
    std::copy_n(from + p * from_step, n, to + p * to_step);
  }
}

}  // namespace

Network::Network(const NetworkShape& shape)
    : shape_(shape), encoder_(encoder_widths(shape)), flow_(flow_shape(shape)), decoder_(decoder_widths(shape)) {
  if (shape.n_flow_layers == 0) {
    shape_.divergence = Divergence::kInitial;
  }
}

void Network::initialise(const base::RandomStream& stream, std::span<float> parameters) const {
  encoder_.initialise(stream.starting_at(std::uint64_t{1} << 60U), parameters);
  flow_.initialise(stream, parameters.subspan(flow_offset(), flow_.n_parameters()));  // counters below 2^46
  decoder_.initialise(stream.starting_at(std::uint64_t{1} << 61U), parameters.subspan(decoder_offset()));
}

void Network::fill_mask(std::span<float> mask) const {
  encoder_.fill_mask(mask);
  flow_.fill_mask(mask.subspan(flow_offset(), flow_.n_parameters()));
  decoder_.fill_mask(mask.subspan(decoder_offset()));
}

template <class T>
void Network::forward(const T* parameters, std::size_t n_samples, bool draws, Batch<T>& batch) const {
  const std::size_t n_panels = net::panels_of(n_samples);
  const std::size_t n_latent = shape_.n_latent * kPanel;
  const std::size_t n_posterior = encoder_.n_outputs_padded() * kPanel;
  const std::size_t n_features = encoder_.n_inputs_padded() * kPanel;
  const std::size_t n_padded = decoder_.n_inputs_padded() * kPanel;
  for (std::size_t p = 0; p < n_panels; ++p) {
    encoder_.forward(parameters, &batch.x[p * n_features],
                     batch.encoder_workspace.data() + p * encoder_.workspace_size(), &batch.posterior[p * n_posterior]);
    draw_posterior(shape_.n_latent, &batch.posterior[p * n_posterior], draws ? &batch.noise[p * n_latent] : nullptr,
                   &batch.z[p * n_latent]);
  }
  flow_.forward_training(parameters + flow_offset(), n_samples, batch.z.data(), static_cast<const T*>(nullptr),
                         batch.flow_workspace.data(), batch.z.data(), batch.log_jacobian.data());
  copy_panels(n_panels, n_latent, batch.z.data(), n_latent, batch.latent.data(), n_padded);
  for (std::size_t p = 0; p < n_panels; ++p) {
    decoder_.forward(parameters + decoder_offset(), &batch.latent[p * n_padded],
                     batch.decoder_workspace.data() + p * decoder_.workspace_size(), &batch.output[p * n_features]);
  }
}

template <class T>
void Network::loss(std::size_t n_samples, Batch<T>& batch) const {
  const std::size_t n_features = encoder_.n_inputs_padded() * kPanel;
  for (std::size_t p = 0; p < net::panels_of(n_samples); ++p) {
    const std::size_t at = p * kPanel;
    reconstruction_loss(shape_.reconstruction, shape_.n_features, &batch.output[p * n_features],
                        &batch.x[p * n_features], &batch.weight[at], &batch.reconstruction[at],
                        &batch.d_output[p * n_features]);
    for (std::size_t s = at; s < at + kPanel; ++s) {
      batch.d_log_jacobian[s] = -static_cast<T>(shape_.beta) * batch.weight[s];
      batch.divergence_weight[s] = static_cast<T>(shape_.beta) * batch.weight[s];
    }
    divergence_loss(shape_.divergence, shape_.n_latent, &batch.posterior[p * encoder_.n_outputs_padded() * kPanel],
                    &batch.z[p * shape_.n_latent * kPanel], &batch.log_jacobian[at], &batch.divergence_weight[at],
                    &batch.divergence[at]);
  }
}

template <class T>
void Network::backward(const T* parameters, std::size_t n_samples, Batch<T>& batch, T* gradient) const {
  const std::size_t n_panels = net::panels_of(n_samples);
  const std::size_t n_latent = shape_.n_latent * kPanel;
  const std::size_t n_posterior = encoder_.n_outputs_padded() * kPanel;
  decoder_.backward(parameters + decoder_offset(), n_panels, batch.latent.data(), batch.decoder_workspace.data(),
                    batch.d_output.data(), batch.scratch.data(), gradient + decoder_offset(), batch.d_latent.data());
  copy_panels(n_panels, n_latent, batch.d_latent.data(), decoder_.n_inputs_padded() * kPanel, batch.d_z.data(),
              n_latent);
  for (std::size_t p = 0; p < n_panels; ++p) {
    add_divergence_gradient(shape_.divergence, shape_.n_latent, &batch.z[p * n_latent],
                            &batch.divergence_weight[p * kPanel], &batch.d_z[p * n_latent]);
  }
  flow_.backward(parameters + flow_offset(), n_samples, batch.flow_workspace.data(), batch.d_z.data(),
                 batch.d_log_jacobian.data(), gradient + flow_offset());
  for (std::size_t p = 0; p < n_panels; ++p) {
    posterior_gradient(shape_.divergence, shape_.n_latent, &batch.posterior[p * n_posterior],
                       &batch.noise[p * n_latent], &batch.divergence_weight[p * kPanel], &batch.d_z[p * n_latent],
                       &batch.d_posterior[p * n_posterior]);
  }
  encoder_.backward(parameters, n_panels, batch.x.data(), batch.encoder_workspace.data(), batch.d_posterior.data(),
                    batch.scratch.data(), gradient, static_cast<T*>(nullptr));
}

template <class T>
Batch<T>::Batch(const Network& network, std::size_t most_panels)
    : x(most_panels * network.encoder().n_inputs_padded() * kPanel),
      noise(most_panels * network.shape().n_latent * kPanel),
      weight(most_panels * kPanel),
      posterior(most_panels * network.encoder().n_outputs_padded() * kPanel),
      z(noise.size()),
      log_jacobian(weight.size()),
      output(x.size()),
      reconstruction(weight.size()),
      divergence(weight.size()),
      divergence_weight(weight.size()),
      d_output(x.size()),
      d_z(noise.size()),
      d_log_jacobian(weight.size()),
      d_posterior(posterior.size()),
      latent(most_panels * network.decoder().n_inputs_padded() * kPanel),
      d_latent(latent.size()),
      encoder_workspace(most_panels * network.encoder().workspace_size()),
      flow_workspace(network.flow().training_workspace_size(most_panels)),
      decoder_workspace(most_panels * network.decoder().workspace_size()),
      scratch(std::max(network.encoder().scratch_size(most_panels), network.decoder().scratch_size(most_panels))) {}

template struct Batch<float>;
template struct Batch<double>;
template void Network::forward(const float*, std::size_t, bool, Batch<float>&) const;
template void Network::forward(const double*, std::size_t, bool, Batch<double>&) const;
template void Network::loss(std::size_t, Batch<float>&) const;
template void Network::loss(std::size_t, Batch<double>&) const;
template void Network::backward(const float*, std::size_t, Batch<float>&, float*) const;
template void Network::backward(const double*, std::size_t, Batch<double>&, double*) const;

}  // namespace eddy::vae
