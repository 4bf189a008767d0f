#include <eddy/search/expectation.hpp>
#include <eddy/stats/asimov.hpp>
#include <eddy/stats/counting.hpp>

#include <cmath>

namespace eddy::search {

Expectation expect(const std::string& source, double background, double error) {
  constexpr double kEvidence = 3;
  constexpr double kDiscovery = 5;
  return {.source = source,
          .background = background,
          .background_error = error,
          .signal_3_sigma = stats::signal_for_significance(kEvidence, background, error),
          .signal_5_sigma = stats::signal_for_significance(kDiscovery, background, error),
          .expected_limit = stats::judge_count(std::round(background), background, error).expected_limit};
}

}  // namespace eddy::search
