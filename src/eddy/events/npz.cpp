#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/memory_budget.hpp>
#include <eddy/events/npy.hpp>
#include <eddy/events/npz.hpp>
#include <eddy/events/zip.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace eddy::events {
namespace {

using base::InputError;

/// One array of the archive with its header, when that describes a table.
struct NpzArray {
  std::string name;
  ZipMember member;
  std::optional<NpyHeader> header;
  [[nodiscard]] bool is_one_dimensional() const { return header && !header->named && header->shape.size() == 1; }
  /// One number per event, also where that is written as (n, 1).
  [[nodiscard]] bool is_column() const {
    return is_one_dimensional() || (header && !header->named && header->shape[1] == 1);
  }
};

std::string array_name(const ZipMember& member) {
  const std::string suffix = ".npy";
  return member.name.ends_with(suffix) ? member.name.substr(0, member.name.size() - suffix.size()) : member.name;
}

std::vector<NpzArray> list_arrays(const Location& location) {
  std::vector<NpzArray> arrays;
  for (const ZipMember& member : list_zip(location.path)) {
    NpzArray array{array_name(member), member, std::nullopt};
    try {
      array.header = read_npy_header(*open_zip_member(location.path, member), {location.path, array.name});
    } catch (const InputError&) {  // not a table (a single number, texts): it may lie beside one
    }
    arrays.push_back(std::move(array));
  }
  return arrays;
}

std::vector<std::string> names_of_arrays(const std::vector<NpzArray>& arrays) {
  std::vector<std::string> names;
  for (const NpzArray& array : arrays) {
    names.push_back(array.name);
  }
  return names;
}

const NpzArray& find_array(const std::vector<NpzArray>& arrays, const Location& location) {
  const auto found = std::ranges::find(arrays, location.group, &NpzArray::name);
  if (found != arrays.end()) {
    return *found;
  }
  const std::string nearest = base::nearest_name(location.group, names_of_arrays(arrays));
  throw InputError(fmt::format("'{}' has no array '{}'{}; its arrays are: {}", location.path, location.group,
                               nearest.empty() ? "" : fmt::format(" (did you mean '{}'?)", nearest),
                               arrays.empty() ? "none" : listed(names_of_arrays(arrays))));
}

/// The arrays that together are the table `location` means: one of any kind, or several columns.
std::vector<NpzArray> choose_arrays(const Location& location) {
  std::vector<NpzArray> arrays = list_arrays(location);
  if (!location.group.empty()) {
    return {find_array(arrays, location)};
  }
  std::erase_if(arrays, [](const NpzArray& array) { return !array.header; });
  if (arrays.empty()) {
    throw InputError(fmt::format("{} holds no array of numbers with one or two dimensions; write one with numpy.savez",
                                 shown(location)));
  }
  const bool columns = std::ranges::all_of(arrays, [&](const NpzArray& array) {
    return array.is_column() && array.header->n_events() == arrays.front().header->n_events();
  });
  if (arrays.size() > 1 && !columns) {
    throw InputError(
        fmt::format("{} holds {} arrays that are not equally long columns; choose one by writing '{}:ARRAY' "
                    "with ARRAY one of: {}",
                    shown(location), arrays.size(), location.path, listed(names_of_arrays(arrays))));
  }
  return arrays;
}

/// Several 1-D arrays, or a single one whose column no name was given for.
bool are_columns(const std::vector<NpzArray>& arrays, const ReadOptions& options) {
  return arrays.size() > 1 || (arrays.front().is_one_dimensional() && options.array_columns.empty());
}

Location array_location(const Location& location, const NpzArray& array) { return {location.path, array.name}; }

}  // namespace

Events read_npz(const Location& location, const ReadOptions& options) {
  const std::vector<NpzArray> arrays = choose_arrays(location);
  if (!are_columns(arrays, options)) {
    const Location one = array_location(location, arrays.front());
    return read_npy_array(*open_zip_member(location.path, arrays.front().member), one, options);
  }
  Events events;
  const std::vector<std::string> names = given_names(location, names_of_arrays(arrays), options.array_columns);
  const std::vector<std::size_t> chosen = choose_columns(location, names, options);
  require_affordable(shown(location), arrays.front().header->n_events(), chosen.size(),
                     std::filesystem::file_size(location.path));
  for (const std::size_t i : chosen) {
    const NpzArray& array = arrays[i];
    const ReadOptions only = {.wanted = {}, .array_columns = {names[i]}, .exact = options.exact};
    const Events column =
        read_npy_array(*open_zip_member(location.path, array.member), array_location(location, array), only);
    events.add({names[i], "", column.values(names[i])});
  }
  return events;
}

FileSummary summarise_npz(const Location& location, const ReadOptions& options) {
  const std::vector<NpzArray> arrays = choose_arrays(location);
  const NpzArray& first = arrays.front();
  if (are_columns(arrays, options)) {
    return {"npz columns", first.header->n_events(),
            given_names(location, names_of_arrays(arrays), options.array_columns)};
  }
  const Location one = array_location(location, first);
  const NpyHeader header = read_npy_header(*open_zip_member(location.path, first.member), one);
  std::vector<std::string> names = npy_column_names(header, one, options);
  return {header.named ? "npz records" : "npz array", header.n_events(), std::move(names)};
}

}  // namespace eddy::events
