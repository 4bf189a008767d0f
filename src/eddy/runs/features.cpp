#include <eddy/base/temporary_file.hpp>
#include <eddy/events/read.hpp>
#include <eddy/jets/feature_file.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/toml_config.hpp>

#include <fmt/format.h>

namespace eddy::runs {

namespace {

/// What is in the file but will not be what a search needs.
void warn_of(const jets::FeatureFileSummary& summary, const jets::FeatureSettings& settings,
             const std::string& particles, const base::Monitor& monitor) {
  if (summary.n_fewer_jets > 0) {
    monitor.warn(
        fmt::format("{} of {} events have fewer than {} jets; the columns of those missing are 0 (n_jets tells)",
                    summary.n_fewer_jets, summary.n_events, settings.jets.described));
  }
  if (summary.particles.n_spacelike > 0) {
    monitor.warn(
        fmt::format("{} of {} particles of '{}' have an energy below their momentum, by more than rounding; check "
                    "how the energies were computed",
                    summary.particles.n_spacelike, summary.particles.n_particles, particles));
  }
  if (summary.n_not_finite > 0) {
    monitor.warn(
        fmt::format("{} of {} events have features that are no finite numbers, the first {}; check the momenta in '{}' "
                    "(in GeV?), searches refuse such events or drop them",
                    summary.n_not_finite, summary.n_events, summary.first_not_finite, particles));
  }
  if (summary.n_other_labels > 0) {
    monitor.warn(
        fmt::format("{} of {} events have a label, the last column of '{}', that is neither 0 nor 1, the first {}; "
                    "searches take 1 for signal and 0 for background alone",
                    summary.n_other_labels, summary.n_events, particles, summary.first_other_label));
  }
}

}  // namespace

void features(const FeaturesOptions& options, const base::Monitor& monitor) {
  jets::FeatureSettings settings;
  std::vector<std::string> inputs = files_of_events(options.particles);
  inputs.push_back(options.config);
  require_free_output(options.output, inputs, "-o");
  base::remove_orphans_of(options.output);
  load_sections(options.config, options.set, feature_sections(settings));
  const jets::FeatureFileSummary summary =
      jets::write_feature_file(events::parse_location(options.particles), options.output, settings, monitor);
  warn_of(summary, settings, options.particles, monitor);
  monitor.info(fmt::format("{} columns of {} events written to {}{}", summary.n_columns, summary.n_events,
                           options.output, summary.has_label ? "" : ", without a label"));
}

}  // namespace eddy::runs
