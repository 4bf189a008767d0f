#include <eddy/base/error.hpp>
#include <eddy/events/hdf5_chunks.hpp>
#include <eddy/events/hdf5_dataset.hpp>
#include <eddy/events/hdf5_storage.hpp>

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace eddy::events {
namespace {

using base::IoError;

constexpr std::size_t kMaxRank = H5S_MAX_RANK;

/// IEEE 754 in 2, 4 or 8 bytes, or a longer type. libhdf5 converts any other division of the bits too, but only damage
/// makes one.
bool is_usual_float(hid_t type) {
  const std::size_t size = H5Tget_size(type);
  const std::size_t fraction = size == 2 ? 10 : size == 4 ? 23 : 52;
  const std::size_t exponent = 8 * size - 1 - fraction;
  std::size_t sign_at = 0, exponent_at = 0, exponent_bits = 0, fraction_at = 0, fraction_bits = 0;
  H5Tget_fields(type, &sign_at, &exponent_at, &exponent_bits, &fraction_at, &fraction_bits);
  const bool usual = sign_at == 8 * size - 1 && exponent_at == fraction && exponent_bits == exponent &&
                     fraction_at == 0 && fraction_bits == fraction && H5Tget_precision(type) == 8 * size &&
                     H5Tget_ebias(type) == (std::size_t{1} << (exponent - 1)) - 1;
  return size > sizeof(double) || usual;
}

Hdf5Values classify(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return is_usual_float(type) ? Hdf5Values::kNumber : Hdf5Values::kOther;
    case H5T_INTEGER:
      return H5Tget_precision(type) == 8 * H5Tget_size(type) ? Hdf5Values::kNumber : Hdf5Values::kOther;
    case H5T_ENUM:
      return Hdf5Values::kNumber;
    case H5T_BITFIELD:
      return H5Tget_size(type) == 1 ? Hdf5Values::kNumber : Hdf5Values::kOther;  // PyTables' booleans
    case H5T_STRING:
      return Hdf5Values::kText;
    case H5T_COMPOUND:
      return Hdf5Values::kRecord;
    default:
      return Hdf5Values::kOther;
  }
}

bool is_bitfield(hid_t type) { return H5Tget_class(type) == H5T_BITFIELD; }

/// The type that holds the numbers of a HDF5 type exactly (of long doubles the nearest float64).
NumberType exact_type(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return H5Tget_size(type) <= sizeof(float) ? NumberType::kFloat32 : NumberType::kFloat64;
    case H5T_INTEGER: {
      const std::size_t size = H5Tget_size(type);
      const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
      const bool small = size < sizeof(std::int32_t) || (is_signed && size == sizeof(std::int32_t));
      const bool large = !is_signed && size > sizeof(std::int32_t);
      return small ? NumberType::kInt32 : large ? NumberType::kUint64 : NumberType::kInt64;
    }
    case H5T_ENUM: {
      const Hdf5Handle base(H5Tget_super(type), H5Tclose);
      return exact_type(base.get());
    }
    default:
      return NumberType::kInt32;
  }
}

template <ColumnNumber T>
hid_t native_type() {
  if constexpr (std::is_same_v<T, float>) {
    return H5T_NATIVE_FLOAT;
  } else if constexpr (std::is_same_v<T, double>) {
    return H5T_NATIVE_DOUBLE;
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return H5T_NATIVE_INT32;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return H5T_NATIVE_INT64;
  } else {
    return H5T_NATIVE_UINT64;
  }
}

std::vector<std::size_t> shape_of(hid_t dataset) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  std::array<hsize_t, kMaxRank> dims{};
  const int rank = H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
  return {dims.begin(), dims.begin() + std::max(rank, 0)};
}

std::vector<std::size_t> chunk_of(hid_t dataset) {
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  std::array<hsize_t, kMaxRank> dims{};
  const bool chunked = H5Pget_layout(creation.get()) == H5D_CHUNKED;
  const int rank = chunked ? H5Pget_chunk(creation.get(), static_cast<int>(kMaxRank), dims.data()) : 0;
  return {dims.begin(), dims.begin() + std::max(rank, 0)};
}

