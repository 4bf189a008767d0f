#include <eddy/base/parallel.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/null_experiments.hpp>
#include <eddy/search/validation/whole_search.hpp>
#include <eddy/search/validation/window_tasks.hpp>

#include <fmt/format.h>

#include <utility>

namespace eddy::search {
namespace {

constexpr const char* kProgress = "validation windows";

std::string name_of_task(std::size_t i) { return fmt::format("validation window/{}", i); }

std::vector<base::TaskKey> keys_of(const Search& search, int version, const std::vector<WindowTask>& tasks) {
  SearchConfig config = search.config;
  config.search.blind = false;  // they are the same before the signal region is opened
  const base::Json settings = settings_of(config, {"calibration", "validation"});
  std::vector<base::TaskKey> keys;
  for (const WindowTask& task : tasks) {
    keys.emplace_back(task.content, base::Json{{"version", version},
                                               {"settings", settings},
                                               {"features", search.config.features.x},
                                               {"place", task.place},
                                               {"task", name_of_task(keys.size())}});
  }
  return keys;
}

base::Json try_window(const Search& search, const WindowTask& task, const std::string& name) {
  SearchConfig config = config_of_experiment(with_fewer_flows(search.config), {seed_of(search.config), name});
  config.search.blind = false;  // the window is open
  const base::Monitor quiet = search.monitor.only_stop();
  const base::TaskStore nothing_kept = search.store.without_writing();
  return found_or_failure([&] { return base::Json{{"cuts", task.run({search.inputs, config, nothing_kept, quiet})}}; });
}

}  // namespace

base::Json cuts_json(const std::vector<double>& efficiencies,
                     const std::function<base::Json(double efficiency)>& cut_at) {
  base::Json cuts = base::Json::array();
  for (const double efficiency : efficiencies) {
    base::Json found = found_or_failure([&] { return cut_at(efficiency); });
    cuts.push_back(found.contains("failure") ? base::Json(nullptr) : std::move(found));
  }
  return cuts;
}

std::vector<base::Json> run_window_tasks(const Search& search, int version, const std::vector<WindowTask>& tasks) {
  const std::vector<base::TaskKey> keys = keys_of(search, version, tasks);
  search.store.plan(kProgress, "window", keys);
  const std::size_t n = tasks.size();
  std::vector<base::Json> found(n);
  base::for_each_task(n, search.store, base::AtOnce::kOne, [&](std::size_t i, const base::TaskStore& store) {
    search.monitor.progress(kProgress, i, n);
    const auto compute = [&] {
      return try_window({search.inputs, search.config, store, search.monitor}, tasks[i], name_of_task(i));
    };
    found[i] = store.get_or_compute("window", keys[i], compute, search.monitor);
  });
  search.monitor.progress(kProgress, n, n);
  return found;
}

ValidationWindow window_of(double low, double high, const std::vector<double>& efficiencies, const base::Json& found) {
  ValidationWindow window{.low = low, .high = high, .cuts = {}, .failure = {}};
  if (found.contains("failure")) {
    window.failure = found["failure"];
    return window;
  }
  for (std::size_t c = 0; c < efficiencies.size(); ++c) {
    const base::Json& cut = found["cuts"].at(c);
    if (cut.is_null()) {
      continue;
    }
    window.cuts.push_back({.efficiency = efficiencies[c],
                           .observed = cut["observed"],
                           .predicted = cut["predicted"],
                           .predicted_error = cut["error"]});
    if (cut.contains("edges")) {  // of a spectrum
      window.cuts.back().spectrum = {.edges = cut["edges"].get<std::vector<double>>(),
                                     .counts = cut["counts"].get<std::vector<double>>()};
      window.cuts.back().closed = cut["closed"].get<std::vector<bool>>();
      window.cuts.back().order = cut["order"];
    }
  }
  return window;
}

}  // namespace eddy::search
