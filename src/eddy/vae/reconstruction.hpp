#pragma once
// How far the decoder's output is from the input, one panel of samples at a time; losses sum over features.

#include <cstddef>
#include <string>
#include <string_view>

namespace eddy::vae {

enum class Reconstruction {
  kSquaredError,  ///< (output - x)^2
  kCrossEntropy,  ///< of x in [0, 1] against sigmoid(output): log(1 + exp(output)) - x output
};

/// mse or bce.
[[nodiscard]] std::string_view to_string(Reconstruction kind);
/// Throws InputError for any other name.
[[nodiscard]] Reconstruction parse_reconstruction(const std::string& name);

/// output, x, d_output: (n_features, kPanel), weight, loss: (kPanel), all aligned. loss = weight * sum over features;
/// d_output is its derivative with respect to the output. A sample of finite output and weight 0 has neither.
template <class T>
void reconstruction_loss(Reconstruction kind, std::size_t n_features, const T* output, const T* x, const T* weight,
                         T* loss, T* d_output);

}  // namespace eddy::vae
