#include <eddy/base/error.hpp>
#include <eddy/events/byte_message.hpp>

#include <cstring>

namespace eddy::events {

void MessageWriter::number(std::uint64_t value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  bytes_.append(bytes, sizeof value);
}

void MessageWriter::text(std::string_view value) {
  number(value.size());
  bytes_.append(value);
}

void MessageWriter::numbers(const std::vector<std::size_t>& values) {
  number(values.size());
  for (const std::size_t value : values) {
    number(value);
  }
}

void MessageWriter::texts(const std::vector<std::string>& values) {
  number(values.size());
  for (const std::string& value : values) {
    text(value);
  }
}

std::string_view MessageReader::take(std::uint64_t n) {
  if (n > rest_.size()) {
    throw base::IoError("the process that reads the file gave a broken answer; the file is probably damaged");
  }
  const std::string_view bytes = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return bytes;
}

std::uint64_t MessageReader::number() {
  std::uint64_t value = 0;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

std::string MessageReader::text() { return std::string(take(number())); }

/// The number of items that follow, each of at least eight bytes.
std::size_t MessageReader::count() {
  const std::uint64_t n = number();
  if (n > rest_.size() / sizeof(std::uint64_t)) {
    static_cast<void>(take(rest_.size() + 1));
  }
  return n;
}

std::vector<std::size_t> MessageReader::numbers() {
  std::vector<std::size_t> values(count());
  for (std::size_t& value : values) {
    value = number();
  }
  return values;
}

std::vector<std::string> MessageReader::texts() {
  std::vector<std::string> values(count());
  for (std::string& value : values) {
    value = text();
  }
  return values;
}

}  // namespace eddy::events
