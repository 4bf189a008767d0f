#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/stats/abcd_likelihood.hpp>
#include <eddy/stats/bump_likelihood.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::stats {
namespace {

constexpr std::size_t kMaxMinimiserSteps = 1000;
constexpr double kFirstDamping = 1e-3;
constexpr double kLargestDamping = 1e12;  // steps are then lost in rounding

std::size_t n_background(const BumpModel& model) { return model.background.n_coordinates(); }
std::size_t n_parameters(const BumpModel& model) { return n_background(model) + 1 + model.nuisances.size(); }

double centre_of(const BumpData& data, std::size_t k) { return data.centres.empty() ? 0 : data.centres[k]; }

double per_bin(const LogNormalNuisance& nuisance, std::size_t bin) {
  return nuisance.per_bin.empty() ? 1 : nuisance.per_bin[bin];
}

double log_effect(const LogNormalNuisance& nuisance, std::size_t bin) {
  return std::log1p(nuisance.relative_size) * per_bin(nuisance, bin);
}

double log_factor(const LogNormalNuisance& nuisance, std::size_t bin) {
  return std::log(nuisance.factor) * per_bin(nuisance, bin);
}

/// Multiplies the two parts of one bin by the nuisances and fills row `i` of the jacobian.
void combine_bin(const BumpModel& model, std::size_t i, std::span<const double> shape_gradient, BumpPoint& point) {
  const std::size_t n_shape = n_background(model);
  const double strength = point.parameters[n_shape];
  const double* pulls = point.parameters.data() + n_shape + 1;
  double background_log = 0;
  double signal_log = 0;
  for (std::size_t k = 0; k < model.nuisances.size(); ++k) {
    const bool signal = model.nuisances[k].target == NuisanceTarget::kSignal;
    (signal ? signal_log : background_log) +=
        pulls[k] * log_effect(model.nuisances[k], i) + log_factor(model.nuisances[k], i);
  }
  const double background_factor = std::exp(background_log);
  const double signal = model.signal.empty() ? 0 : model.signal[i] * std::exp(signal_log);
  double* row = point.jacobian.data() + i * point.parameters.size();
  for (std::size_t j = 0; j < n_shape; ++j) {
    row[j] = background_factor * shape_gradient[i * n_shape + j];
  }
  point.background[i] *= background_factor;
  row[n_shape] = signal;
  for (std::size_t k = 0; k < model.nuisances.size(); ++k) {
    const bool on_signal = model.nuisances[k].target == NuisanceTarget::kSignal;
    row[n_shape + 1 + k] = log_effect(model.nuisances[k], i) * (on_signal ? strength * signal : point.background[i]);
  }
  point.mean[i] = point.background[i] + strength * signal;
}

double deviance_of(const BumpModel& model, const BumpData& data, const BumpPoint& point) {
  double sum = 0;
  for (std::size_t i = 0; i < point.mean.size(); ++i) {
    if (data.fitted[i] && !(point.mean[i] > 0 && std::isfinite(point.mean[i]))) {
      return base::kInfinity;
    }
    sum += data.fitted[i] ? poisson_half_deviance(data.counts[i], point.mean[i]) : 0;
  }
  for (std::size_t k = 0; k < model.nuisances.size(); ++k) {
    const double pull = point.parameters[n_background(model) + 1 + k] - centre_of(data, k);
    sum += 0.5 * pull * pull;
  }
  return sum;
}

base::SymmetricMatrix expected_information(const BumpModel& model, const BumpData& data, const BumpPoint& point) {
  const std::size_t n = point.parameters.size();
  base::SymmetricMatrix information(n);
  for (std::size_t i = 0; i < point.mean.size(); ++i) {
    if (!data.fitted[i]) {
      continue;
    }
    const double* row = point.jacobian.data() + i * n;
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        information(a, b) += row[a] * row[b] / point.mean[i];
      }
    }
  }
  for (std::size_t a = 0; a < n; ++a) {
    information(a, a) += a > n_background(model) ? 1 : 0;
    for (std::size_t b = 0; b < a; ++b) {
      information(b, a) = information(a, b);
    }
  }
  return information;
}

