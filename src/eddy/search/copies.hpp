#pragma once
// Events that stand in the inputs more than once: skims of overlapping triggers that were put together, a template that
// shares events with the data. A classifier that was trained on one copy recognises the other, so no fold may separate
// them.

#include <eddy/base/random.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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

/// Joins in `data.group` equal events of the data that have a twin in `other`, so that they share a fold although they
/// differ in [data] identity, or are few enough to be equal by chance: the twin would otherwise be trained on for one
/// of them and judged with the other.
void group_events_with_twin(Sample& data, const Sample& other);

/// Rows of `sample` that equal an event of `other`; none where chance explains them.
[[nodiscard]] std::vector<std::size_t> rows_also_in(const Sample& sample, const Sample& other);

/// What folds and other splits of a sample are made from: the row of the first copy of each event.
[[nodiscard]] const std::vector<std::uint64_t>& split_index(const Sample& sample);

/// For each row of `sample` the number, from 0 on, of the event that it is: copies have the same. For splits of samples
/// whose rows in the file do not matter.
[[nodiscard]] std::vector<std::size_t> event_numbers(const Sample& sample);

/// The fold in [0, k) of each event of a sample that is not the data: that of the data event where it is a copy of one,
/// else as events::assign_folds, its own copies together. There is no other way to folds of such a sample, since an
/// event in another fold than its copy would be judged by classifiers that were trained on it.
[[nodiscard]] std::vector<std::uint8_t> folds_beside_data(const Sample& sample,
                                                          const std::vector<std::uint8_t>& data_fold, base::Seed seed,
                                                          std::string_view split, std::size_t k);

/// Whether event `row` of `sample` is a copy of a data event in `fold`.
[[nodiscard]] bool is_twin_in_fold(const Sample& sample, std::size_t row, const std::vector<std::uint8_t>& data_fold,
                                   std::size_t fold);

/// Whether event `row` of `sample` is a copy of a data event in another fold than `fold`: one that the classifiers of
/// `fold` may have been trained on.
[[nodiscard]] bool is_twin_outside_fold(const Sample& sample, std::size_t row,
                                        const std::vector<std::uint8_t>& data_fold, std::size_t fold);

/// Those of `rows` of `sample` that are no copy of a data event in `fold`: what may be trained on to judge that fold.
[[nodiscard]] std::vector<std::size_t> without_twins_in_fold(std::vector<std::size_t> rows, const Sample& sample,
                                                             const std::vector<std::uint8_t>& data_fold,
                                                             std::size_t fold);

/// What a reader must know of copies in the inputs, one sentence per file with some.
[[nodiscard]] std::vector<std::string> copy_warnings(const std::vector<InputRecord>& records);

}  // namespace eddy::search
