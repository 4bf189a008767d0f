#include <eddy/base/error.hpp>
#include <eddy/search/covered_range.hpp>
#include <eddy/search/spectrum_holes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <vector>

namespace eddy::search {
namespace {

constexpr double kFalseHoles = 1e-3;    // spectra without a hole in which one is found
constexpr double kLeastOfASide = 3;     // events that each side must expect
constexpr double kMostOverLeast = 2.5;  // the sum of both over the smaller one: beside a peak, the flank is steeper
constexpr std::size_t kFewestNeighbours = 2;  // spaces on each side that a hole must be wider than

/// The space between two neighbouring masses, masses[below] and masses[below + 1], in ascending order.
struct Space {
  const std::vector<double>& masses;
  std::size_t below;

  [[nodiscard]] double low() const { return masses[below]; }
  [[nodiscard]] double high() const { return masses[below + 1]; }
  [[nodiscard]] double width() const { return high() - low(); }
  /// Of the steps to either side.
  [[nodiscard]] double step() const { return width() / 2; }

  /// Masses at most `distance` below the space or above it, without the one that bounds it.
  [[nodiscard]] std::size_t n_below(double distance) const {
    return below - static_cast<std::size_t>(std::ranges::lower_bound(masses, low() - distance) - masses.begin());
  }
  [[nodiscard]] std::size_t n_above(double distance) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(masses, high() + distance) - masses.begin()) - below - 2;
  }
};

template <class Count>
Steps steps_of(double width, const Count& n_within) {
  const auto n = [&](double k) { return static_cast<double>(n_within(k * width)); };
  return {n(1), n(2) - n(1), n(3) - n(2)};
}

/// The widest of the spaces between different masses in the step that begins at position `from`, in direction +1 or -1,
/// and of the two nearest at least.
double widest_beside(const Space& space, std::ptrdiff_t direction, std::size_t n_in_step) {
  double widest = 0;
  std::size_t n_spaces = 0;
  const std::size_t n_sides = direction > 0 ? space.masses.size() - space.below - 2 : space.below;
  auto at = static_cast<std::ptrdiff_t>(direction > 0 ? space.below + 1 : space.below);
  for (std::size_t i = 0; i < n_sides && (i < n_in_step || n_spaces < kFewestNeighbours); ++i, at += direction) {
    const double width =
        std::abs(space.masses[static_cast<std::size_t>(at + direction)] - space.masses[static_cast<std::size_t>(at)]);
    widest = std::max(widest, width);
    n_spaces += width > 0 ? 1 : 0;
  }
  return widest;
}

/// Events that one expects at least in the space; 0 where one of its sides knows of too few.
double least_expected(const Space& space, double enough) {
  const std::size_t n_below = space.n_below(space.step());
  const std::size_t n_above = space.n_above(space.step());
  if (static_cast<double>(n_below + n_above) < enough) {  // the density does not rise
    return 0;
  }
  const double widest = std::max(widest_beside(space, -1, n_below), widest_beside(space, 1, n_above));
  if (widest >= space.width()) {
    return 0;
  }
  const double reach = 1 - widest / space.width();  // in steps
  const double of_below =
      least_expected_beyond(steps_of(space.step(), [&](double distance) { return space.n_below(distance); }), reach);
  const double of_above =
      least_expected_beyond(steps_of(space.step(), [&](double distance) { return space.n_above(distance); }), reach);
  const double least = std::min(of_below, of_above);
  return least < kLeastOfASide ? 0 : std::min(of_below + of_above, kMostOverLeast * least);
}

}  // namespace

std::optional<SpectrumHole> find_hole(std::span<const float> masses, stats::MassWindow range) {
  std::vector<double> inside;
  std::ranges::copy_if(masses, std::back_inserter(inside),
                       [&](float mass) { return mass >= range.low && mass < range.high; });
  std::ranges::sort(inside);
  const double enough = std::log(static_cast<double>(inside.size()) / kFalseHoles);
  std::optional<SpectrumHole> hole;
  for (std::size_t i = 0; i + 1 < inside.size(); ++i) {
    const Space space{inside, i};
    const double expected = space.width() > 0 ? least_expected(space, enough) : 0;
    if (expected >= enough && (!hole || expected > hole->expected)) {
      hole = SpectrumHole{space.low(), space.high(), expected};
    }
  }
  return hole;
}

std::string hole_sentence(const SpectrumHole& hole, const std::string& option) {
  return fmt::format(
      "no selected event has a mass between {} and {}, where those beside let one expect {:.0f} at least, and bins "
      "that "
      "a selection empties say nothing about the background; select these masses too, or set {} so that the fit ends "
      "before them",
      hole.low, hole.high, hole.expected, option);
}

void require_no_hole(std::span<const float> masses, stats::MassWindow range, const std::string& option) {
  if (const std::optional<SpectrumHole> hole = find_hole(masses, range)) {
    throw base::InputError(hole_sentence(*hole, option));
  }
}

}  // namespace eddy::search
