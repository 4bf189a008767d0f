#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_hash.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace eddy::search {
namespace {

/// Features and context may be correlated, which makes equal events likelier than independent columns would: equal
/// events are copies where there are this many times more of them than chance would give.
constexpr double kCorrelation = 100;

/// What two events must share to be the same: other roles than the data know of no identity.
enum class Content { kValues, kValuesAndIdentity };

/// 64 bits of an event's content: among 10^6 events two unequal ones share them once in 10^7 files.
std::uint64_t content(const Sample& sample, std::size_t event, Content what) {
  std::uint64_t hash = hash_of(hash_of(0, sample.x.row(event)), sample.context.row(event));
  if (what == Content::kValuesAndIdentity) {
    for (const IdentityColumn& column : sample.identity) {
      hash = mix_bits(hash ^ static_cast<std::uint64_t>(column.values[event]));
    }
  }
  return hash;
}

std::vector<std::uint64_t> contents(const Sample& sample, Content what) {
  std::vector<std::uint64_t> all(sample.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = content(sample, i, what);
  }
  return all;
}

/// The first event of each content.
std::unordered_map<std::uint64_t, std::size_t> first_events(const std::vector<std::uint64_t>& contents) {
  std::unordered_map<std::uint64_t, std::size_t> first;
  first.reserve(contents.size());
  for (std::size_t i = 0; i < contents.size(); ++i) {
    first.emplace(contents[i], i);
  }
  return first;
}

/// Whether [data] identity names event `event`; it does not name injected ones.
bool is_named(const Sample& sample, std::size_t event) {
  return std::ranges::any_of(sample.identity,
                             [&](const IdentityColumn& column) { return column.values[event] != kNoIdentity; });
}

/// The probability that two events of unequal content share the value of a column, from those that do; at least what
/// one pair in all would be.
template <class T>
double shared_fraction(std::vector<T> values) {
  const auto n = static_cast<double>(values.size());
  const double n_pairs = std::max(1.0, n * (n - 1) / 2);
  std::ranges::sort(values);
  double n_shared = 0;
  for (auto begin = values.begin(); begin != values.end();) {
    const auto end = std::upper_bound(begin, values.end(), *begin);
    const auto n_equal = static_cast<double>(end - begin);
    n_shared += n_equal * (n_equal - 1) / 2;
    begin = end;
  }
  return std::max(1.0, n_shared) / n_pairs;
}

/// The probability that two events are equal by chance, were the columns independent of each other.
double chance_of_equality(const Sample& sample, const std::vector<std::size_t>& distinct, Content what) {
  double probability = 1;
  const auto take = [&](auto& values, const auto& value_of) {
    values.reserve(distinct.size());
    std::ranges::transform(distinct, std::back_inserter(values), value_of);
  };
  for (const base::Matrix* columns : {&sample.x, &sample.context}) {
    for (std::size_t c = 0; c < columns->cols(); ++c) {
      std::vector<float> values;
      take(values, [&](std::size_t event) { return (*columns)(event, c); });
      probability *= shared_fraction(std::move(values));
    }
  }
  for (const IdentityColumn& column : sample.identity) {
    if (what == Content::kValuesAndIdentity) {
      std::vector<std::int64_t> values;
      take(values, [&](std::size_t event) { return column.values[event]; });
      probability *= shared_fraction(std::move(values));
    }
  }
  return probability;
}

/// Whether independent columns would give as many equal pairs.
bool is_chance(double n_equal_pairs, double n_pairs, double probability) {
  return n_equal_pairs <= kCorrelation * n_pairs * probability;
}

std::vector<std::size_t> positions(const std::unordered_map<std::uint64_t, std::size_t>& first) {
  std::vector<std::size_t> all;
  for (const auto& [key, position] : first) {
    all.push_back(position);
  }
  std::ranges::sort(all);
  return all;
}

/// Gives events without identity and the named ones of the same values one content: an injected event that is in the
/// data already has no identity to show it by.
void join_unnamed(const Sample& sample, std::vector<std::uint64_t>& key) {
  std::vector<std::size_t> unnamed;
  for (std::size_t i = 0; i < sample.size() && !sample.identity.empty(); ++i) {
    if (!is_named(sample, i)) {
      unnamed.push_back(i);
    }
  }
  if (unnamed.empty()) {
    return;
  }
  const std::vector<std::uint64_t> values = contents(sample, Content::kValues);
  std::unordered_map<std::uint64_t, std::size_t> named;
  std::unordered_set<std::uint64_t> shared;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (is_named(sample, i)) {
      named.emplace(values[i], i);
    }
  }
  double n_equal = 0;
  for (const std::size_t i : unnamed) {
    if (named.contains(values[i])) {
      ++n_equal;
      shared.insert(values[i]);
    }
  }
  const double n_pairs = static_cast<double>(unnamed.size()) * static_cast<double>(named.size());
  if (n_equal == 0 || is_chance(n_equal, n_pairs, chance_of_equality(sample, positions(named), Content::kValues))) {
    return;
  }
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (shared.contains(values[i])) {
      key[i] = values[i];
    }
  }
}

std::string copies_sentence(const InputRecord& record) {
  return fmt::format(
      "{} of {} selected events of the {} ('{}') are copies of earlier ones, with the same features and context: they "
      "stay in one fold, but every copy counts, so that statistical errors are too small; remove them from the file",
      record.n_copies, record.n_selected, record.role, record.file);
}

