#include <eddy/base/random.hpp>
#include <search/synthetic_resonance.hpp>

#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

constexpr std::size_t kFeatures = 2;
constexpr double kSignalShift = 2.5;
constexpr double kSignalWidth = 0.3;
constexpr double kSignalMassWidth = 0.1;

Sample empty_sample(std::size_t n_events) {
  Sample sample;
  sample.x = base::Matrix(n_events, kFeatures);
  sample.context = base::Matrix(n_events, 1);
  sample.in_signal_region.resize(n_events);
  sample.index.resize(n_events);
  std::iota(sample.index.begin(), sample.index.end(), std::uint64_t{0});
  return sample;
}

void set_regions(Sample& sample) {
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double m = sample.context(i, 0);
    sample.in_signal_region[i] = m > kWindowLow && m < kWindowHigh ? 1 : 0;
  }
}

void append(const Sample& signal, Sample& data) {
  data.truth.resize(data.size(), 0);
  data.x = base::stack_rows(data.x, signal.x);
  data.context = base::stack_rows(data.context, signal.context);
  data.truth.resize(data.size(), 1);
  data.in_signal_region.resize(data.size());
  data.index.resize(data.size());
  std::iota(data.index.begin(), data.index.end(), std::uint64_t{0});
  set_regions(data);
}

InputRecord record_of(const Sample& sample) {
  InputRecord record{};
  record.role = "data";
  record.file = "data.h5";
  record.n_read = sample.size();
  record.n_selected = sample.size();
  record.n_signal_region = region_rows(sample, true).size();
  record.n_control_region = region_rows(sample, false).size();
  return record;
}

}  // namespace

Sample resonance_background(std::size_t n_events, std::uint64_t seed, double correlation) {
  Sample sample = empty_sample(n_events);
  const base::RandomStream mass({seed}, "mass");
  base::fill_normal(base::RandomStream({seed}, "background"), 0, sample.x.values());
  for (std::size_t i = 0; i < n_events; ++i) {
    const double inverse = 1 / kMassLow - mass.uniform_at(i) * (1 / kMassLow - 1 / kMassHigh);
    sample.context(i, 0) = static_cast<float>(1 / inverse);
    for (float& value : sample.x.row(i)) {
      value += static_cast<float>(correlation / inverse);
    }
  }
  set_regions(sample);
  return sample;
}

Sample resonance_signal(std::size_t n_events, std::uint64_t seed, double correlation) {
  Sample sample = empty_sample(n_events);
  base::RandomStream mass({seed}, "signal mass");
  base::fill_normal(base::RandomStream({seed}, "signal"), 0, sample.x.values());
  for (std::size_t i = 0; i < n_events; ++i) {
    sample.context(i, 0) = static_cast<float>(kResonanceMass + kSignalMassWidth * mass.normal());
    for (float& value : sample.x.row(i)) {
      value = static_cast<float>(correlation * kResonanceMass + kSignalShift + kSignalWidth * value);
    }
  }
  set_regions(sample);
  return sample;
}

std::vector<float> optimal_score(const Sample& sample, double correlation) {
  std::vector<float> score(sample.size());
  for (std::size_t i = 0; i < sample.size(); ++i) {
    double log_ratio = 0;
    for (const float x : sample.x.row(i)) {
      const double signal = (x - correlation * kResonanceMass - kSignalShift) / kSignalWidth;
      const double background = x - correlation * sample.context(i, 0);
      log_ratio += 0.5 * (background * background - signal * signal);
    }
    score[i] = static_cast<float>(log_ratio);
  }
  return score;
}

SearchInputs resonance_inputs(std::size_t n_background, std::size_t n_signal, std::uint64_t seed, double correlation) {
  SearchInputs inputs;
  inputs.data = resonance_background(n_background, seed, correlation);
  if (n_signal > 0) {
    append(resonance_signal(n_signal, seed, correlation), inputs.data);
    inputs.n_injected = n_signal;
  }
  inputs.features = {{"x1", ""}, {"x2", ""}};
  inputs.contexts = {{"m", "TeV"}};
  inputs.records = {record_of(inputs.data)};
  return inputs;
}

SearchConfig quick_resonant_config(const std::string& method) {
  SearchConfig config;
  config.search.method = method;
  apply_method_defaults(config);
  config.validation.experiments = 0;  // tested on its own
  config.search.name = "synthetic resonance";
  config.data.file = "data.h5";
  config.features = {.context = {"m"}, .x = {"x1", "x2"}};
  config.regions = {.selection = "", .signal = "m > 3.3 && m < 3.7"};
  config.flow_members = 2;
  config.flow.layers = 2;
  config.flow.hidden = 16;
  config.flow.training.epochs = 3;
  config.flow.training.learning_rate = 3e-3;
  config.classifier.members = 2;
  config.classifier.classifier.trees.max_iterations = 20;
  config.classifier.classifier.trees.max_leaves = 16;
  config.folds.k = 2;
  config.efficiencies = {0.1, 0.03};
  config.bump_hunt.sqrt_s = 13;  // TeV
  config.bump_hunt.scan_points = 0;
  config.bump_hunt.toys = 0;
  config.sculpting = {.bins = 50, .subsets = 50};
  return config;
}

flow::Flow gaussian_flow(const Sample& sample) {
  const std::vector<events::ScalerKind> kinds(kFeatures, events::ScalerKind::kStandard);
  const std::vector<std::string> names = {"x1", "x2"};
  flow::StackShape shape;
  shape.transform = flow::TransformKind::kAffine;
  shape.n_features = kFeatures;
  shape.n_context = 1;
  shape.n_layers = 1;
  shape.n_hidden = 8;
  // Scale and shift of an affine layer without weights are 1 and 0: what is left is the standardisation.
  const std::vector<float> parameters(flow::AutoregressiveStack(shape).n_parameters(), 0.0F);
  return {shape, events::Scaler::fit(kinds, names, sample.x),
          events::Scaler::fit(std::span(kinds).first(1), std::span(names).first(1), sample.context), parameters};
}

}  // namespace eddy::search
