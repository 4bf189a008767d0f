#include <eddy/base/cpu_stages.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/resonant/bump_points.hpp>

#include <fmt/format.h>

namespace eddy::search {
namespace {

/// Whether all classifiers of the method work in a latent space; one that knows a single space works there.
bool is_decorrelated(const SearchConfig& config) {
  const std::vector<std::string>& spaces = method_of(config).spaces;
  return !method_of(config).works_in_x_too &&
         parse_space(spaces.size() > 1 ? config.classifier.space : spaces.front()) != SpaceKind::kX;
}

}  // namespace

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

BumpHuntSettings settings_after_cut(const SearchConfig& config, const BumpHunt& all) {
  BumpHuntSettings after = settings_for_subsets(config.bump_hunt, all);
  after.order = is_decorrelated(config) ? after.order : config.bump_hunt.order;
  return after;
}

BumpHunt hunt_behind_cut(const Search& search, const std::vector<float>& masses, stats::MassWindow window,
                         double efficiency, const BumpHuntSettings& settings) {
  const base::CpuScope scope(base::CpuStage::kFits);
  const base::RandomStream stream(seed_of(search.config), fmt::format("bump hunt/{}", efficiency));
  return hunt_bump(masses, window, settings, search.inputs.signal_template_masses, stream,
                   search.inputs.signal_template_weights, search.monitor.only_stop());
}

}  // namespace eddy::search
