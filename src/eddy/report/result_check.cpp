#include <eddy/base/json.hpp>
#include <eddy/report/result_check.hpp>
#include <eddy/report/result_ranges.hpp>
#include <eddy/stats/null_distribution.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace eddy::report {
namespace {

using base::Json;

struct Need {
  const char* key;
  const char* what;
  bool (*holds)(const Json& value);
};

bool is_text(const Json& value) { return value.is_string(); }
bool are_texts(const Json& value) { return value.is_array() && std::ranges::all_of(value, is_text); }
bool are_objects(const Json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const Json& element) { return element.is_object(); });
}

constexpr std::array kOfAll = {Need{"eddy", "a text, the version", is_text},
                               Need{"method", "a text", is_text},
                               Need{"name", "a text", is_text},
                               Need{"seed", "a whole number", [](const Json& v) { return v.is_number_integer(); }},
                               Need{"setup", "an object", [](const Json& v) { return v.is_object(); }},
                               Need{"inputs", "a list of objects", are_objects},
                               Need{"working_points", "a list of objects", are_objects},
                               Need{"warnings", "a list of texts", are_texts}};

void require(const Json& result, const Need& need) {
  const bool is_there = result.contains(need.key);
  if (!is_there || !need.holds(result.at(need.key))) {
    throw std::runtime_error(fmt::format("'{}' of result.json {}, it must be {}", need.key,
                                         is_there ? "is something else" : "is missing", need.what));
  }
}

/// Results of earlier versions have no verdict.
void require_decisive_point(const Json& result) {
  if (!result.contains("schema")) {
    return;
  }
  require(result, {"verdict", "an object", [](const Json& v) { return v.is_object(); }});
  const Json at = result.at("verdict").value("working_point", Json());
  const std::size_t n_points = result.at("working_points").size();
  if (at.is_number_integer() && (at < 0 || at >= n_points)) {
    throw std::runtime_error(
        fmt::format("'working_points' of result.json is something else, it must be a list of at "
                    "least {} objects: the verdict is about that one",
                    at.get<double>() + 1));
  }
}

void require_follows(const Json& point, const Json& of_cut, std::size_t i) {
  const auto null_z = of_cut.at("null_z").get<std::vector<double>>();
  const Json& calibrated = point.at("calibrated");
  const stats::CalibratedPValue expected =
      stats::calibrated_p_value(point.at("z").get<double>(), null_z, of_cut.value("nothing_to_test", std::size_t{0}));
  constexpr double kSame = 1e-6;
  const auto differs = [&](const char* key, double value) {
    return !(std::abs(calibrated.at(key).get<double>() - value) <= kSame * std::max(std::abs(value), 1e-300));
  };
  if (differs("p_value", expected.p_value) || differs("p_value_error", expected.p_value_error) ||
      differs("z", expected.z) || calibrated.at("experiments") != null_z.size() ||
      calibrated.at("extrapolated") != expected.is_extrapolated) {
    throw std::runtime_error(
        fmt::format("'calibrated' of working point {} of result.json is not what its z and null_z give", i + 1));
  }
}

/// What null experiments say follows from their Z and that of the search.
void require_calibration(const Json& result) {
  const Json calibration = result.value("calibration", Json());
  const Json& points = result.at("working_points");
  const bool fits = calibration.is_object() && calibration.contains("points") &&
                    are_objects(calibration.at("points")) && calibration.at("points").size() == points.size();
  const bool counts = fits && calibration.value("experiments", Json()).is_number_unsigned() &&
                      calibration.value("failed", Json()).is_number_unsigned() &&
                      calibration.at("failed") <= calibration.at("experiments");
  if (fits && !counts) {
    throw std::runtime_error("'calibration' of result.json must count 'experiments', and not more 'failed' ones");
  }
  if (!calibration.is_null() && !fits) {
    throw std::runtime_error("'calibration' of result.json has not one of 'points' for each working point");
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.at(i).value("calibrated", Json()).is_null()) {
      continue;
    }
    if (calibration.is_null()) {
      throw std::runtime_error("'calibration' of result.json is missing, a working point is 'calibrated'");
    }
    try {
      require_follows(points.at(i), calibration.at("points").at(i), i);
    } catch (const Json::exception&) {
      throw std::runtime_error(fmt::format(
          "'calibrated' of working point {} of result.json, or 'null_z' there, is not what eddy writes", i + 1));
    }
  }
}

bool is_number_from(const Json& object, const char* key, double least) {
  const Json value = object.value(key, Json());
  return value.is_number() && value.get<double>() >= least;
}

/// A corrected prediction is the one before times the factor.
void require_corrections(const Json& result) {
  constexpr double kSame = 1e-6;
  const Json& points = result.at("working_points");
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Json raw = points.at(i).value("raw", Json());
    const Json correction = points.at(i).value("correction", Json());
    if (raw.is_null() && correction.is_null()) {
      continue;
    }
    const bool are_there = raw.is_object() && correction.is_object() && is_number_from(correction, "factor", 0) &&
                           is_number_from(correction, "error", 0);
    const Json before = are_there ? raw.value("predicted", Json()) : Json();
    const Json now = points.at(i).value("predicted", Json());
    const bool fits =
        are_there && (!before.is_number() || !now.is_number() ||
                      std::abs(now.get<double>() - before.get<double>() * correction.at("factor").get<double>()) <=
                          kSame * std::abs(now.get<double>()));
    if (!fits) {
      throw std::runtime_error(fmt::format(
          "'predicted' of working point {} of result.json is not that of 'raw' times the factor of 'correction'",
          i + 1));
    }
  }
}

/// Results of earlier versions say nothing of it.
void require_blinding(const Json& result) {
  if (!result.contains("blinding")) {
    return;
  }
  const Json& blinding = result.at("blinding");
  const Json state = blinding.is_object() ? blinding.value("state", Json()) : Json();
  const bool is_known = state == "blind" || state == "unblinded" || state == "never_blinded";
  const bool is_opened = is_known && blinding.contains("unblinded") && blinding.at("unblinded").is_object();
  if (!is_known || !are_texts(blinding.value("changed", Json())) || (state == "unblinded" && !is_opened) ||
      (state == "blind") != result.at("setup").value("blind", Json(false))) {
    throw std::runtime_error(
        "'blinding' of result.json must have a 'state' (blind where 'setup' says so, else unblinded with the record of "
        "that, or never_blinded) and a list 'changed'");
  }
}

}  // namespace

void require_result(const Json& result) {
  if (!result.is_object()) {
    throw std::runtime_error("result.json holds no object");
  }
  for (const Need& need : kOfAll) {
    require(result, need);
  }
  require_decisive_point(result);
  require_possible_values(result);
  require_calibration(result);
  require_corrections(result);
  require_blinding(result);
}

}  // namespace eddy::report
