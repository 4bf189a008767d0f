#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/net/panels.hpp>
#include <eddy/vae/fit.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::vae {
namespace {

using net::AlignedVector;
using net::kPanel;

/// Events that go through the network together: enough that weights and their gradients are fetched seldom, few enough
/// that what forward leaves for backward stays near.
constexpr std::size_t kChunkPanels = 4;
constexpr std::size_t kChunk = kChunkPanels * kPanel;

/// Latents spread by up to 0.02 in collapsed networks of the dijet sample, by 0.3 and more in others.
constexpr double kCollapsed = 0.05;

/// The mean loss over rows of a table, and its gradient; owns the buffers.
class MeanLoss {
 public:
  /// Event `row` draws the numbers from counter row * n_latent on.
  MeanLoss(const Network& network, base::MatrixView table, std::span<const float> weight,
           const base::RandomStream& noise)
      : network_(network),
        table_(table),
        weight_(weight),
        noise_(noise),
        batch_(network, kChunkPanels),
        drawn_(network.shape().n_latent) {}

  /// Adds the gradient when there is one to add to.
  double mean(std::span<const float> parameters, std::span<const std::size_t> rows, std::span<float> gradient) {
    const auto share = static_cast<float>(1 / static_cast<double>(rows.size()));
    double sum = 0;
    for (std::size_t first = 0; first < rows.size(); first += kChunk) {
      const auto chunk = rows.subspan(first, std::min(kChunk, rows.size() - first));
      load(chunk, share);
      network_.forward(parameters.data(), chunk.size(), /*draws=*/true, batch_);
      network_.loss(chunk.size(), batch_);
      if (!gradient.empty()) {
        network_.backward(parameters.data(), chunk.size(), batch_, gradient.data());
      }
      const auto n = static_cast<std::ptrdiff_t>(chunk.size());  // what follows is padding
      sum += std::accumulate(batch_.reconstruction.begin(), batch_.reconstruction.begin() + n, 0.0) +
             std::accumulate(batch_.divergence.begin(), batch_.divergence.begin() + n, 0.0);
    }
    return sum;
  }

  /// Other noise from now on.
  void next_epoch() { first_counter_ += std::uint64_t{1} << 40U; }

 private:
  void load(std::span<const std::size_t> rows, float share) {
    const std::size_t n_features = network_.encoder().n_inputs_padded() * kPanel;
    for (std::size_t p = 0; p < net::panels_of(rows.size()); ++p) {
      const auto in_panel = rows.subspan(p * kPanel, std::min(kPanel, rows.size() - p * kPanel));
      net::gather_panel(table_, in_panel, &batch_.x[p * n_features]);
      std::fill_n(&batch_.weight[p * kPanel], kPanel, 0.0F);
      std::ranges::transform(in_panel, &batch_.weight[p * kPanel],
                             [&](std::size_t row) { return share * weight_[row]; });
      draw(in_panel, &batch_.noise[p * drawn_.size() * kPanel]);
    }
  }

  /// Padding keeps what was drawn before.
  void draw(std::span<const std::size_t> rows, float* panel) {
    for (std::size_t s = 0; s < rows.size(); ++s) {
      base::fill_normal(noise_, first_counter_ + rows[s] * drawn_.size(), drawn_);
      for (std::size_t i = 0; i < drawn_.size(); ++i) {
        panel[i * kPanel + s] = drawn_[i];
      }
    }
  }

  const Network& network_;
  base::MatrixView table_;
  std::span<const float> weight_;
  base::RandomStream noise_;
  std::uint64_t first_counter_ = 0;
  Batch<float> batch_;
  std::vector<float> drawn_;
};

/// Training or validation events, and what each counts: 1 on average.
struct Part {
  base::Matrix x;
  std::vector<float> weight;
};

Part take_part(base::MatrixView x, std::span<const float> weight, std::span<const std::uint8_t> is_validation,
               bool wanted) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < is_validation.size(); ++i) {
    if ((is_validation[i] != 0) == wanted) {
      rows.push_back(i);
    }
  }
  if (rows.empty()) {
    throw base::InputError(fmt::format("the autoencoder has {} events but none of them for {}; give it more events",
                                       x.rows, wanted ? "validation" : "training"));
  }
  Part part{base::take_rows(x, rows), std::vector<float>(rows.size(), 1.0F)};
  if (weight.empty()) {
    return part;
  }
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    part.weight[i] = weight[rows[i]];
    sum += part.weight[i];
  }
  if (!(sum > 0)) {
    throw base::InputError(
        fmt::format("the weights of the autoencoder's {} events for {} sum to {}; give it events "
                    "that count",
                    rows.size(), wanted ? "validation" : "training", sum));
  }
  const auto scale = static_cast<float>(static_cast<double>(rows.size()) / sum);
  std::ranges::transform(part.weight, part.weight.begin(), [&](float w) { return w * scale; });
  return part;
}

