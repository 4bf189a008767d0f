#pragma once
// The settings of a search, one struct per section of the configuration file. Defaults are eddy's own; preset = "paper"
// gives the paper's.

#include <eddy/base/options.hpp>
#include <eddy/classify/classifier.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/search/bump_hunt.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace eddy::search {

struct SearchSection {
  std::string method = "conrad";
  std::string name = "search";
  std::int64_t seed = 1;
  std::string preset = "eddy";
};

/// [data] and [template]: a file, and how to read it.
struct SampleSection {
  std::string file;
  std::string label;                 ///< column with 1 = signal; empty: none
  std::vector<std::string> columns;  ///< names for 2-D arrays
  std::vector<double> rows = {};     ///< first, last (exclusive): only these rows of the file; empty: all
  std::string nonfinite = "error";   ///< "error" or "drop"
};

struct FeatureSection {
  std::vector<std::string> context;
  std::vector<std::string> x;
};

struct RegionSection {
  std::string selection;
  std::string signal;
};

struct ClassifierSection {
  classify::ClassifierSettings classifier;
  std::int64_t members = 50;
  std::string space = "x_prime";
  std::string reference = "control_region";
  double context_quantile = 0.5;  ///< M_0 of the x' space, as a quantile of the signal-region template
  double reference_ratio = 4;     ///< reference events per data event
  double context_bandwidth = 0;   ///< of the kernel density estimate of the signal-region context; 0: Scott's rule
};

struct FoldSection {
  std::int64_t k = 5;
  std::string score = "all";  ///< "all" folds, each by models of the others, or "one": a train/test split
};

struct SculptingSection {
  std::int64_t bins = 300;     ///< of equal population (LaCATHODE eq. 5)
  std::int64_t subsets = 100;  ///< random subsets to compare with
};

/// At most one of count, s_over_sqrt_b and fraction is above 0.
struct InjectSection {
  std::string file;
  std::int64_t count = 0;
  double s_over_sqrt_b = 0;
  double fraction = 0;         ///< S/B
  std::string region = "all";  ///< "all" or "signal": where the injected events lie
  std::int64_t seed = 1;
};

struct BenchmarkSection {
  std::string background;
  std::string signal;
  std::string label;                         ///< column that tells signal from background in these files
  std::vector<double> background_rows = {};  ///< first, last (exclusive) of the background file; empty: all
  std::int64_t members = 10;
};

struct GateSection {
  double auc_limit = 0.507;
};

struct StatisticsSection {
  double leakage_b = 0;
  double leakage_c = 0;
  double leakage_d = 0;
};

/// A whole configuration file.
struct SearchConfig {
  SearchSection search;
  SampleSection data;
  SampleSection template_sample;
  std::vector<std::pair<std::string, std::string>> columns;  ///< derived columns: name, expression
  std::vector<std::pair<std::string, std::string>> units;    ///< of columns, where the file gives none: name, unit
  FeatureSection features;
  RegionSection regions;
  flow::FlowSettings flow;
  std::int64_t flow_members = 5;
  ClassifierSection classifier;
  FoldSection folds;
  std::vector<double> efficiencies = {0.01, 0.001};
  InjectSection inject;
  BenchmarkSection benchmarks;
  GateSection gate;
  StatisticsSection statistics;
  BumpHuntSettings bump_hunt;
  SculptingSection sculpting;
};

/// The two families of methods, which need different sections.
enum class Family { kAll, kTail, kResonant };

/// One section as the configuration reader sees it: its name, the declaration of its options, and who reads it.
struct SectionOptions {
  std::string name;
  std::function<void(base::OptionVisitor&)> describe;
  Family family = Family::kAll;
};

/// All sections of `config` but the free-form [columns] and [units], in the order of the file. The visitors refer to
/// `config`.
[[nodiscard]] std::vector<SectionOptions> sections(SearchConfig& config);

/// kTail: background in the tail of the context from its bulk (CONRAD); kResonant: a bump in the context.
[[nodiscard]] Family family_of(const SearchConfig& config);
/// Resonant methods: whether a density of the sidebands is learned; supervised and idealized in x need no sidebands.
[[nodiscard]] bool needs_flow(const SearchConfig& config);

/// Sets what [search] method and preset change in the other sections: before they are read.
void apply_method_defaults(SearchConfig& config);

/// Checks what single options cannot: required entries, combinations. Throws InputError.
void validate(const SearchConfig& config);

}  // namespace eddy::search
