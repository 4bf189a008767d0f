#pragma once
// How good a score is, without labels (ARGOS, 2511.14832).

#include <eddy/base/random.hpp>
#include <eddy/search/calibration.hpp>
#include <eddy/search/finding_parts.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace eddy::search {

/// Background that the score never saw, in the signal region, which cuts are counted in.
struct ArgosTemplate {
  std::string name;  ///< "samples of the sideband density"
  double n = 0;      ///< effective number of different events
};

/// ARGOS of a score at cuts from 1 down to where 25 events of the template are left, and how large the largest of these
/// would be if the data were like the template; nothing with fewer events of it. `efficiency`: of each data event by
/// `calibrations` (ScoreCalibration::efficiency), which hold the scores of the template; events outside the signal
/// region do not count. Ties are kept whole, so a cut is what it keeps of the template and not what was asked for.
[[nodiscard]] Argos argos_of(std::span<const float> efficiency, std::span<const std::uint8_t> in_signal_region,
                             std::span<const ScoreCalibration> calibrations, const ArgosTemplate& of_background,
                             base::Seed seed);

}  // namespace eddy::search
