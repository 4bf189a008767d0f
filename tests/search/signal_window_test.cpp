#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/signal_window.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace eddy::search {
namespace {

Sample sample_of(const std::vector<float>& masses, const std::function<bool(double)>& in_signal_region) {
  Sample sample;
  sample.x = base::Matrix(masses.size(), 1);
  sample.context = base::Matrix(masses.size(), 1);
  for (std::size_t i = 0; i < masses.size(); ++i) {
    sample.context(i, 0) = masses[i];
    sample.in_signal_region.push_back(in_signal_region(masses[i]) ? 1 : 0);
    sample.index.push_back(i);
  }
  return sample;
}

std::vector<float> uniform_masses(std::size_t n, double low, double high) {
  const base::RandomStream stream({3}, "masses");
  std::vector<float> masses(n);
  for (std::size_t i = 0; i < n; ++i) {
    masses[i] = static_cast<float>(low + (high - low) * stream.uniform_at(i));
  }
  return masses;
}

TEST(SignalWindow, finds_the_numbers_of_the_expression) {
  struct Case {
    double low, high;                // of the signal region
    double first_event, last_event;  // of the data
    std::size_t n_events;
  };
  // So many events that no rounder number fits between the neighbours of a border.
  for (const Case& c : {Case{3300, 3700, 2000, 6000, 20000}, Case{3.3, 3.7, 2, 6, 20000}, Case{3.3, 3.7, 2, 6, 200000},
                        Case{3325, 3712.5, 2000, 6000, 200000}, Case{-0.3, 0.3, -10, 10, 50000}}) {
    const Sample sample = sample_of(uniform_masses(c.n_events, c.first_event, c.last_event),
                                    [&](double m) { return m > c.low && m < c.high; });
    const stats::MassWindow window = signal_window(sample);
    EXPECT_EQ(window.low, c.low) << c.low << " " << c.high << " " << c.n_events;
    EXPECT_EQ(window.high, c.high) << c.low << " " << c.high << " " << c.n_events;
  }
}

TEST(SignalWindow, is_exact_in_tev_for_neighbouring_floats) {
  // Neither 3.3 nor 3.7 is a float: one neighbour lies below, one above.
  for (const double border : {3.3, 3.7}) {
    const auto nearest = static_cast<float>(border);
    const float below = nearest < border ? nearest : std::nextafter(nearest, 0.0F);
    const float above = std::nextafter(below, 10.0F);
    const std::vector<float> masses = {2.0F, below, above, 5.0F};
    const auto over = [&](double m) { return m > border && m < 4; };
    EXPECT_EQ(signal_window(sample_of(masses, over)).low, border);
    const auto under = [&](double m) { return m > 2.5 && m < border; };
    EXPECT_EQ(signal_window(sample_of(masses, under)).high, border);
  }
}

TEST(SignalWindow, tells_the_events_apart) {
  const std::vector<float> masses = uniform_masses(300, 2, 6);  // few: the window is wider than the expression
  const base::RandomStream stream({4}, "borders");
  for (std::size_t i = 0; i < 200; ++i) {
    const double low = 2.5 + 1.5 * stream.uniform_at(2 * i);
    const double high = low + 0.1 + stream.uniform_at(2 * i + 1);
    const Sample sample = sample_of(masses, [&](double m) { return m > low && m < high; });
    const stats::MassWindow window = signal_window(sample);
    for (std::size_t e = 0; e < sample.size(); ++e) {
      const double m = sample.context(e, 0);
      ASSERT_EQ(m >= window.low && m <= window.high, sample.in_signal_region[e] != 0)
          << m << " in " << window.low << " to " << window.high;
    }
  }
}

TEST(SignalWindow, one_sided_regions_end_at_the_last_event) {
  const std::vector<float> masses = uniform_masses(20000, 2000, 6000);
  const auto [smallest, largest] = std::ranges::minmax(masses);
  const stats::MassWindow above = signal_window(sample_of(masses, [](double m) { return m > 5000; }));
  EXPECT_EQ(above.low, 5000);
  EXPECT_EQ(above.high, largest);
  const stats::MassWindow below = signal_window(sample_of(masses, [](double m) { return m < 2500; }));
  EXPECT_EQ(below.low, smallest);
  EXPECT_EQ(below.high, 2500);
  const stats::MassWindow all = signal_window(sample_of(masses, [](double) { return true; }));
  EXPECT_EQ(all.low, smallest);
  EXPECT_EQ(all.high, largest);
}

TEST(SignalWindow, two_windows_are_refused) {
  const std::vector<float> masses = {2000, 3000, 3500, 3600, 4000, 5000};
  const auto two = [](double m) { return m > 2500 && m < 4500 && m != 3500; };
  test::expect_throws_with<base::InputError>([&] { (void)signal_window(sample_of(masses, two)); }, "from 3000 to 4000",
                                             "an event at 3500", "one window, such as signal = \"mjj > 3300");
}

TEST(RoundestBetween, lies_between_and_has_the_fewest_digits) {
  const base::RandomStream stream({7}, "intervals");
  for (std::size_t i = 0; i < 3000; ++i) {
    // Thousandths as integers: whether a rounder number lies between can be told exactly.
    const auto a = static_cast<long long>(stream.bits_at(2 * i) % 20000) - 10000;
    const auto b = a + 1 + static_cast<long long>(stream.bits_at(2 * i + 1) % 500);
    const double found = roundest_between(static_cast<double>(a) / 1000, static_cast<double>(b) / 1000);
    ASSERT_GT(found,
              static_cast<double>(a) / 1000);  // bins count from their lower edge: it must not be a sideband mass
    ASSERT_LE(found, static_cast<double>(b) / 1000);
    long long step = 1;
    const auto has_multiple = [&](long long s) {
      return std::llround(std::floor(static_cast<double>(b) / static_cast<double>(s))) * s > a;
    };
    while (step < 10000000 && has_multiple(10 * step)) {
      step *= 10;
    }
    const long long thousandths = std::llround(found * 1000);
    ASSERT_EQ(static_cast<double>(thousandths) / 1000, found) << "between " << a << " and " << b << " thousandths";
    ASSERT_EQ(thousandths % step, 0) << found << " between " << a << " and " << b << " thousandths";
  }
}

TEST(RoundestBetween, known_numbers) {
  EXPECT_EQ(roundest_between(3299.9, 3300.2), 3300);
  EXPECT_EQ(roundest_between(3.2999, 3.3001), 3.3);
  EXPECT_EQ(roundest_between(-0.30001, -0.2999), -0.3);
  EXPECT_EQ(roundest_between(-1, 2), 0);
  EXPECT_EQ(roundest_between(0.95, 1.05), 1);
  EXPECT_EQ(roundest_between(3300, 3301), 3301);  // whole numbers, "m > 3300"
}

}  // namespace
}  // namespace eddy::search
