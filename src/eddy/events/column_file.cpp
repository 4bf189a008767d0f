#include <eddy/base/error.hpp>
#include <eddy/events/column_file.hpp>
#include <eddy/events/hdf5_handle.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace eddy::events {
namespace {

[[noreturn]] void throw_write_error(const std::string& shown, const std::string& reason) {
  throw base::IoError(fmt::format(
      "cannot write '{}': {}; nothing was left behind, free some space or choose another folder", shown, reason));
}

/// libhdf5 would crash on a full disk: the room its own part of the file takes is tried first.
void require_room_for_layout(const std::string& path, const std::string& shown, std::size_t n_columns) {
  constexpr std::size_t kBytesPerColumn = 1024;  // headers, attribute and link of a data set take some 600
  const std::string zeros((n_columns + 16) * kBytesPerColumn, '\0');
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
  file.close();
  if (!file) {
    throw_write_error(shown, std::strerror(errno != 0 ? errno : EIO));
  }
}

/// Values lie in one piece, whose place is known at once, and are not set to anything.
Hdf5Handle contiguous_layout() {
  Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_layout(creation.get(), H5D_CONTIGUOUS);
  H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
  H5Pset_obj_track_times(creation.get(), false);
  return creation;
}

bool write_text_attribute(hid_t object, const char* name, const std::string& text) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), text.size() + 1);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute(H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute && H5Awrite(attribute.get(), type.get(), text.c_str()) >= 0;
}

/// Adds an empty column; returns where in the file its values go.
std::uint64_t add_column(hid_t file, const FileColumn& column, hsize_t n_rows, const std::string& shown) {
  const Hdf5Handle space(H5Screate_simple(1, &n_rows, nullptr), H5Sclose);
  const Hdf5Handle creation = contiguous_layout();
  const Hdf5Handle dataset(H5Dcreate2(file, column.name.c_str(), hdf5_type(column.type), space.get(), H5P_DEFAULT,
                                      creation.get(), H5P_DEFAULT),
                           H5Dclose);
  const haddr_t offset = dataset ? H5Dget_offset(dataset.get()) : HADDR_UNDEF;
  if (offset == HADDR_UNDEF || !write_text_attribute(dataset.get(), "units", column.unit)) {
    throw_write_error(shown, fmt::format("column '{}': {}", column.name, hdf5_reason()));
  }
  return offset;
}

std::vector<std::uint64_t> lay_out(const std::string& path, const std::string& shown,
                                   const std::vector<FileColumn>& columns, std::size_t n_rows,
                                   const std::vector<FileNote>& notes) {
  const Hdf5Session session;
  const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  if (!file) {
    throw_write_error(shown, hdf5_reason());
  }
  for (const FileNote& note : notes) {
    if (!write_text_attribute(file.get(), note.name.c_str(), note.text)) {
      throw_write_error(shown, fmt::format("attribute '{}': {}", note.name, hdf5_reason()));
    }
  }
  std::vector<std::uint64_t> offsets;
  for (const FileColumn& column : columns) {
    offsets.push_back(add_column(file.get(), column, n_rows, shown));
  }
  return offsets;
}

}  // namespace

ColumnFile::ColumnFile(const std::string& path, std::string shown, const std::vector<FileColumn>& columns,
                       std::size_t n_rows, const std::vector<FileNote>& notes)
    : shown_(std::move(shown)) {
  require_room_for_layout(path, shown_, columns.size() + notes.size());
  offsets_ = lay_out(path, shown_, columns, n_rows, notes);
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor_ < 0) {
    throw_write_error(shown_, std::strerror(errno));
  }
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);
  const int error = ::posix_fallocate(descriptor_, 0, size);
  if (error != 0) {
    ::close(descriptor_);
    throw_write_error(shown_, std::strerror(error));
  }
}

ColumnFile::~ColumnFile() { ::close(descriptor_); }

void ColumnFile::write_bytes(std::size_t column, std::size_t first, std::span<const std::byte> bytes) {
  auto offset = static_cast<off_t>(offsets_[column] + first);
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno != EINTR) {
      throw_write_error(shown_, std::strerror(errno));
    }
    if (written > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += written;
    }
  }
}

}  // namespace eddy::events
