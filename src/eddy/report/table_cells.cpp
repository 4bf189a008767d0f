#include <eddy/base/json.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace eddy::report {
namespace {

const char* const kNone = "–";

}  // namespace

std::string decimals(const Json& object, const char* key, int digits) {
  return format_decimals(value_of(object, key), digits);
}

std::string count_with_interval(const Json& point) {
  const double observed = value_of(point, "observed");
  const Json& interval = point.at("observed_interval");
  if (!interval.is_array()) {
    return format_count(observed);
  }
  const double up = interval.at(1).get<double>() - observed;
  const double down = observed - interval.at(0).get<double>();
  const int digits = std::max(0, pdg_decimals(up));
  return fmt::format("{} <span class=\"interval\"><span>+{}</span><span>−{}</span></span>", format_count(observed),
                     format_decimals(up, digits), format_decimals(down, digits));
}

int limit_digits(double limit) { return limit < 10 ? 1 : 0; }

std::string expected_limit(const Json& point) {
  const Json& limit = point.at("expected_upper_limit");
  const int digits = limit_digits(value_of(limit, "median"));
  return fmt::format("{} <span class=\"muted\">[{}, {}]</span>", decimals(limit, "median", digits),
                     decimals(limit, "minus_1_sigma", digits), decimals(limit, "plus_1_sigma", digits));
}

std::string threshold_cell(const Json& point) {
  std::string text;
  for (const Json& threshold : point.at("threshold")) {
    text += (text.empty() ? "" : ", ") + (threshold.is_number() ? fmt::format("{:.4f}", threshold.get<double>()) : "–");
  }
  return text.empty() ? "–" : text;
}

std::string limit_cell(const Json& point) {
  if (!has_value(point, "upper_limit")) {
    return kNone;
  }
  return decimals(point, "upper_limit", limit_digits(value_of(point, "upper_limit")));
}

std::string expected_limit_cell(const Json& point) {
  return has_value(point, "expected_upper_limit") ? expected_limit(point) : kNone;
}

std::string global_z_cell(const Json& scan) {
  if (!scan.is_object() || !has_value(scan, "global_z")) {
    return kNone;
  }
  return (scan.value("global_p_is_bound", false) ? "&gt; " : "") + decimals(scan, "global_z", 1);
}

std::string global_cells(const Json& signal_region, const Json& range) {
  const std::string in_region = global_z_cell(signal_region);
  const std::string in_range = global_z_cell(range);
  return in_region == kNone && in_range == kNone
             ? kNone
             : fmt::format("{} <span class=\"muted\">/ {}</span>", in_region, in_range);
}

std::string predicted_cell(const Json& point) {
  return has_caveat(point, "undetermined_background") || !has_value(point, "predicted")
             ? kNone
             : format_with_error(value_of(point, "predicted"), value_of(point, "predicted_error"));
}

std::string sic_cell(const Json& sic, const char* key) {
  const double value = value_of(sic, key);
  return format_decimals(value, 2);  // "–" below the statistics cut-off
}

std::string retraining_cell(const Json& evaluation, const char* key) {
  std::vector<float> values;
  for (const Json& retraining : evaluation.value("retrainings", Json::array())) {
    if (has_value(retraining.at("sic"), key)) {
      values.push_back(static_cast<float>(value_of(retraining.at("sic"), key)));
    }
  }
  if (values.empty()) {
    return kNone;
  }
  return fmt::format("{} <span class=\"muted\">[{}, {}]</span>", format_decimals(quantile(values, 0.5), 2),
                     format_decimals(quantile(values, kOneSigmaTail), 2),
                     format_decimals(quantile(values, 1 - kOneSigmaTail), 2));
}

std::string median_cell(const Json& points, double efficiency) {
  const Json point = nearest_point(points, efficiency);
  return point.is_null() ? kNone
                         : fmt::format("{} <span class=\"muted\">[{}, {}]</span>", decimals(point, "median", 2),
                                       decimals(point, "low", 2), decimals(point, "high", 2));
}

}  // namespace eddy::report