std::vector<double> lower_bounds(const BumpModel& model, const StrengthRule& strength) {
  std::vector<double> bounds(n_parameters(model), -base::kInfinity);
  if (model.background.has_positive_coordinates()) {
    std::fill_n(bounds.begin(), n_background(model), 0.0);
  }
  if (strength.not_negative) {
    bounds[n_background(model)] = 0;
  }
  return bounds;
}

/// The descent at one point: gradient, information of the free parameters, and which ones those are.
struct Local {
  std::vector<double> gradient;
  std::vector<std::size_t> free;
  std::vector<double> free_gradient;
  base::SymmetricMatrix information;
};

Local look_around(const BumpModel& model, const BumpData& data, const BumpPoint& point,
                  const std::vector<double>& bounds, bool strength_fixed) {
  Local local;
  local.gradient = gradient(model, data, point);
  for (std::size_t j = 0; j < local.gradient.size(); ++j) {
    const bool held = point.parameters[j] <= bounds[j] && local.gradient[j] >= 0;
    if (!held && !(strength_fixed && j == n_background(model))) {
      local.free.push_back(j);
      local.free_gradient.push_back(local.gradient[j]);
    }
  }
  const base::SymmetricMatrix all = expected_information(model, data, point);
  local.information = base::SymmetricMatrix(local.free.size());
  for (std::size_t a = 0; a < local.free.size(); ++a) {
    for (std::size_t b = 0; b < local.free.size(); ++b) {
      local.information(a, b) = all(local.free[a], local.free[b]);
    }
  }
  return local;
}

/// Half the Newton decrement; infinite when the information is singular.
double estimated_distance(const Local& local, const base::Cholesky& decomposition) {
  if (!decomposition.positive_definite()) {
    return base::kInfinity;
  }
  const std::vector<double> step = decomposition.solve(local.free_gradient);
  double sum = 0;
  for (std::size_t a = 0; a < step.size(); ++a) {
    sum += 0.5 * step[a] * local.free_gradient[a];
  }
  return sum;
}

/// Step of the variables that are not `ended`, given the steps of those that are; none when singular.
std::optional<std::vector<double>> solve_rest(const base::SymmetricMatrix& matrix, const std::vector<double>& slope,
                                              const std::vector<bool>& ended, std::vector<double> step) {
  std::vector<std::size_t> rest;
  for (std::size_t a = 0; a < matrix.size; ++a) {
    if (!ended[a]) {
      rest.push_back(a);
    }
  }
  base::SymmetricMatrix reduced(rest.size());
  std::vector<double> right(rest.size());
  for (std::size_t a = 0; a < rest.size(); ++a) {
    right[a] = -slope[rest[a]];
    for (std::size_t b = 0; b < matrix.size; ++b) {
      right[a] -= ended[b] ? matrix(rest[a], b) * step[b] : 0;
    }
    for (std::size_t b = 0; b < rest.size(); ++b) {
      reduced(a, b) = matrix(rest[a], rest[b]);
    }
  }
  const base::Cholesky decomposition(reduced);
  if (!decomposition.positive_definite()) {
    return std::nullopt;
  }
  const std::vector<double> solution = decomposition.solve(right);
  for (std::size_t a = 0; a < rest.size(); ++a) {
    step[rest[a]] = solution[a];
  }
  return step;
}

