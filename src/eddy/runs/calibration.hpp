#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/runs/run_folder.hpp>

#include <cstddef>

namespace eddy::runs {

/// result.json of a finished run that null experiments can be added to. Throws InputError for one that is not finished,
/// for a method without null experiments, a closed signal region, and more experiments than are possible.
[[nodiscard]] base::Json result_to_calibrate(const RunFolder& folder, std::size_t experiments);

}  // namespace eddy::runs
