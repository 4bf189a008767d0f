#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/net/packed_parameters.hpp>

#include <fmt/format.h>

#include <vector>

namespace eddy::net {

base::Json pack_parameters(std::span<const float> parameters) {
  return {{"layout", kParameterLayout}, {"values", base::pack_floats(parameters)}};
}

AlignedVector<float> unpack_parameters(const base::Json& packed) {
  const int layout = packed.is_object() ? packed.at("layout").get<int>() : 1;
  if (layout != kParameterLayout) {
    throw base::InputError(fmt::format(
        "the weights of this model are laid out for another version of eddy (layout {}, this one reads {}); "
        "train the model again, or use the eddy that wrote it",
        layout, kParameterLayout));
  }
  const std::vector<float> values = base::unpack_floats(packed.at("values"));
  return {values.begin(), values.end()};
}

}  // namespace eddy::net
