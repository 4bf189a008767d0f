#pragma once

#include <string>

namespace eddy::runs {

/// The reference page of all configuration options as Markdown (docs/options.md), from their declarations and the
/// families table: who reads a section, and the default of each method where they differ.
[[nodiscard]] std::string option_reference();

}  // namespace eddy::runs
