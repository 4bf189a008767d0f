#include <eddy/search/quak/signal_shares.hpp>

#include <cstddef>
#include <numeric>

namespace eddy::search {

CategoryShares shares_of(const LossSample& signal, std::span<const LossBox> boxes) {
  std::vector<std::size_t> all(signal.loss.rows());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto weight = [&](std::size_t row) { return signal.weight.empty() ? 1.0 : double{signal.weight[row]}; };
  CategoryShares shares{.share = std::vector<double>(boxes.size())};
  double sum = 0;
  double squares = 0;
  for (std::size_t c = 0; c < boxes.size(); ++c) {
    for (const std::size_t row : rows_in(boxes[c], signal.loss, all)) {
      shares.share[c] += weight(row);
      squares += weight(row) * weight(row);
    }
    sum += shares.share[c];
  }
  double total = 0;
  for (const std::size_t row : all) {
    total += weight(row);
  }
  if (sum > 0) {
    for (double& share : shares.share) {
      share /= sum;
    }
    shares.passing = sum / total;
    shares.n_effective = sum * sum / squares;
  }
  return shares;
}

}  // namespace eddy::search
