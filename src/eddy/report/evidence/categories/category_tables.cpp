#include <eddy/base/json.hpp>
#include <eddy/report/evidence/categories/category_tables.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace eddy::report {
namespace {

const char* const kNone = "–";

std::string mass_cell(const Json& object) {
  return has_value(object, "mass") ? fmt::format("{:.4g}", value_of(object, "mass")) : kNone;
}

std::string global_cell(const Json& point) {
  if (!has_value(point, "global_z")) {
    return kNone;
  }
  return fmt::format("<strong>{}{}</strong>", point.value("global_p_is_bound", false) ? "&gt; " : "",
                     decimals(point, "global_z", 2));
}

std::string global_p_cell(const Json& point) {
  if (!has_value(point, "global_p_value")) {
    return kNone;
  }
  return fmt::format("{} <span class=\"muted\">± {}</span>", format_p_value(value_of(point, "global_p_value")),
                     format_p_value(value_of(point, "global_p_error")));
}

std::size_t n_used(const Json& point) {
  std::size_t n = 0;
  for (const Json& category : point.at("categories")) {
    n += category.at("fit").is_null() ? 0 : 1;
  }
  return n;
}

std::string significance_table(const Json& point) {
  HtmlTable table({"categories", "events", "largest excess at", "local p", "local Z", "global p", "global Z",
                   "pseudo-experiments"});
  table.add_row({fmt::format("{} of {}", n_used(point), point.at("categories").size()),
                 format_count(value_of(point, "observed")), mass_cell(point),
                 format_p_value(value_of(point, "p_value")), decimals(point, "z", 2), global_p_cell(point),
                 global_cell(point), format_count(value_of(point, "n_toys"))});
  return table.html();
}

/// One likelihood of all categories each; nothing where there is none, as in results of earlier versions.
std::string simultaneous_table(const Json& point) {
  const Json all = point.value("simultaneous", Json::array());
  if (all.empty()) {
    return {};
  }
  HtmlTable table({"signal in the categories", "largest excess at", "fitted signal", "local p", "local Z", "global p",
                   "global Z", "of the prior behind the cut", "events of it per σ"});
  for (const Json& common : all) {
    const bool is_free = common.at("prior").is_null();
    const std::string signal =
        !has_value(common, "strength") ? kNone
        : is_free                      ? format_decimals(value_of(common, "strength"), 1)
                  : format_with_error(value_of(common, "strength"), value_of(common, "strength_error"));
    table.add_row({is_free ? "any in each" : "shared as in " + html_text(common.at("prior").get<std::string>()),
                   mass_cell(common), signal,
                   has_value(common, "p_value") ? format_p_value(value_of(common, "p_value")) : kNone,
                   decimals(common, "z", 2), global_p_cell(common), global_cell(common),
                   has_value(common, "passing") ? format_percent(value_of(common, "passing")) : kNone,
                   has_value(common, "events_per_sigma")
                       ? fmt::format("{:.3g} <span class=\"muted\">at {:.4g}</span>",
                                     value_of(common, "events_per_sigma"), value_of(common, "prior_mass"))
                       : kNone});
  }
  return "<h3>All categories in one likelihood</h3>\n" + table.html() +
         "<p class=\"note\">One strength of a Gaussian signal, shared among the categories as held-out events of a "
         "prior "
         "are, or a strength of its own in each; backgrounds are free in each category. Global p from the same "
         "pseudo-experiments. Events per σ: of the prior, before any cut, at its own mass; it does not know the "
         "excess, so "
         "settings may be chosen by it. The answer of the search stays Fisher’s, which was chosen before: the largest "
         "of these "
         "numbers is no significance.</p>\n";
}

std::vector<std::string> category_row(const Json& category) {
  const Json& fit = category.at("fit");
  std::vector<std::string> row = {html_text(category.at("name").get<std::string>()),
                                  format_count(value_of(category, "n_events"))};
  if (fit.is_null()) {
    row.insert(row.end(), {html_text(category.at("left_out").get<std::string>()), kNone, kNone, kNone});
    return row;
  }
  const std::string quality =
      fmt::format("{}/{} <span class=\"muted\">(p = {})</span>", decimals(fit, "deviance", 1),
                  format_count(value_of(fit, "n_dof")), format_p_value(value_of(fit, "goodness_of_fit")));
  if (!fit.at("used").get<bool>()) {
    row.insert(row.end(), {quality, kNone, kNone, kNone});
    return row;
  }
  row.insert(row.end(), {quality, format_with_error(value_of(fit, "strength"), value_of(fit, "strength_error")),
                         decimals(fit, "z", 2), format_p_value(value_of(fit, "p_value"))});
  return row;
}

std::string category_table(const Json& point) {
  HtmlTable table({"category", "events", "background fit: deviance/ndof", "fitted signal", "Z", "p"});
  for (const Json& category : point.at("categories")) {
    table.add_row(category_row(category));
  }
  return table.html();
}

std::string cut_text(const Json& cut, const Json& losses) {
  std::string text = fmt::format("L({}) &gt; {:.4g}", html_text(losses.at(0).get<std::string>()),
                                 cut.at("losses").at("low").at(0).get<double>());
  for (std::size_t d = 1; d < losses.size(); ++d) {
    const Json& high = cut.at("losses").at("high").at(d);
    text += high.is_number()
                ? fmt::format(", L({}) &lt; {:.4g}", html_text(losses.at(d).get<std::string>()), high.get<double>())
                : "";
  }
  return text;
}

std::vector<std::string> cut_row(const Json& cut, const Json& losses) {
  return {cut_text(cut, losses), format_count(value_of(cut, "n_events")), mass_cell(cut),
          format_with_error(value_of(cut, "strength"), value_of(cut, "strength_error")), decimals(cut, "z", 2)};
}

std::string cut_section(const Json& result) {
  const Json& search = result.at("cuts");
  if (!search.is_object()) {
    return {};
  }
  const Json& losses = result.at("setup").at("losses");
  HtmlTable best({"cut", "events", "largest excess at", "fitted signal", "Z (biased)"});
  best.add_row(cut_row(search.at("best"), losses));
  HtmlTable all({"cut", "events", "largest excess at", "fitted signal", "Z (biased)"});
  for (const Json& cut : search.at("cuts")) {
    all.add_row(cut_row(cut, losses));
  }
  return fmt::format(
      "<section>\n<h2>Method 1: the best of many cuts</h2>\n<p class=\"gate failed\"><strong>Not a "
      "significance.</strong> "
      "The numbers below are {}.</p>\n{}<details><summary>All cuts</summary>\n{}</details>\n</section>\n",
      html_text(search.at("note").get<std::string>()), best.html(), all.html());
}

std::string rejection_cell(const Json& separation, const char* key) {
  return has_value(separation, key) ? fmt::format("{:.3g}", value_of(separation, key)) : kNone;
}

}  // namespace

