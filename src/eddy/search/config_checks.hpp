#pragma once
// What the rules of all families of methods are made of.

#include <eddy/search/config.hpp>

#include <cstdint>
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

/// [features] context names exactly one variable.
void require_one_context(const SearchConfig& config);

/// [classifier] members can be spread evenly over `n_flows`.
void require_even_spread(const SearchConfig& config, std::int64_t n_flows);

/// [classifier] space and reference are among those of the method.
void require_known_choices(const SearchConfig& config);

}  // namespace eddy::search
