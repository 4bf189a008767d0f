#pragma once
// The file that other fit tools of the CMS searches read.

#include <span>
#include <string>

namespace eddy::search {

/// Whether write_mass_file knows the unit: "GeV", "TeV" or "".
[[nodiscard]] bool is_mass_unit(const std::string& unit);

/// Writes one HDF5 data set `mjj` (float32, attribute units = "GeV"), atomically. `unit` is that of `masses`: "GeV",
/// "TeV" (multiplied by 1000, rounded to float32) or "" (taken as GeV). Throws InputError for another unit or a mass
/// that is not finite, IoError when the file cannot be written.
void write_mass_file(const std::string& path, std::span<const float> masses, const std::string& unit);

}  // namespace eddy::search
