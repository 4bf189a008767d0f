#pragma once
// The settings of a search, one struct per section of the configuration file. Defaults are eddy's own; preset = "paper"
// gives the paper's.

#include <eddy/base/options.hpp>
#include <eddy/classify/classifier.hpp>
#include <eddy/flow/fit.hpp>

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
};

struct InjectSection {
  std::string file;
  std::int64_t count = 0;
  double s_over_sqrt_b = 0;
  std::int64_t seed = 1;
};

struct BenchmarkSection {
  std::string background;
  std::string signal;
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
  FeatureSection features;
  RegionSection regions;
  flow::FlowSettings flow;
  std::int64_t flow_members = 5;
  ClassifierSection classifier;
  std::int64_t folds = 5;
  std::vector<double> efficiencies = {0.01, 0.001};
  InjectSection inject;
  BenchmarkSection benchmarks;
  GateSection gate;
  StatisticsSection statistics;
};

/// One section as the configuration reader sees it: its name and the declaration of its options.
struct SectionOptions {
  std::string name;
  std::function<void(base::OptionVisitor&)> describe;
};

/// All sections of `config` but the free-form [columns], in the order of the file. The visitors refer to `config`.
[[nodiscard]] std::vector<SectionOptions> sections(SearchConfig& config);

/// Sets the paper's values (METHODS.md section 1) wherever they differ from eddy's.
void apply_paper_preset(SearchConfig& config);

/// Checks what single options cannot: required entries, combinations. Throws InputError.
void validate(const SearchConfig& config);

}  // namespace eddy::search
