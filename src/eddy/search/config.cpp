#include <eddy/base/error.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/search/config.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

using base::OptionVisitor;

void describe_search(SearchSection& s, OptionVisitor& v) {
  v.visit({.key = "method", .meaning = "the search method", .choices = {"conrad"}}, s.method);
  v.visit({.key = "name", .meaning = "name of the search, for the report"}, s.name);
  v.visit({.key = "seed",
           .meaning = "the only source of randomness: same configuration and seed, same result",
           .minimum = 0},
          s.seed);
  v.visit({.key = "preset",
           .meaning = "defaults to start from: eddy's own (measured, docs/conrad.md) or those of the paper",
           .choices = {"eddy", "paper"}},
          s.preset);
}

void describe_sample(SampleSection& s, OptionVisitor& v, bool has_label) {
  v.visit({.key = "file",
           .meaning = "path, relative to the configuration file; \"path:group\" names a group; ${NAME} is replaced by "
                      "an environment variable"},
          s.file);
  if (has_label) {
    v.visit({.key = "label", .meaning = "column with 1 for signal; used for evaluation only, never for training"},
            s.label);
  }
  v.visit({.key = "columns", .meaning = "names of the columns, for 2-D arrays without names"}, s.columns);
  v.visit({.key = "nonfinite",
           .meaning = "what to do with events that have NaN or infinity in a used column",
           .choices = {"error", "drop"}},
          s.nonfinite);
}

void describe_features(FeatureSection& s, OptionVisitor& v) {
  v.visit({.key = "context", .meaning = "the tail variable M that the background is conditional on"}, s.context);
  v.visit({.key = "x", .meaning = "the features in which anomalies are sought"}, s.x);
}

void describe_regions(RegionSection& s, OptionVisitor& v) {
  v.visit({.key = "selection", .meaning = "expression that every event must fulfil; empty: all"}, s.selection);
  v.visit({.key = "signal", .meaning = "expression of the signal region inside the selection, such as \"met > 1000\""},
          s.signal);
}

void describe_flow(SearchConfig& c, OptionVisitor& v) {
  v.visit({.key = "members",
           .meaning = "independent flows (CONRAD: 5); each leaves out another part of the template",
           .minimum = 1,
           .maximum = 100},
          c.flow_members);
  describe(c.flow, v);
}

void describe_classifier(ClassifierSection& s, OptionVisitor& v) {
  v.visit({.key = "kind",
           .meaning = "boosted trees or a network; options in [trees] and [mlp]",
           .choices = {"trees", "mlp"}},
          s.classifier.kind);
  v.visit({.key = "members",
           .meaning = "classifiers averaged per fold, spread over the flows (CONRAD: 50)",
           .minimum = 1,
           .maximum = 10000},
          s.members);
  v.visit({.key = "space",
           .meaning = "where it is trained: the latent z (paper), or x' = f^-1(z; M0) at one fixed context M0",
           .choices = {"z", "x_prime"}},
          s.space);
  v.visit(
      {.key = "reference",
       .meaning = "what the data is compared with: N(0,1) samples (paper), template events of the signal region, or "
                  "control-region data, mapped through the flow",
       .choices = {"normal", "template", "control_region"}},
      s.reference);
  v.visit({.key = "context_quantile",
           .meaning = "M0 as a quantile of the context of signal-region template events",
           .minimum = 0,
           .maximum = 1},
          s.context_quantile);
  v.visit({.key = "reference_ratio",
           .meaning = "reference events per data event (fewer where there are not so many)",
           .minimum = 0.1,
           .maximum = 100},
          s.reference_ratio);
}

void describe_inject(InjectSection& s, OptionVisitor& v) {
  v.visit({.key = "file", .meaning = "signal events to add to the data, for studies; empty: none"}, s.file);
  v.visit({.key = "count", .meaning = "number of events to add, all regions of the selection together", .minimum = 0},
          s.count);
  v.visit({.key = "s_over_sqrt_b", .meaning = "or: strength S/sqrt(B) in the signal region of all data", .minimum = 0},
          s.s_over_sqrt_b);
  v.visit({.key = "seed", .meaning = "another seed picks other signal events", .minimum = 0}, s.seed);
}

void describe_benchmarks(BenchmarkSection& s, OptionVisitor& v) {
  v.visit({.key = "background",
           .meaning = "true background events, for the idealized and supervised benchmarks; empty: none"},
          s.background);
  v.visit(
      {.key = "signal",
       .meaning = "signal events, for the supervised benchmark and the evaluation; injected ones are not used again"},
      s.signal);
  v.visit(
      {.key = "members", .meaning = "classifiers averaged per fold in each benchmark", .minimum = 1, .maximum = 10000},
      s.members);
}

void describe_gate(GateSection& s, OptionVisitor& v) {
  v.visit({.key = "auc_limit",
           .meaning = "largest AUC of held-out template latents against N(0,1) that counts as a good flow",
           .minimum = 0.5,
           .maximum = 1},
          s.auc_limit);
}

