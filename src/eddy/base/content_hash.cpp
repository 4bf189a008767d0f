#include <eddy/base/content_hash.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/json.hpp>

namespace eddy::base {

std::string content_sha256(const Json& document) {
  // CBOR keeps every value apart: as text, NaN and infinity would both become null.
  std::string cbor;
  Json::to_cbor(document, cbor);
  return sha256(cbor);
}

}  // namespace eddy::base
