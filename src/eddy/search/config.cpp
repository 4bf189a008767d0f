#include <eddy/search/config.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace eddy::search {
namespace {

using base::OptionVisitor;

/// "conrad looks into a tail (docs/conrad.md); ..."
std::string describe_methods() {
  std::vector<std::string> parts;
  for (const FamilyRules& family : families()) {
    parts.push_back(fmt::format("{} {} ({})", fmt::join(methods_of(family), ", "), family.finds, family.page));
  }
  return fmt::format("the search method: {}", fmt::join(parts, "; "));
}

void describe_search(SearchSection& s, OptionVisitor& v) {
  static const std::string meaning = describe_methods();
  std::vector<std::string_view> names;
  std::ranges::transform(methods(), std::back_inserter(names), &Method::name);
  v.visit({.key = "method", .meaning = meaning, .choices = names}, s.method);
  v.visit({.key = "name", .meaning = "name of the search, for the report"}, s.name);
  v.visit({.key = "seed",
           .meaning = "the only source of randomness: same configuration and seed, same result",
           .minimum = 0},
          s.seed);
  v.visit({.key = "preset",
           .meaning =
               "defaults to start from: eddy's own (measured, docs/conrad.md, docs/resonant.md) or those of the paper",
           .choices = {"eddy", "paper"}},
          s.preset);
  v.visit({.key = "blind",
           .meaning = "whether the signal region of the data stays closed until eddy unblind: its events are taken out "
                      "where files are read, so that nothing shows, counts or scores them (docs/blinding.md); "
                      "[extrapolation] stage = \"cr\" and \"sr\" of earlier versions mean true and false"},
          s.blind);
  v.visit(
      {.key = "chosen_among",
       .meaning = "number of settings among which eddy tune (or you) chose these by the same data: the verdict goes "
                  "by p-values that are multiplied by it",
       .minimum = 1,
       .maximum = 1e9},
      s.chosen_among);
}

void describe_sample(SampleSection& s, OptionVisitor& v, bool has_label) {
  v.visit({.key = "file",
           .meaning = "path, relative to the configuration file; \"path:group\" names a group; ${NAME} is replaced by "
                      "an environment variable"},
          s.file);
  if (has_label) {
    v.visit({.key = "label", .meaning = "column with 1 for signal; used for evaluation only, never for training"},
            s.label);
    v.visit({.key = "identity",
             .meaning =
                 "columns of whole numbers that name an event, such as [\"run\", \"event\"]: carried to scores.h5 as "
                 "they are, and what else tells copies of an event from its equals"},
            s.identity);
  } else {
    v.visit({.key = "weight",
             .meaning = "column of the file or of [columns]: what each event counts, as sums of weights stand for "
                        "counts; not negative where something is trained on these events; empty: 1 each"},
            s.weight);
  }
  v.visit({.key = "columns", .meaning = "names of the columns, for files that have none or only count them"},
          s.columns);
  v.visit({.key = "selection",
           .meaning = "expression that events of this file must fulfil, beside [regions] selection; empty: all"},
          s.selection);
  v.visit({.key = "rows", .meaning = "first and last (exclusive) row of the file to use; empty: all", .minimum = 0},
          s.rows);
  v.visit({.key = "nonfinite",
           .meaning = "what to do with events that have NaN or infinity in a used column, or for which a selection or "
                      "the signal region is undefined",
           .choices = {"error", "drop"}},
          s.nonfinite);
}

void describe_named_sample(NamedSample& s, OptionVisitor& v) {
  v.visit({.key = "name", .meaning = "letters, digits, _ and -; in the report, and in names of columns"}, s.name);
  describe_sample(s.sample, v, false);
}

void describe_features(FeatureSection& s, OptionVisitor& v) {
  v.visit({.key = "context",
           .meaning = "what the background is conditional on: the variable of the tail (MET) or of the bump (a mass), "
                      "or those that control and signal region differ in (HT, MET)"},
          s.context);
  v.visit({.key = "x", .meaning = "the features in which anomalies are sought"}, s.x);
  v.visit(
      {.key = "dequantise",
       .meaning = "features that take whole steps, such as multiplicities: spread uniformly within a step, for flows "
                  "learn no spikes; \"auto\": all that do, empty: none"},
      s.dequantise);
}

void describe_regions(RegionSection& s, OptionVisitor& v) {
  v.visit({.key = "selection", .meaning = "expression that every event must fulfil; empty: all"}, s.selection);
  v.visit({.key = "signal",
           .meaning =
               "expression of the signal region inside the selection, such as \"met > 1000\" or \"mjj > 3300 && mjj < "
               "3700\""},
          s.signal);
}

void describe_flow(SearchConfig& c, OptionVisitor& v) {
  v.visit(
      {.key = "members",
       .meaning = "independent flows: each leaves out another part of the template (CONRAD: 5); in resonant searches, "
                  "retrainings of flow and classifiers in each fold (LaCATHODE: 10); in extrapolations, background "
                  "models (weights and flows), each of which leaves out another part of the control region",
       .minimum = 1,
       .maximum = 100},
      c.flow_members);
  describe(c.flow, v);
}

void describe_classifier(ClassifierSection& s, OptionVisitor& v) {
  v.visit({.key = "kind",
           .meaning = "boosted trees, a network or a linear discriminant; options in [trees], [mlp] and [linear]",
           .choices = {"trees", "mlp", "linear"}},
          s.classifier.kind);
  v.visit({.key = "members",
           .meaning = "classifiers averaged per fold, spread over the flows (CONRAD: 50; LaCATHODE: 10)",
           .minimum = 1,
           .maximum = 10000},
          s.members);
  v.visit({.key = "space",
           .meaning = "where it is trained: the features x, the latent z = f(x; M), or x' = f^-1(z; M0) at one fixed "
                      "context M0; depends on the method",
           .choices = {"x", "z", "x_prime"}},
          s.space);
  v.visit(
      {.key = "reference",
       .meaning =
           "what the data is compared with: N(0,1) samples (CONRAD, LaCATHODE), template events of the signal "
           "region, data of the control region or sidebands (CWoLa), samples of the flow (CATHODE), events of "
           "the sidebands moved to its masses (transport), the extrapolated background, or true background; depends "
           "on the method",
       .choices = {"normal", "template", "control_region", "flow_samples", "moved_sidebands", "extrapolation",
                   "true_background"}},
      s.reference);
  v.visit({.key = "use_context", .meaning = "whether the context is an input too (extrapolations; the paper: no)"},
          s.use_context);
  v.visit({.key = "context_quantile",
           .meaning = "M0 as a quantile of the context of signal-region events (of the template, where there is one)",
           .minimum = 0,
           .maximum = 1},
          s.context_quantile);
  v.visit({.key = "reference_ratio",
           .meaning = "reference events per data event (fewer where there are not so many)",
           .minimum = 0.1,
           .maximum = 100},
          s.reference_ratio);
  v.visit(
      {.key = "context_bandwidth",
       .meaning = "of the Gaussian kernels that estimate the signal-region context density for CATHODE's samples, in "
                  "its unit; 0: Scott's rule",
       .minimum = 0},
      s.context_bandwidth);
}

void describe_inject(InjectSection& s, OptionVisitor& v) {
  v.visit({.key = "file", .meaning = "signal events to add to the data, for studies; empty: none"}, s.file);
  v.visit({.key = "weight",
           .meaning = "column of the weights of these events: as data they count once each, so each is a candidate "
                      "with a probability of its weight over the largest; empty: all are"},
          s.weight);
  v.visit({.key = "count", .meaning = "number of events to add, all regions of the selection together", .minimum = 0},
          s.count);
  v.visit({.key = "s_over_sqrt_b", .meaning = "or: strength S/sqrt(B) in the signal region of all data", .minimum = 0},
          s.s_over_sqrt_b);
  v.visit({.key = "fraction", .meaning = "or: strength S/B in the signal region of all data", .minimum = 0},
          s.fraction);
  v.visit({.key = "region",
           .meaning = "events of which regions are added: all, or only those in the signal region, so that what is "
                      "learned outside it is the same for every injection",
           .choices = {"all", "signal"}},
          s.region);
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
  v.visit({.key = "label",
           .meaning = "column with 1 for signal in these files, to keep only events of the right kind; empty: none"},
          s.label);
  v.visit({.key = "background_weight",
           .meaning = "column of what each event of the background file counts, not negative; empty: 1 each"},
          s.background_weight);
  v.visit({.key = "signal_weight",
           .meaning = "column of what each event of the signal file counts; negative only where nothing is trained "
                      "on them, without a background; empty: 1 each"},
          s.signal_weight);
  v.visit({.key = "background_rows",
           .meaning = "first and last (exclusive) row of the background file to use; empty: all",
           .minimum = 0},
          s.background_rows);
  v.visit({.key = "members",
           .meaning = "classifiers averaged per fold in each benchmark (resonant: as many as [classifier] members)",
           .minimum = 1,
           .maximum = 10000},
          s.members);
}

void describe_gate(GateSection& s, OptionVisitor& v) {
  v.visit({.key = "auc_limit",
           .meaning = "largest AUC of held-out template latents against N(0,1) that counts as a good flow",
           .minimum = 0.5,
           .maximum = 1},
          s.auc_limit);
}

void describe_calibration(CalibrationSection& s, OptionVisitor& v) {
  v.visit(
      {.key = "experiments",
       .meaning = "whole searches without signal, which say how often as much is found where there is nothing; each "
                  "takes as long as the search itself",
       .minimum = 0,
       .maximum = 100000},
      s.experiments);
  v.visit(
      {.key = "warm_epochs",
       .meaning = "epochs of the flows of null experiments, which then begin as those of the search ended, with half "
                  "their learning rate; 0: they are trained like those",
       .minimum = 0},
      s.warm_epochs);
}

void describe_validation(ValidationSection& s, OptionVisitor& v) {
  v.visit({.key = "experiments",
           .meaning = "trainings of the chain without signal, which measure how far the predicted background is off on "
                      "many fresh events; the prediction is corrected by that and charged for its spread; 0: neither",
           .minimum = 0,
           .maximum = 1000},
          s.experiments);
  v.visit({.key = "windows",
           .meaning =
               "places beside the signal region (resonant methods: as wide as it; else the nearest parts of the "
               "control region) in which the chain is tried as if each was that: what they see beyond the "
               "experiments corrects the prediction, too; as many as there is room for, none without experiments; 0: "
               "none",
           .minimum = 0,
           .maximum = 100},
          s.windows);
}

void describe_anomaly_section(AnomalySection& s, OptionVisitor& v) {
  v.visit({.key = "events",
           .meaning = "how many events of the signal region are named, the most signal-like first, once it is open "
                      "(docs/anomaly.md)",
           .minimum = 0,
           .maximum = 10000},
          s.events);
}

void describe_statistics(StatisticsSection& s, OptionVisitor& v) {
  v.visit({.key = "leakage_b", .meaning = "signal events in B per signal event in A, for the likelihood", .minimum = 0},
          s.leakage_b);
  v.visit({.key = "leakage_c", .meaning = "signal events in C per signal event in A", .minimum = 0}, s.leakage_c);
  v.visit({.key = "leakage_d", .meaning = "signal events in D per signal event in A", .minimum = 0}, s.leakage_d);
}

void describe_folds(FoldSection& s, OptionVisitor& v) {
  v.visit({.key = "k",
           .meaning = "parts of the data; each is scored by models trained on the others",
           .minimum = 2,
           .maximum = 255},
          s.k);
  v.visit({.key = "score",
           .meaning = "all parts, or one: a train/test split, as in the LaCATHODE paper with k = 3 (resonant only)",
           .choices = {"all", "one"}},
          s.score);
}

void describe_sculpting(SculptingSection& s, OptionVisitor& v) {
  v.visit(
      {.key = "bins", .meaning = "mass bins of equal population (LaCATHODE eq. 5)", .minimum = 2, .maximum = 100000},
      s.bins);
  v.visit({.key = "subsets", .meaning = "random subsets to compare with", .minimum = 1, .maximum = 100000}, s.subsets);
}

void describe_weights(WeightSection& s, OptionVisitor& v) {
  v.visit({.key = "clip", .meaning = "largest event weight, in units of the mean; 0: no limit", .minimum = 0}, s.clip);
  describe(s.network, v);
}

void describe_extrapolation(ExtrapolationSection& s, OptionVisitor& v) {
  v.visit({.key = "validation_fraction",
           .meaning = "part of the control region's training events that decides when the training of a flow stops",
           .minimum = 0.01,
           .maximum = 0.9},
          s.validation_fraction);
  v.visit({.key = "closure_runs",
           .meaning = "classifiers of constructed against true background, for the spread of their AUC",
           .minimum = 1,
           .maximum = 1000},
          s.closure_runs);
  v.visit({.key = "copies",
           .meaning = "generate: how often features are sampled for each simulated event (the paper: once)",
           .minimum = 1,
           .maximum = 100},
          s.copies);
  v.visit({.key = "error",
           .meaning = "relative uncertainty of the extrapolation into the signal region, as measured in a validation "
                      "region; added in quadrature to statistics and closure of the control region",
           .minimum = 0,
           .maximum = 10},
          s.error);
}

}  // namespace

