#include <eddy/base/error.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/quak/judging_events.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace eddy::search {
namespace {

/// Fewer say nothing of an efficiency.
constexpr std::size_t kMinJudges = 20;

std::vector<std::size_t> rows_of_parity(const std::vector<std::uint64_t>& index, std::uint64_t parity) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (index[i] % 2 == parity) {
      rows.push_back(i);
    }
  }
  return rows;
}

/// Rows of a background or prior that judge: held out from training, and of the judging half.
std::vector<std::uint8_t> is_judge(const SearchConfig& config, const Sample& trained) {
  const std::vector<std::uint8_t> training = is_training_event(config, split_index(trained));
  std::vector<std::uint8_t> judges(trained.size());
  for (const std::size_t row : judging_rows(split_index(trained))) {
    judges[row] = training[row] == 0 ? 1 : 0;
  }
  return judges;
}

/// What is trained on or chosen with.
Sample without_judges(const SearchConfig& config, const Sample& trained) {
  const std::vector<std::uint8_t> judges = is_judge(config, trained);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < trained.size(); ++i) {
    if (judges[i] == 0) {
      rows.push_back(i);
    }
  }
  return take_events(trained, rows);
}

/// Takes the rows of `sample` that are marked as judges and stand in one of `others` too out of it.
void take_out(const std::vector<std::uint8_t>& judges, const std::vector<Sample>& others, Sample& sample,
              InputRecord& record) {
  std::vector<std::uint8_t> is_out(sample.size());
  for (const Sample& other : others) {
    for (const std::size_t row : rows_also_in(sample, other)) {
      is_out[row] = judges[row];
    }
  }
  if (std::ranges::count(is_out, 1) == 0) {
    return;
  }
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (is_out[i] == 0) {
      kept.push_back(i);
    }
  }
  sample = keep_events(sample, kept, record);
  const std::size_t n_judges = judging_rows(split_index(sample)).size();
  if (n_judges < kMinJudges) {
    throw base::InputError(fmt::format(
        "of the {} ('{}') only {} events are left that judge and stand in no sample that networks or cuts are made "
        "with, but at least {} are needed; give events that the other files do not have",
        record.role, record.file, n_judges, kMinJudges));
  }
}

InputRecord& record_of(SearchInputs& inputs, const std::string& role) {
  return *std::ranges::find(inputs.records, role, &InputRecord::role);
}

}  // namespace

std::vector<std::size_t> choosing_rows(const std::vector<std::uint64_t>& index) { return rows_of_parity(index, 0); }
std::vector<std::size_t> judging_rows(const std::vector<std::uint64_t>& index) { return rows_of_parity(index, 1); }

void take_out_judges_that_choose(const SearchConfig& config, SearchInputs& inputs) {
  if (inputs.evaluated.empty()) {
    return;
  }
  std::vector<Sample> choosers;
  std::ranges::transform(inputs.priors, std::back_inserter(choosers),
                         [&](const Sample& prior) { return without_judges(config, prior); });
  std::vector<Sample> beside_background = choosers;
  for (const Sample& signal : inputs.evaluated) {
    beside_background.push_back(take_events(signal, choosing_rows(split_index(signal))));
  }
  choosers.push_back(without_judges(config, inputs.background));
  take_out(is_judge(config, inputs.background), beside_background, inputs.background, record_of(inputs, "background"));
  for (std::size_t s = 0; s < inputs.evaluated.size(); ++s) {
    Sample& signal = inputs.evaluated[s];
    std::vector<std::uint8_t> judges(signal.size());
    for (const std::size_t row : judging_rows(split_index(signal))) {
      judges[row] = 1;
    }
    take_out(judges, choosers, signal, record_of(inputs, "evaluate " + config.evaluate[s].name));
  }
}

}  // namespace eddy::search
