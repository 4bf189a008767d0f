#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_chunks.hpp>
#include <eddy/events/hdf5_handle.hpp>
#include <eddy/events/hdf5_storage.hpp>
#include <eddy/events/hdf5_virtual.hpp>

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
namespace fs = std::filesystem;

constexpr int kMaxVirtualDepth = 8;  // virtual data sets of virtual data sets

std::uint64_t bytes_of_file(const std::string& file) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(file, missing);
  return missing ? 0 : size;
}

/// A piece of external storage.
struct ExternalPiece {
  std::string name;
  std::uint64_t offset;
  std::uint64_t size;
};

std::vector<ExternalPiece> external_pieces(hid_t creation) {
  std::vector<ExternalPiece> pieces;
  const int n = H5Pget_external_count(creation);
  for (int i = 0; i < n; ++i) {
    std::array<char, 4096> name{};
    off_t offset = 0;
    hsize_t size = 0;
    H5Pget_external(creation, static_cast<unsigned>(i), name.size(), name.data(), &offset, &size);
    name.back() = '\0';
    pieces.push_back({name.data(), static_cast<std::uint64_t>(offset), size});
  }
  return pieces;
}

/// The folder before names of external storage that libhdf5 was told of from outside; empty: the current one.
std::string external_prefix(const std::string& file) {
  const char* const set = std::getenv("HDF5_EXTFILE_PREFIX");
  const std::string prefix = set != nullptr ? set : "";
  constexpr std::string_view kOrigin = "${ORIGIN}";
  return prefix.starts_with(kOrigin) ? fs::path(file).parent_path().string() + prefix.substr(kOrigin.size()) : prefix;
}

std::string beside(const std::string& file, const std::string& name) {
  return (fs::path(file).parent_path() / name).string();
}

std::string file_of(hid_t object) {
  std::array<char, 4096> name{};
  H5Fget_name(object, name.data(), name.size());
  name.back() = '\0';
  return name.data();
}

/// True when external storage has to be read from the folder of the file, not from the current one.
bool lies_beside(hid_t creation, const std::string& file) {
  bool found_beside = false;
  for (const ExternalPiece& piece : external_pieces(creation)) {
    const bool is_relative = fs::path(piece.name).is_relative() && external_prefix(file).empty();
    const std::string other = beside(file, piece.name);
    if (is_relative && fs::exists(other) && !fs::exists(piece.name)) {
      found_beside = true;
    } else if (is_relative && fs::exists(other) && !fs::equivalent(other, piece.name)) {
      throw InputError(
          fmt::format("the external storage '{}' of '{}' exists in the current folder and as '{}'; remove "
                      "or rename the one that is not meant",
                      piece.name, file, other));
    }
  }
  return found_beside;
}

/// Walks through what holds the values of a data set.
class StorageCheck {
 public:
  explicit StorageCheck(std::string main_file) : main_file_(std::move(main_file)) {}

