#include <eddy/base/json.hpp>
#include <eddy/report/comparison.hpp>
#include <eddy/report/comparison_parts.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/families.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace eddy::report {
namespace {

constexpr const char* kFormat = "eddy-comparison-1";

bool gate_passed(const Json& result) {
  const Json& gate = result.at("gate");
  return !gate.is_object() || gate.at("passed").get<bool>();
}

/// CONRAD's numbers mean nothing when its latent gate failed, those of a bump hunt when the background fit is poor.
bool is_quotable(const Json& result, const Json& point) {
  if (is_extrapolation(result)) {
    return true;  // its errors hold what closure leaves open
  }
  return is_resonant(result) ? !is_poor_fit(point) : gate_passed(result);
}

/// The fitted signal, under the keys of all families; null where counts are not fitted.
Json strength_of(const Json& result, const Json& point) {
  const Json none = nullptr;
  const bool resonant = is_resonant(result);
  const Json& fit = is_extrapolation(result) ? none : point.at("fit");
  const Json& signal = resonant ? fit.at("signal") : fit;
  const char* key = resonant ? "strength" : "signal";
  return {{"strength", signal.is_object() ? signal.at(key) : none},
          {"strength_error", signal.is_object() ? signal.at(std::string(key) + "_error") : none}};
}

Json point_of(const Json& result, const Json& point) {
  Json json = strength_of(result, point);
  for (const char* key : {"efficiency", "observed", "observed_interval", "predicted", "predicted_error",
                          "s_over_sqrt_b", "p_value", "z", "upper_limit", "expected_upper_limit"}) {
    json[key] = point.at(key);
  }
  const bool resonant = is_resonant(result);
  json["global_signal_region"] = resonant ? point.at("fit").at("scan_signal_region") : Json(nullptr);
  json["global_range"] = resonant ? point.at("fit").at("scan") : Json(nullptr);
  json["quotable"] = is_quotable(result, point);
  return json;
}

Json points_of(const Json& result) {
  Json points = Json::array();
  for (const Json& point : result.at("working_points")) {
    points.push_back(point_of(result, point));
  }
  return points;
}

Json& detector_named(Json& detectors, const std::string& name) {
  for (Json& detector : detectors) {
    if (detector.at("name") == name) {
      return detector;
    }
  }
  detectors.push_back({{"name", name}, {"evaluation", nullptr}, {"sculpting", nullptr}});
  return detectors.back();
}

Json without_name(Json evaluation) {
  evaluation.at("sic").at("curve");
  evaluation.erase("name");
  return evaluation;
}

/// The method first, then the benchmarks, each with what labels and the spectrum say of it.
Json detectors_of(const Json& result) {
  Json detectors = Json::array();
  for (const Json& evaluation : result.value("evaluation", Json::array())) {
    detector_named(detectors, evaluation.at("name"))["evaluation"] = without_name(evaluation);
  }
  const Json sculpting = result.value("sculpting", Json());
  if (sculpting.is_object()) {
    for (const Json& curve : sculpting.at("curves")) {
      detector_named(detectors, curve.at("name"))["sculpting"] = curve.at("points");
    }
  }
  return detectors;
}

/// Which spectrum was tested, and how far random subsets change it; null where none was.
Json subsets_of(const Json& result) {
  Json sculpting = result.value("sculpting", Json());
  if (!sculpting.is_object()) {
    return nullptr;
  }
  return {{"events", sculpting.at("events")},
          {"n_events", sculpting.at("n_events")},
          {"n_bins", sculpting.at("n_bins")},
          {"points", sculpting.at("random_subsets")}};
}

/// Throws where a part of the setup is missing that tables and sentences read.
const Json& checked_setup(const Json& result) {
  const Json& setup = result.at("setup");
  for (const char* key : {"features", "context", "selection", "signal_region", "n_injected"}) {
    (void)setup.at(key);
  }
  const std::vector<const char*> own = is_extrapolation(result) ? std::vector{"contexts", "stage", "n_models"}
                                                                : std::vector{"classifier_space", "reference"};
  for (const char* key : own) {
    (void)setup.at(key);
  }
  return setup;
}

std::string label_of(const Json& run) {
  return run.at("name").get<std::string>() + " (" + search::method_title(run.at("method")) + ")";
}

/// The runs that are compared, without what stands elsewhere in the document.
Json runs_part(std::vector<Json> runs, const std::vector<std::string>& labels) {
  Json part = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const char* key : {"points", "detectors", "closure", "closure_tests", "random_subsets"}) {
      runs[i].erase(key);
    }
    runs[i]["label"] = labels[i];
    part.push_back(std::move(runs[i]));
  }
  return part;
}

