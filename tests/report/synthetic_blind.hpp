#pragma once
// What searches find while their signal region is closed.

#include <eddy/search/expectation.hpp>
#include <eddy/search/finding.hpp>

#include <report/synthetic_output.hpp>
#include <report/synthetic_resonant.hpp>

namespace eddy::report_test {

/// A bump hunt while its signal region is closed.
inline search::Finding blind_bump() {
  search::Finding finding = synthetic_resonant();
  finding.is_blind = true;
  finding.working_points.clear();
  finding.evaluations.clear();
  finding.calibration.reset();
  finding.sculpting.reset();
  finding.anomaly.reset();
  finding.argos.reset();
  finding.weighted_spectrum.reset();
  finding.expected = {search::expect("sidebands", 1000, 20)};
  return finding;
}

/// The same of CONRAD, which expects nothing.
inline search::Finding blind_tail() {
  search::Finding finding = synthetic_output();
  finding.is_blind = true;
  finding.working_points.clear();
  finding.closure.clear();
  finding.anomaly.reset();
  finding.argos.reset();
  finding.evaluations.clear();
  finding.data.score.clear();
  finding.data.background_efficiency.clear();
  return finding;
}

}  // namespace eddy::report_test
