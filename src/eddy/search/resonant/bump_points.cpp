#include <eddy/search/resonant/bump_points.hpp>

#include <fmt/format.h>

namespace eddy::search {

std::vector<float> selected_masses(const ScoredSample& data, double efficiency) {
  std::vector<float> masses;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.background_efficiency[i] <= static_cast<float>(efficiency)) {
      masses.push_back(data.context(i, 0));
    }
  }
  return masses;
}

BumpHunt hunt_without_cut(const Search& search, const std::vector<float>& masses, stats::MassWindow window) {
  BumpHuntSettings settings = search.config.bump_hunt;
  settings.closure_error = 0;
  return hunt_behind_cut(search, masses, window, 1, settings);
}

BumpHuntSettings settings_after_cut(const BumpHuntSettings& settings, bool decorrelated, const BumpHunt& all) {
  BumpHuntSettings after = settings_for_subsets(settings, all);
  after.order = decorrelated ? after.order : settings.order;
  return after;
}

BumpHunt hunt_behind_cut(const Search& search, const std::vector<float>& masses, stats::MassWindow window,
                         double efficiency, const BumpHuntSettings& settings) {
  const base::RandomStream stream(seed_of(search.config), fmt::format("bump hunt/{}", efficiency));
  return hunt_bump(masses, window, settings, search.inputs.signal_template_masses, stream,
                   search.inputs.signal_template_weights);
}

}  // namespace eddy::search
