#pragma once
// What a blind search may expect of its signal region.

#include <eddy/search/finding_parts.hpp>

#include <string>

namespace eddy::search {

/// From a predicted number of background events and its error. Throws InputError where nothing is expected.
[[nodiscard]] Expectation expect(const std::string& source, double background, double error);

}  // namespace eddy::search
