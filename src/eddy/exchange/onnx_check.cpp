#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/events.hpp>
#include <eddy/exchange/onnx_check.hpp>
#include <eddy/exchange/onnx_losses.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/quak/loss_scorer.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/search/scorer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::exchange {
namespace {

using base::Json;

constexpr std::size_t kEvents = 128;

struct Range {
  double low = 0;
  double high = 1;
};

std::vector<Range> ranges_of(const Json& scaler) {
  std::vector<Range> ranges;
  for (const Json& column : scaler) {
    ranges.push_back({column.at("low").get<double>(), column.at("high").get<double>()});
  }
  return ranges;
}

/// Between the smallest and the largest value that trees ask about.
std::vector<Range> ranges_of_trees(const Json& model, std::size_t n) {
  std::vector<std::vector<double>> asked(n);
  const Json learner = Json::from_ubjson(base::unpack_bytes(model.at("model"))).at("learner");
  for (const Json& tree : learner.at("gradient_booster").at("model").at("trees")) {
    for (std::size_t i = 0; i < tree.at("left_children").size(); ++i) {
      const auto feature = tree.at("split_indices").at(i).get<std::size_t>();
      if (tree.at("left_children").at(i).get<std::int64_t>() >= 0 && feature < n) {
        asked[feature].push_back(tree.at("split_conditions").at(i).get<double>());
      }
    }
  }
  std::vector<Range> ranges(n);
  for (std::size_t f = 0; f < n; ++f) {
    if (!asked[f].empty()) {
      const auto [low, high] = std::ranges::minmax(asked[f]);
      ranges[f] = {low - 0.1 * std::abs(high - low), high + 0.1 * std::abs(high - low)};
    }
  }
  return ranges;
}

/// Of features, then of the mass, in a space of losses.
std::vector<Range> ranges_in_losses(const Json& scorer, std::size_t n_features) {
  constexpr double kWhite = 255;
  const Json& scaler = scorer.at("scaler");
  std::vector<Range> ranges = scaler.is_null() ? std::vector<Range>(n_features, {0, kWhite}) : ranges_of(scaler);
  if (const Json& categories = scorer.at("categories"); !categories.is_null()) {
    const double low = categories.at("lowest_mass");
    const double high = categories.at("highest_mass");
    ranges.push_back({low - 0.1 * (high - low), high + 0.1 * (high - low)});
  }
  return ranges;
}

/// Of features, then contexts, as far as a model of the scorer says them.
std::vector<Range> ranges_of_inputs(const Json& scorer, const OnnxNames& names) {
  const std::size_t n = names.features.size() + names.contexts.size();
  std::vector<Range> ranges;
  if (has_losses(scorer)) {
    ranges = ranges_in_losses(scorer, names.features.size());
  } else if (!scorer.at("flows").empty()) {
    ranges = ranges_of(scorer.at("flows").front().at("feature_scaler"));
    std::ranges::copy(ranges_of(scorer.at("flows").front().at("context_scaler")), std::back_inserter(ranges));
  } else {
    const Json& classifier = scorer.at("folds").front().at("detectors").front().at("classifiers").front();
    ranges = classifier.at("kind") == "trees" ? ranges_of_trees(classifier.at("model"), n)
                                              : ranges_of(classifier.at("model").at("scaler"));
  }
  ranges.resize(n);
  return ranges;
}

/// Evenly spread events: every input in the range of its feature or context; columns that are neither, from 0.1 to 1.
events::Events made_up_events(const Json& scorer, const OnnxNames& names, const std::vector<std::string>& inputs) {
  const std::vector<Range> ranges = ranges_of_inputs(scorer, names);
  std::vector<std::string> known = names.features;
  known.insert(known.end(), names.contexts.begin(), names.contexts.end());
  base::RandomStream stream({1}, "ONNX test vector");
  events::Events events;
  for (const std::string& name : inputs) {
    const auto at = std::ranges::find(known, name);
    const Range range = at == known.end() ? Range{0.1, 1} : ranges.at(static_cast<std::size_t>(at - known.begin()));
    std::vector<float> values(kEvents);
    std::ranges::generate(values,
                          [&] { return static_cast<float>(range.low + stream.uniform() * (range.high - range.low)); });
    events.add({name, "", values});
  }
  return events;
}

/// Columns that the graph needs no context from are 0: nothing looks at them.
base::Matrix table_of(const events::Events& events, const std::vector<std::string>& names) {
  base::Matrix table(events.size(), names.size());
  for (std::size_t c = 0; c < names.size(); ++c) {
    for (std::size_t i = 0; i < events.size() && events.has(names[c]); ++i) {
      table(i, c) = events.column(names[c])[i];
    }
  }
  return table;
}

/// Where eddy puts the events within the steps of their features, by the names of the graph's inputs.
void put_places(const Json& scorer, const OnnxNames& names, base::MatrixView x, base::MatrixView context,
                Json& values) {
  const search::Dequantisation steps = search::dequantisation_from_json(scorer.at("dequantisation"));
  const base::Matrix places = search::places_in_steps(steps, x, context);
  for (std::size_t f = 0; f < names.features.size(); ++f) {
    if (const std::string name = spread_input(names.features[f]); values.contains(name)) {
      values[name] = base::column(places, f);
    }
  }
}

/// What eddy says of the events, whole numbers where the graph does too.
Json outputs_of(const Json& scorer, const base::Matrix& x, const base::Matrix& context) {
  if (!has_losses(scorer)) {
    const search::ScoredEvents scored = search::score_events(scorer, x, context);
    return {{"score", scored.score}, {"background_efficiency", scored.background_efficiency}};
  }
  search::Sample sample;
  sample.x = x;
  sample.context = context;
  events::Events table;
  static_cast<void>(search::score_by_losses(scorer, sample, table));  // how many are clipped is no matter
  Json outputs = Json::object();
  for (const std::string& name : table.names()) {
    table.values(name).visit([&](const auto& values) { outputs[name] = values; });
  }
  if (table.has("in_spectrum")) {
    const std::span<const float> in_spectrum = table.column("in_spectrum");
    outputs["in_spectrum"] = std::vector<std::int64_t>(in_spectrum.begin(), in_spectrum.end());
  }
  return outputs;
}

constexpr double kTolerance = 1e-5;  // of scores, relative

}  // namespace

