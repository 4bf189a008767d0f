#include <eddy/search/copies.hpp>
#include <eddy/search/true_signal.hpp>

namespace eddy::search {
namespace {

TrueSignal signal_of_file(const SearchInputs& inputs, const SearchConfig& config,
                          const std::vector<std::uint8_t>& data_fold) {
  TrueSignal truth;
  truth.signal = take_events(inputs.benchmark_signal, region_rows(inputs.benchmark_signal, true));
  truth.signal_fold = folds_beside_data(truth.signal, data_fold, seed_of(config), "signal folds",
                                        static_cast<std::size_t>(config.folds.k));
  return truth;
}

/// Scored out of fold like all of the data.
TrueSignal signal_of_data(const Sample& data, const std::vector<std::uint8_t>& data_fold) {
  TrueSignal truth{.signal = {}, .signal_fold = {}, .signal_is_in_data = true};
  if (data.truth.empty()) {
    return truth;
  }
  std::vector<std::size_t> rows = region_rows(data, true);
  std::erase_if(rows, [&](std::size_t row) { return data.truth[row] == 0; });
  truth.signal = take_events(data, rows);
  truth.signal_fold = take(data_fold, rows);
  return truth;
}

}  // namespace

TrueSignal true_signal(const SearchInputs& inputs, const SearchConfig& config,
                       const std::vector<std::uint8_t>& data_fold) {
  return inputs.benchmark_signal.size() > 0 ? signal_of_file(inputs, config, data_fold)
                                            : signal_of_data(inputs.data, data_fold);
}

}  // namespace eddy::search
