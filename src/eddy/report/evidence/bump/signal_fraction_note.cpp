#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/signal_fraction_note.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

namespace eddy::report {

std::string signal_fraction_phrase(const Json& fraction) {
  const double low = value_of(fraction, "low");
  const double high = value_of(fraction, "high");
  const int decimals = pdg_decimals(50 * (high - low));  // of per cent, by half the interval
  std::string text =
      fmt::format("{} % [{}, {}] of the {} events of the signal region",
                  format_decimals(100 * value_of(fraction, "fraction"), decimals), format_decimals(100 * low, decimals),
                  format_decimals(100 * high, decimals), format_count(value_of(fraction, "n_events")));
  if (has_value(fraction, "truth")) {
    text += fmt::format(" (labelled: {} %)", format_decimals(100 * value_of(fraction, "truth"), decimals));
  }
  return text;
}

std::string signal_fraction_note(const Json& result) {
  if (!has_value(result, "signal_fraction")) {
    return {};
  }
  return fmt::format(
      "<p class=\"note\"><strong>The method's own estimate.</strong> {} takes {} to be signal: a fit of its two "
      "densities "
      "to events that they never saw, with its 68 % interval. It takes both densities to be exact: what the "
      "background's "
      "lacks counts as signal, and what the signal's misses does not. It is no evidence; that is the bump hunt "
      "above.</p>",
      html_text(search::method_title(result.at("method"))),
      html_text(signal_fraction_phrase(result["signal_fraction"])));
}

}  // namespace eddy::report
