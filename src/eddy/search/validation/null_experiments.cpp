#include <eddy/search/validation/null_experiments.hpp>
#include <eddy/search/validation/whole_search.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

base::Json run_one(const Search& search, const NullGenerator& generator, const NullExperiment& run,
                   const base::RandomStream& stream) {
  const SearchConfig config = config_of_experiment(search.config, stream);
  const base::Monitor quiet = search.monitor.only_stop();
  const base::TaskStore nothing_kept = search.store.without_writing();
  return found_or_failure([&] {
    const SearchInputs inputs = generator.draw({{stream.bits_at(1)}, "inputs of a null experiment"});
    return run({inputs, config, nothing_kept, quiet}, {{stream.bits_at(2)}, "further events of a null experiment"});
  });
}

}  // namespace

std::vector<base::Json> run_null_experiments(const Search& search, const NullGenerator& generator,
                                             const NullExperiments& experiments, const NullExperiment& run) {
  const auto n = static_cast<std::size_t>(experiments.n);
  base::TaskInputs content = content_of(search.inputs);
  if (generator.add_content) {
    generator.add_content(content);
  }
  const base::Json settings = settings_of(search.config, experiments.without_sections);
  const auto name_of = [&](std::size_t i) { return fmt::format("{}/{}", experiments.name, i); };
  std::vector<base::TaskKey> keys;
  for (std::size_t i = 0; i < n; ++i) {
    keys.emplace_back(content, base::Json{{"version", experiments.version},
                                          {"settings", settings},
                                          {"with", experiments.with},
                                          {"features", search.config.features.x},
                                          {"source", generator.source},
                                          {"task", name_of(i)}});
  }
  search.store.plan(experiments.progress, "null", keys);
  std::vector<base::Json> found(n);
  base::for_each_task(n, search.store, base::AtOnce::kOne, [&](std::size_t i, const base::TaskStore& store) {
    search.monitor.progress(experiments.progress, i, n);
    const auto compute = [&] { return run_one(search, generator, run, {seed_of(search.config), name_of(i)}); };
    found[i] = store.get_or_compute("null", keys[i], compute, search.monitor);
  });
  search.monitor.progress(experiments.progress, n, n);
  return found;
}

std::size_t count_failures(const std::vector<base::Json>& found) {
  return static_cast<std::size_t>(
      std::ranges::count_if(found, [](const base::Json& experiment) { return experiment.contains("failure"); }));
}

std::string warning_of_failures(const std::vector<base::Json>& found, const std::string& what) {
  const auto failed = std::ranges::find_if(found, [](const base::Json& e) { return e.contains("failure"); });
  if (failed == found.end()) {
    return "";
  }
  return fmt::format("{} of {} {} failed, the first with: {}", count_failures(found), found.size(), what,
                     (*failed)["failure"].get<std::string>());
}

}  // namespace eddy::search
