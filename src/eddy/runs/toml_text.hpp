#pragma once
// Options as TOML that reads back the same.

#include <eddy/base/options.hpp>

#include <functional>
#include <string>

namespace eddy::runs {

/// `text` as a TOML string, in quotes.
[[nodiscard]] std::string toml_text(const std::string& text);
/// A key as TOML: bare where its letters allow that.
[[nodiscard]] std::string toml_key(const std::string& key);

/// The options that `describe` declares, one line each.
[[nodiscard]] std::string toml_options(const std::function<void(base::OptionVisitor&)>& describe);

}  // namespace eddy::runs
