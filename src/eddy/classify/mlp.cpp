#include <eddy/base/artefact.hpp>
#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/classify/mlp.hpp>
#include <eddy/classify/regularised_loss.hpp>
#include <eddy/classify/training_sample.hpp>
#include <eddy/net/logistic.hpp>
#include <eddy/net/packed_parameters.hpp>
#include <eddy/net/panels.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::classify {
namespace {

using base::Matrix;
using net::AlignedVector;
using net::kPanel;

std::vector<std::size_t> widths_of(const MlpSettings& settings, std::size_t n_features) {
  std::vector<std::size_t> widths = {n_features};
  widths.insert(widths.end(), static_cast<std::size_t>(settings.layers), static_cast<std::size_t>(settings.hidden));
  widths.push_back(1);
  return widths;
}

double sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

/// Buffers of one network for one panel.
struct Buffers {
  explicit Buffers(const net::Perceptron& network)
      : x(network.n_inputs_padded() * kPanel),
        workspace(network.workspace_size()),
        output(network.n_outputs_padded() * kPanel),
        d_output(output.size()),
        scratch(network.scratch_size()),
        target(kPanel),
        weight(kPanel),
        loss(kPanel) {}
  AlignedVector<float> x, workspace, output, d_output, scratch, target, weight, loss;
};

/// Weighted binary cross-entropy over rows of a table.
class CrossEntropy {
 public:
  CrossEntropy(const net::Perceptron& network, const TrainingPart& part)
      : network_(network), part_(part), buffers_(network) {}

  /// Mean over `rows`; adds its gradient when there is one to add to.
  double mean(std::span<const float> parameters, std::span<const std::size_t> rows, std::span<float> gradient) {
    double sum = 0;
    const double scale = 1.0 / static_cast<double>(rows.size());
    for (std::size_t first = 0; first < rows.size(); first += kPanel) {
      sum += panel(parameters, rows.subspan(first, std::min(kPanel, rows.size() - first)), scale, gradient);
    }
    return sum;
  }

 private:
  double panel(std::span<const float> parameters, std::span<const std::size_t> rows, double scale,
               std::span<float> gradient) {
    Buffers& b = buffers_;
    net::gather_panel(part_.x, rows, b.x.data());
    network_.forward(parameters.data(), b.x.data(), b.workspace.data(), b.output.data());
    for (std::size_t s = 0; s < kPanel; ++s) {  // samples that fill up the panel have weight 0
      b.target[s] = s < rows.size() ? part_.label[rows[s]] : 0.0F;
      b.weight[s] = s < rows.size() ? static_cast<float>(part_.weight[rows[s]] * scale) : 0.0F;
    }
    net::logistic_loss(kPanel, b.output.data(), b.target.data(), b.weight.data(), b.loss.data(), b.d_output.data());
    if (!gradient.empty()) {
      network_.backward(parameters.data(), b.x.data(), b.workspace.data(), b.d_output.data(), b.scratch.data(),
                        gradient.data());
    }
    return std::accumulate(b.loss.begin(), b.loss.end(), 0.0);
  }

