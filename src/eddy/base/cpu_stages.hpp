#pragma once
// Where the processor's time goes: seconds of each kind of work, over all threads.

#include <array>
#include <cstddef>
#include <string_view>

namespace eddy::base {

/// Kinds of work that a search consists of.
enum class CpuStage {
  kReading,      ///< files, selections, derived columns
  kFlows,        ///< training flows and autoencoders
  kMapping,      ///< events through trained flows and autoencoders, either way
  kClassifiers,  ///< training classifiers, binning of their events included
  kScoring,      ///< events through trained classifiers
  kFits,         ///< fits and pseudo-experiments
  kKeys,         ///< hashing what tasks depend on; reading and writing their artefacts
  kFigures,      ///< figures, report, and the files of a run
  kOther,        ///< all else that the process does
};
inline constexpr std::array<std::string_view, 9> kCpuStageNames = {
    "reading", "flows", "mapping", "classifiers", "scoring", "fits", "keys", "figures", "other"};

using CpuSeconds = std::array<double, kCpuStageNames.size()>;

/// What this process has spent on each stage until now. Work in progress counts as kOther until it ends.
[[nodiscard]] CpuSeconds cpu_seconds();

/// Stage by stage, `a` without `b`.
[[nodiscard]] CpuSeconds difference(const CpuSeconds& a, const CpuSeconds& b);

/// The time of the calling thread belongs to `stage` for as long as this lives, but for what scopes inside it take
/// for themselves. Costs two system calls: for pieces of work of a millisecond or more.
class CpuScope {
 public:
  explicit CpuScope(CpuStage stage);
  CpuScope(const CpuScope&) = delete;
  CpuScope& operator=(const CpuScope&) = delete;
  ~CpuScope();

 private:
  CpuStage stage_;
  double begin_;
  double inside_ = 0;  ///< seconds that scopes within this one took
  CpuScope* around_;
};

}  // namespace eddy::base