Json significance_part(const std::vector<Json>& runs, const std::vector<std::string>& labels) {
  Json part = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    part.push_back({{"run", labels[i]}, {"points", runs[i].at("points")}});
  }
  return part;
}

Json& group_named(Json& groups, const Json& name) {
  for (Json& group : groups) {
    if (group.at("name") == name) {
      return group;
    }
  }
  groups.push_back({{"name", name}, {"curves", Json::array()}});
  return groups.back();
}

/// Closure curves of the same kind side by side.
Json closure_part(const std::vector<Json>& runs, const std::vector<std::string>& labels) {
  Json part = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const Json& curve : runs[i].at("closure")) {
      group_named(part, curve.at("name")).at("curves").push_back({{"run", labels[i]}, {"points", curve.at("points")}});
    }
  }
  return part;
}

/// AUC of the closure tests of each run that has them.
Json closure_tests_part(const std::vector<Json>& runs, const std::vector<std::string>& labels) {
  Json part = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].at("closure_tests").empty()) {
      part.push_back({{"run", labels[i]}, {"tests", runs[i].at("closure_tests")}});
    }
  }
  return part;
}

Json closure_tests_of(const Json& result) {
  Json tests = Json::array();
  for (const Json& test : result.value("closure_tests", Json::array())) {
    tests.push_back({{"region", test.at("region")}, {"name", test.at("name")}, {"auc", test.at("auc")}});
  }
  return tests;
}

/// Bands of random subsets; equal ones of several runs once.
Json subsets_part(const std::vector<Json>& runs, const std::vector<std::string>& labels) {
  Json part = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].at("random_subsets").is_null()) {
      continue;
    }
    const auto same = std::ranges::find_if(
        part, [&](const Json& other) { return other.at("random_subsets") == runs[i].at("random_subsets"); });
    if (same != part.end()) {
      (*same).at("runs").push_back(labels[i]);
    } else {
      part.push_back({{"runs", {labels[i]}}, {"random_subsets", runs[i].at("random_subsets")}});
    }
  }
  return part;
}

}  // namespace

Json compared_run(const std::string& folder, const Json& result, const Json& facts) {
  const Json& setup = checked_setup(result);
  Json run = {{"folder", folder},
              {"name", result.at("name").get<std::string>()},
              {"method", result.at("method").get<std::string>()},
              {"eddy", result.at("eddy").get<std::string>()},
              {"seed", result.at("seed").get<std::uint64_t>()},
              {"family", search::rules_of(family_of(result)).name},
              {"setup", setup},
              {"inputs", result.at("inputs")},
              {"warnings", result.at("warnings")},
              {"facts", facts}};
  run["points"] = points_of(result);
  run["detectors"] = detectors_of(result);
  run["closure"] = result.value("closure", Json::array());
  run["closure_tests"] = closure_tests_of(result);
  run["random_subsets"] = subsets_of(result);
  const Wording wording = word(result);
  run["verdict"] = {{"text", wording.verdict}, {"level", wording.level}};
  return run;
}

std::vector<std::string> run_labels(const std::vector<Json>& runs) {
  std::vector<std::string> plain;
  std::ranges::transform(runs, std::back_inserter(plain), label_of);
  std::vector<std::string> labels = plain;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (std::ranges::count(plain, plain[i]) > 1) {
      labels[i] += ", " + runs[i].at("folder").get<std::string>();
    }
  }
  return labels;
}

Json compare(const std::vector<Json>& runs) {
  const std::vector<std::string> labels = run_labels(runs);
  return {{"format", kFormat},
          {"eddy", EDDY_VERSION},
          {"runs", runs_part(runs, labels)},
          {"differences", differences(runs, labels)},
          {"significance", significance_part(runs, labels)},
          {"detectors", detectors_part(runs, labels)},
          {"closure", closure_part(runs, labels)},
          {"closure_tests", closure_tests_part(runs, labels)},
          {"random_subsets", subsets_part(runs, labels)}};
}

bool is_comparison(const Json& document) { return document.is_object() && document.value("format", Json()) == kFormat; }

}  // namespace eddy::report
