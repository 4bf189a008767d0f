#include <eddy/base/json.hpp>
#include <eddy/report/comparison_parts.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/wording_parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace eddy::report {
namespace {

constexpr std::size_t kHashLength = 12;

std::string files_of(const Json& run, const std::string& role) {
  std::vector<std::string> files;
  for (const Json& input : run.at("inputs")) {
    if (input.at("role") == role) {
      files.push_back(fmt::format("{} ({})", input.at("file").get<std::string>(),
                                  input.at("sha256").get<std::string>().substr(0, kHashLength)));
    }
  }
  return files.empty() ? "none" : join(files);
}

/// What stands behind the colon of "file.h5:group/table"; a file may hold data and what they are compared with.
std::string place_in_file(const std::string& file) {
  const std::size_t colon = file.rfind(':');
  return colon == std::string::npos ? "" : file.substr(colon);
}

/// The same bytes are the same file, whatever it is called; another group of them is another sample.
std::string content_of(const Json& run, const std::string& role) {
  std::string content;
  for (const Json& input : run.at("inputs")) {
    content += input.at("role") == role
                   ? input.at("sha256").get<std::string>() + place_in_file(input.at("file").get<std::string>())
                   : "";
  }
  return content;
}

/// Rows, and selections of one sample, are not in the setup; the number of events tells of them.
std::string number_of_data(const Json& run) {
  return format_count(value_of(input_of(run, "data"), "n_selected")) + " events";
}

std::string expression(const Json& run, const char* key) {
  const std::string text = run.at("setup").at(key);
  return text.empty() ? "none" : "“" + text + "”";
}

std::string injection(const Json& run) {
  const Json& setup = run.at("setup");
  const double n = setup.at("n_injected").get<double>();
  if (!(n > 0)) {
    return "none";
  }
  const double strength = value_of(setup, "injected_s_over_sqrt_b");
  return fmt::format("{} events of {}{}", format_count(n), files_of(run, "inject"),
                     strength > 0 ? fmt::format(", S/√B = {},", format_decimals(strength, 2)) : "");
}

/// What runs are compared by, and how it is shown.
struct Property {
  std::string key;
  std::string text;
};
struct Value {
  Property property;
  std::vector<std::string> runs;
};

/// "The selections differ: “a > 1” in A and B; none in C."; nothing where all runs agree.
void add_difference(Json& sentences, const std::string& what, const std::vector<Property>& of_runs,
                    const std::vector<std::string>& labels) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < of_runs.size(); ++i) {
    auto same = std::ranges::find_if(values, [&](const Value& v) { return v.property.key == of_runs[i].key; });
    if (same == values.end()) {
      values.push_back({of_runs[i], {}});
      same = values.end() - 1;
    }
    same->runs.push_back(labels[i]);
  }
  std::string text;
  for (const Value& value : values) {
    text += fmt::format("{}{} in {}", text.empty() ? "" : "; ", value.property.text, join(value.runs));
  }
  if (values.size() > 1) {
    sentences.push_back(fmt::format("The {} differ: {}.", what, text));
  }
}

template <class PropertyOf>
std::vector<Property> properties(const std::vector<Json>& runs, PropertyOf property_of) {
  std::vector<Property> all;
  std::ranges::transform(runs, std::back_inserter(all), property_of);
  return all;
}

}  // namespace

Json differences(const std::vector<Json>& runs, const std::vector<std::string>& labels) {
  Json sentences = Json::array();
  const auto by_text = [](const std::string& text) { return Property{text, text}; };
  add_difference(sentences, "data files",
                 properties(runs,
                            [](const Json& run) {
                              return Property{content_of(run, "data"), files_of(run, "data")};
                            }),
                 labels);
  for (const char* role : {"template", "simulation", "background"}) {
    if (std::ranges::all_of(runs, [&](const Json& run) { return !input_of(run, role).empty(); })) {
      add_difference(sentences, fmt::format("files of the {}", role),
                     properties(runs,
                                [&](const Json& run) {
                                  return Property{content_of(run, role), files_of(run, role)};
                                }),
                     labels);
    }
  }
  add_difference(sentences, "selections",
                 properties(runs, [&](const Json& run) { return by_text(expression(run, "selection")); }), labels);
  add_difference(sentences, "signal regions",
                 properties(runs, [&](const Json& run) { return by_text(expression(run, "signal_region")); }), labels);
  add_difference(sentences, "injected signals",
                 properties(runs, [&](const Json& run) { return by_text(injection(run)); }), labels);
  if (sentences.empty()) {  // what differs otherwise changes the number too
    add_difference(sentences, "numbers of selected data events",
                   properties(runs, [&](const Json& run) { return by_text(number_of_data(run)); }), labels);
  }
  return sentences;
}

}  // namespace eddy::report
