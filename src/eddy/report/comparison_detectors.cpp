#include <eddy/base/json.hpp>
#include <eddy/report/comparison_parts.hpp>
#include <eddy/report/wording_parts.hpp>
#include <eddy/search/evidence.hpp>

#include <algorithm>

namespace eddy::report {
namespace {

/// Whether two detectors are the same one: equal in everything that both have, and that is something.
bool is_same(const Json& a, const Json& b) {
  bool any = false;
  for (const char* key : {"evaluation", "sculpting"}) {
    if (a.at(key).is_null() || b.at(key).is_null()) {
      continue;
    }
    if (a.at(key) != b.at(key)) {
      return false;
    }
    any = true;
  }
  return any;
}

void append_run(Json& detector, const Json& other, const std::string& run) {
  detector.at("runs").push_back(run);
  for (const char* key : {"evaluation", "sculpting"}) {
    if (detector.at(key).is_null()) {
      detector[key] = other.at(key);
    }
  }
}

void add_benchmark(Json& detectors, const Json& benchmark, const std::string& run) {
  const auto same = std::ranges::find_if(detectors, [&](const Json& detector) {
    return is_same(detector, benchmark) && (!detector.at("benchmark") || detector.at("name") == benchmark.at("name"));
  });
  if (same != detectors.end()) {
    append_run(*same, benchmark, run);
    return;
  }
  Json added = benchmark;
  added["benchmark"] = true;
  added["runs"] = {run};
  detectors.push_back(std::move(added));
}

std::vector<std::string> texts(const Json& list) { return list.get<std::vector<std::string>>(); }

/// A benchmark that differs from run to run says whose it is.
void label_benchmarks(Json& detectors) {
  const Json all = detectors;
  for (Json& detector : detectors) {
    if (!detector.at("benchmark")) {
      continue;
    }
    const auto n_of_name = std::ranges::count_if(
        all, [&](const Json& other) { return other.at("benchmark") && other.at("name") == detector.at("name"); });
    detector["label"] =
        detector.at("name").get<std::string>() + (n_of_name > 1 ? ", " + join(texts(detector.at("runs"))) : "");
  }
}

/// The score of the search comes first, but for searches in a space of losses, which have none.
std::size_t first_benchmark(const Json& run) {
  return run.at("evidence") == to_string(search::EvidenceKind::kCategories) ? 0 : 1;
}

}  // namespace

Json detectors_part(const std::vector<Json>& runs, const std::vector<std::string>& labels) {
  Json detectors = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (first_benchmark(runs[i]) > 0 && !runs[i].at("detectors").empty()) {
      Json method = runs[i].at("detectors").at(0);
      method["benchmark"] = false;
      method["label"] = labels[i];
      method["runs"] = {labels[i]};
      detectors.push_back(std::move(method));
    }
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = first_benchmark(runs[i]); j < runs[i].at("detectors").size(); ++j) {
      add_benchmark(detectors, runs[i].at("detectors").at(j), labels[i]);
    }
  }
  label_benchmarks(detectors);
  return detectors;
}

}  // namespace eddy::report
