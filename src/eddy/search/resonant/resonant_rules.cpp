#include <eddy/search/config_checks.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/plan.hpp>
#include <eddy/search/resonant/resonant_rules.hpp>
#include <eddy/search/signal_window.hpp>
#include <eddy/search/spectrum_holes.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {

void apply_resonant_defaults(SearchConfig& c) {
  c.classifier.space = method_of(c).spaces.front();
  c.classifier.reference = method_of(c).references.front();
  // A map by quantiles would squeeze the gap between the sidebands to nothing: no interpolation inside it.
  c.flow.context_scaler = "log";
  c.flow.moving_quantiles = true;  // an edge that moves with the mass is what flows get wrong (docs/validity.md)
  c.efficiencies = {0.1, 0.03, 0.01};
}

/// LaCATHODE (arXiv:2210.14924), appendix A, and the settings of CATHODE (arXiv:2109.00546) that it names.
void apply_resonant_paper_preset(SearchConfig& c) {
  c.flow.transform = "affine";
  c.flow.layers = 15;
  c.flow.hidden = 128;
  c.flow.batch_norm = true;
  c.flow.feature_scaler = "logit";
  c.flow.context_scaler = "standard";
  c.flow.moving_quantiles = false;
  c.flow.training = {.epochs = 100, .batch_size = 256, .learning_rate = 1e-4, .schedule = "constant", .patience = 0};
  c.flow_members = 10;
  c.classifier.space = c.search.method == "lacathode" || method_of(c).works_in_x_too ? "z" : c.classifier.space;
  c.classifier.classifier.kind = "mlp";
  c.classifier.classifier.mlp.training = {.epochs = 100,
                                          .batch_size = 128,
                                          .learning_rate = 1e-3,
                                          .schedule = "constant",
                                          .patience = 0,
                                          .keep_epochs = 10};
  c.classifier.members = 10;
  c.classifier.reference_ratio = 3.3;  // 267k samples for 81k events of data
  c.folds = {.k = 3, .score = "one"};  // 1/2 training, 1/6 validation, 1/3 test
}

void require_resonant(const SearchConfig& c) {
  const std::string& method = c.search.method;
  require_known_choices(c);
  require(c.flow.training.keep_epochs == 1,
          fmt::format("[flow] keep_epochs = {} does not fit method \"{}\": each retraining has one flow; leave it at 1 "
                      "and raise [flow] members",
                      c.flow.training.keep_epochs, method));
  require(
      c.signal_flow.flow.training.keep_epochs == 1,
      fmt::format("[signal_flow] keep_epochs = {} does not fit method \"{}\": each retraining has one density of the "
                  "signal; leave it at 1 and raise [flow] members",
                  c.signal_flow.flow.training.keep_epochs, method));
  require_even_spread(c, c.flow_members);
  require(method != "idealized" || !c.benchmarks.background.empty(),
          "method \"idealized\" compares data with true background; add background = \"...\" under [benchmarks]");
  require(method != "supervised" || !c.benchmarks.signal.empty() || !c.inject.file.empty() || !c.data.label.empty(),
          "method \"supervised\" needs labelled signal; add signal = \"...\" under [benchmarks], or label = \"...\" "
          "under [data]");
  require(method != "supervised" || !c.benchmarks.background.empty() || !c.inject.file.empty() || !c.data.label.empty(),
          "method \"supervised\" needs true background; add background = \"...\" under [benchmarks], or label = "
          "\"...\" under [data]");
}

void load_resonant(const SearchConfig& config, const std::string& /*folder*/, const base::Monitor& /*monitor*/,
                   SearchInputs& inputs) {
  if (is_blinded(config)) {  // masses of the closed region are not looked at
    return;
  }
  const stats::MassWindow window = signal_window(inputs.data);
  if (std::ranges::count(inputs.data.in_signal_region, 0) > 0) {
    const std::span<const float> masses = inputs.data.context.values();
    const std::vector<double> edges = bump_hunt_edges(masses, window, config.bump_hunt);
    require_no_hole(masses, {edges.front(), edges.back()}, "[bump_hunt] range");
  }
}

namespace {

std::int64_t trained_folds(const SearchConfig& c) { return c.folds.score == "all" ? c.folds.k : 1; }

void plan_benchmarks(const SearchConfig& c, std::vector<PlannedStage>& stages) {
  const std::int64_t n = trained_folds(c) * c.classifier.members;
  const bool is_in_x = c.classifier.space == "x";
  if (c.search.method != "supervised" && (has_labels(c) || !c.benchmarks.signal.empty())) {
    stages.push_back({.name = "benchmark supervised", .kind = "classifier", .tasks = n});
  }
  if (c.search.method != "idealized" || !is_in_x) {
    stages.push_back({.name = "benchmark idealized (x)", .kind = "classifier", .tasks = n});
  }
  if (needs_flow(c) && (c.search.method != "idealized" || c.classifier.space != "z")) {
    stages.push_back(
        {.name = "benchmark idealized (z)", .kind = "classifier", .tasks = n, .after = {"sideband flows"}});
  }
}

}  // namespace

std::vector<PlannedStage> plan_resonant(const SearchConfig& c) {
  const std::int64_t n_flows = trained_folds(c) * c.flow_members;
  std::vector<PlannedStage> stages;
  std::vector<std::string> background;
  if (needs_flow(c)) {
    stages.push_back({.name = "sideband flows", .kind = "flow", .tasks = n_flows});
    background = {"sideband flows"};
  }
  const bool is_blind = is_blinded(c);
  if (!is_blind && c.search.method == "anode") {
    stages.push_back({.name = "signal-region flows", .kind = "flow", .tasks = n_flows});
  } else if (!is_blind && c.search.method == "r_anode") {
    stages.push_back({.name = "signal flows", .kind = "flow", .tasks = n_flows, .after = background});
  } else if (!is_blind) {
    stages.push_back({.name = "classifiers",
                      .kind = "classifier",
                      .tasks = trained_folds(c) * c.classifier.members * (method_of(c).works_in_x_too ? 2 : 1),
                      .after = background});
  }
  const Method& method = method_of(c);
  const bool has_latent =
      method.name == "lacathode" || method.works_in_x_too || method.compares_densities || method.name == "idealized";
  if (needs_flow(c) && (is_blind || has_latent)) {
    stages.push_back(planned_gate(background));
  }
  if (!is_blind && !c.benchmarks.background.empty()) {
    plan_benchmarks(c, stages);
  }
  return stages;
}

}  // namespace eddy::search
