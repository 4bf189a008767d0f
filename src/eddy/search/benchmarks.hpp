#pragma once
// What a search is judged against, where labels or extra samples exist: docs/resonant.md, docs/conrad.md.

#include <eddy/base/tasks.hpp>
#include <eddy/search/evaluation.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/true_signal.hpp>

#include <cstdint>
#include <vector>

namespace eddy::search {

/// Folds and truth that the method and all benchmarks share.
struct EvaluationSample : TrueSignal {
  std::vector<std::size_t> background_rows;  ///< labelled background of the data in the signal region
  std::vector<std::uint8_t> data_fold;       ///< of every event of the data
  [[nodiscard]] bool usable() const { return !background_rows.empty() && signal.size() > 0; }
};
[[nodiscard]] EvaluationSample evaluation_sample(const SearchInputs& inputs, const SearchConfig& config,
                                                 const std::vector<std::uint8_t>& data_fold);

/// Signal against true background in x.
[[nodiscard]] Evaluation supervised_benchmark(const SearchInputs& inputs, const EvaluationSample& truth,
                                              const SearchConfig& config, const base::TaskStore& store,
                                              const base::Monitor& monitor);

/// Data against true background in x.
[[nodiscard]] Evaluation idealized_x_benchmark(const SearchInputs& inputs, const EvaluationSample& truth,
                                               const SearchConfig& config, const base::TaskStore& store,
                                               const base::Monitor& monitor);

/// Data against N(0, 1) in the latent of flows trained on true background. Their loss curves are added to `training`.
[[nodiscard]] Evaluation idealized_z_benchmark(const SearchInputs& inputs, const EvaluationSample& truth,
                                               const SearchConfig& config, const base::TaskStore& store,
                                               const base::Monitor& monitor, std::vector<TrainingCurve>& training);

}  // namespace eddy::search
