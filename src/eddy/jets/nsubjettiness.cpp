#include <eddy/base/error.hpp>
#include <eddy/jets/nsubjettiness.hpp>
#include <eddy/jets/subjets.hpp>

#include <cmath>
#include <limits>
#include <numbers>

namespace eddy::jets {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

/// b - a of two azimuths of [-pi, pi], moved into [-pi, pi].
double azimuth_difference(double a, double b) {
  const double difference = b - a;
  return difference > std::numbers::pi    ? difference - kTwoPi
         : difference < -std::numbers::pi ? difference + kTwoPi
                                          : difference;
}

double squared_distance(const Constituents& constituents, std::size_t i, const Axis& axis) {
  const double rapidity = constituents.rapidity[i] - axis.rapidity;
  const double phi = azimuth_difference(axis.phi, constituents.phi[i]);
  return rapidity * rapidity + phi * phi;
}

/// The nearest axis of a particle.
struct Nearest {
  std::size_t axis;
  double squared_distance;
};

Nearest nearest_axis(const Constituents& constituents, std::size_t i, std::span<const Axis> axes) {
  Nearest nearest{0, std::numeric_limits<double>::infinity()};
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const double distance = squared_distance(constituents, i, axes[k]);
    if (distance < nearest.squared_distance) {
      nearest = {k, distance};
    }
  }
  return nearest;
}

/// ΔR^power from ΔR²; the usual powers without std::pow.
double power_of(double squared_distance, double power) {
  if (power == 1) {
    return std::sqrt(squared_distance);
  }
  if (power == -1) {
    return 1 / std::sqrt(squared_distance);
  }
  return power == 2 ? squared_distance : power == 0 ? 1.0 : std::pow(squared_distance, power / 2);
}

/// Sums over the particles of one axis: of the weights, and of the weights times the distance from the axis.
struct Pull {
  double weight = 0;
  double rapidity = 0;
  double phi = 0;
};

/// `phi`, at most a turn away, moved into [-pi, pi].
double wrapped(double phi) { return azimuth_difference(0, phi); }

/// Moves every axis to the weighted mean of the particles nearest to it; returns by how much, on average.
double update_axes(const Constituents& constituents, double beta, double precision, std::span<Axis> axes,
                   std::span<Pull> pulls) {
  std::ranges::fill(pulls, Pull{});
  for (std::size_t i = 0; i < constituents.size(); ++i) {
    const Nearest nearest = nearest_axis(constituents, i, axes);
    const Axis& axis = axes[nearest.axis];
    const double weight = constituents.pt[i] * power_of(nearest.squared_distance + precision * precision, beta - 2);
    Pull& pull = pulls[nearest.axis];
    pull.weight += weight;
    pull.rapidity += weight * (constituents.rapidity[i] - axis.rapidity);
    pull.phi += weight * azimuth_difference(axis.phi, constituents.phi[i]);
  }
  double moved = 0;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    if (pulls[k].weight > 0) {
      const double rapidity = pulls[k].rapidity / pulls[k].weight;
      const double phi = pulls[k].phi / pulls[k].weight;
      axes[k] = {axes[k].rapidity + rapidity, wrapped(axes[k].phi + phi)};
      moved += std::hypot(rapidity, phi);
    }
  }
  return moved / static_cast<double>(axes.size());
}

}  // namespace

Constituents constituents_of(std::span<const FourVector> particles) {
  Constituents constituents;
  for (const FourVector& p : particles) {
    const double pt = transverse_momentum(p);
    if (pt > 0) {
      constituents.pt.push_back(pt);
      constituents.rapidity.push_back(rapidity(p));
      constituents.phi.push_back(azimuth(p));
    }
  }
  return constituents;
}

double tau(const Constituents& constituents, std::span<const Axis> axes, double beta) {
  if (axes.empty()) {
    throw base::InputError("tau_N needs at least one axis, but none is given; ask for N of at least 1");
  }
  double sum = 0;
  for (std::size_t i = 0; i < constituents.size(); ++i) {
    sum += constituents.pt[i] * power_of(nearest_axis(constituents, i, axes).squared_distance, beta);
  }
  return sum;
}

std::vector<Axis> minimise_one_pass(const Constituents& constituents, std::vector<Axis> axes, double beta,
                                    const OnePassLimits& limits) {
  std::vector<Pull> pulls(axes.size());
  for (std::size_t i = 0; i < limits.max_iterations && !axes.empty(); ++i) {
    if (update_axes(constituents, beta, limits.precision, axes, pulls) <= limits.precision) {
      break;
    }
  }
  return axes;
}

std::vector<double> nsubjettiness(std::span<const FourVector> particles, const NsubjettinessSettings& settings) {
  const auto n_max = static_cast<std::size_t>(settings.n_max);
  const bool one_pass = settings.axes.starts_with("onepass");
  const auto recombination =
      settings.axes.ends_with("wta_kt") ? Recombination::kWinnerTakesAll : Recombination::kEScheme;
  const Constituents constituents = constituents_of(particles);
  const std::vector<std::vector<Axis>> start = exclusive_kt_axes(particles, n_max, recombination);
  std::vector<double> taus(n_max * settings.beta.size());
  for (std::size_t b = 0; b < settings.beta.size(); ++b) {
    for (std::size_t n = 1; n <= std::min(n_max, start.size()) && n < constituents.size(); ++n) {
      const double beta = settings.beta[b];
      const std::vector<Axis>& seed = start[n - 1];
      taus[b * n_max + n - 1] = one_pass ? tau(constituents, minimise_one_pass(constituents, seed, beta), beta)
                                         : tau(constituents, seed, beta);
    }
  }
  return taus;
}

}  // namespace eddy::jets
