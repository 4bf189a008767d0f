#pragma once
// HDF5 files as other programs write them, straight through libhdf5. Everything fails loudly: a test file that is not
// what it should be tests nothing.

#include <eddy/events/hdf5_handle.hpp>

#include <hdf5.h>

#include <functional>
#include <initializer_list>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace eddy::test {

using Extents = std::vector<hsize_t>;

template <class T>
T good(T status) {
  if (status < 0) {
    throw std::runtime_error("libhdf5: " + events::hdf5_reason());
  }
  return status;
}

inline hid_t type_of(float) { return H5T_NATIVE_FLOAT; }
inline hid_t type_of(double) { return H5T_NATIVE_DOUBLE; }
inline hid_t type_of(std::int32_t) { return H5T_NATIVE_INT32; }
inline hid_t type_of(std::int64_t) { return H5T_NATIVE_INT64; }

class Hdf5Builder {
 public:
  explicit Hdf5Builder(const std::string& path)
      : file_(good(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)), H5Fclose) {}

  /// Calls `change` with the creation properties of the next data sets.
  void next(const std::function<void(hid_t)>& change) {
    creation_ = events::Hdf5Handle(good(H5Pcreate(H5P_DATASET_CREATE)), H5Pclose);
    change(creation_.get());
  }
  void next_chunked(const Extents& chunk) {
    next([&](hid_t creation) { good(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data())); });
  }
  /// Back to the default.
  void next_contiguous() { creation_ = {}; }

  void group(const std::string& path) const {
    const events::Hdf5Handle made(good(H5Gcreate2(file_.get(), path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)),
                                  H5Gclose);
  }

  /// A data set without values.
  [[nodiscard]] events::Hdf5Handle create(const std::string& path, hid_t type, const Extents& shape) const {
    const events::Hdf5Handle space(good(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr)),
                                   H5Sclose);
    return create_in(space, path, type);
  }
  [[nodiscard]] events::Hdf5Handle create_in(const events::Hdf5Handle& space, const std::string& path,
                                             hid_t type) const {
    const hid_t creation = creation_ ? creation_.get() : H5P_DEFAULT;
    return {good(H5Dcreate2(file_.get(), path.c_str(), type, space.get(), H5P_DEFAULT, creation, H5P_DEFAULT)),
            H5Dclose};
  }
  template <class T>
  void add(const std::string& path, const std::vector<T>& values, const Extents& shape) const {
    const events::Hdf5Handle dataset = create(path, type_of(T{}), shape);
    good(H5Dwrite(dataset.get(), type_of(T{}), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  }
  template <class T>
  void add(const std::string& path, const std::vector<T>& values) const {
    add(path, values, {values.size()});
  }
  /// Texts of a fixed length.
  void add_names(const std::string& path, const std::vector<std::string>& names) const {
    constexpr std::size_t kLength = 16;
    std::string text;
    for (std::string name : names) {
      name.resize(kLength);
      text += name;
    }
    const events::Hdf5Handle type(good(H5Tcopy(H5T_C_S1)), H5Tclose);
    good(H5Tset_size(type.get(), kLength));
    const events::Hdf5Handle dataset = create(path, type.get(), {names.size()});
    good(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()));
  }
  void attribute(const std::string& object, const std::string& name, const std::string& text) const {
    const events::Hdf5Handle type(good(H5Tcopy(H5T_C_S1)), H5Tclose);
    good(H5Tset_size(type.get(), text.size() + 1));
    const events::Hdf5Handle space(good(H5Screate(H5S_SCALAR)), H5Sclose);
    const events::Hdf5Handle opened(good(H5Oopen(file_.get(), object.c_str(), H5P_DEFAULT)), H5Oclose);
    const events::Hdf5Handle made(
        good(H5Acreate2(opened.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT)), H5Aclose);
    good(H5Awrite(made.get(), type.get(), text.c_str()));
  }
  [[nodiscard]] hid_t file() const { return file_.get(); }

 private:
  events::Hdf5Handle file_;
  events::Hdf5Handle creation_;
};

/// A file opened for reading, and one of its data sets.
struct OpenDataset {
  OpenDataset(const std::string& path, const std::string& name)
      : file(good(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)), H5Fclose),
        dataset(good(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT)), H5Dclose) {}
  events::Hdf5Handle file;
  events::Hdf5Handle dataset;
};

/// 0, 1, 2, ...
inline std::vector<float> counted(std::size_t n) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 0.0F);
  return values;
}

}  // namespace eddy::test
