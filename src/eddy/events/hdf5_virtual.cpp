#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_handle.hpp>
#include <eddy/events/hdf5_virtual.hpp>

#include <fmt/format.h>
#include <hdf5.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
namespace fs = std::filesystem;
using Extents = std::array<hsize_t, H5S_MAX_RANK>;

/// "%b" stands for a number; "%%" is a percent sign.
std::string without_pattern(const std::string& name, const std::string& where) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && (i + 1 == name.size() || name[++i] != '%')) {
      throw InputError(
          fmt::format("{} is a virtual data set of numbered sources ('{}'), which eddy does not read; copy "
                      "its values into a plain data set",
                      where, name));
    }
    plain.push_back(name[i]);
  }
  return plain;
}

/// Where libhdf5 looks for a source, in its order (H5F_prefix_open_file).
std::vector<std::string> places_of(const std::string& name, const std::string& file) {
  std::vector<std::string> places;
  std::string rest = name;
  if (fs::path(name).is_absolute()) {
    places.push_back(name);
    rest = fs::path(name).filename().string();
  }
  const char* const prefixes = std::getenv("HDF5_VDS_PREFIX");
  std::string left = prefixes != nullptr ? prefixes : "";
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(':'), left.size());
    places.push_back((fs::path(left.substr(0, end)) / rest).string());
    left.erase(0, end + 1);
  }
  places.push_back((fs::path(file).parent_path() / rest).string());
  places.push_back(rest);
  return places;
}

std::string find_source(const std::string& name, const std::string& file, const std::string& where) {
  if (name == ".") {
    return file;
  }
  for (const std::string& place : places_of(name, file)) {
    std::error_code ignored;
    if (fs::is_regular_file(place, ignored)) {
      return place;
    }
  }
  throw IoError(
      fmt::format("{} is a virtual data set, but its source file '{}' is missing; put it back beside '{}' or "
                  "write the values into one file",
                  where, name, file));
}

using NameOf = ssize_t (*)(hid_t, size_t, char*, size_t);

std::string text_of(NameOf name_of, hid_t creation, std::size_t index) {
  std::array<char, 4096> name{};
  const ssize_t length = name_of(creation, index, name.data(), name.size());
  return length > 0 && length < static_cast<ssize_t>(name.size()) ? std::string(name.data()) : std::string();
}

bool is_unlimited(hid_t selection, int rank) {
  Extents start{}, stride{}, count{}, block{};
  if (H5Sget_select_type(selection) != H5S_SEL_HYPERSLABS || H5Sis_regular_hyperslab(selection) <= 0 ||
      H5Sget_regular_hyperslab(selection, start.data(), stride.data(), count.data(), block.data()) < 0) {
    return false;
  }
  for (int d = 0; d < rank; ++d) {
    if (count[d] == H5S_UNLIMITED || block[d] == H5S_UNLIMITED) {
      return true;
    }
  }
  return false;
}

/// The shape that a data set must have for `selection` to lie in it; empty when it is the whole data set, whatever its
/// shape.
std::vector<std::size_t> shape_around(hid_t selection) {
  if (H5Sget_select_type(selection) == H5S_SEL_ALL) {
    return {};
  }
  Extents first{}, last{};
  const int rank = H5Sget_simple_extent_ndims(selection);
  std::vector<std::size_t> shape;
  if (rank > 0 && H5Sget_select_bounds(selection, first.data(), last.data()) >= 0) {
    for (int d = 0; d < rank; ++d) {
      shape.push_back(last[d] + 1);
    }
  }
  return shape;
}

