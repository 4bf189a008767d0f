// Events per second of eddy's flows, of its classifier and of its autoencoders on one thread, as one JSON object;
// bench/compare.py lays it beside what bench/pytorch/throughput.py prints.

#include "configurations.hpp"
#include "ensemble.hpp"
#include "export.hpp"
#include "rates.hpp"
#include "training_curve.hpp"
#include "vae_rates.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/net/instruction_set.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>

namespace {

using eddy::base::InputError;
using eddy::base::Json;

struct Arguments {
  std::string configuration;
  std::string instructions;
  std::string export_path;
  std::string curve_path;
  double seconds = 5;
  std::size_t n_seeds = 3;
  std::int64_t epochs = 10;
  bool ensemble = false;
};

void declare(CLI::App& app, Arguments& a) {
  app.add_option("configuration", a.configuration, "conrad64, conrad128, generate, cathode, mlp, quak or quak_mnist");
  app.add_option("--seconds", a.seconds, "time for each measurement")->capture_default_str();
  app.add_option("--instructions", a.instructions, "baseline, avx2 or avx512; default: the widest");
  app.add_option("--export", a.export_path, "train the flow briefly and write it with its gradients to this file");
  app.add_flag("--ensemble", a.ensemble, "parallel efficiency of an ensemble of conrad64 flows");
  app.add_option("--curve", a.curve_path, "train on a file of bench/pytorch/training_curve.py, print the losses");
  app.add_option("--seeds", a.n_seeds, "number of trainings of --curve")->capture_default_str();
  app.add_option("--epochs", a.epochs, "epochs of --curve")->capture_default_str();
}

Json available_names() {
  Json names = Json::array();
  for (const eddy::net::InstructionSet set : eddy::net::available_instruction_sets()) {
    names.push_back(eddy::net::to_string(set));
  }
  return names;
}

void choose_instructions(const std::string& name) {
  for (const eddy::net::InstructionSet set : eddy::net::available_instruction_sets()) {
    if (eddy::net::to_string(set) == name) {
      eddy::net::use_instruction_set(set);
      return;
    }
  }
  throw InputError(fmt::format("--instructions is '{}', which this processor cannot run; use one of: {}", name,
                               available_names().dump()));
}

eddy::bench::FlowConfiguration find_flow(const std::string& name) {
  const auto all = eddy::bench::flow_configurations();
  const auto found = std::ranges::find(all, name, &eddy::bench::FlowConfiguration::name);
  if (found == all.end()) {
    throw InputError(
        fmt::format("there is no flow configuration '{}'; use conrad64, conrad128, generate or cathode (mlp, quak and "
                    "quak_mnist have rates only)",
                    name));
  }
  return *found;
}

Json rates(const Arguments& a) {
  if (a.configuration == eddy::bench::kClassifierName) {
    return eddy::bench::classifier_rates(a.seconds);
  }
  const auto autoencoders = eddy::bench::vae_configurations();
  const auto found = std::ranges::find(autoencoders, a.configuration, &eddy::bench::VaeConfiguration::name);
  return found != autoencoders.end() ? eddy::bench::vae_rates(*found, a.seconds)
                                     : eddy::bench::flow_rates(find_flow(a.configuration), a.seconds);
}

Json measure(const Arguments& a) {
  Json json = rates(a);
  json["config"] = a.configuration;
  json["dense_gflops"] = eddy::bench::dense_gflops(std::min(a.seconds, 1.0));
  return json;
}

Json write_export(const Arguments& a) {
  std::ofstream file(a.export_path);
  file << eddy::bench::export_flow(find_flow(a.configuration)).dump() << '\n';
  if (!file.flush()) {
    throw eddy::base::IoError(
        fmt::format("cannot write {}; check the folder and the space on the disk", a.export_path));
  }
  return {{"config", a.configuration}, {"file", a.export_path}};
}

Json run(const Arguments& a) {
  if (!a.instructions.empty()) {
    choose_instructions(a.instructions);
  }
  if (a.ensemble) {
    return eddy::bench::ensemble_efficiency();
  }
  const eddy::base::ThreadLimit limit(1);
  if (!a.curve_path.empty()) {
    return eddy::bench::training_curves(a.curve_path, a.n_seeds, a.epochs);
  }
  return a.export_path.empty() ? measure(a) : write_export(a);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Events per second of eddy on one thread, as JSON");
  Arguments arguments;
  declare(app, arguments);
  CLI11_PARSE(app, argc, argv);
  try {
    Json json = run(arguments);
    json["instructions"] = eddy::net::to_string(eddy::net::instruction_set());
    json["available_instructions"] = available_names();
    json["compiler"] = EDDY_COMPILER;
    std::cout << json.dump(1) << '\n';
  } catch (const std::exception& e) {
    std::cerr << "error: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
