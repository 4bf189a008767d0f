#include <eddy/base/json.hpp>
#include <eddy/report/anomaly.hpp>
#include <eddy/report/excess_spectrum.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/sample_columns.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace eddy::report {
namespace {

Json spectrum_json(const ExcessSpectrum& spectrum) {
  Json errors = Json::array();
  for (std::size_t bin = 0; bin < spectrum.observed.counts.size(); ++bin) {
    errors.push_back(number_or_null(background_error(spectrum, bin)));
  }
  const Trace excess = excess_points(spectrum);
  Json json = {{"name", spectrum.quantity.name},
               {"unit", spectrum.quantity.unit},
               {"edges", spectrum.observed.edges},
               {"observed", spectrum.observed.counts},
               {"background", numbers_or_null(spectrum.background.sums)},
               {"background_error", std::move(errors)},
               {"excess_low", numbers_or_null(excess.low)},
               {"excess_high", numbers_or_null(excess.high)}};
  if (spectrum.signal) {
    json["labelled_signal"] = spectrum.signal->counts;
  }
  return json;
}

Json selected_json(const search::Finding& finding, const search::SelectedEvents& selected) {
  Json json = {{"working_point", selected.working_point},
               {"efficiency", number_or_null(finding.working_points[selected.working_point].efficiency)},
               {"n_events", selected.columns.rows()},
               {"predicted", number_or_null(selected.predicted)},
               {"predicted_error", number_or_null(selected.predicted_error)},
               {"background", selected.background}};
  for (const ExcessSpectrum& spectrum : excess_spectra(finding)) {
    json["spectra"].push_back(spectrum_json(spectrum));
  }
  return json;
}

Json row_values(const base::Matrix& matrix, std::size_t row) {
  Json values = Json::array();
  for (const float value : matrix.row(row)) {
    values.push_back(number_or_null(value));
  }
  return values;
}

/// Lists, not objects by name: what a column is called must not decide which values are possible (result_ranges.hpp).
Json event_json(const search::ScoredSample& events, std::size_t row) {
  Json json = {{"row", events.index.empty() ? Json(nullptr) : Json(events.index[row])},
               {"identity", Json::array()},
               {"context", row_values(events.context, row)},
               {"features", row_values(events.x, row)},
               {"score", number_or_null(events.score[row])},
               {"background_efficiency", number_or_null(events.background_efficiency[row])}};
  for (const search::IdentityColumn& column : events.identity) {
    const std::int64_t value = column.values[row];
    json["identity"].push_back(value != search::kNoIdentity ? Json(value) : Json(nullptr));
  }
  if (!events.truth.empty()) {
    json["labelled_signal"] = events.truth[row] != 0;
  }
  return json;
}

/// The bin that exceeds the background by most standard deviations.
struct LargestExcess {
  std::string where;
  double excess = 0;
  double error = 0;
  double pull = -std::numeric_limits<double>::infinity();
};

void look_for_more(const ExcessSpectrum& spectrum, LargestExcess& largest) {
  const Trace excess = excess_points(spectrum);
  for (std::size_t bin = 0; bin < excess.y.size(); ++bin) {
    const double error = excess.y[bin] - excess.low[bin];
    if (error > 0 && excess.y[bin] / error > largest.pull) {
      const std::string unit = spectrum.quantity.unit.empty() ? "" : " " + spectrum.quantity.unit;
      largest = {.where = fmt::format("{} from {:.6g} to {:.6g}{}", spectrum.quantity.name,
                                      spectrum.observed.edges[bin], spectrum.observed.edges[bin + 1], unit),
                 .excess = excess.y[bin],
                 .error = error,
                 .pull = excess.y[bin] / error};
    }
  }
}

std::string selected_line(const search::Finding& finding, const search::SelectedEvents& selected) {
  LargestExcess largest;
  std::size_t n_bins = 0;
  for (const ExcessSpectrum& spectrum : excess_spectra(finding)) {
    look_for_more(spectrum, largest);
    n_bins += spectrum.observed.counts.size();
  }
  return fmt::format(
      "the {} events at efficiency {} exceed the background ({}, {}) most in {}: by {} (of {} bins, the largest; no "
      "evidence)",
      format_count(static_cast<double>(selected.columns.rows())),
      finding.working_points[selected.working_point].efficiency, selected.background,
      format_with_error(selected.predicted, selected.predicted_error), largest.where,
      format_with_error(largest.excess, largest.error), n_bins);
}

/// "row 812 (run 3, event 99)".
std::string event_name(const search::ScoredSample& events, std::size_t row) {
  std::string names;
  for (const search::IdentityColumn& column : events.identity) {
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ", column.name, column.values[row]);
  }
  return fmt::format("row {}{}", events.index[row], names.empty() ? "" : " (" + names + ")");
}

}  // namespace

Json anomaly_json(const search::Finding& finding) {
  const search::Anomaly& anomaly = *finding.anomaly;
  const search::ScoredSample& events = anomaly.most_signal_like;
  Json json = {{"selected", anomaly.selected ? selected_json(finding, *anomaly.selected) : Json(nullptr)},
               {"identity", Json::array()},
               {"events", Json::array()}};
  for (const search::IdentityColumn& column : events.identity) {
    json["identity"].push_back(column.name);
  }
  for (std::size_t row = 0; row < events.size(); ++row) {
    json["events"].push_back(event_json(events, row));
  }
  return json;
}

std::vector<std::string> anomaly_lines(const search::Finding& finding) {
  std::vector<std::string> lines;
  if (!finding.anomaly) {
    return lines;
  }
  if (finding.anomaly->selected) {
    lines.push_back(selected_line(finding, *finding.anomaly->selected));
  }
  const search::ScoredSample& events = finding.anomaly->most_signal_like;
  if (events.size() > 0 && !events.index.empty()) {
    lines.push_back(fmt::format("the most signal-like event of the signal region: {}, score {:.4g}; {} in the report",
                                event_name(events, 0), events.score[0], events.size()));
  }
  return lines;
}

}  // namespace eddy::report
