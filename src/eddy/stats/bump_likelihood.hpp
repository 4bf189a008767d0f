#pragma once
// The extended binned Poisson likelihood of a background shape and a signal template, and its minimiser. Formulae:
// docs/bump-hunt.md.

#include <eddy/base/symmetric_matrix.hpp>
#include <eddy/stats/background_shape.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::stats {

enum class NuisanceTarget { kSignal, kBackground };

/// A log-normal uncertainty: its target is multiplied by (factor * (1 + relative_size)^pull)^per_bin, pull ~ N(0, 1).
struct LogNormalNuisance {
  std::string name;
  NuisanceTarget target = NuisanceTarget::kSignal;
  double relative_size = 0;     ///< of one standard deviation; > 0
  std::vector<double> per_bin;  ///< shape (n_bins); empty: 1 in every bin
  double factor = 1;            ///< > 0; 1: uncertain, but not known to be off
};

/// Means of bin i: background_i(coordinates) * background nuisances + strength * signal_i * signal nuisances.
struct BumpModel {
  BinnedShape background;
  std::vector<double> signal;  ///< events per unit of strength, >= 0, shape (n_bins); empty: no signal
  std::vector<LogNormalNuisance> nuisances;
};

struct BumpData {
  std::vector<double> counts;   ///< shape (n_bins)
  std::vector<bool> fitted;     ///< bins that enter the likelihood, shape (n_bins)
  std::vector<double> centres;  ///< measured pulls that the constraints are centred at; empty: 0
};

/// Parameters in fit order: background coordinates, signal strength, pulls of the nuisances.
struct BumpPoint {
  std::vector<double> parameters;
  double half_deviance = 0;        ///< -ln L minus that of means equal to counts and pulls at their centres
  std::vector<double> mean;        ///< all bins, shape (n_bins)
  std::vector<double> background;  ///< its part without signal
  std::vector<double> jacobian;    ///< d mean / d parameters, row-major, shape (n_bins, n_parameters)
};
/// Throws nothing: where a fitted mean is not positive or not finite, half_deviance is infinite.
[[nodiscard]] BumpPoint evaluate(const BumpModel& model, const BumpData& data, std::vector<double> parameters);

/// d half_deviance / d parameters.
[[nodiscard]] std::vector<double> gradient(const BumpModel& model, const BumpData& data, const BumpPoint& point);

/// What the fit may do with the signal strength.
struct StrengthRule {
  std::optional<double> fixed;  ///< held there
  bool not_negative = false;    ///< bounded from below by 0
};

struct BumpMinimum {
  BumpPoint point;
  base::SymmetricMatrix covariance;  ///< inverse expected information; rows of parameters fixed or at a bound are 0
  std::vector<bool> free;            ///< neither fixed nor held at a bound
  double edm = 0;                    ///< estimated distance to the minimum of half_deviance
  std::size_t n_iterations = 0;      ///< accepted steps
  bool converged = false;            ///< edm below kEdm, below kStalledEdm where rounding ended the descent, or below
                                     ///< kFlatEdm where the largest number of iterations did
};
inline constexpr double kEdm = 1e-10;
inline constexpr double kStalledEdm = 1e-7;
inline constexpr double kFlatEdm = 1e-5;  // a tenth of what MINUIT asks for: moves a Z of 3 by 3e-6

/// Levenberg-Marquardt on the expected information, projected on the bounds, from `start`. Never throws; look at
/// `converged`.
[[nodiscard]] BumpMinimum minimise(const BumpModel& model, const BumpData& data, const StrengthRule& strength,
                                   std::vector<double> start);

/// Inverse expected information at any point, strength free; none when it is singular.
[[nodiscard]] std::optional<base::SymmetricMatrix> covariance_at(const BumpModel& model, const BumpData& data,
                                                                 const BumpPoint& point);

/// Starting point without signal and pulls.
[[nodiscard]] std::vector<double> starting_point(const BumpModel& model, const BumpData& data);

/// Throws InputError, with the name and the value, for a template or nuisances that are not finite, negative or of the
/// wrong size.
void check_model(const BumpModel& model);

}  // namespace eddy::stats
