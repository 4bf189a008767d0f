#include <eddy/base/error.hpp>
#include <eddy/flow/moving_quantiles.hpp>
#include <eddy/search/evidence/categories.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/quak/quak_nulls.hpp>
#include <eddy/search/quak/spectra_shape.hpp>
#include <eddy/search/validation/learned_sample.hpp>
#include <eddy/stats/bump_fit.hpp>
#include <eddy/stats/bump_order.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace eddy::search {
namespace {

/// What the data of an experiment are drawn from, and what no experiment changes.
struct LossWorld {
  std::vector<double> edges;           ///< of the bins of the spectra
  std::vector<double> expected;        ///< events in each
  flow::MovingQuantiles moving;        ///< how the losses follow the mass
  base::Matrix stationary;             ///< losses of the data with that taken out: (n_events, n_losses)
  std::vector<float> background_loss;  ///< of held-out background, which decides the preselection
  std::vector<float> background_weight;
};

/// The window in whole bins of the spectrum; where it reaches an end of it, that end belongs to it.
stats::MassWindow in_whole_bins(const stats::MassWindow& window, const std::vector<double>& edges) {
  const auto below = std::ranges::find_if(edges, [&](double edge) { return edge > window.low; }) - edges.begin();
  const auto above = std::ranges::find_if(edges, [&](double edge) { return edge >= window.high; }) - edges.begin();
  const auto last = std::ssize(edges) - 1;
  const auto first = std::clamp<std::ptrdiff_t>(below - 1, 0, last - 1);
  return {edges[static_cast<std::size_t>(first)],
          edges[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(above, first + 1, last))]};
}

/// The shape of the fewest parameters that describes all data outside the window: they are many more than those of a
/// category.
std::vector<double> smooth_spectrum(const stats::MassHistogram& spectrum, const stats::MassWindow& window,
                                    const stats::BackgroundShape& first) {
  constexpr std::size_t kSpareParameters = 6;
  constexpr double kGoodFit = 0.05;
  constexpr double kPoorFit = 0.01;
  stats::BumpFit best;
  best.quality.goodness_of_fit = -1;
  const std::size_t highest = stats::n_parameters(first) + kSpareParameters;
  for (std::optional<stats::BackgroundShape> shape = first; shape && best.quality.goodness_of_fit < kGoodFit;
       shape = stats::next_shape(*shape, highest)) {
    try {
      const stats::BumpFit fit = stats::predict_from_sidebands(spectrum, *shape, window).fit;
      best = fit.quality.goodness_of_fit > best.quality.goodness_of_fit ? fit : best;
    } catch (const base::NumericError&) {  // another may converge
    } catch (const base::InputError&) {    // more parameters than bins
      break;
    }
  }
  if (best.quality.goodness_of_fit < kPoorFit) {
    throw base::NumericError(
        "null experiments need a smooth spectrum of all data to draw masses from, and no background shape describes it "
        "(p < 0.01); narrow [quak] fit_range, or set shape = \"dijet\" and sqrt_s");
  }
  return best.mean;
}

/// The data inside the bins and outside the window.
std::vector<std::size_t> background_like(const LossSample& data, const std::vector<double>& edges,
                                         const stats::MassWindow& window) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.mass.size(); ++i) {
    const double mass = data.mass[i];
    if (mass >= edges.front() && mass < edges.back() && (mass < window.low || mass >= window.high)) {
      rows.push_back(i);
    }
  }
  if (rows.size() < flow::kFewestForMovingQuantiles) {
    throw base::NumericError(
        fmt::format("null experiments need {} data events in the spectra, to learn how losses follow the mass, and "
                    "there are {}",
                    flow::kFewestForMovingQuantiles, rows.size()));
  }
  return rows;
}

