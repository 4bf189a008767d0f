// Whatever reads events: files of each format, and the small languages inside them.

#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/python_value.hpp>
#include <eddy/events/read.hpp>
#include <fuzz/scratch_file.hpp>
#include <fuzz/target.hpp>
#include <repository.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool trusts_hdf5_files = false;

}  // namespace

extern "C" bool eddy_trusts_hdf5_files() { return trusts_hdf5_files; }

namespace eddy::fuzz {
namespace {

void require(bool holds, const char* law) {
  if (!holds) {
    std::cerr << "a law is broken: " << law << "\n";
    std::abort();
  }
}

/// What `eddy inspect` and a search do with a file. A file that is refused is refused by both, or by the reader alone.
void read_table(const std::string& path) {
  const events::Location location{path, ""};
  try {
    const events::FileSummary summary = events::summarise_file(location);
    const events::Events events =
        events::read_events(location, {.wanted = {}, .exact = {summary.columns.begin(), summary.columns.end()}});
    require(summary.columns.empty() || events.size() == summary.n_events,
            "the summary counts the events that are read");
    for (const std::string& name : summary.columns) {
      require(events.has(name), "each column of the summary can be read");
    }
  } catch (const base::Error&) {  // said in a sentence
  }
}

void fuzz_file(Bytes input) {
  static const ScratchFile file;
  file.write(input);
  read_table(file.path());
}

/// The bytes after the format's magic, so that no time is lost on files that are refused by their first bytes.
void fuzz_after(std::string_view magic, Bytes input) {
  std::string content(magic);
  content.append(text_of(input));
  fuzz_file({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
}

void fuzz_npy(Bytes input) { fuzz_after("\x93NUMPY", input); }
void fuzz_npz(Bytes input) { fuzz_after("PK\x03\x04", input); }
void fuzz_idx(Bytes input) { fuzz_after({"\0\0", 2}, input); }

void fuzz_pickle(Bytes input) { (void)events::unpickle(text_of(input)); }

void fuzz_literal(Bytes input) {
  const auto value = events::parse_python_literal(text_of(input));
  require(!value || value->kind != events::PythonValue::Kind::kMapping || value->items.size() % 2 == 0,
          "a mapping has a value for each key");
}

/// A file of pandas' table format whose pickled list of column names is the input: as much of it as there is room for.
/// libhdf5 has nothing to do with what stands in it.
void fuzz_pandas(Bytes input) {
  static const std::string original = base::read_file(test::repository_folder() + "/tests/fuzz/pandas-table.h5");
  static const std::size_t begin = original.find("(lp");
  static const std::size_t end = original.find("\na.", begin) + 3;
  require(begin != std::string::npos && end > begin, "the file has a pickled list");
  std::string content = original;
  const std::string_view names = text_of(input).substr(0, end - begin);
  std::fill(content.begin() + static_cast<std::ptrdiff_t>(begin), content.begin() + static_cast<std::ptrdiff_t>(end),
            '.');
  content.replace(begin, names.size(), names);
  trusts_hdf5_files = true;
  fuzz_file({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  trusts_hdf5_files = false;
}

/// Columns of every kind of number, undefined ones among them.
events::Events some_events() {
  events::Events events;
  events.add({"x", "", {0.0F, -1.5F, 3e38F, std::numeric_limits<float>::quiet_NaN()}});
  events.add({"y", "GeV", {1.0F, 2.0F, -std::numeric_limits<float>::infinity(), 0.1F}});
  events.add({"n", "", {0.0F, 1.0F, 2.0F, 16777216.0F}});
  events.add({"w", "", std::vector<double>{0.1, -0.0, 1e300, std::numeric_limits<double>::quiet_NaN()}});
  events.add({"i", "", std::vector<std::int32_t>{0, -1, 7, std::numeric_limits<std::int32_t>::min()}});
  events.add(
      {"e", "", std::vector<std::int64_t>{0, 1, std::numeric_limits<std::int64_t>::min(), std::int64_t{1} << 53}});
  events.add({"h", "", std::vector<std::uint64_t>{0, 1, 2, std::numeric_limits<std::uint64_t>::max()}});
  return events;
}

void fuzz_expression(Bytes input) {
  static const events::Events events = some_events();
  try {
    const events::Expression expression{std::string(text_of(input))};
    require(expression.evaluate(events).size() == events.size(), "a formula has a value for each event");
    require(expression.evaluate_condition(events).size() == events.size(), "a selection says yes or no to each event");
  } catch (const base::Error&) {
  }
}

constexpr std::array kTargets = {
    Target{"npy", fuzz_npy},         Target{"npz", fuzz_npz},
    Target{"csv", fuzz_file},        Target{"idx", fuzz_idx},
    Target{"hdf5", fuzz_file},       Target{"pickle", fuzz_pickle},
    Target{"literal", fuzz_literal}, Target{"expression", fuzz_expression},
    Target{"pandas", fuzz_pandas},
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

}  // namespace eddy::fuzz
