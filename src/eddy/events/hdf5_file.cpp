#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_file.hpp>
#include <eddy/events/hdf5_storage.hpp>

#include <fmt/format.h>
#include <hdf5.h>

namespace eddy::events {
namespace {

using base::IoError;

herr_t collect_child(hid_t group, const char* name, const H5L_info_t* link, void* children) {
  H5O_info_t info;
  if (H5Oget_info_by_name1(group, name, &info, H5P_DEFAULT) < 0) {
    return link->type == H5L_TYPE_HARD ? -1 : 0;  // soft and external links may lead nowhere
  }
  auto& found = *static_cast<Hdf5Children*>(children);
  if (info.type == H5O_TYPE_GROUP) {
    found.groups.emplace_back(name);
  } else if (info.type == H5O_TYPE_DATASET) {
    found.datasets.emplace_back(name);
  }
  return 0;
}

/// H5I_BADID when there is no such object.
H5I_type_t type_of(hid_t file, const std::string& path) {
  const Hdf5Handle object(H5Oopen(file, path.c_str(), H5P_DEFAULT), H5Oclose);
  return object ? H5Iget_type(object.get()) : H5I_BADID;
}

}  // namespace

Hdf5File::Hdf5File(std::string path) : path_(std::move(path)) {
  const Hdf5Session session;
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access.get(), true,
                      true);  // file systems without locks (some network disks) are fine for reading
  handle_ = Hdf5Handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!handle_) {
    const std::string reason = hdf5_reason();
    const bool truncated = reason.find("truncated file") != std::string::npos;
    throw IoError(fmt::format("cannot open '{}' as HDF5: {}; {}", path_, reason,
                              truncated ? "the file is incomplete, copy or download it again"
                                        : "the file is probably damaged, incomplete or being written, copy it again"));
  }
}

bool Hdf5File::is_group(const std::string& object) const {
  const Hdf5Session session;
  return type_of(handle_.get(), object) == H5I_GROUP;
}

bool Hdf5File::is_dataset(const std::string& object) const {
  const Hdf5Session session;
  return type_of(handle_.get(), object) == H5I_DATASET;
}

Hdf5Children Hdf5File::children(const std::string& group) const {
  const Hdf5Session session;
  Hdf5Children children;
  const Hdf5Handle handle(H5Gopen2(handle_.get(), group.c_str(), H5P_DEFAULT), H5Gclose);
  if (!handle || H5Literate(handle.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_child, &children) < 0) {
    throw IoError(fmt::format("cannot list group '{}' of '{}': {}; the file is probably damaged, copy it again", group,
                              path_, hdf5_reason()));
  }
  return children;
}

std::pair<std::uint64_t, std::uint64_t> Hdf5File::identity(const std::string& object) const {
  const Hdf5Session session;
  H5O_info_t info{};
  H5Oget_info_by_name1(handle_.get(), object.c_str(), &info, H5P_DEFAULT);
  return {info.fileno, info.addr};
}

std::optional<std::string> Hdf5File::text_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Session session;
  const Hdf5Handle handle(H5Oopen(handle_.get(), object.c_str(), H5P_DEFAULT), H5Oclose);
  return handle ? hdf5_text_attribute(handle.get(), name) : std::nullopt;
}

Hdf5Dataset Hdf5File::dataset(const std::string& path) const {
  const Hdf5Session session;
  Hdf5Handle handle(open_hdf5_dataset(handle_.get(), path), H5Dclose);
  if (!handle) {
    throw IoError(fmt::format("cannot open data set '{}' of '{}': {}; the file is probably damaged, copy it again",
                              path, path_, hdf5_reason()));
  }
  return {path_, path, std::move(handle)};
}

}  // namespace eddy::events
