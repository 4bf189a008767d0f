#pragma once
// HDF5 files as the readers see them: read by a process of its own (reader_process.hpp), because libhdf5 corrupts
// memory and loops on damaged files. What it answers is checked like the file itself.

#include <eddy/events/hdf5_file.hpp>

#include <memory>

namespace eddy::events {

/// The process that reads one file.
class Hdf5Connection;

/// A data set of an IsolatedHdf5File, which it may outlive. See Hdf5Dataset for what the functions do.
class IsolatedHdf5Dataset {
 public:
  IsolatedHdf5Dataset(std::shared_ptr<Hdf5Connection> connection, std::string path);
  IsolatedHdf5Dataset(IsolatedHdf5Dataset&&) noexcept = default;
  IsolatedHdf5Dataset& operator=(IsolatedHdf5Dataset&&) noexcept = default;
  ~IsolatedHdf5Dataset();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<std::size_t>& shape() const { return shape_; }
  [[nodiscard]] const std::vector<std::size_t>& chunk() const { return chunk_; }
  [[nodiscard]] Hdf5Values values() const { return values_; }
  [[nodiscard]] NumberType number_type() const { return number_type_; }
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& name) const;
  [[nodiscard]] const std::vector<Hdf5Field>& fields() const { return fields_; }
  [[nodiscard]] std::vector<std::string> read_names() const;

  /// To be called before memory is taken for the values. Throws IoError unless all of them are there (see
  /// require_stored), in files that can hold them; returns the files beside this one that do.
  [[nodiscard]] std::vector<std::string> require_stored() const;

  template <ColumnNumber T>
  void read_all(std::span<T> out) const;
  template <ColumnNumber T>
  void read_tile(const Hdf5Tile& tile, std::span<T> out) const;
  template <ColumnNumber T>
  void read_records(std::span<const Hdf5Field> fields, std::size_t first, std::size_t n, std::span<T> out) const;

 private:
  std::shared_ptr<Hdf5Connection> connection_;
  std::string path_;
  std::uint64_t id_ = 0;
  Hdf5Values values_ = Hdf5Values::kOther;
  NumberType number_type_ = NumberType::kFloat32;
  std::vector<std::size_t> shape_;
  std::vector<std::size_t> chunk_;
  std::vector<Hdf5Field> fields_;
};

/// A HDF5 file opened for reading. See Hdf5File for what the functions do; beyond what they throw, an IoError says that
/// libhdf5 crashed, took too long or asked for too much memory.
class IsolatedHdf5File {
 public:
  explicit IsolatedHdf5File(const std::string& path);
  explicit IsolatedHdf5File(std::shared_ptr<Hdf5Connection> connection) : connection_(std::move(connection)) {}

  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] bool is_group(const std::string& object) const;
  [[nodiscard]] bool is_dataset(const std::string& object) const;
  [[nodiscard]] Hdf5Children children(const std::string& group) const;
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> identity(const std::string& object) const;
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& object, const std::string& name) const;
  [[nodiscard]] IsolatedHdf5Dataset dataset(const std::string& path) const;

 private:
  std::shared_ptr<Hdf5Connection> connection_;
};

}  // namespace eddy::events
