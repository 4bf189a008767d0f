#include <eddy/base/error.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/extrapolation_figures.hpp>
#include <eddy/report/quak_figures.hpp>
#include <eddy/report/quak_wording.hpp>
#include <eddy/report/resonant_figures.hpp>
#include <eddy/report/result.hpp>
#include <eddy/runs/event_names.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/search/conrad/conrad.hpp>
#include <eddy/search/extrapolation/extrapolation.hpp>
#include <eddy/search/mass_file.hpp>
#include <eddy/search/quak/quak.hpp>
#include <eddy/search/resonant/resonant.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <set>
#include <utility>

namespace eddy::runs {
namespace {

std::vector<float> column(const base::Matrix& matrix, std::size_t c) {
  std::vector<float> values(matrix.rows());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = matrix(i, c);
  }
  return values;
}

/// scores.h5: one row per judged data event, scored by classifiers that never saw it.
events::Events score_table(const search::SearchOutput& output) {
  const search::ScoredSample& data = output.data;
  events::Events table;
  const auto as_floats = [](const auto& values) { return std::vector<float>(values.begin(), values.end()); };
  add_event_names(data.index, data.identity, table);
  for (std::size_t c = 0; c < data.context.cols(); ++c) {
    table.add({output.contexts[c].name, output.contexts[c].unit, column(data.context, c)});
  }
  table.add({"in_signal_region", "", as_floats(data.in_signal_region)});
  table.add({"score", "", data.score});
  table.add({"background_efficiency", "", data.background_efficiency});
  for (std::size_t d = 0; d < data.latent.cols(); ++d) {
    table.add({fmt::format("z{}", d + 1), "", column(data.latent, d)});
  }
  return table;
}

/// "Z = 1.20 (p = 0.12)", or that there is none: every outcome is at least as much of an excess.
std::string significance(double z, double p_value) {
  return std::isfinite(z) ? fmt::format("Z = {:.2f} (p = {:.2g})", z, p_value) : "no excess (p = 1, no Z)";
}

std::string one_line(const search::WorkingPoint& point) {
  if (!point.no_numbers.empty()) {
    return fmt::format("efficiency {}: observed {:.0f}, nothing could be predicted: {}", point.efficiency,
                       point.counts.a, point.no_numbers);
  }
  return fmt::format(
      "efficiency {}: observed {:.0f}, expected {:.1f} ± {:.1f}, {}, S/√B = {:.2f}, upper limit {:.1f} events",
      point.efficiency, point.counts.a, point.prediction.predicted, point.prediction.error,
      significance(point.fit.z, point.fit.p_value), point.s_over_sqrt_b, point.fit.upper_limit);
}

std::string one_line(const search::ResonantWorkingPoint& point) {
  const search::BumpHunt& hunt = point.hunt;
  if (!hunt.signal) {
    return fmt::format("efficiency {}: observed {:.0f} in the signal region, no fit: {}", point.efficiency,
                       hunt.observed, hunt.failures.empty() ? "too few events" : hunt.failures.front());
  }
  const stats::BumpSignal& signal = *hunt.signal;
  std::string line = fmt::format(
      "efficiency {}: observed {:.0f}, signal {:.1f} ± {:.1f}, Z = {:.2f} (p = {:.2g}) at {:.4g}, upper limit {:.1f} "
      "events",
      point.efficiency, hunt.observed, signal.strength, signal.strength_error, signal.z, signal.p_value,
      hunt.signal_shape.mean, signal.limit.observed);
  if (hunt.prediction) {
    line += fmt::format("; {:.1f} ± {:.1f} expected from the sidebands", hunt.prediction->total,
                        hunt.prediction->total_error);
  }
  return line;
}

std::string one_line(const search::ExtrapolationWorkingPoint& point) {
  const std::string abcd =
      point.abcd.no_numbers.empty()
          ? fmt::format("{:.1f} ± {:.1f} expected, {}", point.abcd.prediction.predicted, point.abcd.prediction.error,
                        significance(point.abcd.fit.z, point.abcd.fit.p_value))
          : "no prediction";
  return fmt::format(
      "efficiency {}: observed {:.0f}, expected {:.1f} ± {:.1f}, {}, S/√B = {:.2f}, upper limit {:.1f} events; ABCD: "
      "{}",
      point.efficiency, point.observed, point.prediction.predicted, point.prediction.error,
      significance(point.counting.z, point.counting.p_value), point.s_over_sqrt_b, point.counting.upper_limit, abcd);
}

/// An output that is needed again once its result is written.
template <class Output>
std::shared_ptr<const Output> kept(Output&& output) {
  return std::make_shared<const Output>(std::forward<Output>(output));
}

template <class Output>
void add_lines(const Output& output, Found& found) {
  for (const auto& point : output.working_points) {
    found.lines.push_back(one_line(point));
  }
  found.warnings = output.warnings;
}

Found look_into_tail(const search::SearchInputs& inputs, const search::SearchConfig& config,
                     const base::TaskStore& store, const base::Monitor& monitor) {
  search::ConradRun run = search::run_conrad(inputs, config, store, monitor);
  Found found{.scorer = std::move(run.scorer),
              .scores = score_table(run.output),
              .result = report::conrad_result(run.output),
              .draw = {},
              .mass_files = {},
              .lines = {},
              .warnings = {}};
  add_lines(run.output, found);
  found.draw = [output = kept(std::move(run.output))] { return report::conrad_figures(*output); };
  return found;
}

Found extrapolate(const search::SearchInputs& inputs, const search::SearchConfig& config, const base::TaskStore& store,
                  const base::Monitor& monitor) {
  search::ExtrapolationRun run = search::run_extrapolation(inputs, config, store, monitor);
  Found found{.scorer = std::move(run.scorer),
              .scores = run.output.stage == "sr" ? score_table(run.output) : events::Events(),
              .result = report::extrapolation_result(run.output),
              .draw = {},
              .mass_files = {},
              .lines = {},
              .warnings = {}};
  add_lines(run.output, found);
  if (run.output.stage == "cr") {
    found.lines.emplace_back("the signal region stays closed: judge the closure above, then open it with --stage sr");
  }
  found.draw = [output = kept(std::move(run.output))] { return report::extrapolation_figures(*output); };
  return found;
}

/// The masses that pass each cut; none where their unit is not that of a mass.
std::vector<MassFile> mass_files(const search::ResonantOutput& output) {
  std::vector<MassFile> files;
  if (search::is_mass_unit(output.context.unit)) {
    for (const search::ResonantWorkingPoint& point : output.working_points) {
      files.push_back({.name = fmt::format("efficiency-{}.h5", point.efficiency),
                       .masses = search::selected_masses(output.data, point.efficiency),
                       .unit = output.context.unit});
    }
  }
  return files;
}

Found hunt_bump(const search::SearchInputs& inputs, const search::SearchConfig& config, const base::TaskStore& store,
                const base::Monitor& monitor) {
  search::ResonantRun run = search::run_resonant(inputs, config, store, monitor);
  Found found{.scorer = std::move(run.scorer),
              .scores = score_table(run.output),
              .result = report::resonant_result(run.output),
              .draw = {},
              .mass_files = {},
              .lines = {},
              .warnings = {}};
  add_lines(run.output, found);
  const auto output = kept(std::move(run.output));
  found.draw = [output] { return report::resonant_figures(*output); };
  found.mass_files = [output] { return mass_files(*output); };
  return found;
}

/// scores.h5 of a space of losses: one row per data event.
events::Events loss_table(const search::QuakOutput& output) {
  events::Events table;
  add_event_names(output.data.index, output.data.identity, table);
  for (std::size_t c = 0; c < output.data.context.cols(); ++c) {
    table.add({output.contexts[c].name, output.contexts[c].unit, column(output.data.context, c)});
  }
  for (std::size_t d = 0; d < output.losses.size(); ++d) {
    table.add({"loss_" + output.losses[d], "", column(output.data_losses.loss, d)});
  }
  return table;
}

Found look_into_losses(const search::SearchInputs& inputs, const search::SearchConfig& config,
                       const base::TaskStore& store, const base::Monitor& monitor) {
  search::QuakOutput output = search::run_quak(inputs, config, store, monitor);
  Found found{.scorer = {},
              .scores = loss_table(output),
              .result = report::quak_result(output),
              .draw = {},
              .mass_files = {},
              .lines = {},
              .warnings = output.warnings};
  if (output.categories) {
    found.lines.push_back(report::one_line(*output.categories, output.context));
  }
  if (output.cuts) {
    found.lines.push_back(report::one_line(*output.cuts, output.context));
  }
  for (const search::Separation& separation : output.separations) {
    found.lines.push_back(report::one_line(separation));
  }
  found.draw = [kept_output = kept(std::move(output))] { return report::quak_figures(*kept_output); };
  return found;
}

/// The columns of scores.h5 that do not get their names from the configuration.
std::set<std::string> own_columns(const search::SearchConfig& config) {
  std::set<std::string> names = {"row"};
  if (search::family_of(config) == search::Family::kLossSpace) {
    names.insert("loss_background");
    return names;
  }
  names.insert({"in_signal_region", "score", "background_efficiency"});
  for (std::size_t d = 0; d < config.features.x.size(); ++d) {
    names.insert(fmt::format("z{}", d + 1));
  }
  return names;
}

}  // namespace

