#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/read.hpp>
#include <eddy/search/blinding.hpp>
#include <eddy/search/derived_columns.hpp>
#include <eddy/search/file_location.hpp>
#include <eddy/search/input_checks.hpp>
#include <eddy/search/linear_dependence.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <set>
#include <string_view>

namespace eddy::search {
namespace {

using base::InputError;
using Units = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMostForCopies = 20000;  // events that copies are sought in: exact copies show in any

/// Pixels of images may be black in all events, and are not scaled by what was seen.
bool may_be_constant(const SearchConfig& config) {
  return reads(rules_of(config), "quak") && config.quak.scaler == "pixels";
}

/// Whether feature `f` has one value in all of `rows` (two at least).
bool is_constant(const Sample& sample, const std::vector<std::size_t>& rows, std::size_t f) {
  return rows.size() > 1 &&
         std::ranges::all_of(rows, [&](std::size_t row) { return sample.x(row, f) == sample.x(rows.front(), f); });
}

void require_spread(const SearchConfig& config, const Sample& sample, const InputRecord& record,
                    const std::vector<std::size_t>& rows, const char* region) {
  for (std::size_t f = 0; f < sample.x.cols(); ++f) {
    if (is_constant(sample, rows, f)) {
      throw InputError(fmt::format(
          "feature '{}' is {} for all {} events{} of the {} ('{}'), so it tells samples apart and not events; fill it "
          "there, or remove it from [features] x",
          config.features.x[f], sample.x(rows.front(), f), rows.size(), region, record.role, record.file));
    }
  }
}

std::vector<std::size_t> all_rows(const Sample& sample) {
  std::vector<std::size_t> rows(sample.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = i;
  }
  return rows;
}

/// Contexts, then features, of every `step`-th event.
base::Matrix all_columns(const Sample& sample, std::size_t step) {
  const std::size_t n_contexts = sample.context.cols();
  base::Matrix columns((sample.size() + step - 1) / step, n_contexts + sample.x.cols());
  for (std::size_t i = 0; i < columns.rows(); ++i) {
    std::ranges::copy(sample.context.row(i * step), columns.row(i).begin());
    std::ranges::copy(sample.x.row(i * step), columns.row(i).subspan(n_contexts).begin());
  }
  return columns;
}

/// What is wrong with a column that others determine.
const char* consequence_of_dependence(const SearchConfig& config) {
  return rules_of(config).learns_density
             ? "so that no density of all exists"
             : "so that losses count one quantity several times, or know the mass that is searched in";
}

/// Contexts among themselves, features among themselves, and both with each other.
void require_independent(const SearchConfig& config, const Sample& sample, const InputRecord& record) {
  const std::size_t step = sample.size() / kMostForCopies + 1;
  const auto found = find_linear_dependence(all_columns(sample, step));
  if (!found) {
    return;
  }
  std::vector<std::string> names = config.features.context;
  names.insert(names.end(), config.features.x.begin(), config.features.x.end());
  std::vector<std::string> on;
  std::ranges::transform(found->on, std::back_inserter(on), [&](std::size_t c) { return "'" + names[c] + "'"; });
  throw InputError(fmt::format(
      "'{}' is {} in the {} ('{}'), up to {}a shift, {}; remove one of them from [features]", names[found->column],
      on.size() == 1 ? fmt::format("a copy of {}", on.front())
                     : fmt::format("a sum of {} with factors", fmt::join(on, ", ")),
      record.role, record.file, on.size() == 1 ? "a factor and " : "", consequence_of_dependence(config)));
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// A unit without brackets, spaces, letter case and powers of c. Case matters where it alone tells prefixes apart: meV.
std::string plain_unit(const std::string& unit) {
  constexpr std::string_view kKept = "/^*-.";
  std::string plain;
  for (const char letter : replaced(replaced(replaced(unit, "meV", "millieV"), "²", "^2"), "³", "^3")) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0 || byte >= 0x80 || kKept.find(letter) != std::string_view::npos) {
      plain += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    }
  }
  for (const std::string_view natural : {"/c^2", "/c2", "/c**2", "/c"}) {
    if (plain.ends_with(natural)) {
      return plain.substr(0, plain.size() - natural.size());
    }
  }
  return plain;
}

/// Files of events that a configuration names, and names of the columns of arrays without them.
std::vector<std::pair<std::string, std::vector<std::string>>> event_files(const SearchConfig& config) {
  std::vector<std::pair<std::string, std::vector<std::string>>> files;
  const auto add = [&](const std::string& file, const std::vector<std::string>& columns) {
    if (!file.empty()) {
      files.emplace_back(file, columns);
    }
  };
  for (const SampleSection* section : {&config.data, &config.template_sample, &config.simulation, &config.background}) {
    add(section->file, section->columns);
  }
  for (const std::vector<NamedSample>* samples : {&config.priors, &config.evaluate}) {
    for (const NamedSample& named : *samples) {
      add(named.sample.file, named.sample.columns);
    }
  }
  for (const std::string& file : {config.inject.file, config.benchmarks.background, config.benchmarks.signal}) {
    add(file, config.data.columns);
  }
  return files;
}

/// Columns of weights of all files; empty where there are none.
std::vector<std::string> weight_columns(const SearchConfig& config) {
  std::vector<std::string> weights = {config.template_sample.weight,
                                      config.simulation.weight,
                                      config.background.weight,
                                      config.inject.weight,
                                      config.benchmarks.background_weight,
                                      config.benchmarks.signal_weight,
                                      config.bump_hunt.template_weight};
  for (const std::vector<NamedSample>* samples : {&config.priors, &config.evaluate}) {
    std::ranges::transform(*samples, std::back_inserter(weights),
                           [](const NamedSample& named) { return named.sample.weight; });
  }
  return weights;
}

/// Every column that the search reads, and every derived one.
std::set<std::string> used_columns(const SearchConfig& config) {
  std::vector<std::string> names = config.features.x;
  names.insert(names.end(), config.features.context.begin(), config.features.context.end());
  names.insert(names.end(), {config.data.label, config.benchmarks.label});
  const std::vector<std::string> weights = weight_columns(config);
  names.insert(names.end(), weights.begin(), weights.end());
  const ColumnsToRead read =
      columns_to_read(config.columns, names, {config.regions.selection, config.regions.signal, config.data.selection});
  std::set<std::string> used(read.names.begin(), read.names.end());
  for (const auto& [name, text] : config.columns) {
    used.insert(name);
  }
  return used;
}

std::set<std::string> columns_in_files(const SearchConfig& config, const std::string& folder) {
  std::set<std::string> columns;
  for (const auto& [file, names] : event_files(config)) {
    const events::FileSummary summary =
        events::summarise_file(locate(file, folder), {.wanted = {}, .array_columns = names});
    columns.insert(summary.columns.begin(), summary.columns.end());
  }
  return columns;
}

/// A name of the configuration, and where it stands.
struct NamedPlace {
  std::string name;
  std::string place;
};

/// Names that may not exist, since the search itself does not read them.
std::vector<NamedPlace> unused_names(const SearchConfig& config, const std::set<std::string>& used) {
  std::vector<NamedPlace> names;
  for (const auto& [name, unit] : config.units) {
    names.push_back({name, "[units]"});
  }
  for (const auto& [column, text] : config.columns) {
    const events::Expression parsed(text);
    for (const std::string& variable : parsed.variables()) {
      names.push_back({variable, fmt::format("[columns] {}", column)});
    }
  }
  std::erase_if(names, [&](const NamedPlace& named) { return used.contains(named.name); });
  return names;
}

}  // namespace

