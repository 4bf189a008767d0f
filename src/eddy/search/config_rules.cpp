// What single options cannot say of themselves: which of them fit together, and what a method changes in the others.

#include <eddy/base/error.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/scaler.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/config_checks.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace eddy::search {
namespace {

/// Every expression parses, whether or not something uses it.
void require_expressions(const SearchConfig& c) {
  const auto parse = [](const std::string& where, const std::string& text) {
    try {
      (void)events::Expression(text);
    } catch (const base::InputError& error) {
      throw base::InputError(fmt::format("{}: {}", where, error.what()));
    }
  };
  for (const auto& [name, text] : c.columns) {
    parse("[columns] " + name, text);
  }
  if (!c.regions.selection.empty()) {
    parse("[regions] selection", c.regions.selection);
  }
  if (!c.regions.signal.empty()) {
    parse("[regions] signal", c.regions.signal);
  }
}

/// A density over a repeated feature, or over the variable it is conditional on, does not exist; truth must not be
/// trained on.
void require_usable_features(const SearchConfig& c) {
  const std::vector<std::string>& x = c.features.x;
  for (const std::string& name : x) {
    require(std::ranges::count(x, name) == 1, fmt::format("[features] x names '{}' twice; remove one", name));
  }
  for (const std::string& name : c.features.context) {
    require(std::ranges::count(x, name) == 0,
            fmt::format("'{}' is both in [features] x and context; keep it in one of them", name));
  }
  const bool trains_on_label =
      !c.data.label.empty() &&
      std::ranges::count(x, c.data.label) + std::ranges::count(c.features.context, c.data.label) > 0;
  require(!trains_on_label,
          fmt::format("'{}' is the label of [data] and one of [features]; truth cannot be a feature, remove one",
                      c.data.label));
}

/// Truth and identity are read from files as they are: a derived column of that name would not be what is meant.
void require_columns_of_files(const SearchConfig& c) {
  const auto look_at = [&](const std::string& option, const std::string& name) {
    for (const auto& [derived, text] : c.columns) {
      require(name != derived || name.empty(),
              fmt::format("{} names '{}', which must be a column of the file, but [columns] derives {} = '{}'; write "
                          "the values into a column of the file, or, where the file has '{}', give the derived column "
                          "another name",
                          option, name, derived, text, name));
    }
  };
  look_at("[data] label", c.data.label);
  look_at("[benchmarks] label", c.benchmarks.label);
  for (const std::string& name : c.data.identity) {
    look_at("[data] identity", name);
  }
}

void require_efficiencies(const SearchConfig& c) {
  require(!c.efficiencies.empty(),
          "[working_points] efficiency is empty; name at least one, such as efficiency = [0.01]");
  for (const double efficiency : c.efficiencies) {
    require(efficiency > 0 && efficiency < 1,
            fmt::format("[working_points] efficiency {} lies outside (0, 1); give the fraction of background to keep",
                        efficiency));
  }
  require_different("[working_points] efficiency", c.efficiencies);
}

/// "feature: kind", of features that exist, once each.
void require_scalers(const SearchConfig& c) {
  std::vector<std::string> named;
  for (const std::string& entry : c.flow.scalers) {
    const std::size_t colon = entry.rfind(':');
    const std::size_t kind = colon == std::string::npos ? colon : entry.find_first_not_of(' ', colon + 1);
    require(kind != std::string::npos,
            fmt::format("[flow] scalers has the entry '{}'; write a feature and its scaler, such as \"{}: log\"", entry,
                        c.features.x.front()));
    const std::string feature = entry.substr(0, colon);
    require(std::ranges::count(c.features.x, feature) > 0,
            fmt::format("[flow] scalers names '{}', which is not in [features] x; {}", feature,
                        suggestion(feature, c.features.x)));
    require(std::ranges::count(named, feature) == 0,
            fmt::format("[flow] scalers names '{}' twice; remove one", feature));
    (void)events::parse_scaler_kind(entry.substr(kind));
    named.push_back(feature);
  }
}

/// "auto", or features that exist.
void require_dequantised(const SearchConfig& c) {
  for (const std::string& name : c.features.dequantise) {
    require(name == "auto" || std::ranges::count(c.features.x, name) > 0,
            fmt::format("[features] dequantise names '{}', which is not in [features] x; {}, or write \"auto\"", name,
                        suggestion(name, c.features.x)));
    require(name == "auto" || needs_flow(c),
            fmt::format("[features] dequantise names '{}', but {} learns no density that needs it; remove it there",
                        name, method_title(c.search.method)));
  }
}

void require_injection(const SearchConfig& c) {
  std::vector<std::string> amounts;
  for (const auto& [key, amount] : {std::pair<const char*, double>{"count", static_cast<double>(c.inject.count)},
                                    {"s_over_sqrt_b", c.inject.s_over_sqrt_b},
                                    {"fraction", c.inject.fraction}}) {
    if (amount > 0) {
      amounts.push_back(fmt::format("{} = {}", key, amount));
    }
  }
  require(amounts.empty() || !c.inject.file.empty(),
          "[inject] says how much signal to add but not from which file; add file = \"...\"");
  require(amounts.size() < 2,
          fmt::format("[inject] has {}: more than one amount; keep one of them", fmt::join(amounts, " and ")));
}

/// A weight is a column of a file that is named.
void require_weighted_files(const SearchConfig& c) {
  for (const auto& [option, weight, file] :
       {std::tuple<const char*, std::string, std::string>{"[inject] weight", c.inject.weight, c.inject.file},
        {"[benchmarks] background_weight", c.benchmarks.background_weight, c.benchmarks.background},
        {"[benchmarks] signal_weight", c.benchmarks.signal_weight, c.benchmarks.signal},
        {"[bump_hunt] template_weight", c.bump_hunt.template_weight, c.bump_hunt.signal_template}}) {
    require(weight.empty() || !file.empty(),
            fmt::format("{} = \"{}\" is a column of no file; name the file of these events, or remove the weight",
                        option, weight));
  }
}

}  // namespace

