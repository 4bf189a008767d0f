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

/// Poisson counts in each bin, uniform within it; a Poisson number of the masses outside.
std::vector<float> draw_masses(const MassSpectrum& spectrum, base::RandomStream stream) {
  std::vector<float> masses;
  for (std::size_t b = 0; b < spectrum.expected.size(); ++b) {
    const double n = stats::PoissonQuantile(spectrum.expected[b])(stream.uniform());
    for (double i = 0; i < n; ++i) {
      const double width = spectrum.edges[b + 1] - spectrum.edges[b];
      masses.push_back(static_cast<float>(spectrum.edges[b] + width * stream.uniform()));
    }
  }
  if (!spectrum.outside.empty()) {
    const double n = stats::PoissonQuantile(static_cast<double>(spectrum.outside.size()))(stream.uniform());
    for (double i = 0; i < n; ++i) {
      masses.push_back(spectrum.outside[stream.below(spectrum.outside.size())]);
    }
  }
  return masses;
}

SearchInputs draw_inputs(const SearchInputs& inputs, stats::MassWindow window, const MassSpectrum& spectrum,
                         const LearnedDensity& density, const base::RandomStream& stream) {
  const std::vector<float> masses = draw_masses(spectrum, stream);
  SearchInputs drawn = null_inputs_like(inputs);
  Sample& data = drawn.data;
  data.name = "data";
  data.quantities = inputs.data.quantities;
  data.context = base::Matrix(masses.size(), 1);
  std::ranges::copy(masses, data.context.values().begin());
  data.x = density.sample(data.context, {{stream.bits_at(std::uint64_t{1} << 62U)}, "features of a null experiment"});
  for (std::size_t i = 0; i < masses.size(); ++i) {
    data.in_signal_region.push_back(masses[i] >= window.low && masses[i] <= window.high ? 1 : 0);
    data.index.push_back(i);
  }
  return drawn;
}

}  // namespace

NullGenerator resonant_nulls(const Search& search, const Finding& finding) {
  const auto spectrum = std::make_shared<const MassSpectrum>(spectrum_of(search.inputs.data, finding));
  const auto density = std::make_shared<const LearnedDensity>(learn_density(search, search.inputs.data));
  const stats::MassWindow window = finding.signal_window.value();
  return {.source = "a flow trained on all data, at masses of the background that was fitted to the sidebands",
          .draw = [&inputs = search.inputs, window, spectrum, density](const base::RandomStream& stream) {
            return draw_inputs(inputs, window, *spectrum, *density, stream);
          }};
}

}  // namespace eddy::search
