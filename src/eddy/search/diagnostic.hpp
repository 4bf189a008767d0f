#pragma once

#include <functional>
#include <string>
#include <vector>

namespace eddy::search {

/// Runs a step that describes a search rather than finds anything: benchmarks, sculpting, what labels say. Its failure
/// must not cost the result: it becomes one of `warnings`, which begins with `what` ("the test for sculpting"). What
/// stops the search all the same: the user (Interrupted), and files that cannot be read or written (IoError).
void describe_by(const std::string& what, std::vector<std::string>& warnings, const std::function<void()>& step);

}  // namespace eddy::search
