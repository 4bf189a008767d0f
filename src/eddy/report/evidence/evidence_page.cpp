#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/anomaly.hpp>
#include <eddy/report/calibration.hpp>
#include <eddy/report/evidence/abcd/abcd_page.hpp>
#include <eddy/report/evidence/bump/bump_page.hpp>
#include <eddy/report/evidence/categories/category_page.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/evidence/template_count/template_count_page.hpp>
#include <eddy/report/validation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>

namespace eddy::report {
namespace {

std::span<const EvidencePage> pages() {
  static const std::array kPages = {abcd_page(), bump_page(), template_count_page(), category_page()};
  return kPages;
}

}  // namespace

Json no_global(const Json& /*point*/) { return {{"signal_region", nullptr}, {"range", nullptr}}; }

std::vector<std::string> point_lines(const search::Finding& finding, std::string (*line)(const search::WorkingPoint&)) {
  std::vector<std::string> lines;
  std::ranges::transform(finding.working_points, std::back_inserter(lines), line);
  return lines;
}

const EvidencePage& page_of(search::EvidenceKind kind) {
  return *std::ranges::find(pages(), kind, &EvidencePage::kind);
}

const EvidencePage& page_of(const Json& result) {
  const auto name = result.at("evidence").get<std::string>();
  const auto page = std::ranges::find_if(pages(), [&](const EvidencePage& p) { return to_string(p.kind) == name; });
  if (page == pages().end()) {
    throw base::InputError(fmt::format("the result has evidence of a kind '{}', which this eddy does not know", name));
  }
  return *page;
}

Json figures_of(const search::Finding& finding) {
  Json document = page_of(finding.evidence).figures(finding);
  Json& figures = document["figures"];
  for (const auto& figure : {calibration_figure(finding.calibration), windows_figure(finding.validation),
                             validation_figure(finding.validation), anomaly_figure(finding)}) {
    if (!figure) {
      continue;
    }
    // Behind the first section, which shows what was found; the last to be put there comes first.
    const auto behind = std::ranges::find_if(
        figures, [&](const Json& other) { return other.at("section") != figures.front().at("section"); });
    figures.insert(behind, to_json(*figure));
  }
  return document;
}

}  // namespace eddy::report
