#include <eddy/base/error.hpp>
#include <eddy/events/byte_message.hpp>
#include <eddy/events/hdf5_service.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <new>

namespace eddy::events {
namespace {

using base::InputError;

void write_description(const Hdf5Dataset& dataset, MessageWriter& out) {
  out.number(static_cast<std::uint64_t>(dataset.values()));
  out.number(static_cast<std::uint64_t>(dataset.number_type()));
  out.numbers(dataset.shape());
  out.numbers(dataset.chunk());
  const std::vector<Hdf5Field> fields = dataset.fields();
  out.number(fields.size());
  for (const Hdf5Field& field : fields) {
    out.text(field.name);
    out.number(field.width);
    out.number(field.is_number ? 1 : 0);
    out.number(static_cast<std::uint64_t>(field.type));
  }
}

void write_optional(const std::optional<std::string>& text, MessageWriter& out) {
  out.number(text ? 1 : 0);
  out.text(text.value_or(""));
}

/// The first `n` values of the block that both processes see.
template <ColumnNumber T>
std::span<T> values_in(std::span<std::byte> block, std::size_t n) {
  if (block.size() / sizeof(T) < n) {
    throw std::bad_alloc();
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the block is mapped memory, aligned to a page
  return {reinterpret_cast<T*>(block.data()), n};
}

template <ColumnNumber T>
void serve_tile(const Hdf5Dataset& dataset, MessageReader& in, std::span<std::byte> block) {
  Hdf5Tile tile{};
  tile.first_row = in.number();
  tile.n_rows = in.number();
  tile.first_col = in.number();
  tile.n_cols = in.number();
  dataset.read_tile(tile, values_in<T>(block, tile.n_rows * tile.n_cols));
}

template <ColumnNumber T>
void serve_records(const Hdf5Dataset& dataset, MessageReader& in, std::span<std::byte> block) {
  const std::size_t first = in.number();
  const std::size_t n = in.number();
  const std::vector<std::string> names = in.texts();
  std::vector<Hdf5Field> fields = dataset.fields();
  std::erase_if(fields, [&](const Hdf5Field& field) { return std::ranges::find(names, field.name) == names.end(); });
  std::size_t width = 0;
  for (const Hdf5Field& field : fields) {
    width += field.width;
  }
  dataset.read_records(fields, first, n, values_in<T>(block, n * width));
}

template <ColumnNumber T>
void serve_values(Hdf5Request request, const Hdf5Dataset& dataset, MessageReader& in, std::span<std::byte> block) {
  if (request == Hdf5Request::kTile) {
    serve_tile<T>(dataset, in, block);
  } else if (request == Hdf5Request::kRecords) {
    serve_records<T>(dataset, in, block);
  } else {
    dataset.read_all(values_in<T>(block, dataset.shape().at(0)));
  }
}

std::string failure(Hdf5Answer kind, const std::string& text) {
  MessageWriter out;
  out.number(static_cast<std::uint64_t>(kind));
  out.text(text);
  return out.take();
}

}  // namespace

std::string Hdf5Service::answer(std::string_view request, std::span<std::byte> block) {
  try {
    MessageWriter out;
    out.number(static_cast<std::uint64_t>(Hdf5Answer::kGood));
    MessageReader in(request);
    perform(static_cast<Hdf5Request>(in.number()), in, block, out);
    return out.take();
  } catch (const InputError& error) {
    return failure(Hdf5Answer::kInputError, error.what());
  } catch (const base::Error& error) {
    return failure(Hdf5Answer::kIoError, error.what());
  } catch (const std::bad_alloc&) {
    return failure(
        Hdf5Answer::kIoError,
        fmt::format("reading '{}' takes more memory than a file of its size can need; it is probably damaged, "
                    "copy or write it again",
                    path_));
  }
}

void Hdf5Service::perform(Hdf5Request request, MessageReader& in, std::span<std::byte> block, MessageWriter& out) {
  switch (request) {
    case Hdf5Request::kOpen:
      file_.emplace(path_);
      return;
    case Hdf5Request::kIsGroup:
      return out.number(file_->is_group(in.text()) ? 1 : 0);
    case Hdf5Request::kIsDataset:
      return out.number(file_->is_dataset(in.text()) ? 1 : 0);
    case Hdf5Request::kChildren: {
      const Hdf5Children children = file_->children(in.text());
      out.texts(children.groups);
      return out.texts(children.datasets);
    }
    case Hdf5Request::kIdentity: {
      const auto [file, address] = file_->identity(in.text());
      out.number(file);
      return out.number(address);
    }
    case Hdf5Request::kAttribute: {
      const std::string object = in.text();
      return write_optional(file_->text_attribute(object, in.text()), out);
    }
    case Hdf5Request::kDataset: {
      const auto opened = datasets_.emplace(next_, file_->dataset(in.text())).first;
      out.number(next_++);
      return write_description(opened->second, out);
    }
    case Hdf5Request::kClose:
      datasets_.erase(in.number());
      return;
    default:
      return read(request, datasets_.at(in.number()), in, block, out);
  }
}

void Hdf5Service::read(Hdf5Request request, const Hdf5Dataset& dataset, MessageReader& in, std::span<std::byte> block,
                       MessageWriter& out) {
  if (request == Hdf5Request::kStored) {
    return out.texts(dataset.require_stored());
  }
  if (request == Hdf5Request::kNames) {
    return out.texts(dataset.read_names());
  }
  const ColumnValues token(static_cast<NumberType>(in.number()), 0);
  token.visit([&]<class T>(const std::vector<T>&) { serve_values<T>(request, dataset, in, block); });
}

}  // namespace eddy::events
