#pragma once

#include <eddy/base/json.hpp>

#include <fuzz/target.hpp>

#include <cstdint>
#include <vector>

namespace eddy::fuzz {

/// The JSON document in `input` with one to three of its values removed, replaced, doubled or exchanged; empty when
/// there is no document in it, or now and then, so that bytes are changed too. Depends on the arguments only.
[[nodiscard]] std::vector<std::uint8_t> mutate_json(Bytes input, Shape shape, unsigned seed);

}  // namespace eddy::fuzz
