#include <eddy/base/error.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/config_checks.hpp>
#include <eddy/search/conrad/conrad.hpp>
#include <eddy/search/conrad/conrad_nulls.hpp>
#include <eddy/search/conrad/conrad_rules.hpp>
#include <eddy/search/extrapolation/extrapolation.hpp>
#include <eddy/search/extrapolation/extrapolation_rules.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/search/quak/quak.hpp>
#include <eddy/search/quak/quak_rules.hpp>
#include <eddy/search/resonant/resonant.hpp>
#include <eddy/search/resonant/resonant_nulls.hpp>
#include <eddy/search/resonant/resonant_rules.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace eddy::search {
namespace {

/// Of families whose defaults are those of the sections' structs.
void keep_defaults(SearchConfig& /*config*/) {}

}  // namespace

std::span<const FamilyRules> families() {
  static constexpr std::array<FamilyRules, 4> kFamilies = {{
      {.family = Family::kTail,
       .evidence = EvidenceKind::kAbcd,
       .name = "conrad",
       .readers = "conrad",
       .finds = "looks into a tail",
       .page = "docs/conrad.md",
       .example_context = "met",
       .apply_defaults = keep_defaults,
       .apply_paper_preset = apply_conrad_paper_preset,
       .require_context = require_one_context,
       .require_consistent = require_conrad,
       .load = load_conrad,
       .run = run_conrad,
       .nulls = conrad_nulls},
      {.family = Family::kExtrapolation,
       .evidence = EvidenceKind::kTemplateCount,
       .name = "extrapolation",
       .readers = "extrapolations (reweight, generate, morph)",
       .finds = "extrapolate the background from a control region",
       .page = "docs/extrapolation.md",
       .example_context = "ht",
       .apply_defaults = apply_extrapolation_defaults,
       .apply_paper_preset = apply_extrapolation_paper_preset,
       .require_context = require_extrapolation_context,
       .require_consistent = require_extrapolation,
       .load = load_extrapolation,
       .run = run_extrapolation},
      {.family = Family::kResonant,
       .evidence = EvidenceKind::kBump,
       .name = "resonant",
       .readers = "resonant methods",
       .finds = "look for a bump",
       .page = "docs/resonant.md",
       .example_context = "mjj",
       .apply_defaults = apply_resonant_defaults,
       .apply_paper_preset = apply_resonant_paper_preset,
       .require_context = require_one_context,
       .require_consistent = require_resonant,
       .load = load_resonant,
       .run = run_resonant,
       .nulls = resonant_nulls},
      {.family = Family::kLossSpace,
       .evidence = EvidenceKind::kCategories,
       .name = "loss space",
       .readers = "quak",
       .finds = "looks for a bump in a space of losses",
       .page = "docs/quak.md",
       .example_context = "mjj",
       .apply_defaults = keep_defaults,
       .apply_paper_preset = apply_quak_paper_preset,
       .require_context = require_quak_context,
       .require_consistent = require_quak,
       .load = load_loss_space,
       .run = run_quak,
       .needs_regions = false,
       .has_scores = false,
       .learns_density = false},
  }};
  return kFamilies;
}

std::span<const Method> methods() {
  static const std::vector<Method> kMethods = {
      {.name = "conrad",
       .title = "CONRAD",
       .family = Family::kTail,
       .paper = "2404.07258",
       .spaces = {"x_prime", "z"},
       .references = {"control_region", "normal", "template"}},
      {.name = "reweight",
       .title = "Reweight",
       .family = Family::kExtrapolation,
       .paper = "2311.12924",
       .spaces = {"x"},
       .references = {"extrapolation"},
       .flow = FlowUse::kNone},
      {.name = "generate",
       .title = "Generate",
       .family = Family::kExtrapolation,
       .paper = "2311.12924",
       .spaces = {"x"},
       .references = {"extrapolation"}},
      {.name = "morph",
       .title = "Morph",
       .family = Family::kExtrapolation,
       .paper = "2311.12924",
       .spaces = {"x"},
       .references = {"extrapolation"}},
      {.name = "cathode",
       .title = "CATHODE",
       .family = Family::kResonant,
       .paper = "2109.00546",
       .spaces = {"x"},
       .references = {"flow_samples"}},
      {.name = "lacathode",
       .title = "LaCATHODE",
       .family = Family::kResonant,
       .paper = "2210.14924",
       .spaces = {"x_prime", "z"},
       .references = {"normal", "control_region"}},
      {.name = "anode",
       .title = "ANODE",
       .family = Family::kResonant,
       .paper = "2001.04990",
       .spaces = {"x"},
       .references = {"flow_samples"}},
      {.name = "cwola",
       .title = "CWoLa",
       .family = Family::kResonant,
       .paper = "1902.02634",
       .spaces = {"x"},
       .references = {"control_region"},
       .flow = FlowUse::kNone},
      {.name = "supervised",
       .title = "supervised",
       .family = Family::kResonant,
       .spaces = {"x"},
       .references = {"true_background"},
       .flow = FlowUse::kNone},
      {.name = "idealized",
       .title = "idealized",
       .family = Family::kResonant,
       .spaces = {"x", "z", "x_prime"},
       .references = {"true_background"},
       .flow = FlowUse::kOutsideX},
      {.name = "quak", .title = "QUAK", .family = Family::kLossSpace, .paper = "2011.03550", .flow = FlowUse::kNone},
  };
  return kMethods;
}

const FamilyRules& rules_of(Family family) { return *std::ranges::find(families(), family, &FamilyRules::family); }

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

std::string method_title(const std::string& method) {
  const Method* known = find_method(method);
  return known != nullptr ? std::string(known->title) : method;
}

}  // namespace eddy::search
