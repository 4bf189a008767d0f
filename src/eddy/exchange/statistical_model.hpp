#pragma once
// A binned statistical model as all formats of exchange can say it: channels of Poisson counts, each the sum of samples
// that parameters scale. Nothing here knows where a model comes from, or how it is written.

#include <eddy/base/json.hpp>

#include <string>
#include <vector>

namespace eddy::exchange {

/// A number that multiplies all bins of a sample.
struct Factor {
  enum class Kind {
    kFree,       ///< the parameter itself, without constraint
    kLogNormal,  ///< exp(log_size * pull), pull ~ N(0, 1)
    kLogLinear,  ///< exp(log_size * parameter), without constraint
  };
  Kind kind = Kind::kFree;
  std::string parameter;
  double log_size = 0;  ///< of one unit of the parameter; not of kFree
};

/// Events that a pull ~ N(0, 1) adds, in proportion to itself.
struct Shift {
  std::string parameter;
  std::vector<double> events;  ///< for a pull of 1, shape (n_bins)
};

struct ModelSample {
  std::string name;
  std::vector<double> events = {};  ///< nominal, shape (n_bins)
  std::vector<Factor> factors = {};
  std::vector<Shift> shifts = {};
};

struct Channel {
  std::string name;
  std::vector<double> edges = {};   ///< shape (n_bins + 1); empty: one bin without an axis
  std::vector<double> counts = {};  ///< observed, shape (n_bins)
  std::vector<ModelSample> samples = {};
};

/// Where a parameter without constraint begins, and between what it is sought.
struct FreeParameter {
  std::string name;
  double start = 1;
  double low = 0;
  double high = 10;
};

/// A parameter of interest: the strength of the signal.
struct Strength {
  std::string parameter;
  double events = 1;  ///< signal events at strength 1
  double low = 0;     ///< a deficit is a strength below it
  double high = 10;
};

/// A signal whose efficiency depends on how much of it there is, as `eddy limit` measured it.
struct SignalAtStrength {
  double strength = 0;         ///< signal events of the signal region before any cut
  double passing = 0;          ///< events that the model's signal is of then
  double relative_spread = 0;  ///< of `passing`, one standard deviation
};

struct StatisticalModel {
  std::string name;  ///< "cut_0.01": also of its file
  std::vector<Channel> channels = {};
  std::vector<FreeParameter> free = {};     ///< those of kFree and kLogLinear, strengths apart
  std::vector<Strength> strengths = {};     ///< each alone: categories have one for each
  std::vector<SignalAtStrength> grid = {};  ///< empty without limit.json
  std::string description = {};             ///< what is exact and what is not
  base::Json eddy = {};  ///< the numbers of result.json that the model should give again, and how they are defined
};

/// Whether `parameter` is that of a log-linear factor.
[[nodiscard]] bool is_log_linear(const StatisticalModel& model, const std::string& parameter);

/// The sample that `strength` scales in some channel.
inline constexpr const char* kSignalName = "signal";

}  // namespace eddy::exchange
