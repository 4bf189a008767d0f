#include <eddy/flow/fit.hpp>
#include <eddy/flow/spline.hpp>

namespace eddy::flow {

void describe(FlowSettings& s, base::OptionVisitor& visitor) {
  visitor.visit(
      {.key = "transform", .meaning = "rqs (rational-quadratic splines) or affine", .choices = {"rqs", "affine"}},
      s.transform);
  visitor.visit({.key = "layers", .meaning = "autoregressive layers (CONRAD: 4)", .minimum = 1, .maximum = 64},
                s.layers);
  visitor.visit({.key = "bins", .meaning = "bins of each spline (CONRAD: 8)", .minimum = 2, .maximum = kMaxBins},
                s.bins);
  visitor.visit({.key = "hidden", .meaning = "hidden units of each conditioner layer", .minimum = 1, .maximum = 4096},
                s.hidden);
  visitor.visit(
      {.key = "blocks", .meaning = "residual blocks of each conditioner (nflows: 2)", .minimum = 0, .maximum = 16},
      s.blocks);
  visitor.visit({.key = "batch_norm", .meaning = "batch normalisation after each layer (CATHODE: true)"}, s.batch_norm);
  visitor.visit({.key = "bound",
                 .meaning = "half width of the spline's box in scaled space; identity outside",
                 .minimum = 1,
                 .maximum = 100},
                s.bound);
  visitor.visit({.key = "feature_scaler",
                 .meaning = "preprocessing of the features",
                 .choices = {"standard", "minmax", "logit", "log", "quantile"}},
                s.feature_scaler);
  visitor.visit({.key = "context_scaler",
                 .meaning = "preprocessing of the context",
                 .choices = {"standard", "minmax", "logit", "log", "quantile"}},
                s.context_scaler);
  visitor.visit({.key = "scalers", .meaning = "preprocessing of single features, as [\"m_j1: log\", ...]"}, s.scalers);
  visitor.visit(
      {.key = "moving_quantiles",
       .meaning = "quantiles of the features that move with the context (an edge at half the mass) are made to "
                  "stand still before a flow learns, each along a parabola in the logarithm of the one context; from "
                  "2,000 events on"},
      s.moving_quantiles);
  describe(s.training, visitor);
}

void describe_network(FlowSettings& s, base::OptionVisitor& visitor) {
  visitor.visit({.key = "transform",
                 .meaning = "affine (2311.12924) or rqs (rational-quadratic splines)",
                 .choices = {"rqs", "affine"}},
                s.transform);
  visitor.visit({.key = "layers", .meaning = "autoregressive layers", .minimum = 1, .maximum = 64}, s.layers);
  visitor.visit({.key = "bins", .meaning = "bins of each spline", .minimum = 2, .maximum = kMaxBins}, s.bins);
  visitor.visit({.key = "hidden", .meaning = "hidden units of each conditioner layer", .minimum = 1, .maximum = 4096},
                s.hidden);
  visitor.visit({.key = "blocks", .meaning = "residual blocks of each conditioner", .minimum = 0, .maximum = 16},
                s.blocks);
  describe(s.training, visitor);
}

}  // namespace eddy::flow
