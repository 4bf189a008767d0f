#include <eddy/base/error.hpp>
#include <eddy/events/write.hpp>
#include <eddy/search/mass_file.hpp>

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

double gev_per(const std::string& unit, const std::string& path) {
  if (unit == "TeV") {
    return 1000;
  }
  if (unit == "GeV" || unit.empty()) {
    return 1;
  }
  throw base::InputError(
      fmt::format("cannot write '{}': masses in '{}' cannot be turned into GeV; give them in GeV or TeV", path, unit));
}

}  // namespace

bool is_mass_unit(const std::string& unit) { return unit == "GeV" || unit == "TeV" || unit.empty(); }

void write_mass_file(const std::string& path, std::span<const float> masses, const std::string& unit) {
  const double factor = gev_per(unit, path);
  std::vector<float> mjj(masses.size());
  for (std::size_t i = 0; i < masses.size(); ++i) {
    mjj[i] = static_cast<float>(factor * static_cast<double>(masses[i]));
    if (!std::isfinite(mjj[i])) {
      throw base::InputError(fmt::format("cannot write '{}': the mass of event {} is {} {}; remove the event", path, i,
                                         masses[i], unit.empty() ? "GeV" : unit));
    }
  }
  events::Events table;
  table.add({"mjj", "GeV", std::move(mjj)});
  events::write_hdf5(path, table);
}

}  // namespace eddy::search
