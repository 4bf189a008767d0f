#include <eddy/runs/event_names.hpp>

namespace eddy::runs {

void add_event_names(const std::vector<std::uint64_t>& rows, const std::vector<search::IdentityColumn>& identity,
                     events::Events& table) {
  table.add({"row", "", std::vector<std::int64_t>(rows.begin(), rows.end())});
  for (const search::IdentityColumn& column : identity) {
    table.add({column.name, "", column.values});
  }
}

}  // namespace eddy::runs
