#include <eddy/search/config_checks.hpp>
#include <eddy/search/extrapolation/extrapolation_rules.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace eddy::search {

namespace {

/// The classifiers of the anomaly search and of closure (2311.12924, section 2.3).
net::TrainingSettings published_training() {
  return {.epochs = 50, .batch_size = 512, .learning_rate = 1e-3, .schedule = "constant", .patience = 5};
}

}  // namespace

void apply_extrapolation_defaults(SearchConfig& c) {
  c.search.blind = true;  // what the control region says is complete without the signal region
  c.classifier.space = method_of(c).spaces.front();
  c.classifier.reference = method_of(c).references.front();
  c.classifier.members = 10;
  c.classifier.classifier.mlp.validation_fraction = 1.0 / 3;
  c.classifier.classifier.mlp.training = published_training();
  c.transfer = c.flow;
}

/// The published networks (2311.12924, section 2.3).
void apply_extrapolation_paper_preset(SearchConfig& c) {
  c.flow.transform = "affine";
  c.flow.hidden = 128;
  c.flow.blocks = 2;
  c.flow.feature_scaler = "minmax";
  c.flow.context_scaler = "minmax";
  c.flow.training = {.epochs = 20, .batch_size = 216, .learning_rate = 1e-3, .schedule = "constant", .patience = 5};
  c.transfer = c.flow;
  c.transfer.hidden = 64;
  c.transfer.training.batch_size = 128;
  c.transfer.training.learning_rate = 1e-4;
  c.extrapolation.validation_fraction = 1.0 / 3;
  c.classifier.classifier.kind = "mlp";
}

void require_extrapolation_context(const SearchConfig& c) {
  const std::size_t n = c.features.context.size();
  require(n > 0, fmt::format("[features] context is empty; {} extrapolates in it: name the variables that tell the "
                             "signal region from the control region, such as context = [\"ht\", \"met\"]",
                             c.search.method));
}

void require_extrapolation(const SearchConfig& c) {
  require(!c.simulation.file.empty(),
          fmt::format("the configuration has no [simulation] file; {} extrapolates with simulated background: add file "
                      "= \"...\" under [simulation]",
                      c.search.method));
  require(c.folds.score == "all", "[folds] score = \"one\" is for resonant methods; extrapolations score all folds");
  require_known_choices(c);
  for (const auto& [section, training] : {std::pair{"flow", &c.flow.training}, {"transfer", &c.transfer.training}}) {
    require(training->keep_epochs == 1,
            fmt::format("[{}] keep_epochs = {} does not fit method \"{}\": each background model has one flow; leave "
                        "it at 1 and raise [flow] members",
                        section, training->keep_epochs, c.search.method));
  }
  require(c.extrapolation.copies == 1 || c.search.method == "generate",
          fmt::format("[extrapolation] copies = {} has no meaning for method \"{}\": only generate samples; leave it "
                      "at 1",
                      c.extrapolation.copies, c.search.method));
  require(!c.flow.batch_norm || c.search.method != "morph",
          "[flow] batch_norm = true does not fit method \"morph\": the base of another flow cannot have it; set it to "
          "false");
  require(
      !c.flow.moving_quantiles || c.search.method != "morph",
      "[flow] moving_quantiles = true does not fit method \"morph\": the base of another flow cannot have them; set it "
      "to false");
  require_even_spread(c, c.flow_members);
}

void load_extrapolation(const SearchConfig& config, const std::string& folder, const base::Monitor& /*monitor*/,
                        SearchInputs& inputs) {
  inputs.simulation = load_reference(config, config.simulation, "simulation", folder, inputs);
}

std::vector<PlannedStage> plan_extrapolation(const SearchConfig& c) {
  constexpr std::int64_t kHalves = 2;
  constexpr std::int64_t kTests = 3;  // the method, simulation as it is, true events against true events
  std::vector<PlannedStage> stages = {{.name = "weights", .kind = "weights", .tasks = c.flow_members}};
  std::vector<std::string> model = {"weights"};
  if (c.search.method != "reweight") {
    const bool is_morph = c.search.method == "morph";
    stages.push_back({.name = is_morph ? "base flows" : "data flows", .kind = "flow", .tasks = c.flow_members});
    model.push_back(stages.back().name);
    if (is_morph) {
      stages.push_back({.name = "transfer flows", .kind = "flow", .tasks = c.flow_members, .after = {"base flows"}});
      model.push_back(stages.back().name);
    }
  }
  const std::int64_t n_closure = kTests * kHalves * c.extrapolation.closure_runs;
  stages.push_back({.name = "closure in the control region", .kind = "classifier", .tasks = n_closure, .after = model});
  if (is_blinded(c)) {
    return stages;
  }
  if (has_labels(c)) {
    stages.push_back(
        {.name = "closure in the signal region", .kind = "classifier", .tasks = n_closure, .after = model});
  }
  stages.push_back(
      {.name = "classifiers", .kind = "classifier", .tasks = c.folds.k * c.classifier.members, .after = model});
  const std::vector<PlannedStage> benchmarks = planned_benchmarks(c);
  stages.insert(stages.end(), benchmarks.begin(), benchmarks.end());
  return stages;
}

}  // namespace eddy::search