std::vector<SectionOptions> sections(SearchConfig& c) {
  return {
      {"search", [&c](OptionVisitor& v) { describe_search(c.search, v); }},
      {"data", [&c](OptionVisitor& v) { describe_sample(c.data, v, true); }},
      {"template", [&c](OptionVisitor& v) { describe_sample(c.template_sample, v, false); }},
      {"simulation", [&c](OptionVisitor& v) { describe_sample(c.simulation, v, false); }},
      {"background", [&c](OptionVisitor& v) { describe_sample(c.background, v, false); }},
      {"features", [&c](OptionVisitor& v) { describe_features(c.features, v); }},
      {"regions", [&c](OptionVisitor& v) { describe_regions(c.regions, v); }},
      {"extrapolation", [&c](OptionVisitor& v) { describe_extrapolation(c.extrapolation, v); }},
      {"weights", [&c](OptionVisitor& v) { describe_weights(c.weights, v); }},
      {"flow", [&c](OptionVisitor& v) { describe_flow(c, v); }},
      {"transfer", [&c](OptionVisitor& v) { describe_network(c.transfer, v); }},  // scaled as the base flow is
      {"signal_flow", [&c](OptionVisitor& v) { describe(c.signal_flow, v); }},
      {"classifier", [&c](OptionVisitor& v) { describe_classifier(c.classifier, v); }},
      {"trees", [&c](OptionVisitor& v) { describe(c.classifier.classifier.trees, v); }},
      {"mlp", [&c](OptionVisitor& v) { describe(c.classifier.classifier.mlp, v); }},
      {"linear", [&c](OptionVisitor& v) { describe(c.classifier.classifier.linear, v); }},
      {"folds", [&c](OptionVisitor& v) { describe_folds(c.folds, v); }},
      {"working_points",
       [&c](OptionVisitor& v) {
         v.visit({.key = "efficiency",
                  .meaning = "fractions kept by the cut on the anomaly score: of the background (conrad), or of the "
                             "signal-region data (resonant)",
                  .minimum = 0,
                  .maximum = 1},
                 c.efficiencies);
       }},
      {"vae", [&c](OptionVisitor& v) { describe(c.vae, v); }},
      {"quak", [&c](OptionVisitor& v) { describe(c.quak, v); }},
      {"supervised", [&c](OptionVisitor& v) { describe(c.supervised, v); }},
      {"bump_hunt", [&c](OptionVisitor& v) { describe(c.bump_hunt, v); }},
      {"sculpting", [&c](OptionVisitor& v) { describe_sculpting(c.sculpting, v); }},
      {"inject", [&c](OptionVisitor& v) { describe_inject(c.inject, v); }},
      {"benchmarks", [&c](OptionVisitor& v) { describe_benchmarks(c.benchmarks, v); }},
      {"gate", [&c](OptionVisitor& v) { describe_gate(c.gate, v); }},
      {"validation", [&c](OptionVisitor& v) { describe_validation(c.validation, v); }},
      {"calibration", [&c](OptionVisitor& v) { describe_calibration(c.calibration, v); }},
      {"anomaly", [&c](OptionVisitor& v) { describe_anomaly_section(c.anomaly, v); }},
      {"statistics", [&c](OptionVisitor& v) { describe_statistics(c.statistics, v); }},
  };
}

std::vector<RepeatedSection> repeated_sections(SearchConfig& c) {
  const auto repeated = []<class Item>(const char* name, std::vector<Item>& items,
                                       void (*describe_item)(Item&, OptionVisitor&)) {
    return RepeatedSection{
        .name = name,
        .size = items.size(),
        .resize = [&items](std::size_t n) { items.resize(n); },
        .describe = [&items, describe_item](std::size_t i, OptionVisitor& v) { describe_item(items[i], v); }};
  };
  return {repeated("prior", c.priors, describe_named_sample), repeated("evaluate", c.evaluate, describe_named_sample),
          repeated(
              "discriminant", c.discriminants, +[](DiscriminantSettings& s, OptionVisitor& v) { describe(s, v); })};
}

bool is_blinded(const SearchConfig& c) { return c.search.blind; }

bool needs_flow(const SearchConfig& c) {
  const FlowUse flow = method_of(c).flow;
  return flow == FlowUse::kAlways || (flow == FlowUse::kOutsideX && c.classifier.space != "x");
}

}  // namespace eddy::search