/// Data whose features are losses.
Sample draw_losses(const LossWorld& world, base::RandomStream stream) {
  const std::uint64_t of_events = stream.bits_at(std::uint64_t{1} << 62U);  // far behind what masses take
  const std::vector<float> masses = draw_masses(world.edges, world.expected, 1, stream);
  Sample data{.name = "data"};
  data.context = base::Matrix(masses.size(), 1);
  std::ranges::copy(masses, data.context.values().begin());
  base::RandomStream events({of_events}, "losses of a null experiment");
  std::vector<std::size_t> rows(masses.size());
  std::ranges::generate(rows, [&] { return events.below(world.stationary.rows()); });
  data.x = world.moving.inverse(base::take_rows(world.stationary, rows), data.context);
  data.index.resize(masses.size());
  std::iota(data.index.begin(), data.index.end(), std::uint64_t{0});
  return data;
}

SearchRun search_losses(const LossWorld& world, const Search& experiment) {
  const Sample& data = experiment.inputs.data;
  LossSample sample{.name = "data", .index = data.index, .loss = data.x, .mass = {}};
  for (std::size_t i = 0; i < data.size(); ++i) {
    sample.mass.push_back(data.context(i, 0));
  }
  SearchConfig config = experiment.config;
  config.quak.toys = 0;  // the experiments are what toys stand for
  SearchRun run;
  const LossSpectrum spectrum{
      .data = sample, .background_loss = world.background_loss, .background_weight = world.background_weight};
  set_numbers(run.finding.working_points.emplace_back(), search_categories(spectrum, config, experiment.monitor));
  run.finding.loss_space.emplace().cuts = search_cuts(spectrum, config, experiment.monitor);
  return run;
}

LossWorld make_world(const Search& search, const LossSpace& space, const CategorySearch& found) {
  const std::vector<double>& edges = found.spectra.front().histogram.edges;
  // What looks like a signal must not become part of what nothing is.
  const stats::MassWindow window = in_whole_bins(window_of_excess(found.scan, search.config.quak.width), edges);
  const stats::MassHistogram spectrum = stats::fill_histogram(edges, {space.data.mass.begin(), space.data.mass.end()});
  const std::vector<std::size_t> rows = background_like(space.data, edges, window);
  const base::Matrix losses = base::take_rows(space.data.loss, rows);
  base::Matrix masses(rows.size(), 1);
  std::ranges::transform(rows, masses.values().begin(), [&](std::size_t row) { return space.data.mass[row]; });
  const auto moving = flow::MovingQuantiles::fit(losses, masses);
  return {.edges = edges,
          .expected = smooth_spectrum(spectrum, window, found.shape),
          .moving = moving,
          .stationary = moving.forward(losses, masses),
          .background_loss = first_loss(space.background),
          .background_weight = space.background.weight};
}

/// Networks are no part of an experiment, but what they make of the data is.
void add_losses(const LossSpace& space, base::TaskInputs& content) {
  constexpr std::uint8_t kVersion =
      3;  // raised whenever other things are found in an experiment: now, the order is chosen anew
  content.add("losses of the data", space.data.loss).add("losses of the background", space.background.loss);
  content.add("version of experiments", std::vector<std::uint8_t>{kVersion});
}

}  // namespace

NullGenerator quak_nulls(const Search& search, const Finding& finding) {
  const LossSpace& space = finding.loss_space.value();
  const auto world = std::make_shared<const LossWorld>(
      make_world(search, space, std::get<CategorySearch>(finding.working_points.front().evidence)));
  return {.source =
              "losses of the data, moved to masses of a smooth fit to their spectrum, both without the largest excess",
          .draw =
              [&inputs = search.inputs, world](const base::RandomStream& stream) {
                SearchInputs drawn = null_inputs_like(inputs);
                drawn.data = draw_losses(*world, stream);
                return drawn;
              },
          .fresh = {},
          .search = [world](const Search& experiment) { return search_losses(*world, experiment); },
          .add_content = [&space](base::TaskInputs& content) { add_losses(space, content); }};
}

}  // namespace eddy::search
