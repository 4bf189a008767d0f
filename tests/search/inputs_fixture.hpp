#pragma once
// Files that all tests of inputs read.

#include <eddy/base/error.hpp>
#include <eddy/events/write.hpp>
#include <eddy/search/inputs.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <cstddef>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eddy::search {

/// A folder with data, template and signal, and a configuration that reads them: selection M >= 200, signal region M >=
/// 600.
class Inputs : public testing::Test {
 protected:
  static constexpr std::size_t kEvents = 1000;
  static constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

  /// a of event i, less the offset: next but one are swapped, so that a is no copy of M.
  static float swapped(std::size_t i) { return static_cast<float>(i ^ 2U); }
  /// b over a of event i.
  static float ratio(std::size_t i) { return 2 + static_cast<float>(i % 7) / 8; }

  /// Event i has M = i, a = offset + swapped(i) and b = ratio(i) a; the label is 1 for every tenth.
  static events::Events table(std::size_t n, float offset) {
    std::vector<float> m(n);
    std::vector<float> a(n);
    std::vector<float> b(n);
    std::vector<float> label(n);
    for (std::size_t i = 0; i < n; ++i) {
      m[i] = static_cast<float>(i);
      a[i] = offset + swapped(i);
      b[i] = ratio(i) * a[i];
      label[i] = i % 10 == 0 ? 1.0F : 0.0F;
    }
    events::Events events;
    events.add({"M", "GeV", m});
    events.add({"a", "", a});
    events.add({"b", "", b});
    events.add({"label", "", label});
    return events;
  }

  Inputs() {
    write("data.h5", table(kEvents, 0));
    write("template.h5", table(kEvents, 10000));
    write("signal.h5", table(kEvents, 20000));
    config.data.file = "data.h5";
    config.template_sample.file = "template.h5";
    config.columns = {{"ratio", "b / a"}};
    config.features = {.context = {"M"}, .x = {"a", "ratio"}};
    config.regions = {.selection = "M >= 200", .signal = "M >= 600"};
    config.folds.k = 2;
  }
  void write(const std::string& name, const events::Events& events) const {
    events::write_hdf5(folder.file(name), events);
  }
  /// data.h5 with one value changed.
  void write_data_with(const std::string& column, std::size_t row, float value) const {
    const events::Events whole = table(kEvents, 0);
    events::Events changed;
    for (const std::string& name : whole.names()) {
      std::vector<float> values(whole.column(name).begin(), whole.column(name).end());
      if (name == column) {
        values[row] = value;
      }
      changed.add({name, whole.unit(name), std::move(values)});
    }
    write("data.h5", changed);
  }
  /// A window with sidebands.
  void search_for_a_bump() {
    config.search.method = "lacathode";
    config.regions.signal = "M >= 500 && M < 600";
  }
  [[nodiscard]] SearchInputs load() const { return load_inputs(config, folder.path(), {}); }
  template <class... Parts>
  void expect_refused(const Parts&... parts) const {
    test::expect_throws_with<base::InputError>([&] { (void)load(); }, parts...);
  }
  /// Rows of signal.h5 among the data.
  [[nodiscard]] static std::set<float> injected(const SearchInputs& inputs) {
    std::set<float> rows;
    for (std::size_t i = 0; i < inputs.data.size(); ++i) {
      if (inputs.data.truth[i] != 0) {
        rows.insert(inputs.data.x(i, 0) - 20000);
      }
    }
    return rows;
  }

  test::TemporaryFolder folder;
  SearchConfig config;
};

}  // namespace eddy::search
