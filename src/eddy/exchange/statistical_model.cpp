#include <eddy/exchange/statistical_model.hpp>

#include <algorithm>

namespace eddy::exchange {

bool is_log_linear(const StatisticalModel& model, const std::string& parameter) {
  const auto scales = [&](const Factor& factor) {
    return factor.kind == Factor::Kind::kLogLinear && factor.parameter == parameter;
  };
  return std::ranges::any_of(model.channels, [&](const Channel& channel) {
    return std::ranges::any_of(channel.samples,
                               [&](const ModelSample& sample) { return std::ranges::any_of(sample.factors, scales); });
  });
}

}  // namespace eddy::exchange
