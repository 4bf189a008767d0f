#include <eddy/base/error.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/report/anomaly.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/calibration.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/validation.hpp>
#include <eddy/runs/found.hpp>
#include <eddy/search/mass_file.hpp>
#include <eddy/search/quak/loss_scorer.hpp>
#include <eddy/search/resonant/bump_points.hpp>
#include <eddy/search/score_columns.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

namespace eddy::runs {
namespace {

/// scores.h5: one row per judged data event, scored by classifiers that never saw it, or with its losses; nothing of
/// single events where the search is blind.
events::Events score_table(const search::Finding& finding) {
  events::Events table;
  if (finding.is_blind) {
    return table;
  }
  const search::ScoredSample& data = finding.data;
  search::add_event_names(data.index, data.identity, table);
  for (std::size_t c = 0; c < data.context.cols(); ++c) {
    table.add({finding.contexts[c].name, finding.contexts[c].unit, base::column(data.context, c)});
  }
  if (!data.score.empty()) {
    search::add_scores(data.in_signal_region, data.score, data.background_efficiency, table);
  }
  for (std::size_t d = 0; d < data.latent.cols(); ++d) {
    table.add({fmt::format("z{}", d + 1), "", base::column(data.latent, d)});
  }
  if (finding.loss_space) {
    search::add_losses(finding, table);
  }
  return table;
}

/// The masses that pass each cut of a bump hunt; none where their unit is not that of a mass.
std::vector<MassFile> mass_files(const search::Finding& finding) {
  std::vector<MassFile> files;
  if (finding.evidence == search::EvidenceKind::kBump && search::is_mass_unit(finding.context.unit)) {
    for (const search::WorkingPoint& point : finding.working_points) {
      files.push_back({.name = fmt::format("efficiency-{}.h5", point.efficiency),
                       .masses = search::selected_masses(finding.data, point.efficiency),
                       .unit = finding.context.unit});
    }
  }
  return files;
}

/// The columns of scores.h5 that do not get their names from the configuration.
std::set<std::string> own_columns(const search::SearchConfig& config) {
  std::set<std::string> names = {"row"};
  if (!search::rules_of(config).has_one_score) {
    names.insert({"loss_background", "category", "in_spectrum"});
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
  for (const search::NamedSample& prior : config.priors) {
    add(fmt::format("[[prior]] name = \"{}\"", prior.name), "loss_" + prior.name);
  }
}

Found describe(const std::shared_ptr<const search::Finding>& finding, base::Json scorer) {
  std::vector<std::string> lines = report::page_of(finding->evidence).lines(*finding);
  std::ranges::move(report::anomaly_lines(*finding), std::back_inserter(lines));
  std::ranges::move(report::blinding_lines(*finding), std::back_inserter(lines));
  std::ranges::move(report::validation_lines(*finding), std::back_inserter(lines));
  std::ranges::move(report::calibration_lines(finding->calibration), std::back_inserter(lines));
  return {.scorer = std::move(scorer),
          .scores = score_table(*finding),
          .result = report::result_of(*finding),
          .draw = [finding] { return report::figures_of(*finding); },
          .mass_files = [finding] { return mass_files(*finding); },
          .lines = std::move(lines),
          .warnings = finding->warnings};
}

Found search_and_describe(const search::Search& search) {
  search::SearchRun run = search::run_search(search);
  return describe(std::make_shared<const search::Finding>(std::move(run.finding)), std::move(run.scorer));
}

}  // namespace eddy::runs
