#include <eddy/base/error.hpp>
#include <eddy/search/resonant/resonant_nulls.hpp>
#include <eddy/search/validation/learned_sample.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

namespace eddy::search {
namespace {

/// What the masses of an experiment are drawn from.
struct MassSpectrum {
  std::vector<double> edges;     ///< of the bins of the fit
  std::vector<double> expected;  ///< background events in each
  std::vector<float> outside;    ///< masses of the data outside them
};

MassSpectrum spectrum_of(const Sample& data, const Finding& finding) {
  const auto* hunt = evidence_of<BumpHunt>(finding);
  if (hunt == nullptr || !hunt->prediction) {
    throw base::NumericError(
        "null experiments need a background fit to the spectrum without a cut, and there is none; see what the search "
        "says of that fit");
  }
  MassSpectrum spectrum{.edges = hunt->spectrum.edges, .expected = hunt->prediction->fit.background, .outside = {}};
  for (const float mass : first_context(data)) {
    if (mass < spectrum.edges.front() || mass >= spectrum.edges.back()) {
      spectrum.outside.push_back(mass);
    }
  }
  return spectrum;
}

/// Those inside the bins of the fit, `factor` times what is expected; likewise of the data's own outside.
std::vector<float> draw_all_masses(const MassSpectrum& spectrum, base::RandomStream stream, double factor) {
  std::vector<float> masses = draw_masses(spectrum.edges, spectrum.expected, factor, stream);
  if (!spectrum.outside.empty()) {
    const double n = stats::PoissonQuantile(factor * static_cast<double>(spectrum.outside.size()))(stream.uniform());
    for (double i = 0; i < n; ++i) {
      masses.push_back(spectrum.outside[stream.below(spectrum.outside.size())]);
    }
  }
  return masses;
}

/// What the data of an experiment are drawn from.
struct World {
  stats::MassWindow window;
  MassSpectrum spectrum;
  LearnedDensity density;
};

/// Of `masses`, those in the window or those beside it.
void keep(const stats::MassWindow& window, bool inside, std::vector<float>& masses) {
  std::erase_if(masses, [&](float mass) { return (mass >= window.low && mass <= window.high) != inside; });
}

std::vector<float> draw_masses_of(const World& world, const base::RandomStream& stream, const FreshFactors& factors) {
  std::vector<float> masses = draw_all_masses(world.spectrum, stream, factors.beside);
  if (factors.inside != factors.beside) {
    keep(world.window, false, masses);
    const base::RandomStream other({stream.bits_at(std::uint64_t{1} << 61U)}, "masses in the signal region");
    std::vector<float> more = draw_all_masses(world.spectrum, other, factors.inside);
    keep(world.window, true, more);
    masses.insert(masses.end(), more.begin(), more.end());
  }
  return masses;
}

Sample draw_data(const Sample& like, const World& world, const base::RandomStream& stream,
                 const FreshFactors& factors) {
  const std::vector<float> masses = draw_masses_of(world, stream, factors);
  Sample data{.name = "data", .quantities = like.quantities};
  data.context = base::Matrix(masses.size(), 1);
  std::ranges::copy(masses, data.context.values().begin());
  data.x =
      world.density.sample(data.context, {{stream.bits_at(std::uint64_t{1} << 62U)}, "features of a null experiment"});
  for (std::size_t i = 0; i < masses.size(); ++i) {
    data.in_signal_region.push_back(masses[i] >= world.window.low && masses[i] <= world.window.high ? 1 : 0);
    data.index.push_back(i);
  }
  return data;
}

}  // namespace

NullGenerator resonant_nulls(const Search& search, const Finding& finding) {
  const auto world = std::make_shared<const World>(World{.window = finding.signal_window.value(),
                                                         .spectrum = spectrum_of(search.inputs.data, finding),
                                                         .density = learn_density(search, search.inputs.data)});
  return {.source = "a flow trained on all data, at masses of the background that was fitted to the sidebands",
          .draw =
              [&inputs = search.inputs, world](const base::RandomStream& stream) {
                SearchInputs drawn = null_inputs_like(inputs);
                drawn.data = draw_data(inputs.data, *world, stream, {});
                return drawn;
              },
          .fresh = [&inputs = search.inputs, world](
                       const base::RandomStream& stream,
                       const FreshFactors& factors) { return draw_data(inputs.data, *world, stream, factors); }};
}

}  // namespace eddy::search
