#include <eddy/flow/moving_quantiles.hpp>
#include <eddy/search/resonant/context_density.hpp>
#include <eddy/search/resonant/template_events.hpp>
#include <eddy/search/resonant/transport.hpp>

#include <fmt/format.h>

namespace eddy::search {
namespace {

constexpr std::size_t kPerDataEvent = 4;

void append(const Sample& events, std::size_t fold, TemplateEvents& all) {
  all.events.x = all.fold.empty() ? events.x : base::stack_rows(all.events.x, events.x);
  all.events.context = all.fold.empty() ? events.context : base::stack_rows(all.events.context, events.context);
  all.fold.insert(all.fold.end(), events.size(), static_cast<std::uint8_t>(fold));
}

/// From the density of each retraining alike.
void append_samples(const ResonantTask& task, const std::vector<flow::Flow>& flows, std::size_t fold, std::size_t n,
                    TemplateEvents& all) {
  const Sample data = take_events(task.inputs.data, training_rows(task, true, fold));
  for (std::size_t r = 0; r < flows.size(); ++r) {
    const std::string name = fmt::format("{}/{}", fold, r);
    Sample samples;
    samples.context = sample_context(data.context.values(), task.window, task.config.classifier.context_bandwidth,
                                     (n + flows.size() - 1) / flows.size(), {seed_of(task), "template masses/" + name});
    samples.x = flows[r].sample(samples.context, {seed_of(task), "template samples/" + name});
    append(samples, fold, all);
  }
}

Sample unseen_sidebands(const ResonantTask& task, std::size_t fold, std::size_t n) {
  const base::RandomStream stream(seed_of(task), fmt::format("template sidebands/{}", fold));
  return take_events(task.inputs.data, random_rows(rows_of_fold(task, false, fold), n, stream));
}

}  // namespace

TemplateEvents template_events(const ResonantTask& task, const TrainedMethod& method) {
  const bool has_density = !method.flows.flows.empty();
  const bool can_move = region_rows(task.inputs.data, false).size() >= 2 * flow::kFewestForMovingQuantiles;
  TemplateEvents all;
  all.name = has_density ? "samples of the sideband density"
             : can_move  ? "sideband events moved to the signal region"
                         : "sideband events";
  const Dequantisation steps = has_density ? Dequantisation{} : steps_of(task.config, task.inputs.data.x);
  for (std::size_t fold = 0; fold < task.n_folds; ++fold) {
    task.monitor.check_stop();
    const std::size_t n = kPerDataEvent * rows_of_fold(task, true, fold).size();
    if (has_density) {
      append_samples(task, method.flows.flows[fold], fold, n, all);
    } else {
      append(can_move ? moved_unseen_sidebands(task, steps, fold, n) : unseen_sidebands(task, fold, n), fold, all);
    }
  }
  return all;
}

}  // namespace eddy::search
