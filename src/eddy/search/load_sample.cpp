#include <eddy/base/error.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/read.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/derived_columns.hpp>
#include <eddy/search/file_location.hpp>
#include <eddy/search/inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace eddy::search {
namespace {

/// Names and expressions a search needs of every sample.
std::vector<std::string> wanted_names(const SearchConfig& config) {
  std::vector<std::string> names = config.features.x;
  names.insert(names.end(), config.features.context.begin(), config.features.context.end());
  return names;
}

std::vector<std::string> wanted_expressions(const SearchConfig& config, const SampleSection& section) {
  return {config.regions.selection, config.regions.signal, section.selection};
}

events::Events read_columns(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                            InputRecord& record) {
  const events::Location location = locate(section.file, folder);
  events::ReadOptions options;
  options.array_columns = section.columns;
  options.wanted = columns_to_read(config.columns, wanted_names(config), wanted_expressions(config, section));
  if (!section.label.empty() && std::ranges::count(options.wanted, section.label) == 0) {
    options.wanted.push_back(section.label);
  }
  events::Events events = events::read_events(location, options);
  if (events.size() == 0) {
    throw base::InputError(fmt::format("the {} ('{}') has no events; check what was selected when it was written",
                                       record.role, section.file));
  }
  record.file = short_name(location);
  record.sha256 = events::sha256_of_events(location, options);
  record.n_read = events.size();
  add_derived_columns(config.columns, wanted_names(config), wanted_expressions(config, section), events);
  return events;
}

/// 1 for the events that fulfil `expression`, all where there is none.
std::vector<std::uint8_t> mask_of(const std::string& expression, const events::Events& events) {
  return expression.empty() ? std::vector<std::uint8_t>(events.size(), 1)
                            : events::Expression(expression).evaluate_mask(events);
}

/// Events inside [...] rows that pass both selections.
std::vector<std::size_t> selected_rows(const SearchConfig& config, const SampleSection& section,
                                       const events::Events& events) {
  std::vector<std::uint8_t> selected = mask_of(config.regions.selection, events);
  std::ranges::transform(selected, mask_of(section.selection, events), selected.begin(), std::bit_and<>());
  std::vector<std::size_t> rows = events::rows_where(selected);
  if (!section.rows.empty()) {
    std::erase_if(rows, [&](std::size_t row) {
      return static_cast<double>(row) < section.rows[0] || static_cast<double>(row) >= section.rows[1];
    });
  }
  return rows;
}

/// The unit of a column: that of [units] where it is given there.
std::string unit_of(const SearchConfig& config, const events::Events& events, const std::string& name) {
  const auto given = std::ranges::find(config.units, name, &std::pair<std::string, std::string>::first);
  return given != config.units.end() ? given->second : events.unit(name);
}

/// The section of the configuration that says how the sample of a role is read.
std::string section_of(const std::string& role) {
  const std::string section = role.substr(0, role.find(' '));
  const bool is_named = section == "prior" || section == "evaluate";
  const bool has_own = section == "template" || section == "simulation" || section == "background";
  return is_named ? fmt::format("[[{}]]", section) : fmt::format("[{}]", has_own ? section : "data");
}

/// Keeps the finite events of `rows`, or throws with the first offender, as the section says.
std::vector<std::size_t> finite_rows(const SearchConfig& config, const SampleSection& section, const std::string& role,
                                     const events::Events& events, const std::vector<std::size_t>& rows) {
  const std::vector<std::string> names = wanted_names(config);
  std::vector<std::uint8_t> bad(events.size());
  for (const std::string& name : names) {
    const std::span<const float> values = events.column(name);
    std::size_t n_bad = 0;
    std::size_t first = 0;
    for (const std::size_t row : rows) {
      if (!std::isfinite(values[row])) {
        first = n_bad == 0 ? row : first;
        ++n_bad;
        bad[row] = 1;
      }
    }
    if (n_bad > 0 && section.nonfinite == "error") {
      throw base::InputError(
          fmt::format("column '{}' of the {} ('{}') has {} selected events that are NaN or infinite, the first in row "
                      "{}; exclude them in [regions] selection or set nonfinite = \"drop\" in {}",
                      name, role, section.file, n_bad, first, section_of(role)));
    }
  }
  std::vector<std::size_t> kept;
  std::ranges::copy_if(rows, std::back_inserter(kept), [&](std::size_t row) { return bad[row] == 0; });
  return kept;
}

std::vector<std::uint8_t> truth_of(const events::Events& events, const SampleSection& section) {
  if (section.label.empty()) {
    return {};
  }
  const std::span<const float> values = events.column(section.label);
  std::vector<std::uint8_t> truth(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0 && values[i] != 1) {
      throw base::InputError(fmt::format("the label column '{}' of '{}' holds {} in row {}; labels must be 0 or 1",
                                         section.label, section.file, values[i], i));
    }
    truth[i] = values[i] == 1 ? 1 : 0;
  }
  return truth;
}

}  // namespace

void count_regions(const LoadedSample& sample, InputRecord& record) {
  record.n_selected = sample.size();
  record.n_signal_region = static_cast<std::size_t>(std::ranges::count(sample.in_signal_region, 1));
  record.n_control_region = record.n_selected - record.n_signal_region;
}

LoadedSample take_events(const LoadedSample& sample, const std::vector<std::size_t>& rows) {
  LoadedSample taken;
  taken.x = base::take_rows(sample.x, rows);
  taken.context = base::take_rows(sample.context, rows);
  for (const std::size_t row : rows) {
    taken.in_signal_region.push_back(sample.in_signal_region[row]);
    taken.index.push_back(sample.index[row]);
    if (!sample.truth.empty()) {
      taken.truth.push_back(sample.truth[row]);
    }
    if (!sample.group.empty()) {
      taken.group.push_back(sample.group[row]);
    }
    if (!sample.twin.empty()) {
      taken.twin.push_back(sample.twin[row]);
    }
  }
  return taken;
}

std::vector<std::size_t> region_rows(const LoadedSample& sample, bool signal_region) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if ((sample.in_signal_region[i] != 0) == signal_region) {
      rows.push_back(i);
    }
  }
  return rows;
}

LoadedSample load_sample(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                         const std::string& role, InputRecord& record) {
  record.role = role;
  const events::Events events = read_columns(config, section, folder, record);
  const std::vector<std::size_t> selected = selected_rows(config, section, events);
  const std::vector<std::size_t> rows = finite_rows(config, section, role, events, selected);
  record.n_dropped_nonfinite = selected.size() - rows.size();
  LoadedSample all;
  all.x = events.matrix(config.features.x);
  all.context = events.matrix(config.features.context);
  all.in_signal_region = mask_of(config.regions.signal, events);
  all.truth = truth_of(events, section);
  all.index.resize(events.size());
  std::iota(all.index.begin(), all.index.end(), std::uint64_t{0});
  LoadedSample sample = take_events(all, rows);
  for (const std::string& name : wanted_names(config)) {
    sample.quantities.push_back({name, unit_of(config, events, name)});
  }
  count_regions(sample, record);
  record.n_copies = group_copies(sample);
  return sample;
}

Sample make_sample(const std::string& name, const LoadedSample& loaded) {
  Sample sample;
  sample.name = name;
  sample.x = loaded.x;
  sample.index = loaded.index;
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    if (loaded.context.cols() > 0) {
      sample.context.push_back(loaded.context(i, 0));
    }
  }
  if (loaded.context.cols() > 1) {
    sample.all_context = loaded.context;
  }
  sample.in_signal_region = loaded.in_signal_region;
  sample.truth = loaded.truth;
  return sample;
}

}  // namespace eddy::search
