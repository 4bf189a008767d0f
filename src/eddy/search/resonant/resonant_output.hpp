#pragma once
// What a resonant search (CATHODE, LaCATHODE, ANODE, CWoLa and their benchmarks) found: plain values, no behaviour.

#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/output.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// How far cuts on the scores of one detector change the mass spectrum of the background (LaCATHODE eq. 5): chi2/ndof
/// between the spectra before and after the cut, over retrainings. The efficiency is that in the signal region.
struct SculptingCurve {
  std::string name;  ///< "LaCATHODE", "idealized (x)", ...; as in Evaluation
  std::vector<MedianBand> points;
};

/// chi2/ndof of all kinds of cuts on the same events.
struct Sculpting {
  std::string events;  ///< which events: "background in data (truth)" or "data"
  std::size_t n_events = 0;
  std::size_t n_bins = 0;
  std::vector<SculptingCurve> curves;      ///< the method first
  std::vector<MedianBand> random_subsets;  ///< of 100 random subsets of the same size
};

/// Mass spectrum of the events of Sculpting::events that pass a cut on one detector's score.
struct Spectrum {
  std::string name;       ///< "all", or as in Evaluation
  double efficiency = 1;  ///< in the signal region; 1: no cut
  stats::MassHistogram histogram;
};

/// One working point: a cut on the score, and the bump hunt in the events that pass.
struct ResonantWorkingPoint {
  double efficiency = 1;           ///< fraction of the signal-region data that is kept; 1: no cut
  double realised_efficiency = 1;  ///< the fraction that is kept: more than nominal where ties are kept whole
  std::vector<double> thresholds;  ///< R_c of each fold; empty without a cut
  BumpHunt hunt;
  std::optional<double> true_background;  ///< labelled background events in the signal region that pass
  std::optional<double> true_signal;      ///< labelled signal events there
};

/// Everything a resonant search found.
struct ResonantOutput : SearchOutput {
  stats::MassWindow signal_window;  ///< smallest and largest mass in the signal region
  std::string classifier_space;     ///< "x", "z", "x_prime"; "ratio" for ANODE
  std::string reference;            ///< "flow samples", "normal", "control_region", "true background", "none" (ANODE)
  std::size_t n_folds = 1;
  std::size_t n_retrainings = 1;   ///< independent flows and classifiers per fold, averaged in the search
  std::size_t n_scored = 0;        ///< events of the data that are scored: all, or those of one fold
  std::optional<LatentGate> gate;  ///< held-out sideband latents against N(0, 1); where the method has a flow
  std::vector<ResonantWorkingPoint> working_points;  ///< the first without a cut; empty without sidebands
  std::optional<Sculpting> sculpting;                ///< nothing without sidebands
  std::vector<Spectrum> spectra;                     ///< nothing without sidebands
};

}  // namespace eddy::search
