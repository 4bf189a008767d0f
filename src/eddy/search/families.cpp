#include <eddy/base/error.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/config_checks.hpp>
#include <eddy/search/conrad/conrad.hpp>
#include <eddy/search/conrad/conrad_nulls.hpp>
#include <eddy/search/conrad/conrad_rules.hpp>
#include <eddy/search/conrad/conrad_validation.hpp>
#include <eddy/search/extrapolation/extrapolation.hpp>
#include <eddy/search/extrapolation/extrapolation_nulls.hpp>
#include <eddy/search/extrapolation/extrapolation_rules.hpp>
#include <eddy/search/extrapolation/extrapolation_validation.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/quak/loss_scorer.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/search/quak/quak.hpp>
#include <eddy/search/quak/quak_limits.hpp>
#include <eddy/search/quak/quak_nulls.hpp>
#include <eddy/search/quak/quak_rules.hpp>
#include <eddy/search/resonant/resonant.hpp>
#include <eddy/search/resonant/resonant_nulls.hpp>
#include <eddy/search/resonant/resonant_rules.hpp>
#include <eddy/search/resonant/resonant_validation.hpp>
#include <eddy/search/resonant/resonant_windows.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace eddy::search {
namespace {

/// Sections that mean something to all families.
constexpr std::array<std::string_view, 5> kCommonSections = {"search", "data", "features", "regions", "inject"};

}  // namespace

std::span<const FamilyRules> families() {
  static constexpr auto kFamilies = std::to_array<FamilyRules>({
      {.name = "conrad",
       .evidence = EvidenceKind::kAbcd,
       .finds = "looks into a tail",
       .page = "docs/conrad.md",
       .example_context = "met",
       .sections = kConradSections,
       .apply_paper_preset = apply_conrad_paper_preset,
       .require_context = require_one_context,
       .require_consistent = require_conrad,
       .load = load_conrad,
       .run = run_conrad,
       .prepare = prepare_conrad,
       .plan = plan_conrad,
       .nulls = conrad_nulls,
       .count_fresh = count_fresh_conrad,
       .try_windows = try_windows_conrad,
       .correct = correct_conrad,
       .learns_nulls = false},
      {.name = "extrapolation",
       .evidence = EvidenceKind::kTemplateCount,
       .plural = "extrapolations",
       .finds = "extrapolate the background from a control region",
       .page = "docs/extrapolation.md",
       .example_context = "ht",
       .sections = kExtrapolationSections,
       .apply_defaults = apply_extrapolation_defaults,
       .apply_paper_preset = apply_extrapolation_paper_preset,
       .require_context = require_extrapolation_context,
       .require_consistent = require_extrapolation,
       .load = load_extrapolation,
       .run = run_extrapolation,
       .prepare = prepare_extrapolation,
       .plan = plan_extrapolation,
       .nulls = extrapolation_nulls,
       .count_fresh = count_fresh_extrapolation,
       .try_windows = try_windows_extrapolation,
       .correct = correct_extrapolation},
      {.name = "resonant",
       .evidence = EvidenceKind::kBump,
       .plural = "resonant methods",
       .finds = "look for a bump",
       .page = "docs/resonant.md",
       .example_context = "mjj",
       .sections = kResonantSections,
       .apply_defaults = apply_resonant_defaults,
       .apply_paper_preset = apply_resonant_paper_preset,
       .require_context = require_one_context,
       .require_consistent = require_resonant,
       .load = load_resonant,
       .run = run_resonant,
       .prepare = prepare_resonant,
       .plan = plan_resonant,
       .nulls = resonant_nulls,
       .count_fresh = count_fresh_resonant,
       .try_windows = try_windows_resonant,
       .spurious_in_windows = spurious_in_windows,
       .correct = correct_resonant,
       .nulls_begin_warm = true},
      {.name = "loss space",
       .evidence = EvidenceKind::kCategories,
       .finds = "looks for a bump in a space of losses",
       .page = "docs/quak.md",
       .example_context = "mjj",
       .sections = kQuakSections,
       .apply_paper_preset = apply_quak_paper_preset,
       .require_context = require_quak_context,
       .require_consistent = require_quak,
       .load = load_loss_space,
       .run = run_quak,
       .prepare = prepare_quak,
       .plan = plan_quak,
       .nulls = quak_nulls,
       .seek_signal = seek_in_losses,
       .learns_nulls = false,
       .needs_regions = false,
       .learns_density = false,
       .has_one_score = false,
       .score = score_by_losses},
  });
  return kFamilies;
}

