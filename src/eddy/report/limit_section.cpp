#include <eddy/base/json.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/limit.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/page.hpp>
#include <eddy/report/result_reader.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {
namespace {

/// "53", or "0.12 fb": a strength as the reader counts it; "–" for null.
std::string amount(const Json& limit, const Json& strength) {
  if (!strength.is_number()) {
    return "–";
  }
  const Json& section = limit.at("cross_section");
  const double value = strength.get<double>();
  return section.is_null() ? fmt::format("{:.4g}", value)
                           : html_text(fmt::format("{:.3g} {}", value * section.at("per_event").get<double>(),
                                                   section.at("unit").get<std::string>()));
}

/// "40 [30, 55]" at the median and the ends of the central 68 %.
std::string expected_cell(const Json& limit, const Json& limits) {
  return fmt::format("{} <span class=\"muted\">[{}, {}]</span>", amount(limit, limits.at(2)),
                     amount(limit, limits.at(1)), amount(limit, limits.at(3)));
}

std::string reason_words(const std::string& why) {
  if (why == "no_fit") {
    return "no limit: the search has no fit there";
  }
  if (why == "no_response") {
    return "no limit: the fit does not find what was injected";
  }
  if (why == "no_injection") {
    return "no limit: searches with signal failed";
  }
  return "no limit in the range: inject more";
}

std::string observed_cell(const Json& limit, const Json& cut) {
  return has_value(cut, "observed") ? amount(limit, cut.at("observed"))
                                    : reason_words(cut.at("no_limit").get<std::string>());
}

std::string interval_cell(const Json& limit, const Json& cut) {
  if (!has_value(cut, "signal")) {
    return "–";
  }
  const Json& interval = cut.at("interval");
  const std::string high = has_value(interval, "high") ? amount(limit, interval.at("high")) : "beyond the range";
  return fmt::format("{} <span class=\"muted\">[{}, {}]</span>", amount(limit, interval.at("best")),
                     amount(limit, interval.at("low")), high);
}

std::string response_cell(const Json& cut) {
  const Json& response = cut.at("response");
  return response.at("measured").get<bool>()
             ? format_with_error(value_of(response, "slope"), value_of(response, "slope_error"))
             : "not measured";
}

std::string nulls_cell(const Json& limit, const Json& cut) {
  const Json& nulls = cut.at("expected_of_nulls");
  const auto n = nulls.at("experiments").get<std::size_t>();
  return n == 0 ? "–"
                : fmt::format("{} <span class=\"muted\">({} experiments)</span>",
                              expected_cell(limit, nulls.at("limits")), n);
}

std::string limit_table(const Json& limit) {
  HtmlTable table({"cut", "95 % limit", "expected: median [68 %]", "of null experiments: median [68 %]",
                   "strength: best [68 %]", "fitted / injected"});
  for (std::size_t i = 0; i < limit.at("cuts").size(); ++i) {
    const Json& cut = limit.at("cuts").at(i);
    const bool is_best = limit.at("best").is_number() && limit.at("best").get<std::size_t>() == i;
    table.add_row({cut_of(cut) + (is_best ? " <span class=\"muted\">(quoted)</span>" : ""), observed_cell(limit, cut),
                   expected_cell(limit, cut.at("expected")), nulls_cell(limit, cut), interval_cell(limit, cut),
                   response_cell(cut)});
  }
  return table.html();
}

/// "+4.2", "–" where there is none.
std::string shift_cell(const Json& impact, const char* end) {
  const double shift = value_of(impact, end);
  return std::isfinite(shift) ? fmt::format("{:+.3g}", shift) : "–";
}

bool is_of_counts(const std::string& nuisance) { return nuisance == "B" || nuisance == "C" || nuisance == "D"; }

/// "closure" -> "closure", "C" -> "background in C", "signal_yield" -> "signal yield".
std::string nuisance_words(std::string nuisance) {
  std::ranges::replace(nuisance, '_', ' ');
  return is_of_counts(nuisance) ? "background in " + nuisance : html_text(nuisance);
}

std::string pull_cell(const Json& impact) {
  return has_value(impact, "pull")
             ? fmt::format("{:+.2f} ± {:.2f}", value_of(impact, "pull"), value_of(impact, "pull_error"))
             : "–";
}

/// What moves the fitted signal of the quoted cut; empty where none is fitted.
std::string impact_table(const Json& limit) {
  if (!limit.at("best").is_number()) {
    return {};
  }
  const Json& impacts = limit.at("cuts").at(limit.at("best").get<std::size_t>()).at("impacts");
  if (impacts.empty()) {
    return {};
  }
  HtmlTable table({"nuisance of the quoted cut", "pull", "fitted signal with its lower end", "with its upper end"});
  bool has_counts = false;
  for (const Json& impact : impacts) {
    const std::string name = impact.at("nuisance").get<std::string>();
    has_counts = has_counts || is_of_counts(name);
    table.add_row({nuisance_words(name), pull_cell(impact), shift_cell(impact, "low"), shift_cell(impact, "high")});
  }
  return table.html() +
         fmt::format(
             "<p class=\"note\">Signal events that pass, more or fewer, with the nuisance at an end of its 68 % "
             "interval and all others fitted again. {}</p>",
             has_counts ? "The best fit equals all four counts: no nuisance is pulled."
                        : "Background shape: what its free parameters add to the error of the signal, in "
                          "quadrature. Pulls in standard deviations of what constrains the nuisance.");
}

std::string sentence(const Json& limit) {
  if (!limit.at("best").is_number()) {
    return "No cut has an expected limit in the range of strengths that was injected: inject more (eddy limit "
           "--injections), from a file with more signal events.";
  }
  const Json& cut = limit.at("cuts").at(limit.at("best").get<std::size_t>());
  const std::string unit = limit.at("cross_section").is_null() ? " signal events in the signal region" : "";
  const std::string expected = amount(limit, cut.at("expected").at(2));
  if (!has_value(cut, "observed")) {
    return fmt::format("At the cut with the best expected limit ({}), {}; expected are {}{}.", cut_of(cut),
                       reason_words(cut.at("no_limit").get<std::string>()), expected, unit);
  }
  return fmt::format("More than {}{} are excluded at 95 % confidence level; expected without signal are {}.",
                     amount(limit, cut.at("observed")), unit, expected);
}

}  // namespace

std::string limit_section(const Json& limit) {
  if (limit.is_null()) {
    return {};
  }
  const Json& signal = limit.at("signal");
  std::string html = "<p>" + sentence(limit) + "</p>" + limit_table(limit);
  html += fmt::format(
      "<p class=\"note\">Signal of <code>{}</code>, {} of it in the signal region; injected into: {}. {} {} "
      "times at each strength. “Quoted”: the cut with the smallest median expected limit. Strengths "
      "are {} "
      "before any cut.</p>",
      html_text(signal.at("file").get<std::string>()), format_percent(value_of(signal, "in_region")),
      html_text(limit.at("injected_into").get<std::string>()),
      html_text(limit.value("made_anew", std::string("The whole chain was trained anew"))),
      limit.at("repetitions").get<std::size_t>(),
      limit.at("cross_section").is_null() ? "signal events in the signal region" : "cross-sections");
  html += impact_table(limit);
  html += warning_box("Warnings of the limit", limit.at("warnings"));
  for (const Json& figure : limit.at("figures")) {
    html += figure_html(figure);
  }
  return section_html("Limit", html);
}

}  // namespace eddy::report