  void check(hid_t dataset, const std::string& where, int depth) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const hssize_t n_values = H5Sget_simple_extent_npoints(space.get());
    const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
    const std::string file = file_of(dataset);
    note(file);
    if (n_values == 0) {
      return;
    }
    if (n_values < 0 || depth > kMaxVirtualDepth) {
      throw_damaged_values(
          where, n_values < 0 ? "its shape cannot be read" : "virtual data sets follow each other in a circle");
    }
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const Piece piece{
        dataset, creation.get(), space.get(), static_cast<std::uint64_t>(n_values), H5Tget_size(type.get()),
        file,    where};
    switch (H5Pget_layout(creation.get())) {
      case H5D_COMPACT:
        return require_size(piece, H5Dget_storage_size(dataset));
      case H5D_CONTIGUOUS:
        return external_pieces(creation.get()).empty() ? check_contiguous(piece) : check_external(piece);
      case H5D_CHUNKED:
        return check_chunks(piece);
      case H5D_VIRTUAL:
        return check_virtual(piece, depth);
      default:
        throw_damaged_values(where, "it is stored in a way that does not exist");
    }
  }

  [[nodiscard]] std::vector<std::string> take_files() { return std::move(files_); }

 private:
  struct Piece {
    hid_t dataset, creation, space;
    std::uint64_t n_values;
    std::uint64_t value_bytes;
    const std::string& file;
    const std::string& where;
    [[nodiscard]] bool fits(std::uint64_t bytes) const {
      return bytes / value_bytes >= n_values;  // without a product that may overflow
    }
  };

  void note(const std::string& file) {
    std::error_code ignored;
    if (!fs::equivalent(file, main_file_, ignored) && std::ranges::find(files_, file) == files_.end()) {
      files_.push_back(file);
    }
  }

  static void require_size(const Piece& piece, std::uint64_t stored) {
    if (piece.value_bytes == 0 || stored / piece.value_bytes != piece.n_values || stored % piece.value_bytes != 0) {
      throw_damaged_values(piece.where, fmt::format("it should hold {} values of {} bytes but has {} bytes",
                                                    piece.n_values, piece.value_bytes, stored));
    }
  }

  /// A fill value other than zero was chosen by somebody: then what was not written has a value all the same.
  static bool has_meaningful_fill(const Piece& piece) {
    H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
    const Hdf5Handle type(H5Dget_type(piece.dataset), H5Tclose);
    std::vector<unsigned char> fill(std::min<std::uint64_t>(piece.value_bytes, 65536));
    return H5Pfill_value_defined(piece.creation, &defined) >= 0 && defined == H5D_FILL_VALUE_USER_DEFINED &&
           fill.size() == piece.value_bytes && H5Tdetect_class(type.get(), H5T_VLEN) <= 0 &&
           H5Tis_variable_str(type.get()) <= 0 && H5Pget_fill_value(piece.creation, type.get(), fill.data()) >= 0 &&
           std::ranges::any_of(fill, [](unsigned char byte) { return byte != 0; });
  }

  static void check_contiguous(const Piece& piece) {
    const haddr_t offset = H5Dget_offset(piece.dataset);
    if (offset == HADDR_UNDEF) {
      if (!has_meaningful_fill(piece)) {
        throw IoError(fmt::format("the values of {} were never written; {}", piece.where, kStoppedEarly));
      }
      return;
    }
    const std::uint64_t stored = H5Dget_storage_size(piece.dataset);
    require_size(piece, stored);
    const std::uint64_t file_bytes = bytes_of_file(piece.file);
    if (offset > file_bytes || stored > file_bytes - offset) {
      throw_damaged_values(piece.where, fmt::format("its {} bytes lie behind the end of the file", stored));
    }
  }

  void check_external(const Piece& piece) {
    std::uint64_t found = 0;
    const std::uint64_t needed =
        piece.fits(std::numeric_limits<std::uint64_t>::max()) ? piece.n_values * piece.value_bytes : 0;
    const bool is_beside = lies_beside(piece.creation, piece.file);
    for (const ExternalPiece& external : external_pieces(piece.creation)) {
      const std::string prefix = is_beside ? fs::path(piece.file).parent_path().string() : external_prefix(piece.file);
      const std::string path = (fs::path(prefix) / external.name).string();
      if (!fs::is_regular_file(path)) {
        throw IoError(
            fmt::format("{} has its values in the file '{}', which is missing; put it back or write the file "
                        "again",
                        piece.where, path));
      }
      note(path);
      const std::uint64_t wanted = std::min<std::uint64_t>(external.size, needed - std::min(needed, found));
      const std::uint64_t there = bytes_of_file(path);
      if (there < external.offset || there - external.offset < wanted) {
        throw IoError(
            fmt::format("{} has {} bytes in the file '{}', from byte {} on, but that file ends at byte {}; "
                        "copy it again",
                        piece.where, wanted, path, external.offset, there));
      }
      found += wanted;
    }
    if (!piece.fits(found)) {
      throw_damaged_values(piece.where, fmt::format("its external files hold only {} of its bytes", found));
    }
  }

  static void check_chunks(const Piece& piece) {
    require_chunks({piece.dataset, piece.creation, piece.space, piece.n_values, piece.value_bytes,
                    bytes_of_file(piece.file), has_meaningful_fill(piece), piece.where});
  }

  void check_virtual(const Piece& piece, int depth) {
    for (const VirtualSource& source : virtual_sources(piece.dataset, piece.file, piece.where)) {
      const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
      H5Pset_file_locking(access.get(), true, true);
      const Hdf5Handle file(H5Fopen(source.file.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
      const Hdf5Handle dataset(file ? open_hdf5_dataset(file.get(), source.dataset) : -1, H5Dclose);
      if (!dataset) {
        throw IoError(
            fmt::format("{} is a virtual data set, but its source '{}:{}' cannot be opened: {}; copy that file "
                        "again",
                        piece.where, source.file, source.dataset, hdf5_reason()));
      }
      note(source.file);
      require_extent(dataset.get(), source, piece.where);
      check(dataset.get(), fmt::format("'{}:{}' (a source of {})", source.file, source.dataset, piece.where),
            depth + 1);
    }
  }

  std::string main_file_;
  std::vector<std::string> files_;
};

}  // namespace

std::int64_t open_hdf5_dataset(std::int64_t file, const std::string& path) {
  Hdf5Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset) {
    return -1;
  }
  const Hdf5Handle creation(H5Dget_create_plist(dataset.get()), H5Pclose);
  if (H5Pget_layout(creation.get()) == H5D_CONTIGUOUS && lies_beside(creation.get(), file_of(dataset.get()))) {
    dataset = Hdf5Handle();
    const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    H5Pset_efile_prefix(access.get(), "${ORIGIN}");
    dataset = Hdf5Handle(H5Dopen2(file, path.c_str(), access.get()), H5Dclose);
  }
  return dataset.release();
}

std::vector<std::string> require_stored(std::int64_t dataset, const std::string& file, const std::string& where) {
  const Hdf5Session session;
  StorageCheck check(file);
  check.check(dataset, where, 0);
  return check.take_files();
}

}  // namespace eddy::events
