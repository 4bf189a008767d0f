#include <eddy/base/json.hpp>
#include <eddy/report/anomaly.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/calibration.hpp>
#include <eddy/report/evidence/bump/weighted_spectrum.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/evidence/evidence_result.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/validation.hpp>

namespace eddy::report {
namespace {

Json quantity(const search::Quantity& q) { return {{"name", q.name}, {"unit", q.unit}}; }

/// The features, and the steps of those that were spread within them.
Json features_of(const search::Finding& finding) {
  Json features = json_list(finding.features, quantity);
  const std::vector<search::Lattice>& lattice = finding.dequantisation.lattice;
  for (std::size_t f = 0; f < lattice.size(); ++f) {
    if (lattice[f].step > 0) {
      features[f]["step"] = lattice[f].step;
    }
  }
  return features;
}

/// How many events the file of blind data has says, with those that are left, how many are closed.
Json inputs_of(const search::Finding& finding) {
  Json inputs = json_list(finding.inputs, input_json);
  for (Json& input : inputs) {
    if (finding.is_blind && input.at("role") == "data") {
      input["n_read"] = nullptr;
    }
  }
  return inputs;
}

/// What was asked for: features, context, regions and injected events, and what the method adds to them.
Json setup(const search::Finding& finding) {
  Json json = {{"features", features_of(finding)},
               {"context", quantity(finding.context)},
               {"contexts", json_list(finding.contexts, quantity)},
               {"selection", finding.selection},
               {"signal_region", finding.signal_region},
               {"n_injected", finding.n_injected},
               {"blind", finding.is_blind}};
  const auto add_number = [&](const char* key, const std::optional<double>& value) {
    if (value) {
      json[key] = number_or_null(*value);
    }
  };
  const bool has_classifier =
      finding.evidence == search::EvidenceKind::kAbcd || finding.evidence == search::EvidenceKind::kBump;
  const auto add_text = [&](const char* key, const std::string& text) {
    if (has_classifier || !text.empty()) {
      json[key] = text;
    }
  };
  const auto add_count = [&](const char* key, std::size_t n) {
    if (n > 0) {
      json[key] = n;
    }
  };
  add_number("injected_s_over_sqrt_b", finding.injected_s_over_sqrt_b);
  if (finding.evidence == search::EvidenceKind::kAbcd) {
    json["context_cut"] = finding.context_cut ? number_or_null(*finding.context_cut) : Json(nullptr);
  }
  add_text("classifier_space", finding.classifier_space);
  add_text("reference", finding.reference);
  add_count("n_folds", finding.n_folds);
  add_count("n_retrainings", finding.n_retrainings);
  add_count("n_models", finding.n_models);
  add_count("n_scored", finding.n_scored);
  if (finding.signal_window) {
    json["signal_window"] = {number_or_null(finding.signal_window->low), number_or_null(finding.signal_window->high)};
  }
  if (finding.evidence == search::EvidenceKind::kTemplateCount) {
    json["stage"] = finding.is_blind ? "cr" : "sr";
  }
  if (finding.loss_space) {
    json["losses"] = finding.loss_space->losses;
  }
  return json;
}

Json working_point(const search::WorkingPoint& point) {
  Json json = point_numbers_json(point);
  const auto kind = static_cast<search::EvidenceKind>(point.evidence.index());
  json["evidence"] = to_string(kind);
  add_correction(json, point);
  json["judgement"] = judgement_json(point.judgement);
  page_of(kind).add(json, point);
  return json;
}

/// The parts that some methods have; empty or null where they do not.
void add_parts(Json& json, const search::Finding& finding) {
  json["gate"] = finding.gate ? gate_json(*finding.gate) : Json(nullptr);
  json["closure"] = json_list(finding.closure, closure_curve_json);
  json["closure_tests"] = json_list(finding.closure_tests, closure_test_json);
  json["weights"] = json_list(finding.weights, weight_summary_json);
  json["sculpting"] = finding.sculpting ? sculpting_json(*finding.sculpting) : Json(nullptr);
  json["cuts"] = finding.loss_space && finding.loss_space->cuts ? cut_search_json(*finding.loss_space->cuts) : nullptr;
  json["separation"] = finding.loss_space ? json_list(finding.loss_space->separations, separation_json) : Json::array();
  if (finding.signal_fraction) {
    json["signal_fraction"] = signal_fraction_json(*finding.signal_fraction);
  }
  if (finding.argos) {
    json["argos"] = argos_json(*finding.argos);
  }
  if (finding.weighted_spectrum) {
    json["weighted_spectrum"] = weighted_spectrum_json(*finding.weighted_spectrum);
  }
  if (finding.anomaly) {
    json["anomaly"] = anomaly_json(finding);
  }
  if (!finding.evaluations.empty()) {
    json["evaluation"] = json_list(finding.evaluations, evaluation_json);
  }
}

/// What null experiments say, of the whole and of each working point.
void add_calibration(Json& json, const search::Finding& finding) {
  json["calibration"] = finding.calibration ? calibration_json(*finding.calibration) : Json(nullptr);
  for (std::size_t i = 0; finding.calibration && i < finding.calibration->points.size(); ++i) {
    json["working_points"][i]["calibrated"] = calibrated_json(finding.calibration->points[i]);
  }
}

}  // namespace

Json result_of(const search::Finding& finding) {
  Json json = {{"eddy", EDDY_VERSION},
               {"schema", kResultSchema},
               {"method", finding.method},
               {"family", finding.family},
               {"evidence", to_string(finding.evidence)},
               {"name", finding.name},
               {"seed", finding.seed},
               {"setup", setup(finding)},
               {"inputs", inputs_of(finding)},
               {"working_points", json_list(finding.working_points, working_point)},
               {"blinding", blinding_json(finding.is_blind)},
               {"expected", json_list(finding.expected, expectation_json)},
               {"verdict", verdict_json(finding.verdict)},
               {"warnings", finding.warnings}};
  add_parts(json, finding);
  json["validation"] = finding.validation ? validation_json(*finding.validation) : Json(nullptr);
  add_calibration(json, finding);
  return json;
}

}  // namespace eddy::report
