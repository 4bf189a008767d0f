#pragma once
// What the rules of all families of methods are made of.

#include <eddy/search/config.hpp>

#include <string>
#include <vector>

namespace eddy::search {

/// Throws InputError with `message` unless `condition` holds.
void require(bool condition, const std::string& message);

/// `rows` of the option `where` are empty, or a first and a last (exclusive) one.
void require_rows(const std::string& where, const std::vector<double>& rows);

/// The remedy for a name that is none of `known`: the nearest of them, or all.
[[nodiscard]] std::string suggestion(const std::string& name, const std::vector<std::string>& known);

/// Throws InputError where one of `values` of `option` stands twice: it would only be counted twice.
void require_different(const std::string& option, const std::vector<double>& values);

/// The rules of searches in a space of losses.
void validate_quak(const SearchConfig& config);

}  // namespace eddy::search