void require_score_columns(const search::SearchConfig& config) {
  std::set<std::string> names = own_columns(config);
  const auto add = [&](const std::string& what, const std::string& name) {
    if (name.empty() || name == "." || name == ".." || name.find_first_of(std::string("/\0", 2)) != std::string::npos) {
      throw base::InputError(fmt::format(
          "{} cannot name a column of scores.h5; give it a name without '/', for columns in [columns]", what));
    }
    if (!names.insert(name).second) {
      throw base::InputError(
          fmt::format("{} would be the second column '{}' of scores.h5; give it another name, for columns in [columns]",
                      what, name));
    }
  };
  for (const std::string& name : config.data.identity) {
    add(fmt::format("[data] identity \"{}\"", name), name);
  }
  for (const std::string& context : config.features.context) {
    add(fmt::format("[features] context \"{}\"", context), context);
  }
  if (search::family_of(config) == search::Family::kLossSpace) {
    for (const search::NamedSample& prior : config.priors) {
      add(fmt::format("[[prior]] name = \"{}\"", prior.name), "loss_" + prior.name);
    }
  }
}

Found search_and_describe(const search::SearchInputs& inputs, const search::SearchConfig& config,
                          const base::TaskStore& store, const base::Monitor& monitor) {
  switch (search::family_of(config)) {
    case search::Family::kTail:
      return look_into_tail(inputs, config, store, monitor);
    case search::Family::kResonant:
      return hunt_bump(inputs, config, store, monitor);
    case search::Family::kExtrapolation:
      return extrapolate(inputs, config, store, monitor);
    case search::Family::kLossSpace:
      return look_into_losses(inputs, config, store, monitor);
  }
  throw base::Error("a method without a family");
}

}  // namespace eddy::runs
