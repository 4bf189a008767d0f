#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_writer.hpp>

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace eddy::events {
namespace {

constexpr std::size_t kMemoryStep = std::size_t{4} << 20;  // the image in memory grows by 4 MiB
constexpr hsize_t kChunk = 65536;                          // at most 512 KiB: fits libhdf5's chunk cache
constexpr unsigned kCompression = 4;                       // gzip level: beyond it, time grows faster than size shrinks

[[noreturn]] void throw_build_error(const std::string& what) {
  throw base::IoError(
      fmt::format("cannot build HDF5 {} in memory: {}; free some memory or choose another name", what, hdf5_reason()));
}

/// Layout of a data set of `n` values; an empty one cannot be chunked.
Hdf5Handle creation_properties(hsize_t n) {
  Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.get(), false);
  if (n > 0) {
    const hsize_t chunk = std::min(n, kChunk);
    H5Pset_chunk(creation.get(), 1, &chunk);
    H5Pset_shuffle(creation.get());
    H5Pset_deflate(creation.get(), kCompression);
  }
  return creation;
}

/// Creates the groups on the way to an object.
Hdf5Handle link_properties() {
  Hdf5Handle link(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(link.get(), 1);
  H5Pset_char_encoding(link.get(), H5T_CSET_UTF8);
  return link;
}

void write_units(hid_t dataset, const std::string& units) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), units.size() + 1);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute(H5Acreate2(dataset, "units", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (!attribute || H5Awrite(attribute.get(), type.get(), units.c_str()) < 0) {
    throw_build_error("attribute 'units'");
  }
}

}  // namespace

Hdf5Writer::Hdf5Writer() {
  const Hdf5Session session;
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.get(), kMemoryStep, false);
  static std::uint64_t n_writers = 0;  // a library that knows two open files of one name refuses the second
  const std::string name = fmt::format("events in memory {}", ++n_writers);
  file_ = Hdf5Handle(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  if (!file_) {
    throw_build_error("file");
  }
}

void Hdf5Writer::add_column(const std::string& group, const std::string& name, const std::string& units,
                            const ColumnValues& values) {
  const Hdf5Session session;
  const hsize_t n = values.size();
  const std::string path = fmt::format("{}/{}", group, name);
  const hid_t type = hdf5_type(values.type());
  const Hdf5Handle space(H5Screate_simple(1, &n, nullptr), H5Sclose);
  const Hdf5Handle creation = creation_properties(n);
  const Hdf5Handle link = link_properties();
  const Hdf5Handle dataset(
      H5Dcreate2(file_.get(), path.c_str(), type, space.get(), link.get(), creation.get(), H5P_DEFAULT), H5Dclose);
  const void* const first = values.visit([](const auto& of_type) -> const void* { return of_type.data(); });
  if (!dataset || (n > 0 && H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, first) < 0)) {
    throw_build_error(fmt::format("data set '{}'", path));
  }
  write_units(dataset.get(), units);
}

std::string Hdf5Writer::bytes() const {
  const Hdf5Session session;
  const ssize_t size = H5Fflush(file_.get(), H5F_SCOPE_LOCAL) < 0 ? -1 : H5Fget_file_image(file_.get(), nullptr, 0);
  std::string image(static_cast<std::size_t>(std::max<ssize_t>(size, 0)), '\0');
  if (size <= 0 || H5Fget_file_image(file_.get(), image.data(), image.size()) != size) {
    throw_build_error("file");
  }
  return image;
}

}  // namespace eddy::events
