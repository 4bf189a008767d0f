#include <eddy/base/json.hpp>
#include <eddy/report/evidence/abcd/abcd_result.hpp>
#include <eddy/report/result_parts.hpp>

namespace eddy::report {
namespace {

Json counts(const stats::AbcdCounts& c) {
  return {
      {"A", number_or_null(c.a)}, {"B", number_or_null(c.b)}, {"C", number_or_null(c.c)}, {"D", number_or_null(c.d)}};
}

Json leakage(const stats::AbcdModel& model) {
  return {{"B", number_or_null(model.leakage_b)},
          {"C", number_or_null(model.leakage_c)},
          {"D", number_or_null(model.leakage_d)}};
}

Json fit(const stats::AbcdModel& model, const stats::AbcdFit& result) {
  return {{"signal", number_or_null(result.signal)},
          {"signal_error", number_or_null(result.signal_error)},
          {"background", number_or_null(result.background)},
          {"background_error", number_or_null(result.background_error)},
          {"null_background", number_or_null(result.null_background)},
          {"q0", number_or_null(result.q0)},
          {"p_value_asymptotic", number_or_null(result.p_value_asymptotic)},
          {"p_value_error", number_or_null(result.p_value_error)},
          {"p_value_extrapolated", result.p_value_extrapolated},
          {"from_toys", result.from_toys},
          {"n_toys", result.n_toys},
          {"closure", number_or_null(model.closure)},
          {"closure_error", number_or_null(model.closure_error)},
          {"leakage", leakage(model)}};
}

}  // namespace

void add_abcd(Json& json, const search::WorkingPoint& point) {
  const auto& abcd = std::get<search::Abcd>(point.evidence);
  json["regions"] = counts(abcd.counts);
  json["fit"] = fit(abcd.model, abcd.fit);
}

}  // namespace eddy::report
