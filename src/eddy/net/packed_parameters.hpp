#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/net/aligned.hpp>

#include <span>

namespace eddy::net {

/// Raised whenever parameters change places in their vector (DenseShape), so that a model on file is never read with
/// its weights exchanged. 1: rows of all outputs; 2: blocks of kRowUnit outputs.
inline constexpr int kParameterLayout = 2;

/// Parameters of a network as a model file keeps them, with their layout.
[[nodiscard]] base::Json pack_parameters(std::span<const float> parameters);
/// Throws InputError for another layout.
[[nodiscard]] AlignedVector<float> unpack_parameters(const base::Json& packed);

}  // namespace eddy::net
