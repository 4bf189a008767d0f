#include <eddy/base/error.hpp>
#include <eddy/base/file_stamps.hpp>
#include <eddy/events/read.hpp>
#include <eddy/search/blinding.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/data_error.hpp>
#include <eddy/search/derived_columns.hpp>
#include <eddy/search/event_selection.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/file_location.hpp>
#include <eddy/search/input_checks.hpp>
#include <eddy/search/inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <ranges>
#include <type_traits>
#include <utility>

namespace eddy::search {
namespace {

/// Names and expressions a search needs of every sample.
std::vector<std::string> wanted_names(const SearchConfig& config) {
  std::vector<std::string> names = config.features.x;
  names.insert(names.end(), config.features.context.begin(), config.features.context.end());
  return names;
}

/// Those, and the weight of the sample.
std::vector<std::string> wanted_names(const SearchConfig& config, const SampleSection& section) {
  std::vector<std::string> names = wanted_names(config);
  if (!section.weight.empty() && std::ranges::count(names, section.weight) == 0) {
    names.push_back(section.weight);
  }
  return names;
}

std::vector<std::string> wanted_expressions(const SearchConfig& config, const SampleSection& section) {
  return {config.regions.selection, config.regions.signal, section.selection};
}

/// The unit of a column: that of [units] where it is given there.
std::string unit_of(const SearchConfig& config, const events::Events& events, const std::string& name) {
  const auto given = std::ranges::find(config.units, name, &std::pair<std::string, std::string>::first);
  return given != config.units.end() ? given->second : events.unit(name);
}

events::ReadOptions read_options(const SearchConfig& config, const SampleSection& section) {
  const std::vector<std::string> expressions = wanted_expressions(config, section);
  const std::vector<std::string> wanted = wanted_names(config, section);
  const ColumnsToRead columns = columns_to_read(config.columns, wanted, expressions);
  events::ReadOptions options{.wanted = columns.names, .array_columns = section.columns, .exact = {}};
  options.exact.insert(columns.exact.begin(), columns.exact.end());
  options.refusal = refused_columns(config.columns, wanted, expressions);
  std::vector<std::string> exact = section.identity;
  if (!section.label.empty()) {
    exact.push_back(section.label);
  }
  if (std::ranges::count(columns.names, section.weight) > 0) {  // of the file; one of [columns] is exact as such
    exact.push_back(section.weight);
  }
  for (const std::string& name : exact) {
    options.exact.insert(name);
    if (std::ranges::count(options.wanted, name) == 0) {
      options.wanted.push_back(name);
    }
  }
  return options;
}

events::Events read_columns(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                            InputRecord& record) {
  const events::Location location = locate(section.file, folder);
  const events::ReadOptions options = read_options(config, section);
  base::FileStamps stamps;
  stamps.note(location.path);
  for (const std::string& other : events::files_behind(location, options)) {
    stamps.note(other);
  }
  events::Events events = events::read_events(location, options);
  if (events.size() == 0) {
    throw base::InputError(fmt::format("the {} ('{}') has no events; check what was selected when it was written",
                                       record.role, section.file));
  }
  record.file = short_name(location);
  const events::EventDigests digests = events::digests_of_events(location, options);
  stamps.require_unchanged();
  record.sha256 = digests.all();
  record.file_sha256 = digests.file;
  record.behind_sha256 = digests.others;
  record.n_read = events.size();
  for (const std::string& name : events.names()) {
    if (const std::string unit = unit_of(config, events, name); !unit.empty()) {
      record.units.emplace_back(name, unit);
    }
  }
  add_derived_columns(config.columns, wanted_names(config, section), wanted_expressions(config, section), events,
                      {section.weight});
  return events;
}

/// Truth of the events at `rows`; all of the file's labels are looked at, but where others than these are closed.
std::vector<std::uint8_t> truth_of(const events::Events& events, const SampleSection& section,
                                   const std::vector<std::size_t>& rows, bool others_are_closed) {
  std::vector<std::uint8_t> truth;
  if (section.label.empty()) {
    return truth;
  }
  events.values(section.label).visit([&](const auto& labels) {
    const auto require_label = [&](std::size_t row) {
      if (labels[row] != 0 && labels[row] != 1) {
        throw base::InputError(fmt::format("the label column '{}' of '{}' holds {} in row {}; labels must be 0 or 1",
                                           section.label, section.file, labels[row], row));
      }
    };
    if (others_are_closed) {
      std::ranges::for_each(rows, require_label);
    } else {
      std::ranges::for_each(std::views::iota(std::size_t{0}, labels.size()), require_label);
    }
    std::ranges::transform(rows, std::back_inserter(truth),
                           [&](std::size_t row) { return static_cast<std::uint8_t>(labels[row]); });
  });
  return truth;
}

template <class T>
std::int64_t exact_integer(T value, const std::string& name, const std::string& file, std::size_t row) {
  if constexpr (std::is_integral_v<T>) {
    if (std::in_range<std::int64_t>(value)) {
      return static_cast<std::int64_t>(value);
    }
  } else {
    // From there on, a number with a binary point may stand for several whole ones.
    const double end = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (std::abs(value) < static_cast<T>(end) && value == std::trunc(value)) {
      return static_cast<std::int64_t>(value);
    }
  }
  throw base::InputError(fmt::format(
      "[data] identity names '{}', which holds {} in row {} of '{}'; only whole numbers that are kept exactly "
      "(at best columns of integers) name an event",
      name, value, row, file));
}

std::vector<IdentityColumn> identity_of(const events::Events& events, const SampleSection& section,
                                        const std::vector<std::size_t>& rows) {
  std::vector<IdentityColumn> identity;
  for (const std::string& name : section.identity) {
    IdentityColumn column{.name = name, .values = {}};
    events.values(name).visit([&](const auto& values) {
      std::ranges::transform(rows, std::back_inserter(column.values),
                             [&](std::size_t row) { return exact_integer(values[row], name, section.file, row); });
    });
    identity.push_back(std::move(column));
  }
  return identity;
}

/// Groups copies, and counts them and the events of both regions.
void take_stock(Sample& sample, InputRecord& record) {
  record.n_selected = sample.size();
  record.n_signal_region = static_cast<std::size_t>(std::ranges::count(sample.in_signal_region, 1));
  record.n_control_region = record.n_selected - record.n_signal_region;
  record.n_copies = group_copies(sample);
  record_weights(sample, record);
}

Sample read_sample(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                   const std::string& role, InputRecord& record) {
  record.role = role;
  record.weight = section.weight;
  const events::Events events = read_columns(config, section, folder, record);
  require_rows_in_file(section.rows, role, record.file, record.n_read);
  EventSelection selection = select_events({config, section, role}, events, wanted_names(config));
  record.n_dropped_nonfinite = selection.n_dropped;
  Sample sample{.name = role};
  sample.x = base::take_rows(events.matrix(config.features.x), selection.rows);
  sample.context = base::take_rows(events.matrix(config.features.context), selection.rows);
  sample.in_signal_region = std::move(selection.in_signal_region);
  sample.truth = truth_of(events, section, selection.rows, is_closed(config, role));
  sample.weight = read_weights(events, section, role, selection.rows);
  sample.index.assign(selection.rows.begin(), selection.rows.end());
  sample.identity = identity_of(events, section, selection.rows);
  for (const std::string& name : wanted_names(config)) {
    sample.quantities.push_back({name, unit_of(config, events, name)});
  }
  take_stock(sample, record);
  require_positive_sum(sample, record);
  return sample;
}

}  // namespace

std::vector<std::string> columns_of_file(const SearchConfig& config, const SampleSection& section) {
  return read_options(config, section).wanted;
}

Sample keep_events(const Sample& sample, const std::vector<std::size_t>& rows, InputRecord& record) {
  Sample kept = take_events(sample, rows);
  take_stock(kept, record);
  return kept;
}

Sample without_rows(const Sample& sample, const std::set<std::uint64_t>& rows_in_file, InputRecord& record) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (!rows_in_file.contains(sample.index[i])) {
      kept.push_back(i);
    }
  }
  return keep_events(sample, kept, record);
}

Sample load_sample(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                   const std::string& role, InputRecord& record) {
  return errors_of_data([&] { return read_sample(config, section, folder, role, record); });
}

}  // namespace eddy::search
