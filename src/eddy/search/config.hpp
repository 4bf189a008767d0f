#pragma once
// The settings of a search, one struct per section of the configuration file. Defaults are eddy's own; preset = "paper"
// gives the paper's.

#include <eddy/base/options.hpp>
#include <eddy/base/random.hpp>
#include <eddy/classify/classifier.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/quak/quak_settings.hpp>
#include <eddy/search/resonant/signal_flow_settings.hpp>
#include <eddy/vae/settings.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace eddy::search {

class FlowRecord;

struct SearchSection {
  std::string method = "conrad";
  std::string name = "search";
  std::int64_t seed = 1;
  std::string preset = "eddy";
  bool blind = false;             ///< the signal region of the data stays closed
  std::int64_t chosen_among = 1;  ///< settings among which these were chosen by the same data
};

/// [data], [template], ...: a file, and how to read it.
struct SampleSection {
  std::string file;
  std::string label = {};                  ///< column with 1 = signal; empty: none
  std::vector<std::string> columns = {};   ///< names for 2-D arrays
  std::string selection = {};              ///< expression that events of this file must fulfil, beside that of all
  std::vector<double> rows = {};           ///< first, last (exclusive): only these rows of the file; empty: all
  std::string nonfinite = "error";         ///< "error" or "drop"
  std::vector<std::string> identity = {};  ///< of the data: columns of whole numbers that name an event
  std::string weight = {};                 ///< of all but the data: column of what each event counts; empty: 1 each
};

/// One [[prior]] or [[evaluate]].
struct NamedSample {
  std::string name;
  SampleSection sample;
};

struct FeatureSection {
  std::vector<std::string> context;
  std::vector<std::string> x;
  std::vector<std::string> dequantise = {"auto"};  ///< features, or "auto": those that take steps
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
  bool use_context = false;       ///< extrapolations: the context is an input of the classifier too
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
  std::string weight = {};  ///< column of the file; events are drawn in proportion to it and then count once
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
  std::string background_weight = {};        ///< column of the background file; empty: every event counts 1
  std::string signal_weight = {};            ///< column of the signal file
  std::vector<double> background_rows = {};  ///< first, last (exclusive) of the background file; empty: all
  std::int64_t members = 10;
};

struct GateSection {
  double auc_limit = 0.507;
};

/// [weights]: the classifier of data against simulation whose output becomes event weights (2311.12924, section 2.3).
struct WeightSection {
  classify::MlpSettings network = {
      .hidden = 100,
      .layers = 3,
      .validation_fraction = 1.0 / 3,
      .training = {.epochs = 50, .batch_size = 512, .learning_rate = 1e-3, .schedule = "constant", .patience = 5}};
  double clip = 0;  ///< largest weight; 0: no limit
};

/// [calibration]: null experiments, which say how often the search would claim as much without signal.
struct CalibrationSection {
  std::int64_t experiments = 0;
  std::int64_t warm_epochs = 0;  ///< of their flows, which begin as those of the search ended; 0: trained like these
};

/// [validation]: the chain without signal, which says how far the predicted background is off.
struct ValidationSection {
  std::int64_t experiments = 0;
  std::int64_t windows = 0;  ///< beside the signal region, at most; with experiments alone
};
/// Where a file does not say and the method can be validated: up to three times as long as the search itself. Half as
/// many would charge a correction 17 % more for the same spread, twice as many 7 % less (spread_of_one_more).
inline constexpr std::int64_t kValidationExperiments = 8;
/// Likewise, where there is room beside the signal region: one below and one above cost about as much as the
/// experiments.
inline constexpr std::int64_t kValidationWindows = 2;

/// [extrapolation]: how the background is made and judged.
struct ExtrapolationSection {
  double validation_fraction = 0.2;  ///< of the training events of a flow
  std::int64_t closure_runs = 10;    ///< classifiers of constructed against true background
  std::int64_t copies = 1;           ///< generate: features sampled per simulated event
  double error = 0;                  ///< relative uncertainty of the extrapolation itself
};

/// [anomaly]: what is shown of the selected events.
struct AnomalySection {
  std::int64_t events = 20;  ///< the most signal-like of the signal region, by name
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
  SampleSection simulation;
  SampleSection background;           ///< of loss spaces: what the background network is trained on
  std::vector<NamedSample> priors;    ///< of loss spaces: one network each
  std::vector<NamedSample> evaluate;  ///< of loss spaces: signals to be told from background
  std::vector<std::pair<std::string, std::string>> columns;  ///< derived columns: name, expression
  std::vector<std::pair<std::string, std::string>> units;    ///< of columns, where the file gives none: name, unit
  FeatureSection features;
  RegionSection regions;
  flow::FlowSettings flow;
  std::int64_t flow_members = 5;
  flow::FlowSettings transfer;
  SignalFlowSettings signal_flow;  ///< of R-ANODE
  WeightSection weights;
  ClassifierSection classifier;
  FoldSection folds;
  std::vector<double> efficiencies = {0.01, 0.001};
  InjectSection inject;
  BenchmarkSection benchmarks;
  GateSection gate;
  ExtrapolationSection extrapolation;
  StatisticsSection statistics;
  BumpHuntSettings bump_hunt;
  SculptingSection sculpting;
  CalibrationSection calibration;
  ValidationSection validation;
  AnomalySection anomaly;
  vae::VaeSettings vae;
  QuakSettings quak;
  SupervisedSettings supervised;
  bool numbers_only = false;  ///< no option: null experiments leave out what only describes a search
  std::shared_ptr<FlowRecord> trained_flows = {};      ///< no option: where trained flows are kept, if anywhere
  std::shared_ptr<const FlowRecord> first_flows = {};  ///< no option: what flows begin with, if with anything
  std::vector<DiscriminantSettings> discriminants;  ///< none: a linear one and a network of all losses for each prior
};

[[nodiscard]] inline base::Seed seed_of(const SearchConfig& config) {
  return {static_cast<std::uint64_t>(config.search.seed)};
}

/// One section as the configuration reader sees it: its name and the declaration of its options. Who reads it is in the
/// table of families.
struct SectionOptions {
  std::string name;
  std::function<void(base::OptionVisitor&)> describe;
};

/// All sections of `config` but the free-form [columns] and [units], in the order of the file. The visitors refer to
/// `config`.
[[nodiscard]] std::vector<SectionOptions> sections(SearchConfig& config);

/// A section that may stand any number of times, [[prior]].
struct RepeatedSection {
  std::string name;
  std::size_t size = 0;                                             ///< how many there are
  std::function<void(std::size_t)> resize;                          ///< makes room for as many
  std::function<void(std::size_t, base::OptionVisitor&)> describe;  ///< declares the options of one of them
};
/// All repeated sections of `config`. The functions refer to `config`.
[[nodiscard]] std::vector<RepeatedSection> repeated_sections(SearchConfig& config);

/// Resonant methods: whether a density of the sidebands is learned; supervised and idealized in x need no sidebands.
[[nodiscard]] bool needs_flow(const SearchConfig& config);

/// Whether the signal region of the data stays closed.
[[nodiscard]] bool is_blinded(const SearchConfig& config);

/// Sets what [search] method and preset change in the other sections: before they are read.
void apply_method_defaults(SearchConfig& config);

/// Checks what single options cannot: required entries, combinations. Throws InputError.
void validate(const SearchConfig& config);

}  // namespace eddy::search
