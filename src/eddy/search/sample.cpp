#include <eddy/search/sample.hpp>

namespace eddy::search {
namespace {

base::Matrix take(const base::Matrix& values, const std::vector<std::size_t>& rows) {
  return values.rows() == 0 ? base::Matrix() : base::take_rows(values, rows);
}

}  // namespace

Sample take_events(const Sample& sample, const std::vector<std::size_t>& rows) {
  Sample taken{.name = sample.name,
               .x = base::take_rows(sample.x, rows),
               .context = base::take_rows(sample.context, rows),
               .in_signal_region = take(sample.in_signal_region, rows),
               .index = take(sample.index, rows),
               .truth = take(sample.truth, rows),
               .weight = take(sample.weight, rows),
               .group = take(sample.group, rows),
               .twin = take(sample.twin, rows),
               .quantities = sample.quantities};
  for (const IdentityColumn& column : sample.identity) {
    taken.identity.push_back({.name = column.name, .values = take(column.values, rows)});
  }
  return taken;
}

ScoredSample take_events(const ScoredSample& sample, const std::vector<std::size_t>& rows) {
  return {take_events(static_cast<const Sample&>(sample), rows), take(sample.latent, rows), take(sample.score, rows),
          take(sample.background_efficiency, rows)};
}

std::vector<std::size_t> region_rows(const Sample& sample, bool signal_region) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if ((sample.in_signal_region[i] != 0) == signal_region) {
      rows.push_back(i);
    }
  }
  return rows;
}

std::vector<float> first_context(const Sample& sample) {
  std::vector<float> values(sample.context.cols() > 0 ? sample.context.rows() : 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = sample.context(i, 0);
  }
  return values;
}

ScoredSample to_be_scored(const std::string& name, const Sample& events) {
  ScoredSample sample{events};
  sample.name = name;
  return sample;
}

}  // namespace eddy::search
