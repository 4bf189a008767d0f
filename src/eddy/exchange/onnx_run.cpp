#include <eddy/base/json.hpp>
#include <eddy/exchange/onnx_expression.hpp>
#include <eddy/exchange/onnx_run.hpp>

namespace eddy::exchange {
namespace {

using base::Json;

std::vector<std::string> names_of(const Json& quantities) {
  std::vector<std::string> names;
  for (const Json& quantity : quantities) {
    names.push_back(quantity.at("name").get<std::string>());
  }
  return names;
}

}  // namespace

OnnxNames onnx_names(const OnnxRun& run) {
  const Json& setup = run.result.at("setup");
  return {names_of(setup.at("features")), names_of(setup.at("contexts"))};
}

OnnxInputs add_inputs(onnx::Graph& graph, const OnnxRun& run, const OnnxNames& names, bool needs_context) {
  onnx::Columns columns(graph, {run.derived.begin(), run.derived.end()});
  const auto table = [&](const std::vector<std::string>& all) {
    std::vector<onnx::Value> values;
    for (const std::string& name : all) {
      values.push_back(columns.column(name));
    }
    return graph.concat(values, 1);
  };
  OnnxInputs inputs{table(names.features), {}};
  inputs.context = needs_context ? table(names.contexts) : onnx::Value();
  return inputs;
}

std::string spread_input(const std::string& feature) { return "spread_" + feature; }

void describe(onnx::Model& model, const OnnxRun& run, const OnnxNames& names, const std::string& what) {
  model.producer_version = EDDY_VERSION;
  model.description = what;
  Json units = Json::object();
  for (const char* key : {"features", "contexts"}) {
    for (const Json& quantity : run.result.at("setup").at(key)) {
      units[quantity.at("name").get<std::string>()] = quantity.at("unit");
    }
  }
  model.metadata = {{"eddy.version", EDDY_VERSION},
                    {"eddy.run", run.result.at("name").get<std::string>()},
                    {"eddy.method", run.result.at("method").get<std::string>()},
                    {"eddy.result_sha256", run.result_sha256},
                    {"eddy.features", Json(names.features).dump()},
                    {"eddy.contexts", Json(names.contexts).dump()},
                    {"eddy.units", units.dump()}};
}

}  // namespace eddy::exchange
