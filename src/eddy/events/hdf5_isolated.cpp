#include <eddy/base/error.hpp>
#include <eddy/events/byte_message.hpp>
#include <eddy/events/hdf5_isolated.hpp>
#include <eddy/events/hdf5_service.hpp>
#include <eddy/events/reader_process.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

/// Defined by programs whose files are known to be sound, such as a fuzzer of what stands inside of them: these are
/// read in their own process, where branches are counted and nothing is forked. eddy has none.
extern "C" __attribute__((weak)) bool eddy_trusts_hdf5_files();

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;

/// What reading a file of `bytes` may take: libhdf5 itself, its caches, and the largest chunk, packed and unpacked, in
/// an intact file. One that needs more than that is damaged, or hostile.
ReaderLimits limits_for(std::uint64_t bytes) {
  constexpr std::uint64_t kMemory = std::uint64_t{512} << 20;
  constexpr double kSeconds = 4;
  constexpr double kBytesPerSecond = 25e6;
  constexpr double kWaitingSeconds = 300;  // a tape robot may be behind the file system
  return {kMemory + 8 * bytes, kSeconds + static_cast<double>(bytes) / kBytesPerSecond, kWaitingSeconds};
}

MessageWriter request_for(Hdf5Request request) {
  MessageWriter out;
  out.number(static_cast<std::uint64_t>(request));
  return out;
}

MessageWriter request_for(Hdf5Request request, const std::string& object) {
  MessageWriter out = request_for(request);
  out.text(object);
  return out;
}

MessageWriter request_for(Hdf5Request request, std::uint64_t dataset) {
  MessageWriter out = request_for(request);
  out.number(dataset);
  return out;
}

/// The type of a number in a message.
NumberType number_type_in(MessageReader& in) {
  const std::uint64_t type = in.number();
  return type <= static_cast<std::uint64_t>(NumberType::kUint64) ? static_cast<NumberType>(type) : NumberType::kFloat32;
}

/// A request for values, as T.
template <ColumnNumber T>
MessageWriter request_for(Hdf5Request request, std::uint64_t dataset) {
  MessageWriter out = request_for(request, dataset);
  out.number(static_cast<std::uint64_t>(ColumnValues(std::vector<T>()).type()));
  return out;
}

}  // namespace

