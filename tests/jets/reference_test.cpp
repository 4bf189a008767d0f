#include <eddy/events/read.hpp>
#include <eddy/events/row_reader.hpp>
#include <eddy/jets/features.hpp>
#include <eddy/jets/particles.hpp>
#include <gtest/gtest.h>
#include <chrono>
#include <cstdio>
#include <ctime>
using namespace eddy;
TEST(Scratch, Compare) {
  const std::string dir = "/work/shared/data/lhco/";
  events::RowReader rows({dir + "events_anomalydetection_tiny.h5", ""});
  auto ref = events::read_events({dir + "tiny_reference_features.csv", ""});
  const auto n = rows.n_rows();
  std::vector<float> v(n * rows.n_columns());
  rows.read(0, n, v);
  for (auto [axes, tag] : {std::pair{"onepass_kt", "kt_onepass"}, std::pair{"wta_kt", "wta_kt"}}) {
    jets::FeatureSettings s;
    s.nsubjettiness.axes = axes;
    s.nsubjettiness.beta = {1, 2};
    s.jets.pt_min = 20;
    auto layout = jets::row_layout(rows.n_columns(), s.particles, "x");
    std::vector<jets::EventFeatures> all;
    auto c0 = std::clock();
    for (std::size_t i = 0; i < n; ++i)
      all.push_back(jets::event_features(jets::particles_of_row({v.data() + i * rows.n_columns(), rows.n_columns()}, layout, s.particles, i, "x"), s));
    std::printf("%s %.3f ms/event\n", axes, double(std::clock() - c0) / CLOCKS_PER_SEC * 1e3 / double(n));
    auto worst = [&](const std::string& name, auto get) {
      double w = 0; std::size_t over = 0, at = 0, over1 = 0;
      auto col = ref.column(name);
      for (std::size_t i = 0; i < n; ++i) {
        double d = std::abs(get(all[i]) - col[i]) / std::max(1e-12, std::abs(double(col[i])));
        if (d > w) { w = d; at = i; }
        over += d > 1e-5; over1 += d > 0.01;
      }
      std::printf("%-24s worst %.2e at %zu (%g), over 1e-5 %zu, over 1%% %zu\n", name.c_str(), w, at, col[at], over, over1);
    };
    worst("mjj", [](auto& e) { return e.mjj; });
    worst("met", [](auto& e) { return e.missing_pt; });
    worst("delta_r", [](auto& e) { return e.delta_r; });
    for (std::size_t j = 0; j < 2; ++j) {
      auto J = "j" + std::to_string(j + 1);
      worst("px" + J, [j](auto& e) { return e.jets[j].momentum.px; });
      worst("pz" + J, [j](auto& e) { return e.jets[j].momentum.pz; });
      worst("m" + J, [j](auto& e) { return jets::mass(e.jets[j].momentum); });
      worst("nconst" + J, [j](auto& e) { return double(e.jets[j].n_constituents); });
      for (int b = 0; b < 2; ++b) for (int k = 0; k < 4; ++k) {
        auto name = "tau" + std::to_string(k + 1) + J + "_" + tag + "_b" + std::to_string(b + 1);
        if (ref.has(name)) worst(name, [=](auto& e) { return e.jets[j].tau[b * 4 + k]; });
      }
    }
  }
}
