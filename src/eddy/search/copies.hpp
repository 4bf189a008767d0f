#pragma once
// Events that stand in the inputs more than once: skims of overlapping triggers that were put together, a template that
// shares events with the data. A classifier that was trained on one copy recognises the other, so no fold may separate
// them.

#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

/// Fills `sample.group` where events equal each other, bit for bit, in all features and context variables, and
/// in the columns of [data] identity (but for injected events, which have none). Returns how many repeat an earlier
/// one. Equal events that chance alone would give, because every column is discrete, are no copies: to keep them in one
/// fold would hide each of their values from the classifiers that judge it. Chance is judged from how often events
/// share the value of single columns (docs/decisions.md).
std::size_t group_copies(Sample& sample);

/// Fills `sample.twin` where events of another role equal events of the data. Returns how many do; again none where
/// chance explains them.
std::size_t find_twins(Sample& sample, const Sample& data);

/// Rows of `sample` that equal an event of `other`; none where chance explains them.
[[nodiscard]] std::vector<std::size_t> rows_also_in(const Sample& sample, const Sample& other);

/// What folds and other splits of a sample are made from: the row of the first copy of each event.
[[nodiscard]] const std::vector<std::uint64_t>& split_index(const Sample& sample);

/// Gives copies of data events the fold that the data event has.
void share_folds(const Sample& sample, const std::vector<std::uint8_t>& data_fold, std::vector<std::uint8_t>& fold);

/// Whether event `row` of `sample` is a copy of a data event in `fold`.
[[nodiscard]] bool is_twin_in_fold(const Sample& sample, std::size_t row, const std::vector<std::uint8_t>& data_fold,
                                   std::size_t fold);

/// Those of `rows` of `sample` that are no copy of a data event in `fold`: what may be trained on to judge that fold.
[[nodiscard]] std::vector<std::size_t> without_twins_in_fold(std::vector<std::size_t> rows, const Sample& sample,
                                                             const std::vector<std::uint8_t>& data_fold,
                                                             std::size_t fold);

/// What a reader must know of copies in the inputs, one sentence per file with some.
[[nodiscard]] std::vector<std::string> copy_warnings(const std::vector<InputRecord>& records);

}  // namespace eddy::search
