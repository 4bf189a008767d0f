#include <eddy/base/single_precision.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/extrapolation/closure_test.hpp>
#include <eddy/search/extrapolation/region_closure.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace eddy::search {
namespace {

base::Matrix all_columns(const Sample& sample) { return join_columns(sample.x, sample.context); }

/// Events with a feature at, or beyond, an edge of the simulation's range.
std::size_t count_at_edge(const base::Matrix& x, const base::Matrix& simulation) {
  std::vector<std::uint8_t> at_edge(x.rows());
  for (std::size_t f = 0; f < x.cols(); ++f) {
    float low = simulation(0, f);
    float high = low;
    for (std::size_t i = 0; i < simulation.rows(); ++i) {
      low = std::min(low, simulation(i, f));
      high = std::max(high, simulation(i, f));
    }
    for (std::size_t i = 0; i < x.rows(); ++i) {
      if (x(i, f) <= low || x(i, f) >= high) {
        at_edge[i] = 1;
      }
    }
  }
  return static_cast<std::size_t>(std::ranges::count(at_edge, 1));
}

WeightSummary summarise_weights(const ExtrapolationTask& task, const std::string& region,
                                const std::vector<ConstructedBackground>& background) {
  WeightSummary summary{.region = region, .kind = task.config.search.method == "reweight" ? "w(x, m)" : "w(m)"};
  double total = 0;
  double total_n = 0;
  double largest = 0;
  for (const ConstructedBackground& of_model : background) {
    double sum = 0;
    double squares = 0;
    for (const float w : of_model.weight) {
      sum += w;
      squares += static_cast<double>(w) * w;
      largest = std::max<double>(largest, w);
    }
    total += sum;
    total_n += static_cast<double>(of_model.size());
    summary.effective += sum * sum / squares / static_cast<double>(background.size());
    summary.n_clipped += of_model.n_clipped;
    summary.n_at_edge += count_at_edge(of_model.x, task.inputs.simulation.x);
  }
  summary.n = static_cast<std::size_t>(total_n);
  summary.mean = total / total_n;
  summary.largest = largest / summary.mean;
  return summary;
}

/// All models' events one below the other, each model weighted by `share`.
void add_comparison(const std::vector<ConstructedBackground>& background, double share, RegionComparison& comparison) {
  for (const ConstructedBackground& of_model : background) {
    comparison.constructed = base::stack_rows(comparison.constructed, join_columns(of_model.x, of_model.context));
    for (const float w : of_model.weight) {
      comparison.weight.push_back(static_cast<float>(w * share));
    }
    comparison.source.insert(comparison.source.end(), of_model.source.begin(), of_model.source.end());
  }
}

void add_simulation(const Sample& simulated, RegionComparison& comparison) {
  comparison.simulation = base::stack_rows(comparison.simulation, all_columns(simulated));
  const std::vector<float> weight = base::single_precision(simulated.weight);
  comparison.simulation_weight.insert(comparison.simulation_weight.end(), weight.begin(), weight.end());
}

ClosureRuns closure_runs(const ExtrapolationTask& task, const std::string& region, const std::string& name) {
  return {.region = region,
          .name = name,
          .n_runs = static_cast<std::size_t>(task.config.extrapolation.closure_runs),
          .events = {}};
}

/// Random halves of true events: what a perfect model would look like.
std::array<Sample, 2> two_halves(const Sample& truth, const base::RandomStream& stream) {
  const ShuffledRows shuffled = shuffle_events(stream, event_numbers(truth));
  const auto middle = shuffled.rows.begin() + static_cast<std::ptrdiff_t>(shuffled.n_first_half);
  return {take_events(truth, {shuffled.rows.begin(), middle}), take_events(truth, {middle, shuffled.rows.end()})};
}

/// event_numbers of constructed events: those made from one simulated event, or from copies of it, share its context.
std::vector<std::size_t> numbers_of(const ExtrapolationTask& task, const std::vector<std::size_t>& source) {
  Sample simulated = take_events(task.inputs.simulation, source);
  if (simulated.group.empty() && task.config.extrapolation.copies > 1) {
    simulated.group = simulated.index;
  }
  return event_numbers(simulated);
}

void test_closure(const ExtrapolationTask& task, ClosureRuns runs,
                  const std::function<ClosureEvents(std::size_t)>& events, Finding& out) {
  if (task.config.numbers_only) {
    return;
  }
  runs.events = events;
  const std::size_t n_before = out.closure_tests.size();
  describe_by(fmt::format("the closure test of {} in the {}", runs.name, runs.region), out.warnings,
              [&] { out.closure_tests.push_back(run_closure_test(runs, task.config, task.store, task.monitor)); });
  if (out.closure_tests.size() == n_before) {
    return;
  }
  const std::vector<double>& auc = out.closure_tests.back().auc;
  task.monitor.info(fmt::format(
      "closure in the {}: {} against true background, AUC {:.4f} (mean of {} runs, {:.4f} to {:.4f})", runs.region,
      runs.name, std::accumulate(auc.begin(), auc.end(), 0.0) / static_cast<double>(auc.size()), auc.size(),
      *std::ranges::min_element(auc), *std::ranges::max_element(auc)));
}

/// The method, the simulation as it is, and two samples of true events; the events of run r are those of truth(r) and
/// constructed(r).
void test_region(const ExtrapolationTask& task, const std::string& region,
                 const std::function<Sample(std::size_t)>& truth,
                 const std::function<const ConstructedBackground&(std::size_t)>& constructed, Finding& out) {
  const std::string method = method_title(task.config.search.method);
  const auto inputs_of = [&](const Sample& events) { return classifier_inputs(task, events.x, events.context); };
  test_closure(
      task, closure_runs(task, region, method),
      [&](std::size_t run) {
        const ConstructedBackground& background = constructed(run);
        const Sample events = truth(run);
        return ClosureEvents{inputs_of(events), classifier_inputs(task, background.x, background.context),
                             background.weight, event_numbers(events), numbers_of(task, background.source)};
      },
      out);
  test_closure(
      task, closure_runs(task, region, "simulation"),
      [&](std::size_t run) {
        const std::vector<std::size_t>& source = constructed(run).source;
        const Sample simulated = take_events(task.inputs.simulation, source);
        const Sample events = truth(run);
        return ClosureEvents{inputs_of(events), inputs_of(simulated),
                             base::single_precision(weights_or_ones(simulated)), event_numbers(events),
                             numbers_of(task, source)};
      },
      out);
  test_closure(
      task, closure_runs(task, region, "idealized"),
      [&](std::size_t run) {
        const auto [one, other] =
            two_halves(truth(run), {seed_of(task), fmt::format("idealized closure/{}/{}", region, run)});
        return ClosureEvents{inputs_of(one), inputs_of(other), std::vector<float>(other.size(), 1.0F),
                             event_numbers(one), event_numbers(other)};
      },
      out);
}

}  // namespace