/// The damped step. Variables that it would take beyond their bounds end there, and the others adapt.
std::optional<std::vector<double>> damped_step(const Local& local, double damping, const std::vector<double>& from,
                                               const std::vector<double>& bounds) {
  base::SymmetricMatrix damped = local.information;
  for (std::size_t a = 0; a < damped.size; ++a) {
    damped(a, a) *= 1 + damping;
  }
  std::vector<bool> ended(damped.size, false);
  std::vector<double> step(damped.size);
  for (bool again = true; again;) {
    auto solution = solve_rest(damped, local.free_gradient, ended, std::move(step));
    if (!solution) {
      return std::nullopt;
    }
    step = std::move(*solution);
    again = false;
    for (std::size_t a = 0; a < step.size(); ++a) {
      const double longest = bounds[local.free[a]] - from[local.free[a]];
      if (!ended[a] && step[a] < longest) {
        step[a] = longest;
        ended[a] = again = true;
      }
    }
  }
  std::vector<double> to = from;
  for (std::size_t a = 0; a < step.size(); ++a) {
    to[local.free[a]] = ended[a] ? bounds[local.free[a]] : from[local.free[a]] + step[a];
  }
  return to;
}

/// Raises the damping until a step goes down. False when none does.
bool descend_in_bounds(const BumpModel& model, const BumpData& data, const Local& local,
                       const std::vector<double>& bounds, double& damping, BumpPoint& point) {
  while (damping < kLargestDamping) {
    if (auto to = damped_step(local, damping, point.parameters, bounds)) {
      BumpPoint next = evaluate(model, data, std::move(*to));
      if (next.half_deviance < point.half_deviance) {
        point = std::move(next);
        damping = damping <= kFirstDamping ? 0 : damping / 10;
        return true;
      }
    }
    damping = std::max(kFirstDamping, 10 * damping);
  }
  return false;
}

/// Covariance of all parameters, 0 for those that are not free.
base::SymmetricMatrix full_covariance(const Local& local, const base::Cholesky& decomposition) {
  base::SymmetricMatrix covariance(local.gradient.size());
  const base::SymmetricMatrix inverse = decomposition.inverse();
  for (std::size_t a = 0; a < local.free.size(); ++a) {
    for (std::size_t b = 0; b < local.free.size(); ++b) {
      covariance(local.free[a], local.free[b]) = inverse(a, b);
    }
  }
  return covariance;
}

void check_effect(const LogNormalNuisance& nuisance, std::size_t n_bins) {
  if (!(nuisance.relative_size > 0) || std::isinf(nuisance.relative_size)) {
    throw base::InputError(
        fmt::format("the nuisance '{}' must have a relative size above 0 but has {}: write 0.1 for 10 %, or leave it "
                    "out",
                    nuisance.name, nuisance.relative_size));
  }
  if (!(nuisance.factor > 0) || std::isinf(nuisance.factor)) {
    throw base::InputError(fmt::format("the nuisance '{}' must have a factor above 0 but has {}: 1 changes nothing",
                                       nuisance.name, nuisance.factor));
  }
  const auto bad = std::ranges::find_if_not(nuisance.per_bin, [](double value) { return std::isfinite(value); });
  if (bad != nuisance.per_bin.end()) {
    throw base::InputError(fmt::format("the nuisance '{}' has the effect {} in bin {}: give finite numbers",
                                       nuisance.name, *bad, bad - nuisance.per_bin.begin()));
  }
  if (!nuisance.per_bin.empty() && nuisance.per_bin.size() != n_bins) {
    throw base::InputError(
        fmt::format("the nuisance '{}' has effects on {} bins but the histogram has {}: give one number per bin, or "
                    "none for the same effect everywhere",
                    nuisance.name, nuisance.per_bin.size(), n_bins));
  }
}

void check_template(const std::vector<double>& signal, std::size_t n_bins) {
  if (signal.empty()) {
    return;
  }
  if (signal.size() != n_bins) {
    throw base::InputError(
        fmt::format("the signal template has {} bins but the histogram {}: bin both alike", signal.size(), n_bins));
  }
  for (std::size_t i = 0; i < n_bins; ++i) {
    if (!(signal[i] >= 0) || std::isinf(signal[i])) {
      throw base::InputError(fmt::format(
          "a signal template must be finite and not negative but holds {} in bin {}: give the expected events per unit "
          "of signal",
          signal[i], i));
    }
  }
}

}  // namespace

