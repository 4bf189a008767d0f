#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::report {

std::string decimals(const Json& object, const char* key, int digits) {
  return format_decimals(value_of(object, key), digits);
}

std::string count_with_interval(const Json& point) {
  const double observed = value_of(point, "observed");
  const Json& interval = point["observed_interval"];
  const double up = interval[1].get<double>() - observed;
  const double down = observed - interval[0].get<double>();
  const int digits = std::max(0, pdg_decimals(up));
  return fmt::format("{} <span class=\"interval\"><span>+{}</span><span>−{}</span></span>", format_count(observed),
                     format_decimals(up, digits), format_decimals(down, digits));
}

int limit_digits(double limit) { return limit < 10 ? 1 : 0; }

std::string expected_limit(const Json& point) {
  const Json& limit = point["expected_upper_limit"];
  const int digits = limit_digits(value_of(limit, "median"));
  return fmt::format("{} <span class=\"muted\">[{}, {}]</span>", decimals(limit, "median", digits),
                     decimals(limit, "minus_1_sigma", digits), decimals(limit, "plus_1_sigma", digits));
}

std::string threshold_cell(const Json& point) {
  std::string text;
  for (const Json& threshold : point["threshold"]) {
    text += (text.empty() ? "" : ", ") + (threshold.is_number() ? fmt::format("{:.4f}", threshold.get<double>()) : "–");
  }
  return text.empty() ? "–" : text;
}

}  // namespace eddy::report
