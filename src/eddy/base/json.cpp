#include <eddy/base/json.hpp>

// The one place where documents are compiled: json.hpp declares them extern.
template class nlohmann::basic_json<>;