void judge_control_region(const ExtrapolationTask& task, Finding& out) {
  const std::string region = "control region";
  const std::size_t n_models = task.background.models.size();
  std::vector<ConstructedBackground> background;
  std::vector<Sample> truth;
  RegionComparison comparison{.region = region, .true_name = "data"};
  for (std::size_t m = 0; m < n_models; ++m) {
    task.monitor.check_stop();
    background.push_back(held_out_background(task, m));
    truth.push_back(take_events(task.inputs.data, held_out_data_rows(task, m)));
    comparison.truth = base::stack_rows(comparison.truth, all_columns(truth.back()));
    add_simulation(take_events(task.inputs.simulation, background.back().source), comparison);
  }
  out.weights.push_back(summarise_weights(task, region, background));
  add_comparison(background, 1, comparison);
  out.regions.push_back(std::move(comparison));
  test_region(
      task, region, [&](std::size_t run) { return truth[run % n_models]; },
      [&](std::size_t run) -> const ConstructedBackground& { return background[run % n_models]; }, out);
}

void judge_signal_region(const ExtrapolationTask& task, const std::vector<ConstructedBackground>& background,
                         Finding& out) {
  const std::string region = "signal region";
  const std::size_t n_models = background.size();
  const bool labelled = !task.inputs.data.truth.empty();
  std::vector<std::size_t> rows = region_rows(task.inputs.data, true);
  if (labelled) {
    std::erase_if(rows, [&](std::size_t row) { return task.inputs.data.truth[row] != 0; });
  }
  const Sample truth = take_events(task.inputs.data, rows);
  RegionComparison comparison{
      .region = region, .true_name = labelled ? "background in data (truth)" : "data", .truth = all_columns(truth)};
  add_simulation(take_events(task.inputs.simulation, region_rows(task.inputs.simulation, true)), comparison);
  out.weights.push_back(summarise_weights(task, region, background));
  add_comparison(background, 1 / static_cast<double>(n_models), comparison);
  out.regions.push_back(std::move(comparison));
  if (labelled) {
    test_region(
        task, region, [&](std::size_t) { return truth; },
        [&](std::size_t run) -> const ConstructedBackground& { return background[run % n_models]; }, out);
  }
}

}  // namespace eddy::search
