#include <eddy/base/temporary_file.hpp>
#include <eddy/events/read.hpp>
#include <eddy/jets/feature_file.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/toml_config.hpp>

#include <fmt/format.h>

namespace eddy::runs {

void features(const FeaturesOptions& options, const base::Monitor& monitor) {
  jets::FeatureSettings settings;
  std::vector<std::string> inputs = files_of_events(options.particles);
  inputs.push_back(options.config);
  require_free_output(options.output, inputs, "-o");
  base::remove_orphans_of(options.output);
  load_sections(options.config, options.set, feature_sections(settings));
  const jets::FeatureFileSummary summary =
      jets::write_feature_file(events::parse_location(options.particles), options.output, settings, monitor);
  if (summary.n_fewer_jets > 0) {
    monitor.warn(
        fmt::format("{} of {} events have fewer than {} jets; the columns of those missing are 0 (n_jets tells)",
                    summary.n_fewer_jets, summary.n_events, settings.jets.described));
  }
  if (summary.particles.n_spacelike > 0) {
    monitor.warn(
        fmt::format("{} of {} particles of '{}' have an energy below their momentum, by more than rounding; check "
                    "how the energies were computed",
                    summary.particles.n_spacelike, summary.particles.n_particles, options.particles));
  }
  monitor.info(fmt::format("{} columns of {} events written to {}{}", summary.n_columns, summary.n_events,
                           options.output, summary.has_label ? "" : ", without a label"));
}

}  // namespace eddy::runs
