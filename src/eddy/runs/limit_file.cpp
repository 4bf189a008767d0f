#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/runs/limit_file.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace eddy::runs {
namespace {

constexpr const char* kName = "limit.json";

/// Null experiments may come later: they change nothing that a limit rests on.
std::string sha256_of(const base::Json& result) { return base::content_sha256(RunFolder::without_calibration(result)); }

/// Of all that the file says beside this hash: it is written by eddy alone.
std::string sha256_of_limit(base::Json limit) {
  limit.erase("content_sha256");
  return base::content_sha256(limit);
}

}  // namespace

void write_limit(const RunFolder& folder, const base::Json& result, base::Json limit) {
  limit["result_sha256"] = sha256_of(result);
  limit = base::Json::parse(limit.dump());  // numbers as the file has them
  limit["content_sha256"] = sha256_of_limit(limit);
  folder.write(kName, limit);
}

std::unique_ptr<base::Json> read_limit(const RunFolder& folder, const base::Json& result) {
  if (std::error_code ignored; !std::filesystem::exists(folder.file(kName), ignored)) {
    return nullptr;
  }
  auto limit = std::make_unique<base::Json>(folder.read(kName));
  if (!limit->is_object() || limit->value("result_sha256", "") != sha256_of(result)) {
    throw base::InputError(fmt::format("'{}' is not the limit of '{}'; remove it, or run 'eddy limit {}' again",
                                       folder.file(kName), folder.file("result.json"), folder.path()));
  }
  if (limit->value("content_sha256", "") != sha256_of_limit(*limit)) {
    throw base::InputError(
        fmt::format("'{}' was changed after it was written, or is of an earlier eddy; run 'eddy limit {}' again",
                    folder.file(kName), folder.path()));
  }
  return limit;
}

}  // namespace eddy::runs
