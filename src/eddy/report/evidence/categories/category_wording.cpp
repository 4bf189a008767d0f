#include <eddy/base/json.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/evidence/categories/category_wording.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/wording_parts.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {
namespace {

std::string with_unit(double value, const search::Quantity& mass) {
  return fmt::format("{:.4g}{}", value, mass.unit.empty() ? "" : " " + mass.unit);
}

/// Of a scan, or of one of its simultaneous likelihoods.
template <class Scan>
std::string global_text(const Scan& scan, std::size_t n_toys) {
  if (n_toys == 0) {
    return "no pseudo-experiments";
  }
  if (!std::isfinite(scan.global_z)) {
    return "no excess globally (p = 1)";
  }
  if (search::is_bound(scan.global_p_value, n_toys)) {
    return fmt::format("global Z > {:.2f} (p < {:.2g})", scan.global_z, scan.global_p_value);
  }
  return fmt::format("global Z = {:.2f} (p = {:.2g} ± {:.1g})", scan.global_z, scan.global_p_value,
                     scan.global_p_error);
}

std::string rejection(double value) { return value > 0 ? fmt::format("{:.3g}", value) : "–"; }

std::string searched_sentence(const Json& result) {
  const Json& setup = result.at("setup");
  const Json data = input_of(result, "data");
  return fmt::format("eddy looked at {} data events with QUAK, in the space of the losses of {}, in {}.",
                     format_count(value_of(data, "n_selected")), category_detector(setup), feature_list(setup));
}

std::string found_sentence(const Json& result, const Json& point) {
  const std::string unit = result.at("setup").at("context").at("unit");
  const Json global = global_scan(result);
  return fmt::format(
      "In {} categories of {} events behind the cut on the background's loss, the combination is most significant at "
      "{:.4g}{}: {}, local p = {}, {}.",
      point.at("categories").size(), format_count(value_of(point, "observed")), value_of(point, "mass"),
      unit.empty() ? "" : " " + unit, excess_phrase(value_of(point, "z")), format_p_value(value_of(point, "p_value")),
      global.is_null() ? "without pseudo-experiments for a global significance" : global_phrase(global));
}

std::string fault_sentence(const Json& point) {
  if (has_caveat(point, "poor_fit")) {
    return " The background shape does not describe the spectra beside the largest excess, so that none of this must "
           "be quoted.";
  }
  return has_caveat(point, "unlikely_bin") ? " A bin lacks events that the fits are sure of, as where a selection "
                                             "vetoes masses: none of this must be "
                                             "quoted."
                                           : "";
}

/// What the best cut is worth by null experiments, each of which takes its own; empty without them.
std::string best_cut_worth(const Json& result) {
  const Json calibration = result.value("calibration", Json(nullptr));
  const Json best = calibration.is_object() ? calibration.value("best_cut", Json(nullptr)) : Json(nullptr);
  if (!best.is_object() || best.at("calibrated").is_null()) {
    return {};
  }
  const Json& calibrated = best.at("calibrated");
  return fmt::format("; of {} searches without signal that take their own best, p {} {} reach it, Z = {}",
                     calibrated.at("experiments").get<std::size_t>(),
                     calibrated.at("extrapolated").get<bool>() ? "≈" : "=",
                     format_p_value(value_of(calibrated, "p_value")), format_decimals(value_of(calibrated, "z"), 1));
}

/// Method 1 must never stand alone.
std::string cut_sentence(const Json& result) {
  const Json& cuts = result.at("cuts");
  if (!cuts.is_object()) {
    return {};
  }
  return fmt::format(" The best single cut has Z = {} ({}{}).", format_decimals(value_of(cuts.at("best"), "z"), 1),
                     cuts.at("note").get<std::string>(), best_cut_worth(result));
}

}  // namespace

std::string biased_note(std::size_t n_cuts) {
  return fmt::format("biased: the best of {} selections and of all masses, no significance of the search", n_cuts);
}

std::string category_detector(const Json& setup) {
  const std::vector<std::string> networks = setup.at("losses");
  return networks.size() == 1 ? "one autoencoder"
                              : fmt::format("{} autoencoders ({})", networks.size(), join(networks));
}

void word_categories(const Json& result, Wording& wording) {
  if (is_blind(result)) {
    word_blind(result, wording);
    return;
  }
  wording.searched = searched_sentence(result);
  const std::string kind = verdict_kind(result);
  if (kind == "no_category") {
    wording.found = "No category could be fitted, so no significance can be given: the warnings say why.";
    return;
  }
  if (kind == "separation_only") {
    wording.found = "No mass is configured, so no bump was sought.";
    return;
  }
  const Json point = decisive_point(result);
  wording.found = found_sentence(result, point) + fault_sentence(point) + cut_sentence(result);
}

std::string one_line(const search::CategorySearch& search, const search::Quantity& mass) {
  const stats::CombinedPoint& best = search.scan.points[search.scan.best];
  return fmt::format(
      "method 2, {} categories of {} events behind L_background > {:.4g}: local Z = {:.2f} (p = {:.2g}) at {}, {}",
      search.boxes.size() - search.scan.n_left_out, search.n_preselected, search.threshold, best.fisher.z.z,
      best.fisher.p.value, with_unit(best.mass, mass), global_text(search.scan, search.scan.n_toys));
}

std::vector<std::string> simultaneous_lines(const search::CategorySearch& search, const search::Quantity& mass) {
  std::vector<std::string> lines;
  for (const stats::CommonScan& common : search.scan.common) {
    const stats::CommonPoint& best = common.points[common.best];
    if (best.n_categories == 0) {
      continue;
    }
    const bool is_free = common.shares.share.empty();
    lines.push_back(fmt::format(
        "all categories in one likelihood, signal {}: local Z = {:.2f} (p = {:.2g}) at {}, {}, {:.1f}{} events",
        is_free ? "of any strength in each" : "shared as in " + common.shares.name, best.z, best.p_value,
        with_unit(search.scan.points[common.best].mass, mass), global_text(common, search.scan.n_toys), best.strength,
        is_free ? "" : fmt::format(" ± {:.1f}", best.strength_error)));
  }
  return lines;
}

std::string one_line(const search::CutSearch& search, const search::Quantity& mass) {
  const search::LossCut& best = search.cuts[search.best];
  std::string cut = fmt::format("L_background > {:.4g}", best.box.low.at(0));
  for (std::size_t d = 1; d < best.box.high.size(); ++d) {
    cut += std::isfinite(best.box.high.at(d)) ? fmt::format(", L_{} < {:.4g}", best.prior, best.box.high.at(d)) : "";
  }
  return fmt::format("method 1 ({}): Z = {:.2f} at {}, {:.1f} ± {:.1f} of {} events with {}",
                     biased_note(search.cuts.size()), best.z, with_unit(best.mass, mass), best.strength,
                     best.strength_error, best.n_events, cut);
}

std::string one_line(const search::Separation& separation) {
  return fmt::format("{}, {}: AUC {:.3f}, background rejection {} at 30 % and {} at 50 % signal efficiency",
                     separation.signal, separation.evaluation.name, separation.evaluation.auc,
                     rejection(separation.rejection_30), rejection(separation.rejection_50));
}

}  // namespace eddy::report