/// "filter 32000 (lzf)" of the first filter of the data set that this libhdf5 lacks, or an empty text.
std::string missing_filter(hid_t dataset) {
  const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  for (int i = 0; i < H5Pget_nfilters(creation.get()); ++i) {
    std::array<char, 64> name{};
    unsigned flags = 0;
    std::size_t n_values = 0;
    const H5Z_filter_t id = H5Pget_filter2(creation.get(), static_cast<unsigned>(i), &flags, &n_values, nullptr,
                                           name.size(), name.data(), nullptr);
    if (id >= 0 && H5Zfilter_avail(id) <= 0) {
      name.back() = '\0';
      return fmt::format("filter {} ({}); {}", id, name.front() != '\0' ? name.data() : "unnamed",
                         id == kBloscFilter ? "install the Debian package hdf5-filter-plugin-blosc-serial, or add its "
                                              "folder to HDF5_PLUGIN_PATH where that is set"
                                            : "put its plugin into a folder named by HDF5_PLUGIN_PATH (Blosc is in the "
                                              "Debian package hdf5-filter-plugin-blosc-serial) or write the file with "
                                              "gzip");
    }
  }
  return {};
}

/// libhdf5 does not check where in a record its fields lie, and reads there; and it passes over those without a name or
/// with that of another.
bool members_fit(hid_t record) {
  std::vector<std::pair<std::size_t, std::size_t>> places;  // first byte of a field, and the one behind it
  const int n = H5Tget_nmembers(record);
  for (unsigned i = 0; i < static_cast<unsigned>(std::max(n, 0)); ++i) {
    const Hdf5Handle member(H5Tget_member_type(record, i), H5Tclose);
    char* const name = H5Tget_member_name(record, i);
    const bool named = name != nullptr && *name != '\0' && H5Tget_member_index(record, name) == static_cast<int>(i);
    H5free_memory(name);
    if (!named) {
      return false;
    }
    const std::size_t first = H5Tget_member_offset(record, i);
    places.emplace_back(first, first + H5Tget_size(member.get()));
  }
  std::ranges::sort(places);
  std::size_t end = 0;
  for (const auto& [first, behind] : places) {
    if (first < end || behind < first) {
      return false;
    }
    end = behind;
  }
  return end <= H5Tget_size(record);
}

Hdf5Field describe_field(hid_t record, unsigned index) {
  const Hdf5Handle type(H5Tget_member_type(record, index), H5Tclose);
  char* const raw_name = H5Tget_member_name(record, index);
  Hdf5Field field{raw_name != nullptr ? raw_name : "", 1, classify(type.get()) == Hdf5Values::kNumber,
                  exact_type(type.get())};
  H5free_memory(raw_name);
  if (H5Tget_class(type.get()) == H5T_ARRAY) {
    const Hdf5Handle element(H5Tget_super(type.get()), H5Tclose);
    std::array<hsize_t, kMaxRank> dims{};
    const int rank = H5Tget_array_dims2(type.get(), dims.data());
    field.width = rank == 1 ? dims[0] : 0;
    field.is_number = rank == 1 && classify(element.get()) == Hdf5Values::kNumber;
    field.type = exact_type(element.get());
  }
  return field;
}

/// How one field lies in memory after reading: `width` numbers, or bytes for bitfields, which libhdf5 does not convert.
template <ColumnNumber T>
struct FieldLayout {
  std::size_t offset;
  std::size_t width;
  bool bytes;
  [[nodiscard]] std::size_t size() const { return width * (bytes ? 1 : sizeof(T)); }
};

template <ColumnNumber T>
FieldLayout<T> layout_of(hid_t record, const Hdf5Field& field, std::size_t offset) {
  const int index = H5Tget_member_index(record, field.name.c_str());
  const Hdf5Handle type(H5Tget_member_type(record, static_cast<unsigned>(index)), H5Tclose);
  const bool array = H5Tget_class(type.get()) == H5T_ARRAY;
  const Hdf5Handle element(array ? H5Tget_super(type.get()) : H5Tcopy(type.get()), H5Tclose);
  return {offset, field.width, is_bitfield(element.get())};
}