void apply_method_defaults(SearchConfig& c) {
  const FamilyRules& rules = rules_of(c);
  rules.apply_defaults(c);
  if (has_validation(c)) {
    c.validation.experiments = kValidationExperiments;
    c.validation.windows = rules.try_windows != nullptr ? kValidationWindows : 0;
  }
  if (c.search.preset == "paper") {
    rules.apply_paper_preset(c);
  }
}

void validate(const SearchConfig& c) {
  require(!c.search.name.empty(), "[search] name is empty; it names the run folder and the report");
  require(!c.data.file.empty(), "the configuration has no [data] file; add file = \"...\" under [data]");
  require(!c.features.x.empty(), "[features] x is empty; name at least one feature, such as x = [\"m_j1\"]");
  rules_of(c).require_context(c);
  require(!c.regions.signal.empty() || !rules_of(c).needs_regions,
          "[regions] signal is empty; write the signal region as an expression, such as signal = \"met > 1000\"");
  require_usable_features(c);
  require_expressions(c);
  require_columns_of_files(c);
  require_rows("[data] rows", c.data.rows);
  require_rows("[template] rows", c.template_sample.rows);
  require_rows("[simulation] rows", c.simulation.rows);
  require_rows("[benchmarks] background_rows", c.benchmarks.background_rows);
  require_efficiencies(c);
  require(
      !c.flow.moving_quantiles || c.features.context.size() == 1,
      fmt::format("[flow] moving_quantiles = true follows one context variable, and [features] context has {}; set it "
                  "to false",
                  c.features.context.size()));
  require(
      c.validation.experiments != 1,
      "[validation] experiments = 1 corrects nothing: how far a prediction is off needs its spread over two or more; "
      "write 4, or 0 for none");
  require(
      c.validation.windows == 0 || rules_of(c).try_windows != nullptr,
      fmt::format("[validation] windows = {} does not fit method \"{}\", whose signal region has no neighbours like "
                  "it; leave it at 0",
                  c.validation.windows, c.search.method));
  require_scalers(c);
  require_dequantised(c);
  require_injection(c);
  require_weighted_files(c);
  require(c.calibration.warm_epochs == 0 || rules_of(c).nulls_begin_warm,
          fmt::format("[calibration] warm_epochs does not fit method \"{}\": its flows see what null experiments are "
                      "drawn from, and would know too much; leave it at 0",
                      c.search.method));
  rules_of(c).require_consistent(c);
}

}  // namespace eddy::search
