#include <eddy/base/json.hpp>

#include <report/synthetic_study.hpp>

namespace eddy::report_test {

report::StudyAxis axis(const std::string& key, const std::vector<report::Json>& values, report::AxisRole role) {
  return {.key = key, .label = key, .values = values, .role = role};
}

report::StudyPoint point(const std::vector<std::size_t>& place, const std::string& digest, double sic, double z) {
  using report::ElementKind;
  return {.place = place,
          .error = {},
          .result_sha256 = digest,
          .numbers = {{{"evaluation[A].sic.max", "A", ElementKind::kName, 0, sic},
                       {"evaluation[best].sic.max", "best", ElementKind::kName, 1, 9.0}},
                      {{"working_points[0.01].z", "0.01", ElementKind::kEfficiency, 0, z}}}};
}

const std::vector<std::string>& metrics() {
  static const std::vector<std::string> kMetrics = {"evaluation.sic.max", "working_points.z"};
  return kMetrics;
}

report::Json synthetic_study(const report::StudyAxis& x, const report::StudyAxis& curve) {
  std::vector<report::StudyPoint> points;
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    for (std::size_t c = 0; c < curve.values.size(); ++c) {
      for (std::size_t seed = 0; seed < 3; ++seed) {
        const auto sic = static_cast<double>(1 + i + 10 * c + seed);
        points.push_back(point({i, c, seed}, std::to_string(sic), sic, sic / 2));
      }
    }
  }
  points.back() = {.place = points.back().place, .error = "too few events"};
  const report::StudyAxis repeats = axis("inject.seed", {1, 2, 3}, report::AxisRole::kRepeat);
  return report::study_document(report::make_study_table("s<1>", {x, curve, repeats}, metrics(), points));
}

}  // namespace eddy::report_test
