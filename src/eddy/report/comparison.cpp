#include <eddy/base/json.hpp>
#include <eddy/report/comparison.hpp>
#include <eddy/report/comparison_parts.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/old_result.hpp>
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
constexpr const char* kRandomCut = "random cut";

Json point_of(const EvidencePage& page, const Json& point) {
  const Json global = page.global(point);
  Json json = {{"global_signal_region", global.at("signal_region")},
               {"global_range", global.at("range")},
               {"judgement", point.at("judgement")},
               {"quotable", is_quotable(point)},
               {"calibrated", point.value("calibrated", Json(nullptr))},
               {"simultaneous", point.value("simultaneous", Json::array())}};
  for (Json& common : json["simultaneous"]) {
    common.erase("scan");
    common.erase("shares");
  }
  for (const char* key : {"efficiency", "observed", "observed_interval", "predicted", "predicted_error", "strength",
                          "strength_error", "s_over_sqrt_b", "p_value", "z", "upper_limit", "expected_upper_limit"}) {
    json[key] = point.at(key);
  }
  return json;
}

Json points_of(const Json& result) {
  const EvidencePage& page = page_of(result);
  Json points = Json::array();
  for (const Json& point : result.at("working_points")) {
    points.push_back(point_of(page, point));
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

/// What told one of the evaluated signals from background, but for the cut that does not look.
void add_separation(Json& detectors, Json separation) {
  const std::string name = separation.at("name");
  if (name == kRandomCut) {
    return;
  }
  Json& detector = detector_named(detectors, name + " on " + separation.at("signal").get<std::string>());
  for (const char* key : {"signal", "rejection_at_30", "rejection_at_50"}) {
    separation.erase(key);
  }
  detector["evaluation"] = without_name(std::move(separation));
}

/// The method first, then the benchmarks, each with what labels and the spectrum say of it.
Json detectors_of(const Json& result) {
  Json detectors = Json::array();
  for (const Json& evaluation : result.value("evaluation", Json::array())) {
    detector_named(detectors, evaluation.at("name"))["evaluation"] = without_name(evaluation);
  }
  for (const Json& separation : result.at("separation")) {
    add_separation(detectors, separation);
  }
  const Json& sculpting = result.at("sculpting");
  if (sculpting.is_object()) {
    for (const Json& curve : sculpting.at("curves")) {
      detector_named(detectors, curve.at("name"))["sculpting"] = curve.at("points");
    }
  }
  return detectors;
}

/// Which spectrum was tested, and how far random subsets change it; null where none was.
Json subsets_of(const Json& result) {
  const Json& sculpting = result.at("sculpting");
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
  (void)page_of(result).detector(setup);
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
  for (const Json& test : result.at("closure_tests")) {
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

Json compared_run(const std::string& folder, const Json& stored, const Json& facts) {
  const Json result = current_result(stored);
  const Json& setup = checked_setup(result);
  Json run = {{"folder", folder},
              {"name", result.at("name").get<std::string>()},
              {"method", result.at("method").get<std::string>()},
              {"eddy", result.at("eddy").get<std::string>()},
              {"seed", result.at("seed").get<std::uint64_t>()},
              {"family", result.at("family")},
              {"evidence", result.at("evidence")},
              {"setup", setup},
              {"inputs", result.at("inputs")},
              {"warnings", result.at("warnings")},
              {"argos", result.value(Json::json_pointer("/argos/best"), Json())},
              {"facts", facts}};
  run["points"] = points_of(result);
  run["detectors"] = detectors_of(result);
  run["closure"] = result.at("closure");
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
