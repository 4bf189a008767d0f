#pragma once
// Sequential recombination as its definition says, with all distances computed anew in every step.

#include <eddy/jets/four_vector.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace eddy::test {

/// A (partly) clustered jet and the positions of its particles.
struct BruteForceJet {
  jets::FourVector momentum;
  std::vector<std::size_t> members;
};

/// p = 1: kt, 0: Cambridge/Aachen, -1: anti-kt. Stops once `n_wanted` jets are left (exclusive jets, no beam distance),
/// or clusters everything inclusively when it is 0.
struct BruteForceSettings {
  double p = 1;
  double radius = 1;
  std::size_t n_wanted = 0;
  bool winner_takes_all = false;
};

[[nodiscard]] inline jets::FourVector merged(const jets::FourVector& a, const jets::FourVector& b,
                                             bool winner_takes_all) {
  if (!winner_takes_all) {
    return a + b;
  }
  const double pt_a = jets::transverse_momentum(a);
  const double pt_b = jets::transverse_momentum(b);
  const jets::FourVector& winner = pt_a > pt_b ? a : b;
  const double scale = (pt_a + pt_b) / jets::transverse_momentum(winner);
  return {winner.px * scale, winner.py * scale, winner.pz * scale, winner.e * scale};
}

/// The pair of objects that are merged next; i = j: jet i goes to the beam.
struct ClosestPair {
  double distance = std::numeric_limits<double>::infinity();
  std::size_t i = 0;
  std::size_t j = 0;
};

[[nodiscard]] inline ClosestPair closest_pair(std::span<const BruteForceJet> objects,
                                              const BruteForceSettings& settings) {
  ClosestPair closest;
  const auto consider = [&](double distance, std::size_t i, std::size_t j) {
    if (distance < closest.distance) {
      closest = {distance, i, j};
    }
  };
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const double scale_i = std::pow(jets::transverse_momentum(objects[i].momentum), 2 * settings.p);
    if (settings.n_wanted == 0) {
      consider(scale_i, i, i);
    }
    for (std::size_t j = 0; j < i; ++j) {
      const double scale_j = std::pow(jets::transverse_momentum(objects[j].momentum), 2 * settings.p);
      const double angle = jets::delta_r(objects[i].momentum, objects[j].momentum) / settings.radius;
      consider(std::min(scale_i, scale_j) * angle * angle, i, j);
    }
  }
  return closest;
}

[[nodiscard]] inline std::vector<BruteForceJet> brute_force_jets(std::span<const jets::FourVector> particles,
                                                                 const BruteForceSettings& settings) {
  std::vector<BruteForceJet> objects;
  for (std::size_t i = 0; i < particles.size(); ++i) {
    objects.push_back({particles[i], {i}});
  }
  std::vector<BruteForceJet> finished;
  while (objects.size() > settings.n_wanted) {
    const ClosestPair pair = closest_pair(objects, settings);
    BruteForceJet taken = objects[pair.i];
    if (pair.i == pair.j) {
      finished.push_back(taken);
    } else {
      BruteForceJet& kept = objects[pair.j];
      kept.momentum = merged(taken.momentum, kept.momentum, settings.winner_takes_all);
      kept.members.insert(kept.members.end(), taken.members.begin(), taken.members.end());
    }
    objects.erase(objects.begin() + static_cast<std::ptrdiff_t>(pair.i));
  }
  finished.insert(finished.end(), objects.begin(), objects.end());
  return finished;
}

}  // namespace eddy::test
