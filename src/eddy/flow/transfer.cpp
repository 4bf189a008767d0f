#include <eddy/base/error.hpp>
#include <eddy/flow/transfer.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <utility>

namespace eddy::flow {

TransferFlow::TransferFlow(Flow transfer, Flow base) : transfer_(std::move(transfer)), base_(std::move(base)) {
  if (transfer_.n_features() != base_.n_features() || transfer_.n_context() != base_.n_context()) {
    throw base::InputError(fmt::format(
        "a transfer flow of {} features and {} context variables cannot have a base of {} and {}; train it on the "
        "columns of its base",
        transfer_.n_features(), transfer_.n_context(), base_.n_features(), base_.n_context()));
  }
}

base::Matrix TransferFlow::to_base(base::MatrixView x, base::MatrixView context) const {
  return base_.feature_scaler().inverse(transfer_.to_latent(x, context));
}

base::Matrix TransferFlow::from_base(base::MatrixView x_base, base::MatrixView context) const {
  require_shapes(x_base, context, base_.n_features(), base_.n_context());
  return transfer_.from_latent(base_.feature_scaler().forward(x_base), context);
}

std::vector<float> TransferFlow::log_prob(base::MatrixView x, base::MatrixView context) const {
  const base::Matrix v = transfer_.to_latent(x, context);
  const base::Matrix x_base = base_.feature_scaler().inverse(v);
  std::vector<float> log_p = base_.log_prob(x_base, context);
  const std::vector<double> scaler_log_jacobian = base_.feature_scaler().log_jacobian(x_base);
  const std::vector<float> as_if_normal = transfer_.log_prob(x, context);
  const double log_norm = 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(base_.n_features());
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    double squares = 0;
    for (const float value : v.row(i)) {
      squares += static_cast<double>(value) * value;
    }
    const double log_jacobian = as_if_normal[i] + 0.5 * squares + log_norm;  // of T, scaling of x included
    log_p[i] = static_cast<float>(log_p[i] - scaler_log_jacobian[i] + log_jacobian);
  }
  return log_p;
}

base::Matrix TransferFlow::sample(base::MatrixView context, const base::RandomStream& stream) const {
  return from_base(base_.sample(context, stream), context);
}

}  // namespace eddy::flow