Json test_vector(const Json& scorer, const OnnxNames& names, const std::vector<std::string>& inputs,
                 search::DerivedColumns derived) {
  events::Events events = made_up_events(scorer, names, inputs);
  Json values = Json::object();
  for (const std::string& name : inputs) {
    const std::span<const float> column = events.column(name);
    values[name] = std::vector<float>(column.begin(), column.end());
  }
  std::erase_if(derived, [&](const auto& column) { return events.has(column.first); });
  const auto is_derived = [&](const std::string& name) {
    return std::ranges::any_of(derived, [&](const auto& column) { return column.first == name; });
  };
  std::vector<std::string> needed;
  std::ranges::copy_if(names.features, std::back_inserter(needed), is_derived);
  search::add_derived_columns(derived, needed, {}, events);
  const base::Matrix x = table_of(events, names.features);
  const base::Matrix context = table_of(events, names.contexts);
  if (scorer.contains("dequantisation")) {
    put_places(scorer, names, x, context, values);
  }
  return {{"inputs", values}, {"outputs", outputs_of(scorer, x, context)}, {"within", kTolerance}};
}

std::string check_program() {
  return R"(#!/usr/bin/env python3
"""Compares model.onnx with test_vector.json in this folder, with ONNX Runtime (packages numpy and onnxruntime)."""

import json
import sys
from pathlib import Path

import numpy
import onnxruntime

folder = Path(__file__).resolve().parent
vector = json.loads((folder / "test_vector.json").read_text())
session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
inputs = {name: numpy.array(values, dtype=numpy.float32).reshape(-1, 1) for name, values in vector["inputs"].items()}
agrees = True
for name, values in zip(vector["outputs"], session.run(list(vector["outputs"]), inputs)):
    expected = numpy.array(vector["outputs"][name])
    if expected.dtype.kind == "i":
        different = numpy.count_nonzero(values != expected)
        print(f"{name}: {len(expected)} events, {different} different")
        agrees = agrees and different == 0
    else:
        difference = numpy.max(numpy.abs(values - expected) / expected)
        print(f"{name}: {len(expected)} events, largest relative difference {difference:.2g}")
        agrees = agrees and (difference <= vector["within"] or name == "background_efficiency")
sys.exit(0 if agrees else 1)
)";
}

}  // namespace eddy::exchange
