#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/histfactory.hpp>
#include <eddy/exchange/models.hpp>
#include <eddy/stats/efficiency_curve.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace eddy::exchange {
namespace {

using base::InputError;
using base::Json;

bool is_number(const Json& point, const char* key) { return point.contains(key) && point.at(key).is_number(); }

/// Whether the search has the numbers that a model is to give again.
bool has_numbers(const Json& point) {
  const bool has_limit = is_number(point, "upper_limit") && point.value("expected_upper_limit", Json()).is_object() &&
                         is_number(point.at("expected_upper_limit"), "median");
  return is_number(point, "p_value") && is_number(point, "z") && has_limit;
}

void require_model(const Json& holder, const Json& result) {
  if (!holder.contains("model")) {
    throw InputError(
        fmt::format("result.json was written by eddy {}, which did not store what was fitted to the spectra; run the "
                    "search again with this version (its trainings are kept)",
                    result.at("eddy").get<std::string>()));
  }
}

std::string name_of_cut(const Json& point) { return fmt::format("cut_{:g}", point.at("efficiency").get<double>()); }

/// The model of one working point, or why there is none.
template <class Make>
void add_model(const std::string& name, const Json& point, const Make& make, Models& found) {
  if (!has_numbers(point)) {
    found.left_out.push_back(fmt::format("{}: the search has no p-value and limit there", name));
    return;
  }
  try {
    StatisticalModel model = make();
    require_exponents(model);
    found.models.push_back(std::move(model));
  } catch (const base::NumericError& error) {
    found.left_out.push_back(fmt::format("{}: {}", name, error.what()));
  }
}

void add_categories(const Json& point, const Json& result, Models& found) {
  require_model(point, result);
  StatisticalModel model = category_model(point, "categories");
  if (is_number(point, "z") && !model.channels.empty()) {
    found.models.push_back(std::move(model));
  }
}

void add_models(const Json& point, const Json& result, const ModelOptions& options, Models& found) {
  const Json& kind = result.at("evidence");
  if (kind == "categories") {
    add_categories(point, result, found);
    return;
  }
  const std::string name = name_of_cut(point);
  if (kind == "template_count") {
    const Json& abcd = point.at("abcd");
    add_model(
        name, point, [&] { return count_model(point, name); }, found);
    add_model(
        name + "_abcd", abcd, [&] { return abcd_model(abcd, name + "_abcd"); }, found);
  } else if (kind == "abcd") {
    add_model(
        name, point, [&] { return abcd_model(point, name); }, found);
  } else {
    require_model(point.at("fit"), result);
    add_model(
        name, point, [&] { return bump_model(point, name, options.spurious_signal); }, found);
  }
}

/// Part of the model's signal that lies in the signal region: what strengths count.
double region_fraction(const Json& point, const Json& result) {
  if (result.at("evidence") != "bump") {
    return 1;
  }
  const Json& spectrum = point.at("fit").at("spectrum");
  const auto fractions = spectrum.at("signal_template").get<std::vector<double>>();
  const auto first = spectrum.at("signal_bins").at(0).get<std::ptrdiff_t>();
  const auto last = spectrum.at("signal_bins").at(1).get<std::ptrdiff_t>();
  return std::reduce(fractions.begin() + first, fractions.begin() + last);
}

stats::EfficiencyCurve curve_of(const Json& cut) {
  std::vector<stats::EfficiencyKnot> knots;
  for (const Json& knot : cut.at("knots")) {
    knots.push_back(
        {knot.at("strength").get<double>(), knot.at("efficiency").get<double>(), knot.at("spread").get<double>()});
  }
  return stats::EfficiencyCurve(std::move(knots));
}

/// Signal behind a cut at evenly spaced strengths; empty where the limit says nothing of it.
std::vector<SignalAtStrength> grid_of(const Json& cut, double in_region) {
  constexpr std::size_t kPoints = 20;
  const Json& why = cut.at("no_limit");
  if (!why.is_null() && why != "not_excluded") {
    return {};
  }
  const stats::EfficiencyCurve curve = curve_of(cut);
  const double slope = cut.at("response").at("slope").get<double>();
  const double slope_error = cut.at("response").at("slope_error").get<double>();
  std::vector<SignalAtStrength> grid;
  for (std::size_t i = 1; i <= kPoints; ++i) {
    const double strength = curve.reach() * static_cast<double>(i) / kPoints;
    const double passing = curve.passing(strength);
    if (passing > 0) {
      grid.push_back(
          {strength, slope * passing / in_region, std::hypot(curve.spread(strength) / passing, slope_error / slope)});
    }
  }
  return grid;
}

}  // namespace

Models models_of(const Json& result, const ModelOptions& options) {
  if (options.spurious_signal > 0 && result.at("evidence") != "bump") {
    throw InputError(
        fmt::format("--spurious-signal is of bump hunts, and this search has evidence of the kind '{}': "
                    "leave it out",
                    result.at("evidence").get<std::string>()));
  }
  Models found;
  for (const Json& point : result.at("working_points")) {
    add_models(point, result, options, found);
  }
  if (found.models.empty()) {
    throw InputError(
        "no working point of this run has a fit with p-value and limit, so there is no statistical model to export; "
        "the report says why (loosen the cuts, or widen the fit range)");
  }
  return found;
}

void add_signal_grid(const Json& limit, const Json& result, std::vector<StatisticalModel>& models) {
  const Json& points = result.at("working_points");
  for (std::size_t i = 0; i < points.size() && i < limit.at("cuts").size(); ++i) {
    if (!is_number(points.at(i), "efficiency")) {  // categories: a strength in each, and no cut
      continue;
    }
    const auto model = std::ranges::find(models, name_of_cut(points.at(i)), &StatisticalModel::name);
    if (model != models.end()) {
      model->grid = grid_of(limit.at("cuts").at(i), region_fraction(points.at(i), result));
      model->eddy["limit_on_strength"] = limit.at("cuts").at(i).at("observed");
    }
  }
}

double signal_unit(double events) {
  if (!(events > 0) || std::isinf(events)) {
    return 1;
  }
  const double power = std::pow(10.0, std::floor(std::log10(events)));
  const double lead = events / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

}  // namespace eddy::exchange