void describe_statistics(StatisticsSection& s, OptionVisitor& v) {
  v.visit({.key = "leakage_b", .meaning = "signal events in B per signal event in A, for the likelihood", .minimum = 0},
          s.leakage_b);
  v.visit({.key = "leakage_c", .meaning = "signal events in C per signal event in A", .minimum = 0}, s.leakage_c);
  v.visit({.key = "leakage_d", .meaning = "signal events in D per signal event in A", .minimum = 0}, s.leakage_d);
}

void require(bool condition, const std::string& message) {
  if (!condition) {
    throw base::InputError(message);
  }
}

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
  parse("[regions] signal", c.regions.signal);
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

}  // namespace

std::vector<SectionOptions> sections(SearchConfig& c) {
  return {
      {"search", [&c](OptionVisitor& v) { describe_search(c.search, v); }},
      {"data", [&c](OptionVisitor& v) { describe_sample(c.data, v, true); }},
      {"template", [&c](OptionVisitor& v) { describe_sample(c.template_sample, v, false); }},
      {"features", [&c](OptionVisitor& v) { describe_features(c.features, v); }},
      {"regions", [&c](OptionVisitor& v) { describe_regions(c.regions, v); }},
      {"flow", [&c](OptionVisitor& v) { describe_flow(c, v); }},
      {"classifier", [&c](OptionVisitor& v) { describe_classifier(c.classifier, v); }},
      {"trees", [&c](OptionVisitor& v) { describe(c.classifier.classifier.trees, v); }},
      {"mlp", [&c](OptionVisitor& v) { describe(c.classifier.classifier.mlp, v); }},
      {"folds",
       [&c](OptionVisitor& v) {
         v.visit({.key = "k",
                  .meaning = "parts of the data; each is scored by classifiers trained on the others",
                  .minimum = 2,
                  .maximum = 255},
                 c.folds);
       }},
      {"working_points",
       [&c](OptionVisitor& v) {
         v.visit({.key = "efficiency",
                  .meaning = "background efficiencies of the cut on the anomaly score",
                  .minimum = 0,
                  .maximum = 1},
                 c.efficiencies);
       }},
      {"inject", [&c](OptionVisitor& v) { describe_inject(c.inject, v); }},
      {"benchmarks", [&c](OptionVisitor& v) { describe_benchmarks(c.benchmarks, v); }},
      {"gate", [&c](OptionVisitor& v) { describe_gate(c.gate, v); }},
      {"statistics", [&c](OptionVisitor& v) { describe_statistics(c.statistics, v); }},
  };
}

void apply_paper_preset(SearchConfig& c) {
  c.flow.blocks = 2;
  c.flow.training.epochs = 50;
  c.flow.training.batch_size = 128;
  c.flow.training.learning_rate = 1e-4;
  c.flow.training.schedule = "constant";
  c.flow.training.patience = 0;
  c.classifier.space = "z";
  c.classifier.reference = "normal";
  c.classifier.reference_ratio = 1;
  c.folds = 2;
}

void validate(const SearchConfig& c) {
  require(!c.search.name.empty(), "[search] name is empty; it names the run folder and the report");
  require(!c.data.file.empty(), "the configuration has no [data] file; add file = \"...\" under [data]");
  require(!c.template_sample.file.empty(),
          "the configuration has no [template] file; conrad needs a background reference: add file = \"...\" under "
          "[template]");
  require(!c.features.x.empty(), "[features] x is empty; name at least one feature, such as x = [\"m_j1\"]");
  require(
      c.features.context.size() == 1,
      fmt::format(
          "[features] context names {} variables but conrad needs exactly one tail variable; write context = [\"met\"]",
          c.features.context.size()));
  require(!c.regions.signal.empty(),
          "[regions] signal is empty; write the signal region as an expression, such as signal = \"met > 1000\"");
  require_usable_features(c);
  require_expressions(c);
  require(!c.efficiencies.empty(),
          "[working_points] efficiency is empty; name at least one, such as efficiency = [0.01]");
  for (const double efficiency : c.efficiencies) {
    require(efficiency > 0 && efficiency < 1,
            fmt::format("[working_points] efficiency {} lies outside (0, 1); give the fraction of background to keep",
                        efficiency));
  }
  const bool amount = c.inject.count > 0 || c.inject.s_over_sqrt_b > 0;
  require(!amount || !c.inject.file.empty(),
          "[inject] says how much signal to add but not from which file; add file = \"...\"");
  require(c.inject.count == 0 || c.inject.s_over_sqrt_b == 0,
          fmt::format("[inject] has both count = {} and s_over_sqrt_b = {}; keep one of them", c.inject.count,
                      c.inject.s_over_sqrt_b));
  const std::int64_t n_flows = c.flow_members * std::min(c.flow.training.keep_epochs, c.flow.training.epochs);
  require(c.classifier.members % n_flows == 0,
          fmt::format("[classifier] members = {} cannot be spread evenly over {} flows ([flow] members = {}, "
                      "keep_epochs = {}); make it "
                      "a multiple",
                      c.classifier.members, n_flows, c.flow_members, c.flow.training.keep_epochs));
}

}  // namespace eddy::search
