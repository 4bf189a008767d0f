#include <eddy/search/config_checks.hpp>
#include <eddy/search/conrad/conrad_rules.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/plan.hpp>

#include <algorithm>

namespace eddy::search {

void apply_conrad_paper_preset(SearchConfig& c) {
  c.flow.blocks = 2;
  c.flow.training.epochs = 50;
  c.flow.training.batch_size = 128;
  c.flow.training.learning_rate = 1e-4;
  c.flow.training.schedule = "constant";
  c.flow.training.patience = 0;
  c.classifier.space = "z";
  c.classifier.reference = "normal";
  c.classifier.reference_ratio = 1;
  c.folds.k = 2;
}

void require_conrad(const SearchConfig& c) {
  require(!c.template_sample.file.empty(),
          "the configuration has no [template] file; conrad needs a background reference: add file = \"...\" under "
          "[template]");
  require(c.folds.score == "all", "[folds] score = \"one\" is for resonant methods; conrad scores all folds");
  require_known_choices(c);
  require_even_spread(c, c.flow_members * static_cast<std::int64_t>(net::kept_epochs(c.flow.training)));
}

void load_conrad(const SearchConfig& config, const std::string& folder, const base::Monitor& /*monitor*/,
                 SearchInputs& inputs) {
  inputs.template_sample = load_reference(config, config.template_sample, "template", folder, inputs);
}

std::vector<PlannedStage> plan_conrad(const SearchConfig& c) {
  const PlannedStage gate = planned_gate({"flows"});
  std::vector<PlannedStage> stages = {{.name = "flows", .kind = "flow", .tasks = c.flow_members}};
  if (is_blinded(c)) {
    stages.push_back(gate);
    return stages;
  }
  stages.push_back(
      {.name = "classifiers", .kind = "classifier", .tasks = c.folds.k * c.classifier.members, .after = {"flows"}});
  stages.push_back(gate);
  const std::vector<PlannedStage> benchmarks = planned_benchmarks(c);
  if (!benchmarks.empty()) {
    stages.insert(stages.end(), benchmarks.begin(), benchmarks.end());
    stages.push_back({.name = "benchmark flows", .kind = "flow", .tasks = c.flow_members});
    stages.push_back({.name = "benchmark idealized (z)",
                      .kind = "classifier",
                      .tasks = benchmarks.front().tasks,
                      .after = {"benchmark flows"}});
  }
  return stages;
}

}  // namespace eddy::search
