#include <eddy/base/random.hpp>
#include <search/synthetic_extrapolation.hpp>

#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

constexpr float kCut = 0.5F;

Sample empty_sample(std::size_t n) {
  Sample sample;
  sample.x = base::Matrix(n, 2);
  sample.context = base::Matrix(n, 2);
  sample.index.resize(n);
  std::iota(sample.index.begin(), sample.index.end(), std::uint64_t{0});
  return sample;
}

void set_regions(Sample& sample) {
  sample.in_signal_region.clear();
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sample.in_signal_region.push_back(sample.context(i, 0) > kCut && sample.context(i, 1) > kCut ? 1 : 0);
  }
}

Sample background(std::size_t n, const base::RandomStream& stream, double context_mean, double shift) {
  Sample sample = empty_sample(n);
  base::RandomStream next = stream;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (float& value : sample.context.row(i)) {
      value = static_cast<float>(-context_mean * std::log(next.uniform()));
      sum += value;
    }
    for (float& value : sample.x.row(i)) {
      value = static_cast<float>(sum / 2 + shift + next.normal());
    }
  }
  set_regions(sample);
  return sample;
}

}  // namespace

SearchInputs extrapolation_inputs(std::size_t n_data, std::size_t n_simulation, std::uint64_t seed) {
  SearchInputs inputs;
  inputs.data = background(n_data, {{seed}, "data"}, 1, 0);
  inputs.data.truth.assign(n_data, 0);
  inputs.simulation = background(n_simulation, {{seed}, "simulation"}, 0.9, -0.4);
  inputs.features = {{"x1", ""}, {"x2", ""}};
  inputs.contexts = {{"a", "GeV"}, {"b", "GeV"}};
  for (const char* role : {"data", "simulation"}) {
    InputRecord record{};
    record.role = role;
    inputs.records.push_back(record);
  }
  return inputs;
}

void add_signal_events(std::size_t n, std::uint64_t seed, SearchInputs& inputs) {
  Sample& data = inputs.data;
  Sample signal = empty_sample(n);
  base::RandomStream stream({seed}, "signal");
  for (std::size_t i = 0; i < n; ++i) {
    for (float& value : signal.context.row(i)) {
      value = static_cast<float>(kCut + 1.5 * stream.uniform());
    }
    for (float& value : signal.x.row(i)) {
      value = static_cast<float>(4 + 0.4 * stream.normal());
    }
  }
  data.x = base::stack_rows(data.x, signal.x);
  data.context = base::stack_rows(data.context, signal.context);
  data.truth.resize(data.x.rows(), 1);
  data.index.resize(data.x.rows());
  std::iota(data.index.begin(), data.index.end(), std::uint64_t{0});
  set_regions(data);
}

SearchConfig extrapolation_config(const std::string& method, const std::string& stage) {
  SearchConfig config;
  config.search.method = method;
  apply_method_defaults(config);
  config.validation.experiments = 0;  // tested on its own
  config.features = {.context = {"a", "b"}, .x = {"x1", "x2"}};
  config.regions = {.selection = "", .signal = "a > 0.5 && b > 0.5"};
  config.search.blind = stage == "cr";
  config.extrapolation.closure_runs = 2;
  config.flow_members = 2;
  config.flow.layers = 2;
  config.flow.hidden = 16;
  config.flow.training = {.epochs = 6, .batch_size = 256, .learning_rate = 5e-3};
  config.transfer = config.flow;
  config.weights.network.hidden = 16;
  config.weights.network.training = {.epochs = 6, .batch_size = 256, .learning_rate = 5e-3};
  config.classifier.members = 4;
  config.classifier.classifier.trees.max_iterations = 30;
  config.classifier.classifier.trees.max_leaves = 16;
  config.folds.k = 2;
  config.efficiencies = {0.1, 0.03};
  return config;
}

}  // namespace eddy::search