std::span<const Method> methods() {
  static const std::vector<Method> kMethods = {
      {.name = "conrad",
       .title = "CONRAD",
       .family = "conrad",
       .paper = "2404.07258",
       .spaces = {"x_prime", "z"},
       .references = {"control_region", "normal", "template"}},
      {.name = "reweight",
       .title = "Reweight",
       .family = "extrapolation",
       .paper = "2311.12924",
       .spaces = {"x"},
       .references = {"extrapolation"},
       .flow = FlowUse::kNone},
      {.name = "generate",
       .title = "Generate",
       .family = "extrapolation",
       .paper = "2311.12924",
       .spaces = {"x"},
       .references = {"extrapolation"}},
      {.name = "morph",
       .title = "Morph",
       .family = "extrapolation",
       .paper = "2311.12924",
       .spaces = {"x"},
       .references = {"extrapolation"}},
      {.name = "cathode",
       .title = "CATHODE",
       .family = "resonant",
       .paper = "2109.00546",
       .spaces = {"x"},
       .references = {"flow_samples"}},
      {.name = "lacathode",
       .title = "LaCATHODE",
       .family = "resonant",
       .paper = "2210.14924",
       .spaces = {"x_prime", "z"},
       .references = {"normal", "control_region"}},
      {.name = "cathode_lacathode",
       .title = "CATHODE + LaCATHODE",
       .family = "resonant",
       .paper = "2210.14924",
       .spaces = {"x_prime", "z"},
       .references = {"normal", "control_region"},
       .works_in_x_too = true},
      {.name = "anode",
       .title = "ANODE",
       .family = "resonant",
       .paper = "2001.04990",
       .spaces = {"x"},
       .references = {"flow_samples"},
       .compares_densities = true},
      {.name = "r_anode",
       .title = "R-ANODE",
       .family = "resonant",
       .paper = "2312.11629",
       .spaces = {"x"},
       .references = {"flow_samples"},
       .compares_densities = true},
      {.name = "cwola",
       .title = "CWoLa",
       .family = "resonant",
       .paper = "1902.02634",
       .spaces = {"x"},
       .references = {"control_region"},
       .flow = FlowUse::kNone},
      {.name = "transport",
       .title = "residual transport",
       .family = "resonant",
       .paper = "2503.04342",
       .spaces = {"x"},
       .references = {"moved_sidebands"},
       .flow = FlowUse::kNone},
      {.name = "supervised",
       .title = "supervised",
       .family = "resonant",
       .spaces = {"x"},
       .references = {"true_background"},
       .flow = FlowUse::kNone,
       .trains_on_signal = true},
      {.name = "idealized",
       .title = "idealized",
       .family = "resonant",
       .spaces = {"x", "z", "x_prime"},
       .references = {"true_background"},
       .flow = FlowUse::kOutsideX},
      {.name = "quak", .title = "QUAK", .family = "loss space", .paper = "2011.03550", .flow = FlowUse::kNone},
  };
  return kMethods;
}

std::vector<std::string_view> methods_of(const FamilyRules& family) {
  std::vector<std::string_view> names;
  for (const Method& method : methods()) {
    if (method.family == family.name) {
      names.push_back(method.name);
    }
  }
  return names;
}

std::string_view title_of(const FamilyRules& family) {
  return family.plural.empty() ? methods_of(family).front() : family.plural;
}

bool reads(const FamilyRules& family, std::string_view section) {
  return std::ranges::count(kCommonSections, section) + std::ranges::count(family.sections, section) > 0;
}

const FamilyRules& rules_of(std::string_view family) {
  const auto found = std::ranges::find(families(), family, &FamilyRules::name);
  if (found == families().end()) {
    throw base::InputError(fmt::format("there is no family \"{}\" of methods", family));
  }
  return *found;
}

const FamilyRules& rules_of(const SearchConfig& config) { return rules_of(method_of(config).family); }

const Method* find_method(std::string_view name) {
  const auto found = std::ranges::find(methods(), name, &Method::name);
  return found != methods().end() ? &*found : nullptr;
}

const Method& method_of(const SearchConfig& config) {
  const std::string& name = config.search.method;
  if (const Method* method = find_method(name); method != nullptr) {
    return *method;
  }
  std::vector<std::string> known;
  std::ranges::transform(methods(), std::back_inserter(known), [](const Method& m) { return std::string(m.name); });
  throw base::InputError(fmt::format("there is no method \"{}\"; {}", name, suggestion(name, known)));
}

bool has_null_experiments(const SearchConfig& config) {
  return rules_of(config).nulls != nullptr && config.classifier.reference != "true_background";
}

bool is_validated(const SearchConfig& config) { return config.validation.experiments > 0 && has_validation(config); }

bool tries_windows(const SearchConfig& config) {
  return is_validated(config) && config.validation.windows > 0 && rules_of(config).try_windows != nullptr;
}

bool has_validation(const SearchConfig& config) {
  return rules_of(config).count_fresh != nullptr && has_null_experiments(config);
}

std::string method_title(const std::string& method) {
  const Method* known = find_method(method);
  return known != nullptr ? std::string(known->title) : method;
}

}  // namespace eddy::search
