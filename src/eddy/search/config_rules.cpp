// What single options cannot say of themselves: which of them fit together, and what a method changes in the others.

#include <eddy/base/error.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/scaler.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/config_checks.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace eddy::search {
namespace {

/// Every expression parses, whether or not something uses it.
void require_expressions(const SearchConfig& c) {
  const auto parse = [](const std::string& where, const std::string& text) {
    try {
      (void)events::Expression(text);
    } catch (const base::InputError& error) {
      throw base::InputError(fmt::format("{}: {}", where, error.what()));
    }
  };
  for (const auto& [name, text] : c.columns) {
    parse("[columns] " + name, text);
  }
  if (!c.regions.selection.empty()) {
    parse("[regions] selection", c.regions.selection);
  }
  if (!c.regions.signal.empty()) {
    parse("[regions] signal", c.regions.signal);
  }
}

/// A density over a repeated feature, or over the variable it is conditional on, does not exist; truth must not be
/// trained on.
void require_usable_features(const SearchConfig& c) {
  const std::vector<std::string>& x = c.features.x;
  for (const std::string& name : x) {
    require(std::ranges::count(x, name) == 1, fmt::format("[features] x names '{}' twice; remove one", name));
  }
  for (const std::string& name : c.features.context) {
    require(std::ranges::count(x, name) == 0,
            fmt::format("'{}' is both in [features] x and context; keep it in one of them", name));
  }
  const bool trains_on_label =
      !c.data.label.empty() &&
      std::ranges::count(x, c.data.label) + std::ranges::count(c.features.context, c.data.label) > 0;
  require(!trains_on_label,
          fmt::format("'{}' is the label of [data] and one of [features]; truth cannot be a feature, remove one",
                      c.data.label));
}

void require_context(const SearchConfig& c) {
  const std::size_t n = c.features.context.size();
  if (family_of(c) == Family::kLossSpace) {
    require(n <= 1, fmt::format("[features] context names {} variables but quak takes one mass, or none where no bump "
                                "is sought; write context = [\"mjj\"]",
                                n));
    return;
  }
  if (family_of(c) == Family::kExtrapolation) {
    require(n > 0, fmt::format("[features] context is empty; {} extrapolates in it: name the variables that tell the "
                               "signal region from the control region, such as context = [\"ht\", \"met\"]",
                               c.search.method));
    return;
  }
  require(n == 1, fmt::format("[features] context names {} variables but {} needs exactly one; write context = "
                              "[\"{}\"]",
                              n, c.search.method, family_of(c) == Family::kTail ? "met" : "mjj"));
}

void require_efficiencies(const SearchConfig& c) {
  require(!c.efficiencies.empty(),
          "[working_points] efficiency is empty; name at least one, such as efficiency = [0.01]");
  for (const double efficiency : c.efficiencies) {
    require(efficiency > 0 && efficiency < 1,
            fmt::format("[working_points] efficiency {} lies outside (0, 1); give the fraction of background to keep",
                        efficiency));
  }
  require_different("[working_points] efficiency", c.efficiencies);
}

/// "feature: kind", of features that exist, once each.
void require_scalers(const SearchConfig& c) {
  std::vector<std::string> named;
  for (const std::string& entry : c.flow.scalers) {
    const std::size_t colon = entry.rfind(':');
    const std::size_t kind = colon == std::string::npos ? colon : entry.find_first_not_of(' ', colon + 1);
    require(kind != std::string::npos,
            fmt::format("[flow] scalers has the entry '{}'; write a feature and its scaler, such as \"{}: log\"", entry,
                        c.features.x.front()));
    const std::string feature = entry.substr(0, colon);
    require(std::ranges::count(c.features.x, feature) > 0,
            fmt::format("[flow] scalers names '{}', which is not in [features] x; {}", feature,
                        suggestion(feature, c.features.x)));
    require(std::ranges::count(named, feature) == 0,
            fmt::format("[flow] scalers names '{}' twice; remove one", feature));
    (void)events::parse_scaler_kind(entry.substr(kind));
    named.push_back(feature);
  }
}

void require_injection(const SearchConfig& c) {
  std::vector<std::string> amounts;
  for (const auto& [key, amount] : {std::pair<const char*, double>{"count", static_cast<double>(c.inject.count)},
                                    {"s_over_sqrt_b", c.inject.s_over_sqrt_b},
                                    {"fraction", c.inject.fraction}}) {
    if (amount > 0) {
      amounts.push_back(fmt::format("{} = {}", key, amount));
    }
  }
  require(amounts.empty() || !c.inject.file.empty(),
          "[inject] says how much signal to add but not from which file; add file = \"...\"");
  require(amounts.size() < 2,
          fmt::format("[inject] has {}: more than one amount; keep one of them", fmt::join(amounts, " and ")));
}

void require_even_spread(const SearchConfig& c, std::int64_t n_flows) {
  require(c.classifier.members % n_flows == 0,
          fmt::format("[classifier] members = {} cannot be spread evenly over {} flows ([flow] members = {}, "
                      "keep_epochs = {}); make it a multiple",
                      c.classifier.members, n_flows, c.flow_members, c.flow.training.keep_epochs));
}

void require_one_of(const SearchConfig& c, const char* option, const std::string& value,
                    const std::vector<std::string>& allowed) {
  require(std::ranges::count(allowed, value) == 1,
          fmt::format("[classifier] {} = \"{}\" does not fit method \"{}\"; choose \"{}\"", option, value,
                      c.search.method, fmt::join(allowed, "\" or \"")));
}

void validate_conrad(const SearchConfig& c) {
  require(!c.template_sample.file.empty(),
          "the configuration has no [template] file; conrad needs a background reference: add file = \"...\" under "
          "[template]");
  require(c.folds.score == "all", "[folds] score = \"one\" is for resonant methods; conrad scores all folds");
  require_one_of(c, "space", c.classifier.space, {"z", "x_prime"});
  require_one_of(c, "reference", c.classifier.reference, {"normal", "template", "control_region"});
  require_even_spread(c, c.flow_members * std::min(c.flow.training.keep_epochs, c.flow.training.epochs));
}

void validate_extrapolation(const SearchConfig& c) {
  require(!c.simulation.file.empty(),
          fmt::format("the configuration has no [simulation] file; {} extrapolates with simulated background: add file "
                      "= \"...\" under [simulation]",
                      c.search.method));
  require(c.folds.score == "all", "[folds] score = \"one\" is for resonant methods; extrapolations score all folds");
  require_one_of(c, "space", c.classifier.space, {"x"});
  require_one_of(c, "reference", c.classifier.reference, {"extrapolation"});
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
  require_even_spread(c, c.flow_members);
}

/// Spaces and references that each resonant method knows; the first is the default.
struct MethodChoices {
  std::vector<std::string> spaces;
  std::vector<std::string> references;
};

const MethodChoices& choices_of(const std::string& method) {
  static const std::map<std::string, MethodChoices> kChoices = {
      {"cathode", {{"x"}, {"flow_samples"}}},       {"lacathode", {{"x_prime", "z"}, {"normal", "control_region"}}},
      {"anode", {{"x"}, {"flow_samples"}}},         {"cwola", {{"x"}, {"control_region"}}},
      {"supervised", {{"x"}, {"true_background"}}}, {"idealized", {{"x", "z", "x_prime"}, {"true_background"}}}};
  return kChoices.at(method);
}

void validate_resonant(const SearchConfig& c) {
  const std::string& method = c.search.method;
  const MethodChoices& choices = choices_of(method);
  require_one_of(c, "space", c.classifier.space, choices.spaces);
  require_one_of(c, "reference", c.classifier.reference, choices.references);
  require(c.flow.training.keep_epochs == 1,
          fmt::format("[flow] keep_epochs = {} does not fit method \"{}\": each retraining has one flow; leave it at 1 "
                      "and raise [flow] members",
                      c.flow.training.keep_epochs, method));
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

/// The classifiers of the anomaly search and of closure (2311.12924, section 2.3).
net::TrainingSettings extrapolation_training() {
  return {.epochs = 50, .batch_size = 512, .learning_rate = 1e-3, .schedule = "constant", .patience = 5};
}

void apply_extrapolation_defaults(SearchConfig& c) {
  c.classifier.space = "x";
  c.classifier.reference = "extrapolation";
  c.classifier.members = 10;
  c.classifier.classifier.mlp.validation_fraction = 1.0 / 3;
  c.classifier.classifier.mlp.training = extrapolation_training();
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

/// Eq. 3.3 as printed, with the paper's factor.
void apply_quak_paper_preset(SearchConfig& c) {
  c.vae.divergence = "initial";
  c.vae.beta = 10;
}

void apply_resonant_defaults(SearchConfig& c) {
  const MethodChoices& choices = choices_of(c.search.method);
  c.classifier.space = choices.spaces.front();
  c.classifier.reference = choices.references.front();
  // A map by quantiles would squeeze the gap between the sidebands to nothing: no interpolation inside it.
  c.flow.context_scaler = "log";
  c.efficiencies = {0.1, 0.03, 0.01};
}

/// LaCATHODE, appendix A and CATHODE's published settings (METHODS.md section 0).
void apply_resonant_paper_preset(SearchConfig& c) {
  c.flow.transform = "affine";
  c.flow.layers = 15;
  c.flow.hidden = 128;
  c.flow.batch_norm = true;
  c.flow.feature_scaler = "logit";
  c.flow.context_scaler = "standard";
  c.flow.training = {.epochs = 100, .batch_size = 256, .learning_rate = 1e-4, .schedule = "constant", .patience = 0};
  c.flow_members = 10;
  c.classifier.space = c.search.method == "lacathode" ? "z" : c.classifier.space;
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

}  // namespace

void apply_method_defaults(SearchConfig& c) {
  const bool paper = c.search.preset == "paper";
  switch (family_of(c)) {
    case Family::kTail:
      return paper ? apply_conrad_paper_preset(c) : void();
    case Family::kResonant:
      apply_resonant_defaults(c);
      return paper ? apply_resonant_paper_preset(c) : void();
    case Family::kExtrapolation:
      apply_extrapolation_defaults(c);
      return paper ? apply_extrapolation_paper_preset(c) : void();
    case Family::kLossSpace:
      return paper ? apply_quak_paper_preset(c) : void();
  }
}

void validate(const SearchConfig& c) {
  require(!c.search.name.empty(), "[search] name is empty; it names the run folder and the report");
  require(!c.data.file.empty(), "the configuration has no [data] file; add file = \"...\" under [data]");
  require(!c.features.x.empty(), "[features] x is empty; name at least one feature, such as x = [\"m_j1\"]");
  require_context(c);
  require(!c.regions.signal.empty() || family_of(c) == Family::kLossSpace,
          "[regions] signal is empty; write the signal region as an expression, such as signal = \"met > 1000\"");
  require_usable_features(c);
  require_expressions(c);
  require_rows("[data] rows", c.data.rows);
  require_rows("[template] rows", c.template_sample.rows);
  require_rows("[simulation] rows", c.simulation.rows);
  require_rows("[benchmarks] background_rows", c.benchmarks.background_rows);
  require_efficiencies(c);
  require_scalers(c);
  require_injection(c);
  switch (family_of(c)) {
    case Family::kTail:
      return validate_conrad(c);
    case Family::kResonant:
      return validate_resonant(c);
    case Family::kExtrapolation:
      return validate_extrapolation(c);
    case Family::kLossSpace:
      return validate_quak(c);
  }
}

}  // namespace eddy::search
