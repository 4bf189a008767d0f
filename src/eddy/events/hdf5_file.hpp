#pragma once
// The one door to libhdf5 for reading: files, what they hold, and their values. libhdf5 may crash on a damaged file, so
// only a process of its own (hdf5_service.hpp) goes through it; the readers use hdf5_isolated.hpp.

#include <eddy/events/hdf5_dataset.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eddy::events {

/// Names of what a group holds, in alphabetical order. Links that lead nowhere are left out.
struct Hdf5Children {
  std::vector<std::string> groups;
  std::vector<std::string> datasets;
};

/// A HDF5 file opened for reading. Paths inside it begin with '/'.
class Hdf5File {
 public:
  /// Throws IoError when it is truncated, damaged or not HDF5.
  explicit Hdf5File(std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_group(const std::string& object) const;
  [[nodiscard]] bool is_dataset(const std::string& object) const;
  [[nodiscard]] Hdf5Children children(const std::string& group) const;
  /// File and address of an object: equal for two paths that links lead to the same object.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> identity(const std::string& object) const;
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& object, const std::string& name) const;
  [[nodiscard]] Hdf5Dataset dataset(const std::string& path) const;

 private:
  std::string path_;
  Hdf5Handle handle_;
};

}  // namespace eddy::events
