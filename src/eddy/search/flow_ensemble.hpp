#pragma once
// Step 1 and 2 of CONRAD: flows on the template, and the decorrelated spaces they open.

#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/output.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

/// Flows trained on one template. Member j never saw the template events of fold j: they are its validation sample, and
/// what closure and validity are tested on.
struct FlowEnsemble {
  struct Member {
    flow::Flow flow;
    std::size_t template_fold = 0;
    base::Json identity;  ///< content key of its task
  };
  std::vector<Member> members;
  std::vector<std::uint8_t> template_fold;  ///< fold of each template event
  std::vector<TrainingCurve> training;
};

/// Trains (or finds in `store`) the flows of `config` on `sample`. `name` is part of task names and messages.
[[nodiscard]] FlowEnsemble train_flows(const LoadedSample& sample, const SearchConfig& config, const std::string& name,
                                       const base::TaskStore& store, const base::Monitor& monitor);

/// The decorrelated space a classifier works in (METHODS.md section 1, variants).
struct LatentSpace {
  bool x_prime = true;      ///< x' = f^-1(f(x; M); M0), else z = f(x; M)
  float fixed_context = 0;  ///< M0
};

/// `config`'s space; M0 is a quantile of the signal-region context of `sample`.
[[nodiscard]] LatentSpace choose_space(const SearchConfig& config, const LoadedSample& sample);

/// x and context of events -> their place in `space`: (n_events, n_features).
[[nodiscard]] base::Matrix to_space(const flow::Flow& flow, const LatentSpace& space, base::MatrixView x,
                                    base::MatrixView context);
/// Standard normal latents -> their place in `space`.
[[nodiscard]] base::Matrix normal_in_space(const flow::Flow& flow, const LatentSpace& space, std::size_t n_events,
                                           const base::RandomStream& stream);

/// Template events that `member` never saw.
[[nodiscard]] std::vector<std::size_t> held_out_rows(const FlowEnsemble& ensemble, std::size_t member);

}  // namespace eddy::search
