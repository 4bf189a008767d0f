#pragma once
// What each event counts. Data count once each: Poisson statistics hold for them. Template, simulation and what else is
// generated may carry weights, whose sums stand for counts and whose sums of squares stand for their variances.

#include <eddy/base/random.hpp>
#include <eddy/events/events.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/input_record.hpp>
#include <eddy/search/sample.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {
/// Weights of the events of `sample` at `rows`, in single precision; empty where all count 1.
[[nodiscard]] std::vector<float> weights_at(const Sample& sample, const std::vector<std::size_t>& rows);
/// Weights of all events, 1 where the sample has none.
[[nodiscard]] std::vector<double> weights_or_ones(const Sample& sample);

/// Those of `rows` whose weight is not 0: a few of the others, drawn at random, may be none at all to train with.
[[nodiscard]] std::vector<std::size_t> rows_that_count(const Sample& sample, std::vector<std::size_t> rows);

/// (sum w)^2 / sum w^2: as many events of equal weight know a fraction as well. Not for empty `weights`.
[[nodiscard]] double effective_size(std::span<const double> weights);

/// The column [...] weight of the events at `rows`; empty where none is configured, and where all weights are 1. Throws
/// InputError that names column, role and file for a weight that is NaN or infinite.
[[nodiscard]] std::vector<double> read_weights(const events::Events& events, const SampleSection& section,
                                               const std::string& role, const std::vector<std::size_t>& rows);

/// Notes sum, effective size and the number of negative weights of `sample` in its record.
void record_weights(const Sample& sample, InputRecord& record);

/// Throws InputError where the weights of `sample` do not sum to more than 0.
void require_positive_sum(const Sample& sample, const InputRecord& record);

/// Throws InputError, with column, file and remedy, where weights are negative (the loss of densities and classifiers
/// has no minimum for events that count less than nothing), where they are 0 for so many events of a region that fewer
/// than `least` count there (a fold might then be without any), and where single precision does not hold them. `option`
/// is where they are configured ("[template] weight").
void require_trainable(const Sample& sample, const InputRecord& record, const std::string& option, std::size_t least);

/// Events that count 1 each, distributed as the weighted ones: each is kept with the probability of its weight over the
/// largest. Throws InputError for negative weights.
[[nodiscard]] Sample unweighted(const Sample& sample, const InputRecord& record, const base::RandomStream& stream);

/// From where on a loss of statistics is a warning: errors are then twice those of as many events of equal weight.
inline constexpr double kLowEffective = 0.25;
/// What a reader must know of the weights of the inputs, one sentence per file.
[[nodiscard]] std::vector<std::string> weight_warnings(const std::vector<InputRecord>& records);

}  // namespace eddy::search