/// False when libhdf5 refuses, as it does for a field without a name: it would not be read then.
template <ColumnNumber T>
bool insert_field(hid_t memory, hid_t record, const Hdf5Field& field, const FieldLayout<T>& layout) {
  const hid_t element = layout.bytes ? H5T_NATIVE_B8 : native_type<T>();
  const int index = H5Tget_member_index(record, field.name.c_str());
  if (H5Tget_member_class(record, static_cast<unsigned>(index)) != H5T_ARRAY) {
    return H5Tinsert(memory, field.name.c_str(), layout.offset, element) >= 0;
  }
  const hsize_t width = field.width;
  const Hdf5Handle array(H5Tarray_create2(element, 1, &width), H5Tclose);
  return H5Tinsert(memory, field.name.c_str(), layout.offset, array.get()) >= 0;
}

template <ColumnNumber T>
void unpack_field(const std::byte* first, const FieldLayout<T>& layout, T* out) {
  if (!layout.bytes) {
    std::memcpy(out, first, layout.size());
    return;
  }
  for (std::size_t i = 0; i < layout.width; ++i) {
    out[i] = static_cast<T>(std::to_integer<int>(first[i]));
  }
}

}  // namespace

Hdf5Dataset::Hdf5Dataset(const std::string& file, std::string path, Hdf5Handle handle)
    : file_(file), path_(std::move(path)), where_(fmt::format("'{}:{}'", file, path_)), handle_(std::move(handle)) {
  const Hdf5Session session;
  type_ = Hdf5Handle(H5Dget_type(handle_.get()), H5Tclose);
  values_ = classify(type_.get());
  number_type_ = exact_type(type_.get());
  shape_ = shape_of(handle_.get());
  chunk_ = chunk_of(handle_.get());
}

void Hdf5Dataset::throw_read_error() const {
  const std::string reason = hdf5_reason();  // before other calls replace it
  const std::string filter = missing_filter(handle_.get());
  if (!filter.empty()) {
    throw IoError(fmt::format("cannot read {}: this HDF5 library lacks the compression {}", where_, filter));
  }
  throw IoError(
      fmt::format("cannot read {}: {}; the file is probably damaged, copy or write it again", where_, reason));
}

std::optional<std::string> Hdf5Dataset::text_attribute(const std::string& name) const {
  return hdf5_text_attribute(handle_.get(), name);
}

std::vector<Hdf5Field> Hdf5Dataset::fields() const {
  const Hdf5Session session;
  std::vector<Hdf5Field> fields;
  if (values_ == Hdf5Values::kRecord && !members_fit(type_.get())) {
    throw IoError(fmt::format(
        "{} is damaged: the fields of its records overlap, lie outside or lack names; copy the file again", where_));
  }
  for (int i = 0; values_ == Hdf5Values::kRecord && i < H5Tget_nmembers(type_.get()); ++i) {
    fields.push_back(describe_field(type_.get(), static_cast<unsigned>(i)));
  }
  return fields;
}

std::vector<std::string> Hdf5Dataset::read_text() const {
  std::vector<std::string> names(shape_.at(0));
  const std::size_t size = H5Tget_size(type_.get());
  if (H5Tis_variable_str(type_.get()) > 0) {
    std::vector<char*> texts(names.size());
    if (H5Dread(handle_.get(), type_.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<void*>(texts.data())) < 0) {
      throw_read_error();
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] = texts[i] != nullptr ? texts[i] : "";
      H5free_memory(texts[i]);
    }
    return names;
  }
  std::string texts(names.size() * size, '\0');
  if (H5Dread(handle_.get(), type_.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) < 0) {
    throw_read_error();
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = texts.substr(i * size, size);
    names[i] = name.substr(0, name.find('\0'));
  }
  return names;
}

std::vector<std::string> Hdf5Dataset::require_stored() const {
  return events::require_stored(handle_.get(), file_, where_);
}

