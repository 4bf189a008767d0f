#include <eddy/base/json.hpp>
#include <eddy/exchange/archive.hpp>
#include <eddy/exchange/figure_tables.hpp>
#include <eddy/exchange/hepdata.hpp>
#include <eddy/exchange/yaml.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace eddy::exchange {
namespace {

using base::Json;

struct Column {
  const char* name;
  const char* key;
  const char* error;  ///< key of a symmetric error; null: none
  const char* units;  ///< null: none
};
constexpr std::array kColumns = {
    Column{"Observed", "observed", nullptr, "events"},
    Column{"Predicted background", "predicted", "predicted_error", "events"},
    Column{"Local p-value", "p_value", nullptr, nullptr},
    Column{"Z", "z", nullptr, nullptr},
    Column{"Fitted signal", "strength", "strength_error", "events"},
    Column{"Upper limit on the signal at 95 % CL", "upper_limit", nullptr, "events"},
};

Json cell(const Json& point, const Column& column) {
  const Json value = point.value(column.key, Json());
  if (!value.is_number()) {
    return {{"value", "-"}};
  }
  Json json = {{"value", value}};
  const Json error = column.error != nullptr ? point.value(column.error, Json()) : Json();
  if (error.is_number()) {
    json["errors"] = {{{"symerror", error}, {"label", "total"}}};
  }
  return json;
}

Json header_of(const Column& column) {
  Json header = {{"name", column.name}};
  if (column.units != nullptr) {
    header["units"] = column.units;
  }
  return header;
}

/// The median expected limit with the ends of its 68 and 95 % bands as errors.
Json expected_limit_cell(const Json& point) {
  const Json limit = point.value("expected_upper_limit", Json());
  if (!limit.is_object() || !limit.at("median").is_number()) {
    return {{"value", "-"}};
  }
  const double median = limit.at("median").get<double>();
  Json json = {{"value", median}, {"errors", Json::array()}};
  for (const auto& [low, high, label] : {std::array{"minus_1_sigma", "plus_1_sigma", "68 % band"},
                                         std::array{"minus_2_sigma", "plus_2_sigma", "95 % band"}}) {
    if (limit.at(low).is_number() && limit.at(high).is_number()) {
      json["errors"].push_back(
          {{"asymerror",
            {{"minus", limit.at(low).get<double>() - median}, {"plus", limit.at(high).get<double>() - median}}},
           {"label", label}});
    }
  }
  return json;
}

DataTable working_points(const Json& result) {
  const Json& points = result.at("working_points");
  Json efficiencies = Json::array();
  for (const Json& point : points) {
    const Json efficiency = point.value("efficiency", Json());
    efficiencies.push_back({{"value", efficiency.is_number() ? efficiency : Json("all categories")}});
  }
  Json dependent = Json::array();
  for (const Column& column : kColumns) {
    Json values = Json::array();
    std::ranges::for_each(points, [&](const Json& point) { values.push_back(cell(point, column)); });
    dependent.push_back({{"header", header_of(column)}, {"values", values}});
  }
  Json limits = Json::array();
  std::ranges::for_each(points, [&](const Json& point) { limits.push_back(expected_limit_cell(point)); });
  dependent.push_back(
      {{"header", {{"name", "Expected upper limit at 95 % CL"}, {"units", "events"}}}, {"values", limits}});
  return {
      "working points",
      "Events that pass each cut on the anomaly score in the signal region, the background predicted there, and what "
      "that says of a signal. Working points share events.",
      {{"independent_variables", {{{"header", {{"name", "Efficiency of the cut"}}}, {"values", efficiencies}}}},
       {"dependent_variables", dependent}}};
}

std::string file_name(const std::string& table) {
  std::string name = table;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name + ".yaml";
}

std::vector<DataTable> all_tables(const HepdataRun& run) {
  std::vector<DataTable> tables;
  if (!run.result.at("working_points").empty()) {
    tables.push_back(working_points(run.result));
  }
  const auto add = [&](const Json& figures) {
    for (const Json& figure : figures) {
      std::ranges::move(tables_of_figure(figure), std::back_inserter(tables));
    }
  };
  add(run.figures.at("figures"));
  if (run.limit != nullptr) {
    add(run.limit->at("figures"));
  }
  return tables;
}

Json first_document(const HepdataRun& run) {
  return {
      {"comment", fmt::format("The search '{}' ({}), made by eddy {}. config.toml is its configuration, result.json "
                              "every number it found.",
                              run.result.at("name").get<std::string>(), run.result.at("method").get<std::string>(),
                              run.result.at("eddy").get<std::string>())},
      {"additional_resources",
       {{{"location", "config.toml"}, {"description", "configuration of the search (TOML)"}},
        {{"location", "result.json"}, {"description", "everything the search found (JSON)"}}}}};
}

}  // namespace

ExportFiles hepdata_files(const HepdataRun& run) {
  ExportFiles record = {{"config.toml", run.configuration}, {"result.json", run.result.dump(1) + "\n"}};
  std::string submission = "---\n" + yaml_text(first_document(run));
  for (const DataTable& table : all_tables(run)) {
    const std::string file = file_name(table.name);
    record[file] = yaml_text(table.data);
    submission += "---\n" + yaml_text({{"name", table.name},
                                       {"description", table.description},
                                       {"keywords", {{{"name", "phrases"}, {"values", {"anomaly detection"}}}}},
                                       {"data_file", file}});
  }
  record["submission.yaml"] = submission;
  ExportFiles files = {{"record.tar.gz", gzipped_tar(record)}};
  for (auto& [name, content] : record) {
    files["record/" + name] = std::move(content);
  }
  return files;
}

}  // namespace eddy::exchange