void require_fittable(base::MatrixView x, std::span<const std::uint8_t> is_validation, std::span<const float> weight,
                      const VaeSettings& settings) {
  if (x.cols == 0) {
    throw base::InputError("the autoencoder got 0 features; give it one column at least");
  }
  if (is_validation.size() != x.rows) {
    throw base::InputError(fmt::format("the autoencoder got {} events and {} validation flags; give one for each event",
                                       x.rows, is_validation.size()));
  }
  const bool is_bad = std::ranges::any_of(weight, [](float w) { return !(w >= 0) || !std::isfinite(w); });
  if (is_bad || (!weight.empty() && weight.size() != x.rows)) {
    throw base::InputError(
        fmt::format("the autoencoder got {} events and {} weights{}; give one for each event, finite "
                    "and not negative",
                    x.rows, weight.size(), is_bad ? ", some of them negative or not finite" : ""));
  }
  if (settings.training.keep_epochs != 1) {
    throw base::InputError(fmt::format(
        "keep_epochs is {}, but a coordinate is the loss of one network, not of a mean; set keep_epochs = 1",
        settings.training.keep_epochs));
  }
}

/// The largest standard deviation of a latent dimension, z0 = mu.
double largest_spread(const base::Matrix& z) {
  const auto n = static_cast<double>(z.rows());
  double largest = 0;
  for (std::size_t d = 0; d < z.cols(); ++d) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < z.rows(); ++i) {
      sum += z(i, d);
      squares += static_cast<double>(z(i, d)) * z(i, d);
    }
    largest = std::max(largest, std::sqrt(std::max(squares / n - sum / n * (sum / n), 0.0)));
  }
  return largest;
}

/// Without a warning a collapsed network would pass for a trained one: its loss is the distance from the mean event.
void warn_of_collapse(const Vae& vae, base::MatrixView events, const std::string& task, const base::Monitor& monitor) {
  const double spread = largest_spread(vae.latent(events));
  if (events.rows > 1 && spread < kCollapsed) {
    monitor.warn(
        fmt::format("{}: the posterior has collapsed (no latent dimension spreads by more than {:.2g} over the "
                    "validation events), so the decoder gives the same output for every event; lower beta, now {}",
                    task, spread, vae.shape().beta));
  }
}

}  // namespace

VaeFit fit_vae(base::MatrixView x, std::span<const std::uint8_t> is_validation, const VaeSettings& settings,
               base::Seed seed, const std::string& task, const base::Monitor& monitor, std::span<const float> weight) {
  const base::CpuScope scope(base::CpuStage::kFlows);
  require_fittable(x, is_validation, weight, settings);
  const Network network(network_shape(settings, x.cols));
  require_inputs(x, network.shape());
  const Part train = take_part(x, weight, is_validation, false);
  const Part validation = take_part(x, weight, is_validation, true);

  AlignedVector<float> parameters(network.n_parameters());
  AlignedVector<float> mask(network.n_parameters());
  network.initialise(base::RandomStream(seed, task + "/initial weights"), parameters);
  network.fill_mask(mask);

  MeanLoss train_loss(network, train.x, train.weight, base::RandomStream(seed, task + "/noise"));
  MeanLoss validation_loss(network, validation.x, validation.weight,
                           base::RandomStream(seed, task + "/validation noise"));
  std::vector<std::size_t> validation_rows(validation.x.rows());
  std::iota(validation_rows.begin(), validation_rows.end(), std::size_t{0});
  net::Objective objective;
  objective.n_events = train.x.rows();
  objective.mask = mask;
  objective.batch_loss = [&](std::span<const float> p, std::span<const std::size_t> rows, std::span<float> gradient) {
    return train_loss.mean(p, rows, gradient);
  };
  objective.end_epoch = [&](std::span<float>) { train_loss.next_epoch(); };
  objective.validation_loss = [&](std::span<const float> p) { return validation_loss.mean(p, validation_rows, {}); };
  const net::TrainingResult result =
      net::train(objective, settings.training, base::RandomStream(seed, task + "/order"), parameters, task, monitor);
  VaeFit fit{Vae(network.shape(), result.kept.front()), result.train_loss, result.validation_loss, result.best_epoch};
  warn_of_collapse(fit.vae, validation.x, task, monitor);
  return fit;
}

}  // namespace eddy::vae
