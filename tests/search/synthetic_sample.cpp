#include <eddy/base/random.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

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
    sample.in_signal_region[i] = sample.context(i, 0) > kTailCut ? 1 : 0;
  }
}

InputRecord record_of(const std::string& role, const Sample& sample) {
  InputRecord record{};
  record.role = role;
  record.file = role + ".h5";
  record.n_read = sample.size();
  record.n_selected = sample.size();
  record.n_signal_region = region_rows(sample, true).size();
  record.n_control_region = region_rows(sample, false).size();
  return record;
}

}  // namespace

Sample background_sample(std::size_t n_events, std::uint64_t seed) {
  Sample sample = empty_sample(n_events);
  const base::RandomStream tail({seed}, "tail");
  base::fill_normal(base::RandomStream({seed}, "background"), 0, sample.x.values());
  for (std::size_t i = 0; i < n_events; ++i) {
    sample.context(i, 0) = kTailStart - static_cast<float>(std::log(tail.uniform_at(i)));
    for (float& value : sample.x.row(i)) {
      value += sample.context(i, 0) / 2;
    }
  }
  set_regions(sample);
  return sample;
}

Sample signal_sample(std::size_t n_events, std::uint64_t seed, float shift) {
  Sample sample = empty_sample(n_events);
  const base::RandomStream tail({seed}, "signal tail");
  base::fill_normal(base::RandomStream({seed}, "signal"), 0, sample.x.values());
  for (std::size_t i = 0; i < n_events; ++i) {
    sample.context(i, 0) = kTailCut + 2 * static_cast<float>(tail.uniform_at(i));
    for (float& value : sample.x.row(i)) {
      value = kTailCut / 2 + shift + 0.3F * value;
    }
  }
  set_regions(sample);
  return sample;
}

void add_signal(const Sample& signal, Sample& sample) {
  const std::size_t n = sample.size();
  sample.x = base::stack_rows(sample.x, signal.x);
  sample.context = base::stack_rows(sample.context, signal.context);
  sample.in_signal_region.insert(sample.in_signal_region.end(), signal.in_signal_region.begin(),
                                 signal.in_signal_region.end());
  sample.truth.resize(n, 0);
  sample.truth.resize(n + signal.size(), 1);
  sample.index.resize(n + signal.size());
  std::iota(sample.index.begin(), sample.index.end(), std::uint64_t{0});
}

SearchInputs background_inputs(std::size_t n_data, std::size_t n_template, std::uint64_t seed) {
  SearchInputs inputs;
  inputs.data = background_sample(n_data, seed);
  inputs.template_sample = background_sample(n_template, seed + 1000);
  inputs.features = {{"x1", ""}, {"x2", ""}, {"x3", ""}};
  inputs.contexts = {{"M", "GeV"}};
  inputs.records = {record_of("data", inputs.data), record_of("template", inputs.template_sample)};
  return inputs;
}

SearchConfig quick_config() {
  SearchConfig config;
  config.search.name = "synthetic";
  config.data.file = "data.h5";
  config.template_sample.file = "template.h5";
  config.features = {.context = {"M"}, .x = {"x1", "x2", "x3"}};
  config.regions = {.selection = "", .signal = "M > 2"};
  config.flow_members = 2;
  config.flow.layers = 2;
  config.flow.hidden = 16;
  config.flow.training.epochs = 3;
  config.flow.training.learning_rate = 3e-3;
  config.classifier.members = 2;
  config.classifier.classifier.trees.max_iterations = 10;
  config.classifier.classifier.trees.max_leaves = 16;
  config.folds.k = 2;
  config.efficiencies = {0.05, 0.01};
  config.benchmarks.members = 2;
  return config;
}

}  // namespace eddy::search