BumpPoint evaluate(const BumpModel& model, const BumpData& data, std::vector<double> parameters) {
  const std::size_t n_bins = model.background.n_bins();
  const std::size_t n_shape = n_background(model);
  BumpPoint point;
  point.parameters = std::move(parameters);
  point.mean.resize(n_bins);
  point.background.resize(n_bins);
  point.jacobian.resize(n_bins * point.parameters.size());
  std::vector<double> shape_gradient(n_bins * n_shape);
  model.background.evaluate(std::span(point.parameters).first(n_shape), point.background, shape_gradient);
  for (std::size_t i = 0; i < n_bins; ++i) {
    combine_bin(model, i, shape_gradient, point);
  }
  point.half_deviance = deviance_of(model, data, point);
  return point;
}

std::vector<double> gradient(const BumpModel& model, const BumpData& data, const BumpPoint& point) {
  const std::size_t n = point.parameters.size();
  std::vector<double> result(n);
  for (std::size_t i = 0; i < point.mean.size(); ++i) {
    const double slope = data.fitted[i] ? (point.mean[i] - data.counts[i]) / point.mean[i] : 0;
    for (std::size_t j = 0; j < n; ++j) {
      result[j] += slope * point.jacobian[i * n + j];
    }
  }
  for (std::size_t k = 0; k < model.nuisances.size(); ++k) {
    const std::size_t j = n_background(model) + 1 + k;
    result[j] += point.parameters[j] - centre_of(data, k);
  }
  return result;
}

BumpMinimum minimise(const BumpModel& model, const BumpData& data, const StrengthRule& strength,
                     std::vector<double> start) {
  const bool strength_fixed = strength.fixed.has_value() || model.signal.empty();
  const std::vector<double> bounds = lower_bounds(model, strength);
  start[n_background(model)] = strength_fixed ? strength.fixed.value_or(0) : start[n_background(model)];
  BumpMinimum minimum;
  minimum.point = evaluate(model, data, std::move(start));
  double damping = 0;
  for (;; ++minimum.n_iterations) {
    if (!std::isfinite(minimum.point.half_deviance)) {
      return minimum;
    }
    const Local local = look_around(model, data, minimum.point, bounds, strength_fixed);
    const base::Cholesky decomposition(local.information);
    minimum.edm = estimated_distance(local, decomposition);
    const bool ended = minimum.edm < kEdm || minimum.n_iterations >= kMaxMinimiserSteps ||
                       !descend_in_bounds(model, data, local, bounds, damping, minimum.point);
    if (ended) {
      // Rounding of the deviance ends the descent of very bad fits earlier, and a flat valley makes it long.
      const double stalled = minimum.n_iterations >= kMaxMinimiserSteps ? kFlatEdm : kStalledEdm;
      minimum.converged = minimum.edm < std::max(stalled, 1e-13 * minimum.point.half_deviance);
      if (minimum.converged) {
        minimum.covariance = full_covariance(local, decomposition);
        minimum.free.assign(local.gradient.size(), false);
        std::ranges::for_each(local.free, [&](std::size_t j) { minimum.free[j] = true; });
      }
      return minimum;
    }
  }
}

std::optional<base::SymmetricMatrix> covariance_at(const BumpModel& model, const BumpData& data,
                                                   const BumpPoint& point) {
  const Local local = look_around(model, data, point, lower_bounds(model, {}), model.signal.empty());
  const base::Cholesky decomposition(local.information);
  return decomposition.positive_definite() ? std::optional(full_covariance(local, decomposition)) : std::nullopt;
}

std::vector<double> starting_point(const BumpModel& model, const BumpData& data) {
  std::vector<double> start = model.background.start(data.counts, data.fitted);
  start.resize(n_parameters(model));
  for (std::size_t k = 0; k < data.centres.size(); ++k) {
    start[n_background(model) + 1 + k] = data.centres[k];
  }
  return start;
}

void check_model(const BumpModel& model) {
  const std::size_t n_bins = model.background.n_bins();
  check_template(model.signal, n_bins);
  for (const LogNormalNuisance& nuisance : model.nuisances) {
    check_effect(nuisance, n_bins);
  }
}

}  // namespace eddy::stats
