#include <eddy/base/json.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_parts.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>
#include <eddy/report/wording_parts.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

namespace eddy::report {
namespace {

constexpr const char* kClosed =
    "<p class=\"gate passed\"><strong>The signal region is closed.</strong> Everything on this page comes from outside "
    "of it and from simulation: no data event of the signal region was shown, counted or scored, and there are no "
    "working points and no scores. Choose method and settings by what is here, then open the signal region once, with "
    "<code>eddy unblind</code>.</p>";
constexpr const char* kNeverBlinded =
    "<p class=\"gate opened\"><strong>This search was never blinded:</strong> its signal region was open from the "
    "start. "
    "Settings that are chosen after having seen this page are not blind: say so where the numbers are quoted.</p>";

/// "2026-11-30 01:27 UTC with the configuration 1f0c3a9b2d4e (eddy 0.2.0)".
std::string opening(const Json& record) {
  return html_text(fmt::format("{} with the configuration {} (eddy {})", record.at("time").get<std::string>(),
                               record.at("config_sha256").get<std::string>().substr(0, 12),
                               record.at("eddy").get<std::string>()));
}

std::string changes(const Json& changed) {
  if (changed.empty()) {
    return "No setting that matters was changed since.";
  }
  std::string html = "<strong>Changed since, so that the numbers are not blind to these choices:</strong><ul>";
  for (const Json& setting : changed) {
    html += "<li>" + html_text(setting.get<std::string>()) + "</li>";
  }
  return html + "</ul>";
}

/// Of a signal region that was open at some time.
std::string opened_box(const Json& blinding, bool is_closed_again) {
  const Json& record = blinding.at("unblinded");
  if (record.is_null()) {
    return {};
  }
  const char* by =
      record.at("was_blind").get<bool>() ? "was opened" : "was seen by a search that was not blind, before";
  return fmt::format("<div class=\"gate opened\"><strong>The signal region {} {}.</strong> {}{}</div>", by,
                     opening(record),
                     is_closed_again ? "This search is blind, those who chose its settings are not. " : "",
                     changes(blinding.at("changed")));
}

std::string expectation_table(const Json& expected) {
  if (expected.empty()) {
    return {};
  }
  HtmlTable table({"background from", "expected events", "signal for Z = 3", "signal for Z = 5",
                   "expected limit on the signal [±1 σ]"});
  for (const Json& e : expected) {
    table.add_row({html_text(e.at("source").get<std::string>()),
                   format_with_error(value_of(e, "background"), value_of(e, "background_error")),
                   format_decimals(value_of(e, "signal_3_sigma"), limit_digits(value_of(e, "signal_3_sigma"))),
                   format_decimals(value_of(e, "signal_5_sigma"), limit_digits(value_of(e, "signal_5_sigma"))),
                   expected_limit(e)});
  }
  return table.html() +
         "<p class=\"note\">Events in the closed signal region, without a cut: a cut needs a score, which is learned "
         "from the events there. Signal for Z: number of events with this median significance (Asimov data set, with "
         "the error of the background); limits at 95 % confidence level, of counts of background alone.</p>";
}

/// "A classifier tells ... : good enough."
std::string gate_sentence(const Json& result) {
  const Json& gate = result.at("gate");
  if (!gate.is_object() || !gate.at("auc").is_number()) {
    return {};
  }
  return fmt::format(
      " Held-out events in the latent of the flow are told from N(0, 1) with AUC = {} (limit {}): the flow is {}good "
      "enough.",
      format_decimals(value_of(gate, "auc"), 3), value_of(gate, "limit"), gate.at("passed").get<bool>() ? "" : "not ");
}

std::string region_phrase(const Json& setup) {
  const auto region = setup.at("signal_region").get<std::string>();
  return region.empty() ? "all data" : "the signal region " + region;
}

}  // namespace

Json blinding_json(bool is_blind) {
  return {{"state", is_blind ? "blind" : "never_blinded"}, {"unblinded", nullptr}, {"changed", Json::array()}};
}

Json expectation_json(const search::Expectation& e) {
  return {{"source", e.source},
          {"background", number_or_null(e.background)},
          {"background_error", number_or_null(e.background_error)},
          {"signal_3_sigma", number_or_null(e.signal_3_sigma)},
          {"signal_5_sigma", number_or_null(e.signal_5_sigma)},
          {"expected_upper_limit", expected_limit_json(e.expected_limit)}};
}

std::string blinding_section(const Json& result) {
  const Json& blinding = result.at("blinding");
  if (blinding.is_null() && !is_blind(result)) {
    return {};
  }
  const Json known = blinding.is_null() ? blinding_json(true) : blinding;
  const bool is_closed = is_blind(result);
  std::string content = is_closed ? kClosed : known.at("state") == "never_blinded" ? kNeverBlinded : "";
  content += opened_box(known, is_closed);
  return section_html("Signal region", content + expectation_table(result.at("expected")));
}

std::string expectation_sentence(const Json& result) {
  if (result.at("expected").empty()) {
    return " How much background it holds is not predicted while it is closed.";
  }
  const Json& e = result.at("expected").front();
  const double limit = value_of(e.at("expected_upper_limit"), "median");
  const auto events = [&](const char* key) {
    return format_decimals(value_of(e, key), limit_digits(value_of(e, key)));
  };
  return fmt::format(
      " The {} predict{} {} events of background there, without a cut: {} events of signal among them have a median "
      "significance of 3, {} of 5, and more than {} are expected to be excluded at 95 % confidence level.",
      e.at("source").get<std::string>(), e.at("source") == "sidebands" ? "" : "s",
      format_with_error(value_of(e, "background"), value_of(e, "background_error")), events("signal_3_sigma"),
      events("signal_5_sigma"), format_decimals(limit, limit_digits(limit)));
}

void word_blind(const Json& result, Wording& wording) {
  const Json& setup = result.at("setup");
  if (wording.level == "invalid") {
    wording.verdict = "Blind: the latent gate failed";
  }
  wording.searched = fmt::format(
      "eddy prepared a search for an anomaly in {} in {}, with {} ({}); {} data events outside of it are in "
      "use.",
      feature_list(setup), region_phrase(setup), search::method_title(result.at("method")),
      page_of(result).detector(setup), format_count(value_of(input_of(result, "data"), "n_selected")));
  wording.found = "The signal region is closed: nothing is said about an excess." + gate_sentence(result) +
                  expectation_sentence(result);
}

std::vector<std::string> blinding_lines(const search::Finding& finding) {
  if (!finding.is_blind) {
    return {};
  }
  std::vector<std::string> lines;
  for (const search::Expectation& e : finding.expected) {
    lines.push_back(fmt::format(
        "expected in the signal region, without a cut: {:.1f} ± {:.1f} events of background ({}); Z = 3 with "
        "{:.1f} events of signal, Z = 5 with {:.1f}, upper limit {:.1f}",
        e.background, e.background_error, e.source, e.signal_3_sigma, e.signal_5_sigma, e.expected_limit[2]));
  }
  lines.emplace_back("the signal region stays closed: judge what is known without it, then open it with eddy unblind");
  return lines;
}

}  // namespace eddy::report
