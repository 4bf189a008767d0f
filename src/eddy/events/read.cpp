#include <eddy/base/error.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/csv.hpp>
#include <eddy/events/hdf5_tables.hpp>
#include <eddy/events/idx.hpp>
#include <eddy/events/npy.hpp>
#include <eddy/events/npz.hpp>
#include <eddy/events/read.hpp>
#include <eddy/events/text_encoding.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
namespace fs = std::filesystem;

/// One file format: how it is recognised and read. The functions see only files that exist and are not empty.
struct Format {
  bool (*matches)(const std::string& path, std::string_view start);
  Events (*read)(const Location&, const ReadOptions&);
  FileSummary (*summarise)(const Location&, const ReadOptions&);
  std::vector<std::string> (*files_behind)(const Location&, const ReadOptions&) = nullptr;
};

constexpr std::size_t kStartSize = 4096;
constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kNpySignature = "\x93NUMPY";
constexpr std::string_view kZipSignature = "PK\x03\x04";

/// The first bytes of a file, up to `size`, from `offset`.
std::string read_start(const std::string& path, std::uint64_t offset, std::size_t size) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw IoError(fmt::format("cannot read '{}'; check its permissions", path));
  }
  std::string start(size, '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(start.data(), static_cast<std::streamsize>(size));
  start.resize(static_cast<std::size_t>(file.gcount()));
  return start;
}

/// The signature stands at byte 0, or after a user block at 512, 1024, 2048, ... (HDF5 file format, section II.A).
bool is_hdf5(const std::string& path, std::string_view start) {
  if (start.starts_with(kHdf5Signature)) {
    return true;
  }
  const std::uint64_t size = fs::file_size(path);
  for (std::uint64_t offset = 512; offset < size; offset *= 2) {
    if (read_start(path, offset, kHdf5Signature.size()) == kHdf5Signature) {
      return true;
    }
  }
  return false;
}

bool is_npy(const std::string&, std::string_view start) { return start.starts_with(kNpySignature); }

/// The second signature is that of an archive without members.
bool is_zip(const std::string&, std::string_view start) {
  return start.starts_with(kZipSignature) || start.starts_with("PK\x05\x06");
}

bool begins_as_text(const std::string&, std::string_view start) { return is_text(start); }

bool begins_as_idx(const std::string&, std::string_view start) { return is_idx(start); }

constexpr Format kFormats[] = {
    {is_npy, read_npy, summarise_npy},
    {is_zip, read_npz, summarise_npz},
    {is_hdf5, read_hdf5, summarise_hdf5, hdf5_files_behind},
    {begins_as_idx, read_idx, summarise_idx, idx_files_behind},  // after HDF5, whose user block may hold anything
    {begins_as_text, read_csv, summarise_csv},
};

void require_file(const Location& location) {
  const fs::file_status status = fs::status(location.path);
  if (!fs::exists(status)) {
    const bool absolute = fs::path(location.path).is_absolute();
    throw IoError(fmt::format("there is no file '{}'; check the path{}", location.path,
                              absolute ? "" : fmt::format(", which starts from '{}'", fs::current_path().string())));
  }
  if (fs::is_directory(status)) {
    throw IoError(fmt::format("'{}' is a folder; name the file in it", location.path));
  }
  if (!fs::is_regular_file(status)) {
    throw IoError(fmt::format("'{}' is not a regular file; copy its content into one", location.path));
  }
  if (fs::file_size(location.path) == 0) {
    throw IoError(fmt::format("'{}' is empty; write or copy it again", location.path));
  }
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : " ", static_cast<unsigned char>(byte));
  }
  return text;
}

/// Formats that other programs are needed for.
void require_not_foreign(const Location& location, std::string_view start) {
  for (const auto& [signature, name] :
       {std::pair<std::string_view, const char*>{"root", "ROOT"}, {"PAR1", "parquet"}}) {
    if (start.starts_with(signature) && !is_text(start)) {
      throw InputError(fmt::format(
          "'{0}' is a {1} file; convert it with 'eddy convert {0} -o events.h5' of the Python package (pip install "
          "eddy-hep), whose commands run, score, limit and inspect read it as it is",
          location.path, name));
    }
  }
}

const Format& recognise(const Location& location) {
  require_file(location);
  const std::string start = read_start(location.path, 0, kStartSize);
  require_not_foreign(location, start);
  for (const std::string_view signature : {kHdf5Signature, kNpySignature, kZipSignature}) {
    if (start.size() < signature.size() && signature.starts_with(start)) {
      throw IoError(fmt::format("'{}' is truncated to {} bytes; copy it again", location.path, start.size()));
    }
  }
  for (const Format& format : kFormats) {
    if (format.matches(location.path, start)) {
      return format;
    }
  }
  throw InputError(
      fmt::format("'{}' begins with the bytes {} and is in none of the formats eddy reads; convert it to HDF5, "
                  ".npy, .npz, IDX or CSV with a header line",
                  location.path, hexadecimal(std::string_view(start).substr(0, 8))));
}

}  // namespace

Location parse_location(const std::string& text) {
  std::error_code ignored;
  if (fs::exists(text, ignored)) {
    return {text, ""};
  }
  for (std::size_t colon = text.rfind(':'); colon != std::string::npos && colon > 0;
       colon = text.rfind(':', colon - 1)) {
    if (fs::is_regular_file(text.substr(0, colon), ignored)) {
      return {text.substr(0, colon), text.substr(colon + 1)};
    }
  }
  const std::size_t colon = text.rfind(':');
  return colon == std::string::npos ? Location{text, ""} : Location{text.substr(0, colon), text.substr(colon + 1)};
}

Events read_events(const Location& location, const ReadOptions& options) {
  return recognise(location).read(location, options);
}

std::vector<std::string> files_behind(const Location& location, const ReadOptions& options) {
  const Format& format = recognise(location);
  return format.files_behind != nullptr ? format.files_behind(location, options) : std::vector<std::string>{};
}

std::string EventDigests::all() const {
  std::string digests = file;
  for (const std::string& other : others) {
    digests += other;
  }
  return others.empty() ? digests : base::sha256(digests);
}

EventDigests digests_of_events(const Location& location, const ReadOptions& options) {
  const std::vector<std::string> others = files_behind(location, options);  // first: it says what is wrong with a file
  EventDigests digests{.file = base::sha256_of_file(location.path), .others = {}};
  std::ranges::transform(others, std::back_inserter(digests.others), base::sha256_of_file);
  return digests;
}

std::string sha256_of_events(const Location& location, const ReadOptions& options) {
  return digests_of_events(location, options).all();
}

FileSummary summarise_file(const Location& location, const ReadOptions& options) {
  return recognise(location).summarise(location, options);
}

}  // namespace eddy::events
