#include <eddy/search/score_columns.hpp>

namespace eddy::search {

void add_event_names(const std::vector<std::uint64_t>& rows, const std::vector<IdentityColumn>& identity,
                     events::Events& table) {
  table.add({"row", "", std::vector<std::int64_t>(rows.begin(), rows.end())});
  for (const search::IdentityColumn& column : identity) {
    table.add({column.name, "", column.values});
  }
}

void add_scores(const std::vector<std::uint8_t>& in_signal_region, const std::vector<float>& score,
                const std::vector<float>& background_efficiency, events::Events& table) {
  table.add({"in_signal_region", "", std::vector<float>(in_signal_region.begin(), in_signal_region.end())});
  table.add({"score", "", score});
  table.add({"background_efficiency", "", background_efficiency});
}

}  // namespace eddy::search
