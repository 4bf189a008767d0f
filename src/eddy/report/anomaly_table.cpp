#include <eddy/base/json.hpp>
#include <eddy/report/anomaly.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::report {
namespace {

constexpr std::size_t kMostFeatures = 12;  // more are in result.json: a table cannot be read any more

std::string quantity_heading(const Json& quantity) {
  const std::string unit = quantity.at("unit");
  return html_text(quantity.at("name").get<std::string>() + (unit.empty() ? "" : " [" + unit + "]"));
}

std::vector<std::string> headings_of(const Json& result, std::size_t n_features) {
  const Json& anomaly = result.at("anomaly");
  std::vector<std::string> headings = {"row in the file"};
  for (const Json& name : anomaly.at("identity")) {
    headings.push_back(html_text(name.get<std::string>()));
  }
  for (const Json& context : result.at("setup").at("contexts")) {
    headings.push_back(quantity_heading(context));
  }
  for (std::size_t f = 0; f < n_features; ++f) {
    headings.push_back(quantity_heading(result.at("setup").at("features").at(f)));
  }
  headings.insert(headings.end(), {"score", "ε<sub>B</sub>"});
  if (anomaly.at("events").front().contains("labelled_signal")) {
    headings.emplace_back("label");
  }
  return headings;
}

std::string number_cell(const Json& value, int digits) {
  return value.is_number() ? fmt::format("{:.{}g}", value.get<double>(), digits) : std::string("–");
}

std::vector<std::string> cells_of(const Json& event, std::size_t n_features) {
  constexpr int kDigits = 5;
  constexpr int kEfficiencyDigits = 3;
  std::vector<std::string> cells = {event.at("row").is_null() ? "–" : event.at("row").dump()};
  for (const Json& name : event.at("identity")) {
    cells.push_back(name.is_null() ? "–" : name.dump());
  }
  for (const Json& value : event.at("context")) {
    cells.push_back(number_cell(value, kDigits));
  }
  for (std::size_t f = 0; f < n_features; ++f) {
    cells.push_back(number_cell(event.at("features").at(f), kDigits));
  }
  cells.push_back(number_cell(event.at("score"), kDigits));
  cells.push_back(number_cell(event.at("background_efficiency"), kEfficiencyDigits));
  if (event.contains("labelled_signal")) {
    cells.emplace_back(event.at("labelled_signal").get<bool>() ? "signal" : "background");
  }
  return cells;
}

}  // namespace

std::string signal_like_table(const Json& result) {
  if (!has_value(result, "anomaly") || result.at("anomaly").at("events").empty()) {
    return {};
  }
  const Json& events = result.at("anomaly").at("events");
  const std::size_t n_features = result.at("setup").at("features").size();
  const std::size_t n_shown = std::min(n_features, kMostFeatures);
  HtmlTable table(headings_of(result, n_shown));
  for (const Json& event : events) {
    table.add_row(cells_of(event, n_shown));
  }
  return fmt::format(
      "<h3>The {} most signal-like events of the signal region</h3>\n{}<p class=\"note\">By the fraction "
      "ε<sub>B</sub> that scores as high, which compares the scores of different folds. Most signal-like is not "
      "signal: "
      "background alone has such events too. Rows count from 0; injected events come behind those of the file and have "
      "no name.{}</p>",
      events.size(), table.html(),
      n_shown < n_features ? fmt::format(" The first {} of {} features; all are in result.json.", n_shown, n_features)
                           : "");
}

}  // namespace eddy::report
