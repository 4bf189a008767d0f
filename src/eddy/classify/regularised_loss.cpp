#include <eddy/classify/regularised_loss.hpp>
#include <eddy/net/logistic.hpp>
#include <eddy/net/panels.hpp>

#include <algorithm>
#include <numeric>

namespace eddy::classify {

using net::kPanel;
using net::panels_of;

namespace {

constexpr std::uint64_t kFirstCounter = std::uint64_t{1} << 40U;  // beyond the draws that split the sample

}  // namespace

RegularisedLoss::RegularisedLoss(const net::RegularisedPerceptron& network, const TrainingPart& part,
                                 std::size_t batch_size, const base::RandomStream& stream)
    : network_(network), part_(part), stream_(stream) {
  const std::size_t n_panels = panels_of(batch_size);
  x_.resize(n_panels * network.n_inputs_padded() * kPanel);
  workspace_.resize(network.workspace_size(n_panels));
  output_.resize(n_panels * network.n_outputs_padded() * kPanel);
  d_output_.resize(output_.size());
  scratch_.resize(network.scratch_size(n_panels));
  target_.resize(kPanel);
  weight_.resize(kPanel);
  loss_.resize(kPanel);
}

void RegularisedLoss::gather(std::span<const std::size_t> rows, net::AlignedVector<float>& panels) const {
  for (std::size_t first = 0; first < rows.size(); first += kPanel) {
    net::gather_panel(part_.x, rows.subspan(first, std::min(kPanel, rows.size() - first)),
                      panels.data() + first * network_.n_inputs_padded());
  }
}

double RegularisedLoss::batch(std::span<const float> parameters, std::span<const std::size_t> rows,
                              std::span<float> gradient) {
  gather(rows, x_);
  counters_.resize(rows.size());
  std::ranges::transform(rows, counters_.begin(),
                         [&](std::size_t row) { return kFirstCounter + epoch_ * part_.label.size() + row; });
  network_.forward_training(parameters.data(), rows.size(), x_.data(), {stream_, counters_}, workspace_.data(),
                            output_.data());
  double sum = 0;
  const double scale = 1.0 / static_cast<double>(rows.size());
  for (std::size_t first = 0; first < rows.size(); first += kPanel) {
    for (std::size_t s = 0; s < kPanel; ++s) {  // samples that fill up the panel have weight 0
      const bool is_event = first + s < rows.size();
      target_[s] = is_event ? part_.label[rows[first + s]] : 0.0F;
      weight_[s] = is_event ? static_cast<float>(part_.weight[rows[first + s]] * scale) : 0.0F;
    }
    const std::size_t panel = first * network_.n_outputs_padded();
    net::logistic_loss(kPanel, output_.data() + panel, target_.data(), weight_.data(), loss_.data(),
                       d_output_.data() + panel);
    sum += std::accumulate(loss_.begin(), loss_.end(), 0.0);
  }
  network_.backward(parameters.data(), rows.size(), x_.data(), workspace_.data(), d_output_.data(), scratch_.data(),
                    gradient.data());
  return sum;
}

void RegularisedLoss::end_epoch(std::span<float> parameters) {
  ++epoch_;
  const std::size_t n = part_.label.size();
  std::vector<std::size_t> rows(std::min(n, kMomentEvents));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = i * n / rows.size();
  }
  net::AlignedVector<float> x(panels_of(rows.size()) * network_.n_inputs_padded() * kPanel);
  gather(rows, x);
  network_.set_constants(rows.size(), x, parameters);
}

}  // namespace eddy::classify