std::string twins_sentence(const InputRecord& record) {
  return fmt::format(
      "{} of {} selected events of the {} ('{}') are in the data too, with the same features and context: no "
      "classifier that was trained on one judges the other, but the two samples are not independent; remove them from "
      "one of the files",
      record.n_also_in_data, record.n_selected, record.role, record.file);
}

}  // namespace

std::size_t group_copies(Sample& sample) {
  sample.group.clear();
  constexpr Content kWhat = Content::kValuesAndIdentity;
  std::vector<std::uint64_t> key = contents(sample, kWhat);
  join_unnamed(sample, key);
  const auto first = first_events(key);
  const std::size_t n_copies = sample.size() - first.size();
  if (n_copies == 0) {
    return 0;
  }
  std::vector<std::size_t> n_of_content(sample.size());
  std::vector<std::uint64_t> group(sample.size());
  double n_pairs = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const std::size_t original = first.at(key[i]);
    group[i] = sample.index[original];
    n_pairs += static_cast<double>(n_of_content[original]++);
  }
  const auto n = static_cast<double>(sample.size());
  if (is_chance(n_pairs, n * (n - 1) / 2, chance_of_equality(sample, positions(first), kWhat))) {
    return 0;
  }
  sample.group = std::move(group);
  return n_copies;
}

std::size_t find_twins(Sample& sample, const Sample& data) {
  sample.twin.clear();
  const auto first = first_events(contents(data, Content::kValues));
  std::vector<std::size_t> twin(sample.size());
  double n_twins = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (const auto found = first.find(content(sample, i, Content::kValues)); found != first.end()) {
      twin[i] = found->second + 1;
      ++n_twins;
    }
  }
  const double n_pairs = static_cast<double>(sample.size()) * static_cast<double>(first.size());
  if (n_twins == 0 || is_chance(n_twins, n_pairs, chance_of_equality(data, positions(first), Content::kValues))) {
    return 0;
  }
  sample.twin = std::move(twin);
  return static_cast<std::size_t>(n_twins);
}

void group_events_with_twin(Sample& data, const Sample& other) {
  std::unordered_set<std::size_t> has_twin;
  for (const std::size_t twin : other.twin) {
    if (twin > 0) {
      has_twin.insert(twin - 1);
    }
  }
  if (has_twin.empty()) {
    return;
  }
  const std::vector<std::uint64_t> values = contents(data, Content::kValues);
  const auto first = first_events(values);
  std::vector<std::uint64_t> group = split_index(data);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::size_t original = first.at(values[i]);
    if (has_twin.contains(original)) {
      group[i] = group[original];
    }
  }
  if (group != split_index(data)) {
    data.group = std::move(group);
  }
}

std::vector<std::size_t> rows_also_in(const Sample& sample, const Sample& other) {
  Sample compared = sample;
  std::vector<std::size_t> rows;
  if (find_twins(compared, other) > 0) {
    for (std::size_t i = 0; i < compared.size(); ++i) {
      if (compared.twin[i] > 0) {
        rows.push_back(i);
      }
    }
  }
  return rows;
}

const std::vector<std::uint64_t>& split_index(const Sample& sample) {
  return sample.group.empty() ? sample.index : sample.group;
}

std::vector<std::size_t> event_numbers(const Sample& sample) {
  std::vector<std::size_t> numbers(sample.size());
  std::unordered_map<std::uint64_t, std::size_t> number_of;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    numbers[i] = sample.group.empty() ? i : number_of.try_emplace(sample.group[i], number_of.size()).first->second;
  }
  return numbers;
}

std::vector<std::uint8_t> folds_beside_data(const Sample& sample, const std::vector<std::uint8_t>& data_fold,
                                            base::Seed seed, std::string_view split, std::size_t k) {
  std::vector<std::uint8_t> fold = events::assign_folds(seed, split, split_index(sample), k);
  for (std::size_t i = 0; i < sample.twin.size(); ++i) {
    if (sample.twin[i] > 0) {
      fold[i] = data_fold[sample.twin[i] - 1];
    }
  }
  return fold;
}

bool is_twin_in_fold(const Sample& sample, std::size_t row, const std::vector<std::uint8_t>& data_fold,
                     std::size_t fold) {
  return !sample.twin.empty() && sample.twin[row] > 0 && data_fold[sample.twin[row] - 1] == fold;
}

bool is_twin_outside_fold(const Sample& sample, std::size_t row, const std::vector<std::uint8_t>& data_fold,
                          std::size_t fold) {
  return !sample.twin.empty() && sample.twin[row] > 0 && data_fold[sample.twin[row] - 1] != fold;
}

std::vector<std::size_t> without_twins_in_fold(std::vector<std::size_t> rows, const Sample& sample,
                                               const std::vector<std::uint8_t>& data_fold, std::size_t fold) {
  std::erase_if(rows, [&](std::size_t row) { return is_twin_in_fold(sample, row, data_fold, fold); });
  return rows;
}

std::vector<std::string> copy_warnings(const std::vector<InputRecord>& records) {
  std::vector<std::string> warnings;
  for (const InputRecord& record : records) {
    if (record.n_copies > 0) {
      warnings.push_back(copies_sentence(record));
    }
    if (record.n_also_in_data > 0) {
      warnings.push_back(twins_sentence(record));
    }
  }
  return warnings;
}

}  // namespace eddy::search