class Hdf5Connection {
 public:
  explicit Hdf5Connection(std::string path) : path_(std::move(path)) {
    auto service = std::make_shared<Hdf5Service>(path_);
    if (eddy_trusts_hdf5_files != nullptr && eddy_trusts_hdf5_files()) {
      service_ = std::move(service);
    } else {
      process_ = start(std::move(service));
    }
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  /// What follows the kind of a good answer; other answers are thrown. Values go to `out`.
  std::string ask(MessageWriter request, std::span<std::byte> out = {}) {
    std::string answer;
    try {
      answer = service_ ? service_->answer(request.take(), out) : ask_process(request.take(), out);
    } catch (const ReaderEnd& end) {
      throw IoError(
          fmt::format("cannot read '{}': libhdf5 {} while reading it; the file is probably damaged, copy or "
                      "write it again",
                      path_, end.what));
    }
    MessageReader in(answer);
    const auto kind = static_cast<Hdf5Answer>(in.number());
    if (kind == Hdf5Answer::kGood) {
      return answer.substr(sizeof(std::uint64_t));
    }
    if (kind == Hdf5Answer::kInputError) {
      throw InputError(in.text());
    }
    throw IoError(in.text());
  }

 private:
  std::string ask_process(const std::string& request, std::span<std::byte> out) {
    return process_->ask(request, out.size(),
                         [&](std::span<const std::byte> block) { std::ranges::copy(block, out.begin()); });
  }

  std::unique_ptr<ReaderProcess> start(std::shared_ptr<Hdf5Service> service) const {
    const Hdf5Session session;  // nobody is inside libhdf5 when its state is copied
    return std::make_unique<ReaderProcess>(
        limits_for(std::filesystem::file_size(path_)), Hdf5Session::begin_in_child,
        [service](std::string_view request, std::span<std::byte> block) { return service->answer(request, block); });
  }

  std::string path_;
  std::unique_ptr<ReaderProcess> process_;  ///< or, where files are trusted,
  std::shared_ptr<Hdf5Service> service_;    ///< read here
};

IsolatedHdf5Dataset::IsolatedHdf5Dataset(std::shared_ptr<Hdf5Connection> connection, std::string path)
    : connection_(std::move(connection)), path_(std::move(path)) {
  const std::string answer = connection_->ask(request_for(Hdf5Request::kDataset, path_));
  MessageReader in(answer);
  id_ = in.number();
  const std::uint64_t values = in.number();
  values_ =
      values < static_cast<std::uint64_t>(Hdf5Values::kOther) ? static_cast<Hdf5Values>(values) : Hdf5Values::kOther;
  number_type_ = number_type_in(in);
  shape_ = in.numbers();
  chunk_ = in.numbers();
  for (std::uint64_t n = in.number(); n > 0; --n) {
    std::string name = in.text();
    const std::size_t width = in.number();
    const bool is_number = in.number() != 0;
    fields_.push_back({std::move(name), width, is_number, number_type_in(in)});
  }
}

IsolatedHdf5Dataset::~IsolatedHdf5Dataset() {
  if (connection_) {
    try {
      connection_->ask(request_for(Hdf5Request::kClose, id_));
    } catch (const base::Error&) {  // the process has ended, and the data set with it
    }
  }
}

std::optional<std::string> IsolatedHdf5Dataset::text_attribute(const std::string& name) const {
  return IsolatedHdf5File(connection_).text_attribute(path_, name);
}

std::vector<std::string> IsolatedHdf5Dataset::read_names() const {
  const std::string answer = connection_->ask(request_for(Hdf5Request::kNames, id_));
  return MessageReader(answer).texts();
}

std::vector<std::string> IsolatedHdf5Dataset::require_stored() const {
  const std::string answer = connection_->ask(request_for(Hdf5Request::kStored, id_));
  return MessageReader(answer).texts();
}

template <ColumnNumber T>
void IsolatedHdf5Dataset::read_all(std::span<T> out) const {
  if (!out.empty()) {
    connection_->ask(request_for<T>(Hdf5Request::kAll, id_), std::as_writable_bytes(out));
  }
}

template <ColumnNumber T>
void IsolatedHdf5Dataset::read_tile(const Hdf5Tile& tile, std::span<T> out) const {
  MessageWriter request = request_for<T>(Hdf5Request::kTile, id_);
  for (const std::size_t number : {tile.first_row, tile.n_rows, tile.first_col, tile.n_cols}) {
    request.number(number);
  }
  connection_->ask(std::move(request), std::as_writable_bytes(out));
}

template <ColumnNumber T>
void IsolatedHdf5Dataset::read_records(std::span<const Hdf5Field> fields, std::size_t first, std::size_t n,
                                       std::span<T> out) const {
  MessageWriter request = request_for<T>(Hdf5Request::kRecords, id_);
  request.number(first);
  request.number(n);
  std::vector<std::string> names;
  std::size_t width = 0;
  for (const Hdf5Field& field : fields) {
    names.push_back(field.name);
    width += field.width;
  }
  request.texts(names);
  connection_->ask(std::move(request), std::as_writable_bytes(out.first(n * width)));
}

template void IsolatedHdf5Dataset::read_all(std::span<float>) const;
template void IsolatedHdf5Dataset::read_tile(const Hdf5Tile&, std::span<float>) const;
template void IsolatedHdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                                std::span<float>) const;
template void IsolatedHdf5Dataset::read_all(std::span<double>) const;
template void IsolatedHdf5Dataset::read_tile(const Hdf5Tile&, std::span<double>) const;
template void IsolatedHdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                                std::span<double>) const;
template void IsolatedHdf5Dataset::read_all(std::span<std::int32_t>) const;
template void IsolatedHdf5Dataset::read_tile(const Hdf5Tile&, std::span<std::int32_t>) const;
template void IsolatedHdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                                std::span<std::int32_t>) const;
template void IsolatedHdf5Dataset::read_all(std::span<std::int64_t>) const;
template void IsolatedHdf5Dataset::read_tile(const Hdf5Tile&, std::span<std::int64_t>) const;
template void IsolatedHdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                                std::span<std::int64_t>) const;
template void IsolatedHdf5Dataset::read_all(std::span<std::uint64_t>) const;
template void IsolatedHdf5Dataset::read_tile(const Hdf5Tile&, std::span<std::uint64_t>) const;
template void IsolatedHdf5Dataset::read_records(std::span<const Hdf5Field>, std::size_t, std::size_t,
                                                std::span<std::uint64_t>) const;

IsolatedHdf5File::IsolatedHdf5File(const std::string& path) : connection_(std::make_shared<Hdf5Connection>(path)) {
  connection_->ask(request_for(Hdf5Request::kOpen));
}

const std::string& IsolatedHdf5File::path() const { return connection_->path(); }

bool IsolatedHdf5File::is_group(const std::string& object) const {
  const std::string answer = connection_->ask(request_for(Hdf5Request::kIsGroup, object));
  return MessageReader(answer).number() != 0;
}

bool IsolatedHdf5File::is_dataset(const std::string& object) const {
  const std::string answer = connection_->ask(request_for(Hdf5Request::kIsDataset, object));
  return MessageReader(answer).number() != 0;
}

Hdf5Children IsolatedHdf5File::children(const std::string& group) const {
  const std::string answer = connection_->ask(request_for(Hdf5Request::kChildren, group));
  MessageReader in(answer);
  Hdf5Children children;
  children.groups = in.texts();
  children.datasets = in.texts();
  return children;
}

std::pair<std::uint64_t, std::uint64_t> IsolatedHdf5File::identity(const std::string& object) const {
  const std::string answer = connection_->ask(request_for(Hdf5Request::kIdentity, object));
  MessageReader in(answer);
  const std::uint64_t file = in.number();
  return {file, in.number()};
}

std::optional<std::string> IsolatedHdf5File::text_attribute(const std::string& object, const std::string& name) const {
  MessageWriter request = request_for(Hdf5Request::kAttribute, object);
  request.text(name);
  const std::string answer = connection_->ask(std::move(request));
  MessageReader in(answer);
  const bool exists = in.number() != 0;
  return exists ? std::optional(in.text()) : std::nullopt;
}

IsolatedHdf5Dataset IsolatedHdf5File::dataset(const std::string& path) const { return {connection_, path}; }

}  // namespace eddy::events
