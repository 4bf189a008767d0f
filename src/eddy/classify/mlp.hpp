#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/options.hpp>
#include <eddy/base/random.hpp>
#include <eddy/classify/trees.hpp>
#include <eddy/events/scaler.hpp>
#include <eddy/net/perceptron.hpp>
#include <eddy/net/training.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eddy::classify {

/// A multilayer perceptron; the defaults are LaCATHODE's (arXiv:2210.14924): 3 hidden layers of 64, Adam 1e-3,
/// batch 128, the ten epochs of lowest validation loss averaged.
struct MlpSettings {
  std::int64_t hidden = 64;
  std::int64_t layers = 3;
  double validation_fraction = 0.25;
  bool batch_norm = false;  ///< in the hidden layers, before ReLU; the batch must have 2 events at least
  double dropout = 0;       ///< probability to leave out a hidden unit in training
  net::TrainingSettings training = {.epochs = 50,
                                    .batch_size = 128,
                                    .learning_rate = 1e-3,
                                    .schedule = "constant",
                                    .patience = 10,
                                    .keep_epochs = 10};
};

void describe(MlpSettings& settings, base::OptionVisitor& visitor);

/// A trained network of data (label 1) against reference (label 0), averaged over its best epochs.
class Mlp {
 public:
  /// As BoostedTrees::fit: weights are scaled to equal sums of both classes, a random part is kept for validation, the
  /// result depends on the arguments alone. Inputs are standardised. With batch normalisation the network is evaluated
  /// with the moments of the training events, and never with dropout: what is stored is a plain network. `task` names
  /// the training in progress and messages.
  [[nodiscard]] static Mlp fit(base::MatrixView x, std::span<const std::uint8_t> label, std::span<const float> weight,
                               const MlpSettings& settings, const base::RandomStream& stream, const std::string& task,
                               const base::Monitor& monitor);

  /// Probability of label 1 when both classes are equally likely, in (0, 1), one per row of x.
  [[nodiscard]] std::vector<float> predict(base::MatrixView x) const;
  [[nodiscard]] const LossCurves& losses() const { return losses_; }

  [[nodiscard]] base::Json to_json() const;
  [[nodiscard]] static Mlp from_json(const base::Json& json);

 private:
  Mlp(std::vector<std::size_t> widths, events::Scaler scaler, std::vector<net::AlignedVector<float>> epochs,
      LossCurves losses);

  std::vector<std::size_t> widths_;
  net::Perceptron network_;
  events::Scaler scaler_;
  std::vector<net::AlignedVector<float>> epochs_;
  LossCurves losses_;
};

}  // namespace eddy::classify
