#include <eddy/search/blinding.hpp>
#include <eddy/search/inputs.hpp>

namespace eddy::search {

bool is_closed(const SearchConfig& config, std::string_view role) { return role == "data" && is_blinded(config); }

void close_signal_region(const SearchConfig& config, Sample& data, InputRecord& record) {
  if (is_blinded(config)) {
    data = keep_events(data, region_rows(data, false), record);
  }
}

}  // namespace eddy::search