std::vector<std::string> Hdf5Dataset::read_names() const {
  const Hdf5Session session;
  static_cast<void>(require_stored());
  if (shape_.size() == 1 && values_ == Hdf5Values::kText) {
    return read_text();
  }
  if (shape_.size() != 1 || H5Tget_class(type_.get()) != H5T_INTEGER) {
    throw base::InputError(
        fmt::format("{} should hold column names but holds neither texts nor integers; write the "
                    "table with plain column names",
                    where_));
  }
  std::vector<long long> numbers(shape_[0]);
  if (H5Dread(handle_.get(), H5T_NATIVE_LLONG, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0) {
    throw_read_error();
  }
  std::vector<std::string> names;
  for (const long long number : numbers) {
    names.push_back(std::to_string(number));
  }
  return names;
}

template <ColumnNumber T>
void Hdf5Dataset::read_selection(std::int64_t memory_space, std::int64_t file_space, std::span<T> out) const {
  if (!is_bitfield(type_.get())) {
    if (H5Dread(handle_.get(), native_type<T>(), memory_space, file_space, H5P_DEFAULT, out.data()) < 0) {
      throw_read_error();
    }
    return;
  }
  std::vector<unsigned char> bytes(out.size());
  if (H5Dread(handle_.get(), H5T_NATIVE_B8, memory_space, file_space, H5P_DEFAULT, bytes.data()) < 0) {
    throw_read_error();
  }
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

template <ColumnNumber T>
void Hdf5Dataset::read_all(std::span<T> out) const {
  const Hdf5Session session;
  if (!out.empty()) {
    read_selection(H5S_ALL, H5S_ALL, out);
  }
}

template <ColumnNumber T>
void Hdf5Dataset::read_tile(const Hdf5Tile& tile, std::span<T> out) const {
  const Hdf5Session session;
  const std::array<hsize_t, 2> first = {tile.first_row, tile.first_col};
  const std::array<hsize_t, 2> count = {tile.n_rows, tile.n_cols};
  const Hdf5Handle memory(H5Screate_simple(2, count.data(), nullptr), H5Sclose);
  const Hdf5Handle file(H5Dget_space(handle_.get()), H5Sclose);
  H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, first.data(), nullptr, count.data(), nullptr);
  read_selection(memory.get(), file.get(), out);
}

template <ColumnNumber T>
void Hdf5Dataset::read_records(std::span<const Hdf5Field> fields, std::size_t first, std::size_t n,
                               std::span<T> out) const {
  const Hdf5Session session;
  std::vector<FieldLayout<T>> layouts;
  std::size_t row_bytes = 0;
  for (const Hdf5Field& field : fields) {
    layouts.push_back(layout_of<T>(type_.get(), field, row_bytes));
    row_bytes += layouts.back().size();
  }
  const Hdf5Handle memory_type(H5Tcreate(H5T_COMPOUND, row_bytes), H5Tclose);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!insert_field(memory_type.get(), type_.get(), fields[i], layouts[i])) {
      throw_read_error();
    }
  }
  const hsize_t start = first, count = n;
  const Hdf5Handle memory(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Hdf5Handle file(H5Dget_space(handle_.get()), H5Sclose);
  H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, &start, nullptr, &count, nullptr);
  std::vector<std::byte> raw(n * row_bytes);
  if (H5Dread(handle_.get(), memory_type.get(), memory.get(), file.get(), H5P_DEFAULT, raw.data()) < 0) {
    throw_read_error();
  }
  T* next = out.data();
  for (std::size_t row = 0; row < n; ++row) {
    for (const FieldLayout<T>& layout : layouts) {
      unpack_field(raw.data() + row * row_bytes + layout.offset, layout, next);
      next += layout.width;
    }
  }
}

template void Hdf5Dataset::read_all(std::span<float>) const;
template void Hdf5Dataset::read_tile(const Hdf5Tile&, std::span<float>) const;
template void Hdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t, std::span<float>) const;
template void Hdf5Dataset::read_all(std::span<double>) const;
template void Hdf5Dataset::read_tile(const Hdf5Tile&, std::span<double>) const;
template void Hdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t, std::span<double>) const;
template void Hdf5Dataset::read_all(std::span<std::int32_t>) const;
template void Hdf5Dataset::read_tile(const Hdf5Tile&, std::span<std::int32_t>) const;
template void Hdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                        std::span<std::int32_t>) const;
template void Hdf5Dataset::read_all(std::span<std::int64_t>) const;
template void Hdf5Dataset::read_tile(const Hdf5Tile&, std::span<std::int64_t>) const;
template void Hdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                        std::span<std::int64_t>) const;
template void Hdf5Dataset::read_all(std::span<std::uint64_t>) const;
template void Hdf5Dataset::read_tile(const Hdf5Tile&, std::span<std::uint64_t>) const;
template void Hdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                        std::span<std::uint64_t>) const;

}  // namespace eddy::events
