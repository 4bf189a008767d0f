#pragma once
// A multilayer perceptron that is trained with batch normalisation (Ioffe and Szegedy, 1502.03167) and dropout
// (Srivastava et al., JMLR 15 (2014) 1929) in its hidden layers: dense, normalised, ReLU, dropout. Once trained it is a
// plain Perceptron: constants of the normalisation are folded into its weights.

#include <eddy/base/random.hpp>
#include <eddy/net/aligned.hpp>
#include <eddy/net/batch_norm.hpp>
#include <eddy/net/perceptron.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::net {

struct Regularisation {
  bool batch_norm = false;
  double dropout = 0;  ///< probability that a hidden unit is left out of one event; in [0, 1)
};

/// Where the dropout of a batch comes from: that of a sample is a function of (stream, its counter) only.
struct DropoutDraws {
  const base::RandomStream& stream;
  std::span<const std::uint64_t> counters;  ///< one per sample
};

/// Parameters: those of Perceptron(widths), then those of the normalisation of each hidden layer. x: (n_panels,
/// n_inputs_padded, kPanel), output: (n_panels, n_outputs_padded, kPanel); samples beyond n_samples fill up the last
/// panel and count nowhere.
class RegularisedPerceptron {
 public:
  RegularisedPerceptron(const std::vector<std::size_t>& widths, const Regularisation& regularisation);

  [[nodiscard]] std::size_t n_parameters() const { return n_parameters_; }
  [[nodiscard]] std::size_t n_inputs_padded() const { return layers_.front().shape.n_in_padded(); }
  [[nodiscard]] std::size_t n_outputs_padded() const { return layers_.back().shape.n_out_padded(); }
  [[nodiscard]] std::size_t workspace_size(std::size_t n_panels) const;
  [[nodiscard]] std::size_t scratch_size(std::size_t n_panels) const;

  /// Weights as Perceptron's; biases that a normalisation would take out again are 0 and not trained.
  void initialise(base::RandomStream stream, std::span<float> parameters) const;
  void fill_mask(std::span<float> mask) const;

  /// With the moments of this batch and its dropout, units that stay multiplied by 1 / (1 - dropout).
  template <class T>
  void forward_training(const T* parameters, std::size_t n_samples, const T* x, const DropoutDraws& draws, T* workspace,
                        T* output) const;
  /// gradient += d loss / d parameters, for `workspace` as forward_training left it. d_output is 0 for padding samples.
  template <class T>
  void backward(const T* parameters, std::size_t n_samples, const T* x, const T* workspace, const T* d_output,
                T* scratch, T* gradient) const;

  /// Sets the constants of the normalisation to the moments of these samples, without dropout.
  void set_constants(std::size_t n_samples, const AlignedVector<float>& x, std::span<float> parameters) const;

  /// Parameters of Perceptron(widths) that give what this network gives with its constants and without dropout.
  [[nodiscard]] AlignedVector<float> fold(std::span<const float> parameters) const;

 private:
  struct Layer {
    DenseShape shape;
    std::size_t offset = 0;  ///< of the dense parameters
    BatchNorm norm;
    std::size_t norm_offset = 0;
    std::size_t first_unit = 0;  ///< number of its first unit among those of all hidden layers
  };
  [[nodiscard]] std::size_t n_hidden() const { return layers_.size() - 1; }
  /// Numbers that one hidden layer leaves in the workspace: activations, normalised values, 1 / sigma.
  [[nodiscard]] std::size_t saved_size(const Layer& layer, std::size_t n_panels) const;
  template <class T>
  void drop(const Layer& layer, const DropoutDraws& draws, T* activations) const;

  Regularisation regularisation_;
  std::vector<Layer> layers_;
  std::size_t n_parameters_ = 0;
  std::size_t n_plain_ = 0;  ///< parameters of the plain perceptron
  std::size_t n_draws_ = 0;  ///< random numbers per sample
};

}  // namespace eddy::net