std::string category_findings(const Json& result) {
  if (is_blind(result)) {
    return {};
  }
  if (result.at("working_points").empty()) {
    const bool has_mass = result.at("verdict").at("kind") == "no_category";
    return fmt::format("<section>\n<h2>Bump hunt</h2>\n<p class=\"note\">{}</p>\n</section>\n",
                       has_mass ? "No category could be fitted: the warnings say why."
                                : "No bump was sought: no mass is configured.") +
           cut_section(result);
  }
  const Json& point = result.at("working_points").at(0);
  return "<section>\n<h2>Method 2: categories of the space of losses</h2>\n" + significance_table(point) +
         fmt::format(
             "<p class=\"note\">Data behind the cut on the loss of the background network, L &gt; {:.4g}, in "
             "categories of equal population; neither looks at masses. Local p: the p-values of independent fits "
             "combined by Fisher’s method, at the mass where they are smallest (asymptotic). Global p: how often "
             "pseudo-experiments of background alone are as significant at any mass of the scan.</p>\n",
             value_of(point, "threshold")) +
         simultaneous_table(point) + "<details open><summary>Categories, at that mass</summary>\n" +
         category_table(point) + "</details>\n</section>\n" + cut_section(result);
}

std::string separation_table(const Json& result) {
  if (!result.contains("separation") || result.at("separation").empty()) {
    return {};
  }
  HtmlTable table({"signal: score", "AUC", "rejection at ε<sub>S</sub> = 30 %", "at 50 %", "largest SIC",
                   "SIC at ε<sub>B</sub> = 10⁻²", "SIC at ε<sub>B</sub> = 10⁻³"});
  for (const Json& separation : result.at("separation")) {
    const Json& sic = separation.at("sic");
    table.add_row(
        {html_text(separation.at("signal").get<std::string>() + ": " + separation.at("name").get<std::string>()),
         decimals(separation, "auc", 3), rejection_cell(separation, "rejection_at_30"),
         rejection_cell(separation, "rejection_at_50"), sic_cell(sic, "max"), sic_cell(sic, "at_1e-2"),
         sic_cell(sic, "at_1e-3")});
  }
  return table.html() +
         "<p class=\"note\">Rejection: one over the efficiency of held-out background; – where fewer than 20 "
         "background events pass.</p>";
}

}  // namespace eddy::report
