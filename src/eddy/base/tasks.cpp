#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/tasks.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace eddy::base {

TaskStore::TaskStore(std::string folder) : folder_(std::move(folder)) { require_writable_folder(folder_); }

std::string TaskStore::path_of(const std::string& kind, const Json& identity) const {
  // CBOR keeps every value apart: as text, NaN and infinity would both become null.
  std::string cbor;
  Json::to_cbor(identity, cbor);
  // 32 hexadecimal digits (128 bits) keep file names readable and collisions out of reach.
  return fmt::format("{}/{}-{}.eddy", folder_, kind, sha256(cbor).substr(0, 32));
}

Json TaskStore::get_or_compute(const std::string& kind, const Json& identity, const std::function<Json()>& compute,
                               const Monitor& monitor) const {
  const std::string path = path_of(kind, identity);
  if (std::error_code ignored; std::filesystem::exists(path, ignored)) {
    try {
      return read_artefact(path);
    } catch (const IoError& error) {
      monitor.warn(fmt::format("{}: computing it again", error.what()));
    }
  }
  monitor.check_stop();
  Json result = compute();
  write_artefact(path, result);
  return result;
}

}  // namespace eddy::base