/// Adds the elements of `part` to those selected in `whole`.
bool add_selection(hid_t whole, hid_t part, int rank) {
  if (H5Sget_select_type(part) == H5S_SEL_ALL) {
    return H5Sselect_all(whole) >= 0;
  }
  Extents start{}, stride{}, count{}, block{};
  if (H5Sis_regular_hyperslab(part) > 0) {
    return H5Sget_regular_hyperslab(part, start.data(), stride.data(), count.data(), block.data()) >= 0 &&
           H5Sselect_hyperslab(whole, H5S_SELECT_OR, start.data(), stride.data(), count.data(), block.data()) >= 0;
  }
  constexpr hssize_t kMaxBlocks = 1 << 20;
  const hssize_t n_blocks = H5Sget_select_hyper_nblocks(part);
  if (n_blocks < 0 || n_blocks > kMaxBlocks) {
    return false;
  }
  std::vector<hsize_t> corners(static_cast<std::size_t>(n_blocks) * 2 * static_cast<std::size_t>(rank));
  bool good = H5Sget_select_hyper_blocklist(part, 0, static_cast<hsize_t>(n_blocks), corners.data()) >= 0;
  for (const hsize_t* corner = corners.data(); good && corner < corners.data() + corners.size(); corner += 2 * rank) {
    for (int d = 0; d < rank; ++d) {
      start[d] = corner[d];
      count[d] = corner[rank + d] - corner[d] + 1;
    }
    good = H5Sselect_hyperslab(whole, H5S_SELECT_OR, start.data(), nullptr, count.data(), nullptr) >= 0;
  }
  return good;
}

std::uint64_t n_values_in(hid_t selection) {
  return static_cast<std::uint64_t>(std::max<hssize_t>(H5Sget_select_npoints(selection), 0));
}

void require_cover(hid_t covered, hid_t space, const std::string& where) {
  const hssize_t n_covered = H5Sget_select_npoints(covered);
  const hssize_t n_values = H5Sget_simple_extent_npoints(space);
  if (n_covered != n_values) {
    throw IoError(
        fmt::format("{} is a virtual data set whose sources give only {} of its {} values; write the file again "
                    "with all sources",
                    where, std::max<hssize_t>(n_covered, 0), n_values));
  }
}

}  // namespace

std::vector<VirtualSource> virtual_sources(std::int64_t dataset, const std::string& file, const std::string& where) {
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle covered(H5Scopy(space.get()), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  H5Sselect_none(covered.get());
  std::vector<VirtualSource> sources;
  std::size_t n_sources = 0;
  H5Pget_virtual_count(creation.get(), &n_sources);
  for (std::size_t i = 0; i < n_sources; ++i) {
    const Hdf5Handle part(H5Pget_virtual_vspace(creation.get(), i), H5Sclose);
    const Hdf5Handle from(H5Pget_virtual_srcspace(creation.get(), i), H5Sclose);
    const std::string name = without_pattern(text_of(H5Pget_virtual_filename, creation.get(), i), where);
    const std::string source = without_pattern(text_of(H5Pget_virtual_dsetname, creation.get(), i), where);
    if (is_unlimited(part.get(), rank) || H5Sget_simple_extent_ndims(part.get()) != rank ||
        !add_selection(covered.get(), part.get(), rank)) {
      throw InputError(
          fmt::format("{} is a virtual data set whose part '{}:{}' may grow or has a form that eddy does not "
                      "read; copy its values into a plain data set",
                      where, name, source));
    }
    sources.push_back({find_source(name, file, where), source, shape_around(from.get()), n_values_in(part.get())});
  }
  require_cover(covered.get(), space.get(), where);
  return sources;
}

void require_extent(std::int64_t dataset, const VirtualSource& source, const std::string& where) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  Extents dims{};
  const int rank = H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
  const bool whole = source.needed_shape.empty();
  bool fits = whole ? H5Sget_simple_extent_npoints(space.get()) == static_cast<hssize_t>(source.n_values)
                    : rank == static_cast<int>(source.needed_shape.size());
  for (int d = 0; fits && !whole && d < rank; ++d) {
    fits = dims[d] >= source.needed_shape[d];
  }
  if (!fits) {
    throw IoError(
        fmt::format("{} is a virtual data set that shows {} values of its source '{}:{}', whose shape ({}) does "
                    "not hold them; write the file again",
                    where, source.n_values, source.file, source.dataset,
                    fmt::join(dims.begin(), dims.begin() + std::max(rank, 0), ", ")));
  }
}

}  // namespace eddy::events
