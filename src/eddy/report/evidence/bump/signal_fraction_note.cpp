#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/signal_fraction_note.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

namespace eddy::report {

namespace {

std::string percent(double fraction, int decimals) { return format_decimals(100 * fraction, decimals); }

/// Of per cent, by half the interval.
int decimals_of(const Json& share) { return pdg_decimals(50 * (value_of(share, "high") - value_of(share, "low"))); }

/// "1.2 % [0.9, 1.5] of the 4,431 ".
std::string share_of(const Json& share) {
  const int decimals = decimals_of(share);
  return fmt::format("{} % [{}, {}] of the {} ", percent(value_of(share, "fraction"), decimals),
                     percent(value_of(share, "low"), decimals), percent(value_of(share, "high"), decimals),
                     format_count(value_of(share, "n_events")));
}

}  // namespace

std::string signal_fraction_phrase(const Json& fraction) {
  const Json& inside = fraction.at("signal_region");
  std::string text = share_of(inside) + "events of the signal region";
  if (has_value(fraction, "truth")) {
    text += fmt::format(" (labelled: {} %)", percent(value_of(fraction, "truth"), decimals_of(inside)));
  }
  if (has_value(fraction, "beside")) {
    text += ", and " + share_of(fraction.at("beside")) + "beside it, where there should be none,";
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
