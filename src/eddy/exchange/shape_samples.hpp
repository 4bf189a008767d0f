#pragma once
// A background shape that is fitted, as samples that free parameters scale.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/statistical_model.hpp>
#include <eddy/stats/bump_fit.hpp>

#include <string>
#include <vector>

namespace eddy::exchange {

struct FittedShape {
  stats::MassHistogram spectrum;
  stats::BackgroundShape shape;
  std::vector<stats::LogNormalNuisance> nuisances = {};  ///< those of the signal make no sample
  std::vector<double> signal = {};  ///< of one event in each bin: the model must describe the fit with it too
};

/// Of a Bernstein polynomial a sample for each of its functions, scaled by its coefficient (in parts of the mean
/// coefficient, not below 0): nothing is approximated. Of the dijet function, which is positive and the exponential of
/// something linear in its parameters, a sample for each slice of a bin that is thin enough for one exponent: the fit
/// of background alone, times exp(sum of log_size * parameter); parameters are the orthonormal ones of the fit, one
/// unit is a standard deviation. Nuisances of the background apply to the bins where they act. `suffix` ends the names
/// of the parameters, which are added to `free`. Throws NumericError when the fit does not
/// converge, or lies so far from that with signal that no few exponentials describe both.
[[nodiscard]] std::vector<ModelSample> background_samples(const FittedShape& fitted, const std::string& suffix,
                                                          std::vector<FreeParameter>& free);

/// What stands in result.json as "background" of a model. Throws Json exceptions for what is none.
[[nodiscard]] stats::BackgroundShape shape_of(const base::Json& background);

/// What is exact in background_samples, in a sentence.
[[nodiscard]] std::string description_of(const stats::BackgroundShape& shape);

/// "signal yield" as the name of a parameter: letters, digits and underscores.
[[nodiscard]] std::string parameter_name(std::string words);

}  // namespace eddy::exchange
