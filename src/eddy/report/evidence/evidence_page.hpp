#pragma once
// How a report shows one kind of evidence: one row of the table for each.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/search/finding.hpp>

#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

/// For evidence that has no scan: nothing has a global p-value.
[[nodiscard]] Json no_global(const Json& point);

struct EvidencePage {
  search::EvidenceKind kind = {};
  /// To result.json, beyond the numbers that all points have: enough to find every number again.
  void (*add)(Json& point, const search::WorkingPoint&) = nullptr;
  Json (*figures)(const search::Finding&) = nullptr;             ///< figures.json, in the order of the page
  std::string (*findings)(const Json& result) = nullptr;         ///< HTML: what stands before the figures
  void (*word)(const Json& result, Wording& wording) = nullptr;  ///< what was searched and found, and the verdict
  std::string (*detector)(const Json& setup) = nullptr;          ///< "classifiers in z against N(0, 1) samples"
  Json (*global)(const Json& point) = no_global;  ///< {"signal_region", "range"}: scans with a global p-value, or null
  std::vector<std::string> (*lines)(const search::Finding&) = nullptr;  ///< for the terminal
  const char* experiments = "everything trained anew";                  ///< what null experiments repeat
  const char* selected_background = "";  ///< sentences on what shows the background among selected events
  const char* where_claimed = "";        ///< of their Z: ", at any mass" where it is that of a scan
};

/// `line` of each working point.
[[nodiscard]] std::vector<std::string> point_lines(const search::Finding& finding,
                                                   std::string (*line)(const search::WorkingPoint&));

/// The page of a kind of evidence.
[[nodiscard]] const EvidencePage& page_of(search::EvidenceKind kind);
/// That of a result (or of a run of a comparison), by its "evidence". Throws InputError for a kind that is not known.
[[nodiscard]] const EvidencePage& page_of(const Json& result);

/// figures.json of what was found: {"format", "figures": [...]} as docs/figures.md describes.
[[nodiscard]] Json figures_of(const search::Finding& finding);

}  // namespace eddy::report
