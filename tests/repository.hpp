#pragma once
// Where the files are that tests read.

#include <string>

namespace eddy::test {

/// The folder of the sources.
[[nodiscard]] std::string repository_folder();
/// The folder of the large data sets: EDDY_DATA, or shared/data beside the repository. It may be absent.
[[nodiscard]] std::string data_folder();

}  // namespace eddy::test