  const net::Perceptron& network_;
  const TrainingPart& part_;
  Buffers buffers_;
};

std::vector<std::size_t> all_rows(const TrainingPart& part) {
  std::vector<std::size_t> rows(part.label.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

/// Initial weights and the training each have their own part of the stream; the split has its beginning.
base::RandomStream weights_stream(const base::RandomStream& stream) {
  return stream.starting_at(std::uint64_t{1} << 60U);
}
base::RandomStream training_stream(const base::RandomStream& stream) {
  return stream.starting_at(std::uint64_t{1} << 61U);
}

net::TrainingResult train_plain(const std::vector<std::size_t>& widths, const TrainingSplit& split,
                                const MlpSettings& settings, const base::RandomStream& stream, const std::string& task,
                                const base::Monitor& monitor) {
  const net::Perceptron network(widths);
  AlignedVector<float> parameters(network.n_parameters());
  AlignedVector<float> mask(network.n_parameters());
  network.initialise(weights_stream(stream), parameters);
  network.fill_mask(mask);
  CrossEntropy train_loss(network, split.train);
  CrossEntropy validation_loss(network, split.validation);
  const std::vector<std::size_t> validation_rows = all_rows(split.validation);
  net::Objective objective;
  objective.n_events = split.train.label.size();
  objective.mask = mask;
  objective.batch_loss = [&](std::span<const float> p, std::span<const std::size_t> rows, std::span<float> gradient) {
    return train_loss.mean(p, rows, gradient);
  };
  objective.validation_loss = [&](std::span<const float> p) { return validation_loss.mean(p, validation_rows, {}); };
  return net::train(objective, settings.training, training_stream(stream), parameters, task, monitor);
}

/// The same with batch normalisation or dropout; what is validated and kept are plain networks.
net::TrainingResult train_regularised(const std::vector<std::size_t>& widths, const TrainingSplit& split,
                                      const MlpSettings& settings, const base::RandomStream& stream,
                                      const std::string& task, const base::Monitor& monitor) {
  const net::RegularisedPerceptron network(widths, {settings.batch_norm, settings.dropout});
  const net::Perceptron plain(widths);
  AlignedVector<float> parameters(network.n_parameters());
  AlignedVector<float> mask(network.n_parameters());
  network.initialise(weights_stream(stream), parameters);
  network.fill_mask(mask);
  const std::size_t n_events = split.train.label.size();
  const std::size_t batch_size = std::min(n_events, static_cast<std::size_t>(settings.training.batch_size));
  RegularisedLoss train_loss(network, split.train, batch_size, stream);
  CrossEntropy validation_loss(plain, split.validation);
  const std::vector<std::size_t> validation_rows = all_rows(split.validation);
  net::Objective objective;
  objective.n_events = n_events;
  objective.mask = mask;
  objective.batch_loss = [&](std::span<const float> p, std::span<const std::size_t> rows, std::span<float> gradient) {
    return train_loss.batch(p, rows, gradient);
  };
  objective.end_epoch = [&](std::span<float> p) { train_loss.end_epoch(p); };
  objective.validation_loss = [&](std::span<const float> p) {
    return validation_loss.mean(network.fold(p), validation_rows, {});
  };
  net::TrainingResult result =
      net::train(objective, settings.training, training_stream(stream), parameters, task, monitor);
  for (AlignedVector<float>& kept : result.kept) {
    kept = network.fold(kept);
  }
  return result;
}

void require_batches(const MlpSettings& settings) {
  if (settings.batch_norm && settings.training.batch_size < 2) {
    throw base::InputError(
        fmt::format("batch normalisation needs batches of 2 events or more but batch_size is {}; raise it, or set "
                    "batch_norm = false",
                    settings.training.batch_size));
  }
}

}  // namespace

void describe(MlpSettings& s, base::OptionVisitor& visitor) {
  visitor.visit({.key = "hidden", .meaning = "units per hidden layer", .minimum = 1, .maximum = 4096}, s.hidden);
  visitor.visit({.key = "layers", .meaning = "hidden layers", .minimum = 1, .maximum = 16}, s.layers);
  visitor.visit({.key = "validation_fraction",
                 .meaning = "part of the training events that decides when to stop",
                 .minimum = 0.01,
                 .maximum = 0.9},
                s.validation_fraction);
  visitor.visit({.key = "batch_norm", .meaning = "batch normalisation in the hidden layers (QUAK's supervised: true)"},
                s.batch_norm);
  visitor.visit({.key = "dropout",
                 .meaning = "probability to leave out a hidden unit in training; 0: none",
                 .minimum = 0,
                 .maximum = 0.95},
                s.dropout);
  describe(s.training, visitor);
}

Mlp::Mlp(std::vector<std::size_t> widths, events::Scaler scaler, std::vector<net::AlignedVector<float>> epochs,
         LossCurves losses)
    : widths_(std::move(widths)),
      network_(widths_),
      scaler_(std::move(scaler)),
      epochs_(std::move(epochs)),
      losses_(std::move(losses)) {
  const auto fits = [&](const net::AlignedVector<float>& parameters) {
    return parameters.size() == network_.n_parameters();
  };
  if (widths_.size() < 2 || widths_.back() != 1 || epochs_.empty() || !std::ranges::all_of(epochs_, fits)) {
    throw base::InputError(
        fmt::format("a network of widths [{}] has no {} sets of parameters of that shape: its file is damaged; train "
                    "it again",
                    fmt::join(widths_, ", "), epochs_.size()));
  }
  scaler_.require_features(widths_.front());
}

Mlp Mlp::fit(base::MatrixView x, std::span<const std::uint8_t> label, std::span<const float> weight,
             const MlpSettings& settings, const base::RandomStream& stream, const std::string& task,
             const base::Monitor& monitor) {
  const base::CpuScope scope(base::CpuStage::kClassifiers);
  require_batches(settings);
  TrainingSplit split = split_training_sample(x, label, weight, settings.validation_fraction, stream);
  const events::Scaler scaler = fit_input_scaler(split.train.x);
  split.train.x = scaler.forward(split.train.x);
  split.validation.x = scaler.forward(split.validation.x);
  const std::vector<std::size_t> widths = widths_of(settings, x.cols);
  const bool is_plain = !settings.batch_norm && settings.dropout == 0;
  net::TrainingResult result = is_plain ? train_plain(widths, split, settings, stream, task, monitor)
                                        : train_regularised(widths, split, settings, stream, task, monitor);
  return {widths, scaler, std::move(result.kept), {result.train_loss, result.validation_loss}};
}

std::vector<float> Mlp::predict(base::MatrixView x) const {
  const base::CpuScope scope(base::CpuStage::kScoring);
  if (x.cols != widths_.front()) {
    throw base::InputError(fmt::format(
        "a network of {} inputs cannot take {} features; give the columns it was trained on", widths_.front(), x.cols));
  }
  const Matrix inputs = scaler_.forward(x);
  Buffers buffers(network_);
  std::vector<float> probability(x.rows);
  for (std::size_t first = 0; first < x.rows; first += kPanel) {
    const std::size_t n = std::min(kPanel, x.rows - first);
    net::fill_panel(inputs, first, buffers.x.data());
    std::vector<double> sum(n);
    for (const auto& parameters : epochs_) {
      network_.forward(parameters.data(), buffers.x.data(), buffers.workspace.data(), buffers.output.data());
      for (std::size_t s = 0; s < n; ++s) {
        sum[s] += sigmoid(buffers.output[s]);
      }
    }
    for (std::size_t s = 0; s < n; ++s) {
      probability[first + s] = static_cast<float>(sum[s] / static_cast<double>(epochs_.size()));
    }
  }
  return probability;
}

base::Json Mlp::to_json() const {
  base::Json epochs = base::Json::array();
  for (const auto& parameters : epochs_) {
    epochs.push_back(net::pack_parameters(parameters));
  }
  return {{"widths", widths_},
          {"scaler", scaler_.to_json()},
          {"epochs", std::move(epochs)},
          {"train_loss", losses_.train},
          {"validation_loss", losses_.validation}};
}

Mlp Mlp::from_json(const base::Json& json) {
  std::vector<net::AlignedVector<float>> epochs;
  for (const base::Json& packed : json.at("epochs")) {
    epochs.push_back(net::unpack_parameters(packed));
  }
  const std::size_t n_parameters = epochs.empty() ? 0 : epochs.front().size();
  return {base::stored_widths(json, "widths", 1, n_parameters),  // the first of them are the inputs
          events::Scaler::from_json(json.at("scaler")),
          std::move(epochs),
          {json.at("train_loss").get<std::vector<double>>(), json.at("validation_loss").get<std::vector<double>>()}};
}

}  // namespace eddy::classify
