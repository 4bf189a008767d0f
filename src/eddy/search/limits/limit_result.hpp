#pragma once
// What `eddy limit` finds: plain values. Strengths are signal events of the signal region before any cut.

#include <eddy/search/limits/injections.hpp>
#include <eddy/stats/impact.hpp>
#include <eddy/stats/retrained_limit.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// Fitted signal against injected signal that passes: fitted = offset + slope passed, by least squares over all
/// injections. 1 where the fit finds what is there; less where signal leaks into what predicts the background.
struct SignalResponse {
  bool is_measured = false;  ///< else slope 1 is assumed: too few injections say anything
  double slope = 1;
  double slope_error = 0;
  double offset = 0;  ///< what the fit finds without signal
};

/// Why a cut has no limit.
enum class NoLimit {
  kNone,         ///< it has
  kNoFit,        ///< the search has no limit on what passes
  kNoResponse,   ///< the fit does not see the signal that passes
  kNoInjection,  ///< searches with signal failed
  kNotExcluded,  ///< the largest strength is not excluded
};
/// "not_excluded": as limit.json has it.
[[nodiscard]] const char* to_string(NoLimit why);

/// A limit at -2, -1, 0 (median), 1 and 2 standard deviations; nothing where the range of strengths ends before.
using ExpectedLimits = std::array<std::optional<double>, 5>;

/// What one cut says.
struct CutLimit {
  double efficiency = 1;  ///< nominal, as of its working point; 1: no cut; NaN: all categories of a space of losses
  std::vector<stats::EfficiencyKnot> knots = {};  ///< as measured: mean over repetitions, and spread of one search
  SignalResponse response = {};
  std::optional<stats::PassingSignal> signal = {};  ///< of the data, in events that pass: response taken out
  NoLimit why = NoLimit::kNone;
  std::optional<double> observed = {};
  ExpectedLimits expected = {};             ///< from the limits that the fit expects without signal
  std::size_t n_nulls = 0;                  ///< null experiments with a limit, or without one in the range
  ExpectedLimits expected_of_nulls = {};    ///< quantiles of their limits
  stats::StrengthInterval interval = {};    ///< 68.3 %, of the data
  std::vector<stats::Impact> impacts = {};  ///< on `signal`, in its unit
};

/// Everything.
struct LimitResult {
  std::string signal_file;
  std::string signal_sha256;
  std::string base;                                       ///< in words: what the signal was injected into
  bool in_nulls = false;                                  ///< background-only events, and not the data
  std::string anew = "The whole chain was trained anew";  ///< at each strength: what the searches with signal share not
  double in_region = 0;                                   ///< fraction of the signal in the signal region
  std::size_t n_repetitions = 0;
  std::vector<Injection> injections = {};
  std::vector<CutLimit> cuts = {};
  std::optional<std::size_t> best = {};      ///< the cut with the smallest median expected limit
  std::optional<double> cross_section = {};  ///< of one signal event in the region
  std::string cross_section_unit = {};
  std::vector<std::string> warnings = {};
};

}  // namespace eddy::search
