#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/shape_samples.hpp>
#include <eddy/stats/bump_signal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

namespace eddy::exchange {
namespace {

/// What multiplies bin `bin` of the background by its nuisances: the known part, and factors for their pulls.
double apply_nuisances(const std::vector<stats::LogNormalNuisance>& nuisances, std::size_t bin,
                       std::vector<Factor>& factors) {
  double known = 1;
  for (const stats::LogNormalNuisance& nuisance : nuisances) {
    const double here = nuisance.per_bin.empty() ? 1 : nuisance.per_bin[bin];
    if (nuisance.target == stats::NuisanceTarget::kSignal || here == 0) {
      continue;
    }
    known *= std::pow(nuisance.factor, here);
    factors.push_back(
        {Factor::Kind::kLogNormal, parameter_name(nuisance.name), here * std::log1p(nuisance.relative_size)});
  }
  return known;
}

/// The background alone, fitted to all bins, in the coordinates of the fit.
struct Fit {
  std::vector<double> coordinates;
  std::vector<double> with_signal;  ///< coordinates of the fit with signal; those of background alone where none is
  std::vector<double> contents;     ///< (n_bins), nuisances apart
  std::vector<double> gradient;     ///< (n_bins, n_coordinates)
  std::vector<double> to_quoted;    ///< d quoted / d coordinates, (n_coordinates, n_coordinates)
};

std::vector<double> coordinates_of(const stats::BumpProblem& problem, const stats::BumpMinimum& minimum) {
  const auto begin = minimum.point.parameters.begin();
  return {begin, begin + static_cast<std::ptrdiff_t>(problem.model.background.n_coordinates())};
}

Fit fit_alone(const FittedShape& fitted) {
  const std::size_t n_bins = fitted.spectrum.n_bins();
  const stats::BumpProblem problem = stats::make_problem(fitted.spectrum, fitted.shape, fitted.signal, fitted.nuisances,
                                                         std::vector<bool>(n_bins, true));
  const stats::BumpMinimum null =
      stats::minimise(problem.model, problem.data, {.fixed = 0}, stats::starting_point(problem.model, problem.data));
  if (!null.converged) {
    throw base::NumericError(fmt::format("the fit of the background ({}) did not converge, so it cannot be exported",
                                         stats::describe(fitted.shape)));
  }
  Fit fit{coordinates_of(problem, null), coordinates_of(problem, null), std::vector<double>(n_bins),
          std::vector<double>(n_bins * problem.model.background.n_coordinates()), problem.model.background.to_quoted()};
  problem.model.background.evaluate(fit.coordinates, fit.contents, fit.gradient);
  if (!fitted.signal.empty()) {
    const stats::BumpMinimum best = stats::discover(problem.model, problem.data, null).best;
    fit.with_signal = best.converged ? coordinates_of(problem, best) : fit.coordinates;
  }
  return fit;
}

/// A part of a bin in which the logarithm of the background is linear in the coordinates.
struct Slice {
  std::size_t bin = 0;
  double events = 0;
  std::vector<double> log_sizes;  ///< d ln(events) / d coordinates
};

std::vector<double> quoted_from(const Fit& fit, const std::vector<double>& coordinates) {
  const std::size_t n = coordinates.size();
  std::vector<double> quoted(n);
  for (std::size_t i = 0; i < n * n; ++i) {
    quoted[i / n] += fit.to_quoted[i] * coordinates[i % n];
  }
  return quoted;
}

/// Each bin in `n_fine` equal parts, with the derivatives by the coordinates of the fit.
std::vector<Slice> fine_slices(const FittedShape& fitted, const Fit& fit, std::size_t n_fine) {
  const std::vector<double>& edges = fitted.spectrum.edges;
  std::vector<double> fine = {edges.front()};
  for (std::size_t i = 0; i < n_fine * (edges.size() - 1); ++i) {
    const std::size_t bin = i / n_fine;
    const double part = static_cast<double>(i % n_fine + 1) / static_cast<double>(n_fine);
    fine.push_back(edges[bin] + part * (edges[bin + 1] - edges[bin]));
  }
  const std::size_t n = fit.coordinates.size();
  const std::vector<double> quoted = quoted_from(fit, fit.coordinates);
  std::vector<double> contents(fine.size() - 1);
  std::vector<double> gradient(contents.size() * n);
  stats::BinnedShape(fitted.shape, fine).evaluate(quoted, contents, gradient);
  std::vector<Slice> slices;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    Slice slice{i / n_fine, contents[i], std::vector<double>(n)};
    for (std::size_t j = 0; j < n * n; ++j) {
      slice.log_sizes[j % n] += gradient[i * n + j / n] * fit.to_quoted[j] / contents[i];
    }
    slices.push_back(std::move(slice));
  }
  return slices;
}

/// Neighbours of one bin are put together while no derivative differs by more than `tolerance` between them.
std::vector<Slice> merged(const std::vector<Slice>& fine, double tolerance) {
  std::vector<Slice> slices;
  const Slice* first = nullptr;
  for (const Slice& next : fine) {
    const bool joins = first != nullptr && first->bin == next.bin &&
                       std::ranges::equal(first->log_sizes, next.log_sizes,
                                          [&](double a, double b) { return std::abs(a - b) <= tolerance; });
    if (!joins) {
      slices.push_back(next);
      first = &next;
      continue;
    }
    Slice& last = slices.back();
    const double part = next.events / (last.events + next.events);
    for (std::size_t k = 0; k < last.log_sizes.size(); ++k) {
      last.log_sizes[k] += part * (next.log_sizes[k] - last.log_sizes[k]);
    }
    last.events += next.events;
  }
  return slices;
}

/// The largest difference, in standard deviations of a count, between the slices and the shape itself at the fit with
/// signal, which may lie far from the fit of background alone.
double largest_error(const FittedShape& fitted, const Fit& fit, const std::vector<Slice>& slices) {
  const std::size_t n_bins = fitted.spectrum.n_bins();
  std::vector<double> exact(n_bins);
  std::vector<double> quoted = quoted_from(fit, fit.with_signal);
  std::vector<double> gradient(n_bins * quoted.size());
  stats::BinnedShape(fitted.shape, fitted.spectrum.edges).evaluate(quoted, exact, gradient);
  std::vector<double> sums(n_bins);
  for (const Slice& slice : slices) {
    double exponent = 0;
    for (std::size_t k = 0; k < slice.log_sizes.size(); ++k) {
      exponent += slice.log_sizes[k] * (fit.with_signal[k] - fit.coordinates[k]);
    }
    sums[slice.bin] += slice.events * std::exp(exponent);
  }
  double largest = 0;
  for (std::size_t bin = 0; bin < n_bins; ++bin) {
    largest = std::max(largest, std::abs(sums[bin] - exact[bin]) / std::sqrt(std::max(exact[bin], 1.0)));
  }
  return largest;
}

/// Slices that describe both fits to a hundredth of a standard deviation of every count, as few as that takes.
std::vector<Slice> slices_of(const FittedShape& fitted, const Fit& fit) {
  constexpr double kGood = 0.01;
  constexpr double kCoarse = 0.04;  // of an exponent, for one standard deviation of a parameter
  constexpr double kFine = 0.0005;
  constexpr std::size_t kParts = 128;
  const std::vector<Slice> fine = fine_slices(fitted, fit, kParts);
  for (double tolerance = kCoarse;; tolerance /= 2) {
    std::vector<Slice> slices = merged(fine, tolerance);
    if (largest_error(fitted, fit, slices) < kGood) {
      return slices;
    }
    if (tolerance < kFine) {
      throw base::NumericError(fmt::format(
          "the fit of the background alone ({}) is so far from the fit with signal that no few exponentials describe "
          "both: such a spectrum has too few bins beside the signal, so there is no model to export",
          stats::describe(fitted.shape)));
    }
  }
}

/// One sample for each slice.
std::vector<ModelSample> logarithmic_samples(const FittedShape& fitted, const Fit& fit, const std::string& suffix,
                                             std::vector<FreeParameter>& free) {
  constexpr double kSigmas = 60;
  for (std::size_t k = 0; k < fit.coordinates.size(); ++k) {
    const double reach = std::max(kSigmas, 2 * std::abs(fit.with_signal[k] - fit.coordinates[k]));
    free.push_back({fmt::format("shape_{}{}", k + 1, suffix), 0, -reach, reach});
  }
  std::vector<ModelSample> samples;
  for (const Slice& slice : slices_of(fitted, fit)) {
    ModelSample sample{fmt::format("background_{}", samples.size() + 1), std::vector<double>(fit.contents.size())};
    const double known = apply_nuisances(fitted.nuisances, slice.bin, sample.factors);
    sample.events[slice.bin] = known * slice.events;
    for (std::size_t k = 0; k < slice.log_sizes.size(); ++k) {
      sample.factors.push_back(
          {Factor::Kind::kLogLinear, fmt::format("shape_{}{}", k + 1, suffix), slice.log_sizes[k]});
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// The first part has no nuisances as a rule; of further ones each needs a name of its own.
std::string suffix_of_part(std::size_t i) {
  return i == 0 ? "" : i == 1 ? "_corrected" : fmt::format("_corrected_{}", i);
}

/// Bins on which the same nuisances act in the same way are one sample of each function.
std::vector<ModelSample> linear_samples(const FittedShape& fitted, const Fit& fit, const std::string& suffix,
                                        std::vector<FreeParameter>& free) {
  const std::size_t n = fit.coordinates.size();
  const std::size_t n_bins = fit.contents.size();
  const std::vector<double>& counts = fitted.spectrum.counts;
  const double unit = std::reduce(counts.begin(), counts.end()) / static_cast<double>(n);
  std::vector<ModelSample> samples;
  for (std::size_t k = 0; k < n; ++k) {
    const std::string parameter = fmt::format("coefficient_{}{}", k, suffix);
    free.push_back({parameter, fit.coordinates[k] / unit, 0, 5.0 * static_cast<double>(n)});
    std::vector<ModelSample> parts;
    for (std::size_t bin = 0; bin < n_bins; ++bin) {
      std::vector<Factor> factors = {{Factor::Kind::kFree, parameter}};
      const double known = apply_nuisances(fitted.nuisances, bin, factors);
      const auto same = std::ranges::find_if(parts, [&](const ModelSample& part) {
        return std::ranges::equal(part.factors, factors, [](const Factor& a, const Factor& b) {
          return a.parameter == b.parameter && a.log_size == b.log_size;
        });
      });
      ModelSample& part =
          same != parts.end()
              ? *same
              : parts.emplace_back(ModelSample{fmt::format("background_{}{}", k, suffix_of_part(parts.size())),
                                               std::vector<double>(n_bins), std::move(factors)});
      part.events[bin] = known * unit * fit.gradient[bin * n + k];
    }
    samples.insert(samples.end(), parts.begin(), parts.end());
  }
  return samples;
}

}  // namespace

std::vector<ModelSample> background_samples(const FittedShape& fitted, const std::string& suffix,
                                            std::vector<FreeParameter>& free) {
  const Fit fit = fit_alone(fitted);
  return std::holds_alternative<stats::DijetShape>(fitted.shape) ? logarithmic_samples(fitted, fit, suffix, free)
                                                                 : linear_samples(fitted, fit, suffix, free);
}

stats::BackgroundShape shape_of(const base::Json& background) {
  if (background.at("shape") == "dijet") {
    return stats::DijetShape{background.at("sqrt_s").get<double>(), background.at("n_parameters").get<std::size_t>()};
  }
  return stats::BernsteinShape{background.at("order").get<std::size_t>()};
}

std::string description_of(const stats::BackgroundShape& shape) {
  if (std::holds_alternative<stats::DijetShape>(shape)) {
    return fmt::format(
        "background: {}, in slices of bins: of each the fit of background alone times the exponential of something "
        "linear in free parameters (orthonormal ones of the fit, in standard deviations); slices are so thin that they "
        "describe the fit with signal to a hundredth of a standard deviation of every count",
        stats::describe(shape));
  }
  return fmt::format("background: {}, exactly: each of its functions is a sample, scaled by its free coefficient",
                     stats::describe(shape));
}

std::string parameter_name(std::string words) {
  std::ranges::replace_if(
      words, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return words;
}

}  // namespace eddy::exchange
