#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/old_result.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/search/evidence.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/judgement.hpp>

#include <fmt/format.h>

namespace eddy::report {
namespace {

using search::EvidenceKind;

const search::FamilyRules& rules_of(const Json& result) {
  const auto name = result.at("method").get<std::string>();
  const search::Method* method = search::find_method(name);
  if (method == nullptr) {
    throw base::InputError(fmt::format("the result is of a method '{}', which this eddy does not know", name));
  }
  return search::rules_of(method->family);
}

bool gate_failed(const Json& result, EvidenceKind kind) {
  return search::falls_with_gate(kind) && result.at("gate").is_object() && !result.at("gate").value("passed", true);
}

bool has_empty_control(const Json& point) {
  const Json regions = point.value("regions", Json());
  return value_of(regions, "D") > 0 && (value_of(regions, "B") == 0 || value_of(regions, "C") == 0);
}

search::Judgement judge_point(const Json& point, EvidenceKind kind, bool gate_failed) {
  const double z = value_of(point, "z");
  switch (kind) {
    case EvidenceKind::kAbcd:
      return search::judge_abcd(z, has_value(point, "p_value"), has_empty_control(point), gate_failed);
    case EvidenceKind::kBump:
      return search::judge_bump(z, value_of(point.at("fit"), "goodness_of_fit"), false,
                                value_of(point, "predicted_error"), value_of(point, "observed"));
    case EvidenceKind::kTemplateCount:
      return search::judge_template_count(z, value_of(point.at("abcd"), "z"));
    default:  // categories: kinds that came later have no results without judgements
      return search::judge_categories(z, 1, false);
  }
}

/// The fitted signal stood in the fit of its kind.
void add_strength(Json& point, EvidenceKind kind) {
  const Json none = nullptr;
  const Json& fit = kind == EvidenceKind::kAbcd   ? point.at("fit")
                    : kind == EvidenceKind::kBump ? point.at("fit").at("signal")
                                                  : none;
  const std::string key = kind == EvidenceKind::kAbcd ? "signal" : "strength";
  const Json strength = fit.is_object() ? fit.at(key) : none;
  const Json error = fit.is_object() ? fit.at(key + "_error") : none;
  point["strength"] = strength;
  point["strength_error"] = error;
}

/// Numbers that all working points have by now.
void add_missing_numbers(Json& point) {
  if (!point.contains("observed_interval")) {
    point["observed_interval"] = poisson_interval_json(value_of(point, "observed"));
  }
  for (const char* key : {"efficiency", "realised_efficiency", "predicted", "predicted_error", "s_over_sqrt_b",
                          "upper_limit", "expected_upper_limit"}) {
    if (!point.contains(key)) {
      point[key] = nullptr;
    }
  }
}

std::vector<search::ClosureJudgement> judge_closures(const Json& result) {
  return search::judge_closures(
      search::method_title(result.at("method")),
      [&](const std::string& region, const std::string& name) { return closure_auc(result, region, name); });
}

void add_missing_parts(Json& result) {
  for (const char* key : {"gate", "sculpting", "cuts", "validation", "calibration"}) {
    if (!result.contains(key)) {
      result[key] = nullptr;
    }
  }
  for (const char* key : {"closure", "closure_tests", "weights", "separation"}) {
    if (!result.contains(key)) {
      result[key] = Json::array();
    }
  }
}

void judge(Json& result, EvidenceKind kind) {
  const bool failed = gate_failed(result, kind);
  search::VerdictFacts facts{.evidence = kind,
                             .is_blind = is_blind(result),
                             .gate_failed = failed,
                             .has_mass = !result.at("setup").at("context").value("name", "").empty()};
  for (Json& point : result.at("working_points")) {
    add_missing_numbers(point);
    add_strength(point, kind);
    const search::Judgement judgement = judge_point(point, kind, failed);
    point["evidence"] = to_string(kind);
    point["judgement"] = judgement_json(judgement);
    facts.z.push_back(value_of(point, "z"));
    facts.judgements.push_back(judgement);
  }
  if (kind == EvidenceKind::kTemplateCount) {
    facts.closure = judge_closures(result);
  }
  result["verdict"] = verdict_json(search::judge_search(facts));
}

}  // namespace

Json current_result(Json stored) {
  const int schema = stored.value("schema", 1);
  if (schema > kResultSchema) {
    throw base::InputError(
        fmt::format("the result is of schema {}, which a later eddy ({}) wrote; this one reads up to "
                    "{}: use a version as new as that",
                    schema, stored.value("eddy", "?"), kResultSchema));
  }
  if (!stored.contains("blinding")) {  // before it was recorded
    stored["blinding"] = nullptr;
    stored["expected"] = Json::array();
  }
  if (schema == kResultSchema) {
    return stored;
  }
  const search::FamilyRules& rules = rules_of(stored);
  add_missing_parts(stored);
  stored["family"] = rules.name;
  stored["evidence"] = to_string(rules.evidence);
  stored.at("setup")["blind"] = stored.at("setup").value("stage", "") == "cr";
  judge(stored, rules.evidence);
  stored["schema"] = kResultSchema;
  return stored;
}

}  // namespace eddy::report
