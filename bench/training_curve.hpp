#pragma once

#include <eddy/base/json.hpp>

#include <cstdint>
#include <string>

namespace eddy::bench {

/// Trains flows of seeds 1 ... n_seeds on the file that bench/pytorch/training_curve.py prepares, with the settings of
/// its command train; the result has the layout of what that prints. Throws IoError or InputError for an unfit file.
[[nodiscard]] base::Json training_curves(const std::string& path, std::size_t n_seeds, std::int64_t epochs);

}  // namespace eddy::bench