void require_usable_features(const SearchConfig& config, const Sample& sample, const InputRecord& record) {
  if (may_be_constant(config)) {
    return;
  }
  if (is_closed(config, record.role)) {  // the signal region stays closed to this check too
    require_spread(config, sample, record, region_rows(sample, false), " outside the signal region");
    return;
  }
  require_spread(config, sample, record, all_rows(sample), "");
  require_spread(config, sample, record, region_rows(sample, true), " in the signal region");
  require_spread(config, sample, record, region_rows(sample, false), " outside the signal region");
  require_independent(config, sample, record);
}

void require_same_units(const std::vector<InputRecord>& earlier, const InputRecord& record) {
  for (const auto& [column, unit] : record.units) {
    for (const InputRecord& other : earlier) {
      const auto same = std::ranges::find(other.units, column, &Units::value_type::first);
      if (same != other.units.end() && plain_unit(same->second) != plain_unit(unit)) {
        throw InputError(fmt::format(
            "column '{}' is in {} in the {} ('{}') but in {} in the {} ('{}'); convert one of them, or say in [units] "
            "which unit holds for all files",
            column, same->second, other.role, other.file, unit, record.role, record.file));
      }
    }
  }
}

void require_rows_in_file(const std::vector<double>& rows, const std::string& role, const std::string& file,
                          std::size_t n_read) {
  if (rows.size() == 2 && rows[1] > static_cast<double>(n_read)) {
    throw InputError(fmt::format("rows = [{}] of the {} reach beyond the {} events of '{}'; end them at {} at most",
                                 fmt::join(rows, ", "), role, n_read, file, n_read));
  }
}

void require_known_columns(const SearchConfig& config, const std::string& folder) {
  const std::set<std::string> used = used_columns(config);
  const std::vector<NamedPlace> names = unused_names(config, used);
  if (names.empty()) {
    return;
  }
  std::set<std::string> known = columns_in_files(config, folder);
  known.insert(used.begin(), used.end());
  known.erase("");
  for (const NamedPlace& named : names) {
    if (!known.contains(named.name)) {
      const std::vector<std::string> all(known.begin(), known.end());
      const std::string nearest = base::nearest_name(named.name, all);
      throw InputError(fmt::format("{} names '{}', which is a column of no file; {}", named.place, named.name,
                                   nearest.empty() ? fmt::format("there are: {}", fmt::join(all, ", "))
                                                   : fmt::format("did you mean '{}'?", nearest)));
    }
  }
}

}  // namespace eddy::search
