#include <eddy/search/blinding.hpp>
#include <eddy/search/inputs.hpp>

#include <utility>

namespace eddy::search {

void close_signal_region(const SearchConfig& config, Sample& data, InputRecord& record) {
  if (is_blinded(config)) {
    data = keep_events(data, region_rows(data, false), record);
    record.n_dropped_nonfinite -= std::exchange(record.n_dropped_in_signal_region, 0);
  }
}

}  // namespace eddy::search
