#include <eddy/events/hdf5_handle.hpp>

#include <hdf5.h>

#include <array>
#include <new>
#include <type_traits>
#include <utility>

namespace eddy::events {
namespace {

static_assert(std::is_same_v<hid_t, std::int64_t> && std::is_same_v<herr_t, int>, "headers spell HDF5's types out");

std::recursive_mutex& hdf5_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

herr_t keep_innermost(unsigned, const H5E_error2_t* entry, void* reason) {
  if (entry->desc != nullptr && *entry->desc != '\0') {
    *static_cast<std::string*>(reason) = entry->desc;
  }
  return 0;
}

std::string read_variable_text(hid_t attribute, hid_t type) {
  char* text = nullptr;
  if (H5Aread(attribute, type, static_cast<void*>(&text)) < 0 || text == nullptr) {
    return {};
  }
  std::string copy = text;
  H5free_memory(text);
  return copy;
}

std::string read_fixed_text(hid_t attribute, hid_t type) {
  std::string text(H5Tget_size(type), '\0');
  if (H5Aread(attribute, type, text.data()) < 0) {
    return {};
  }
  text.resize(std::min(text.find('\0'), text.size()));
  if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) {
    text.resize(text.find_last_not_of(' ') + 1);
  }
  return text;
}

}  // namespace

Hdf5Session::Hdf5Session() : lock_(hdf5_mutex()) {
  H5Eget_auto2(H5E_DEFAULT, &print_, &print_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Session::~Hdf5Session() { H5Eset_auto2(H5E_DEFAULT, print_, print_data_); }

void Hdf5Session::begin_in_child() { new (&hdf5_mutex()) std::recursive_mutex; }

Hdf5Handle::Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Hdf5Handle& Hdf5Handle::operator=(Hdf5Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

Hdf5Handle::~Hdf5Handle() {
  if (id_ >= 0 && close_ != nullptr) {
    const Hdf5Session session;
    close_(id_);
  }
}

std::int64_t Hdf5Handle::release() { return std::exchange(id_, -1); }

std::string hdf5_reason() {
  std::string reason = "unknown reason";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, &reason);
  return reason;
}

std::int64_t hdf5_type(NumberType type) {
  const std::array types = {H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_STD_I32LE, H5T_STD_I64LE, H5T_STD_U64LE};
  return types[static_cast<std::size_t>(type)];
}

std::optional<std::string> hdf5_text_attribute(std::int64_t object, const std::string& name) {
  const Hdf5Session session;
  if (H5Aexists(object, name.c_str()) <= 0) {
    return std::nullopt;
  }
  const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (!attribute || H5Tget_class(type.get()) != H5T_STRING) {
    return std::nullopt;
  }
  const hssize_t n = H5Sget_simple_extent_npoints(space.get());
  if (n == 0) {
    return std::string();  // h5py and PyTables write the empty text so
  }
  if (n != 1) {
    return std::nullopt;
  }
  return H5Tis_variable_str(type.get()) > 0 ? read_variable_text(attribute.get(), type.get())
                                            : read_fixed_text(attribute.get(), type.get());
}

}  // namespace eddy::events
