#pragma once
// What samples must be, and agree on, before anything is trained on them.

#include <eddy/search/inputs.hpp>

#include <string>
#include <vector>

namespace eddy::search {

/// Throws InputError, with feature, sample, region and remedy, where a feature of `sample` has one value in all events
/// or in one of the regions (it would tell samples apart, not events), or where a feature or context is a linear copy
/// of another one, or a linear combination of several, up to rounding. Nothing of a blinded signal region is
/// looked at, nor are images whose pixels are taken as they are.
void require_usable_features(const SearchConfig& config, const Sample& sample, const InputRecord& record);

/// Throws InputError where a column of `record` has another unit than in one of `earlier`, naming both files and units.
/// "GeV", "gev" and "[GeV/c^2]" are one unit; a column without a unit agrees with all. [units] of the configuration
/// stand above those of the files.
void require_same_units(const std::vector<InputRecord>& earlier, const InputRecord& record);

/// Throws InputError where the last of `rows` (first, last exclusive; empty: all) lies beyond a file of `n_read`
/// events.
void require_rows_in_file(const std::vector<double>& rows, const std::string& role, const std::string& file,
                          std::size_t n_read);

/// Throws InputError, with the nearest name, where [units] or an expression of [columns] that nothing uses names a
/// column that is in none of the files of the configuration. Files are opened only where a name is not known otherwise.
void require_known_columns(const SearchConfig& config, const std::string& folder);

}  // namespace eddy::search
