#include <eddy/exchange/combine.hpp>
#include <eddy/exchange/hs3.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace eddy::exchange {
namespace {

/// A formula of combine: parameters are @0, @1, ... in the order of a list.
class Formula {
 public:
  std::string place(const std::string& parameter) {
    const auto at = std::ranges::find(arguments_, parameter);
    const auto index = at - arguments_.begin();
    if (at == arguments_.end()) {
      arguments_.push_back(parameter);
    }
    return fmt::format("@{}", index);
  }
  void add(const std::string& term) { text_ += (text_.empty() ? "" : "+") + term; }
  /// What follows "rateParam BIN PROCESS".
  [[nodiscard]] std::string text() const { return fmt::format("({}) {}", text_, fmt::join(arguments_, ",")); }
  [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  std::string text_;
  std::vector<std::string> arguments_;
};

using Sizes = std::map<std::string, double>;  // of log-normal nuisances

/// One bin of the card.
struct CardBin {
  std::string name;
  double count = 0;
  double signal = 0;  ///< 0: no signal process
  Sizes signal_sizes = {};
  Formula background = {};
  Sizes background_sizes = {};
};

void add_sample(const ModelSample& sample, std::size_t bin, CardBin& card) {
  std::string factors;
  std::string exponent;
  for (const Factor& factor : sample.factors) {
    if (factor.kind == Factor::Kind::kFree) {
      factors += "*" + card.background.place(factor.parameter);
    } else if (factor.kind == Factor::Kind::kLogLinear) {
      exponent += fmt::format("{}({})*{}", exponent.empty() ? "" : "+", factor.log_size,
                              card.background.place(factor.parameter));
    } else {
      card.background_sizes[factor.parameter] = factor.log_size;
    }
  }
  if (sample.events[bin] != 0) {
    card.background.add(
        fmt::format("{}{}{}", sample.events[bin], factors, exponent.empty() ? "" : fmt::format("*exp({})", exponent)));
  }
  for (const Shift& shift : sample.shifts) {
    card.background.add(fmt::format("({})*{}", shift.events[bin], card.background.place(shift.parameter)));
  }
}

void add_signal(const ModelSample& sample, std::size_t bin, CardBin& card) {
  card.signal = sample.events[bin];
  for (const Factor& factor : sample.factors) {
    if (factor.kind == Factor::Kind::kLogNormal) {
      card.signal_sizes[factor.parameter] = factor.log_size;
    }
  }
}

bool has_events(const ModelSample& sample, std::size_t bin) {
  return sample.events[bin] != 0 ||
         std::ranges::any_of(sample.shifts, [&](const Shift& shift) { return shift.events[bin] != 0; });
}

std::vector<CardBin> bins_of(const Channel& channel) {
  std::vector<CardBin> bins;
  for (std::size_t bin = 0; bin < channel.counts.size(); ++bin) {
    CardBin card{.name = channel.counts.size() == 1 ? channel.name : fmt::format("{}_{}", channel.name, bin + 1),
                 .count = channel.counts[bin]};
    for (const ModelSample& sample : channel.samples) {
      if (sample.name == kSignalName) {
        add_signal(sample, bin, card);
      } else if (has_events(sample, bin)) {
        add_sample(sample, bin, card);
      }
    }
    bins.push_back(std::move(card));
  }
  return bins;
}

bool is_scaled_by(const Channel& channel, const std::string& parameter) {
  return std::ranges::any_of(channel.samples, [&](const ModelSample& sample) {
    return std::ranges::any_of(sample.factors, [&](const Factor& factor) { return factor.parameter == parameter; });
  });
}

/// Columns of the card: bins and processes, and a cell of each.
struct Columns {
  std::vector<std::string> bin, process, number, rate;
  std::vector<const Sizes*> sizes;
};

Columns columns_of(const std::vector<CardBin>& bins) {
  Columns columns;
  const auto add = [&](const CardBin& bin, const char* process, const char* number, double rate, const Sizes& sizes) {
    columns.bin.push_back(bin.name);
    columns.process.emplace_back(process);
    columns.number.emplace_back(number);
    columns.rate.push_back(fmt::format("{}", rate));
    columns.sizes.push_back(&sizes);
  };
  for (const CardBin& bin : bins) {
    if (bin.signal > 0) {
      add(bin, "signal", "0", bin.signal, bin.signal_sizes);
    }
    add(bin, "background", "1", 1, bin.background_sizes);
  }
  return columns;
}

std::string lines_of_sizes(const Columns& columns) {
  std::set<std::string> names;
  for (const Sizes* sizes : columns.sizes) {
    for (const auto& [name, size] : *sizes) {
      names.insert(name);
    }
  }
  std::string text;
  for (const std::string& name : names) {
    std::vector<std::string> cells;
    for (const Sizes* sizes : columns.sizes) {
      const auto at = sizes->find(name);
      cells.push_back(at == sizes->end() ? "-" : fmt::format("{}", std::exp(at->second)));
    }
    text += fmt::format("{} lnN {}\n", name, fmt::join(cells, " "));
  }
  return text;
}

/// Free parameters and pulls of the formulae.
std::string lines_of_parameters(const StatisticalModel& model, const std::vector<CardBin>& bins) {
  std::set<std::string> used;
  for (const CardBin& bin : bins) {
    used.insert(bin.background.arguments().begin(), bin.background.arguments().end());
  }
  std::set<std::string> pulls;
  for (const Channel& channel : model.channels) {
    for (const ModelSample& sample : channel.samples) {
      std::ranges::for_each(sample.shifts, [&](const Shift& shift) { pulls.insert(shift.parameter); });
    }
  }
  std::string text;
  for (const std::string& pull : pulls) {
    if (used.contains(pull)) {
      const auto bounded = std::ranges::find(model.free, pull, &FreeParameter::name);
      const std::string range = bounded == model.free.end() ? "" : fmt::format(" [{},{}]", bounded->low, bounded->high);
      text += fmt::format("{} param 0 1{}\n", pull, range);
    }
  }
  for (const FreeParameter& parameter : model.free) {
    if (used.contains(parameter.name) && !pulls.contains(parameter.name)) {
      text += fmt::format("{} extArg {} [{},{}]\n", parameter.name, parameter.start, parameter.low, parameter.high);
    }
  }
  return text;
}

/// Where the bins of a channel lie, for those who draw them or make histograms of them.
std::string lines_of_edges(const StatisticalModel& model, const std::vector<CardBin>& bins) {
  std::string text;
  for (const Channel& channel : model.channels) {
    const std::string first = fmt::format("{}_1", channel.name);
    if (channel.counts.size() > 1 && std::ranges::find(bins, first, &CardBin::name) != bins.end()) {
      text += fmt::format("# edges {} {}\n", channel.name, fmt::join(channel.edges, " "));
    }
  }
  return text;
}

/// A card of `bins`; `extra` are lines at its end.
std::string card_of(const StatisticalModel& model, const std::vector<CardBin>& bins, const std::string& comment,
                    const std::string& extra) {
  const Columns columns = columns_of(bins);
  std::vector<std::string> names;
  std::vector<std::string> counts;
  std::string formulae;
  for (const CardBin& bin : bins) {
    names.push_back(bin.name);
    counts.push_back(fmt::format("{}", bin.count));
    formulae += fmt::format("rate_{0} rateParam {0} background {1}\n", bin.name, bin.background.text());
  }
  return fmt::format(
      "# {}\n# {}\n{}imax {} number of bins\njmax 1 number of processes minus 1\nkmax * number of nuisance parameters\n"
      "------------\nbin {}\nobservation {}\n------------\nbin {}\nprocess {}\nprocess {}\nrate {}\n------------\n"
      "{}{}{}{}",
      model.description, comment, lines_of_edges(model, bins), bins.size(), fmt::join(names, " "),
      fmt::join(counts, " "), fmt::join(columns.bin, " "), fmt::join(columns.process, " "),
      fmt::join(columns.number, " "), fmt::join(columns.rate, " "), lines_of_sizes(columns),
      lines_of_parameters(model, bins), formulae, extra);
}

std::vector<CardBin> bins_of_strength(const StatisticalModel& model, const Strength& strength) {
  std::vector<CardBin> bins;
  for (const Channel& channel : model.channels) {
    if (model.strengths.size() == 1 || is_scaled_by(channel, strength.parameter)) {
      std::ranges::move(bins_of(channel), std::back_inserter(bins));
    }
  }
  return bins;
}

}  // namespace

std::string combine_card(const StatisticalModel& model, std::size_t strength) {
  const Strength& chosen = model.strengths.at(strength);
  return card_of(model, bins_of_strength(model, chosen), fmt::format("r = 1: {} signal events", chosen.events), "");
}

std::string combine_card_of_strength(const StatisticalModel& model) {
  const Strength& mu = model.strengths.front();
  std::vector<CardBin> bins = bins_of_strength(model, mu);
  const auto distance = [&](const SignalAtStrength& at) { return std::abs(at.passing - mu.events); };
  const SignalAtStrength& nearest = *std::ranges::min_element(model.grid, {}, distance);
  std::string expression = passing_expression(model.grid, mu.events, "@0");
  std::erase(expression, ' ');
  std::string extra = fmt::format("strength extArg {} [0,{}]\n", nearest.strength, model.grid.back().strength);
  for (CardBin& bin : bins) {
    if (bin.signal > 0) {
      bin.signal_sizes["signal_efficiency"] = std::log1p(nearest.relative_spread);
      extra += fmt::format("signal_{0} rateParam {0} signal ({1}) strength\n", bin.name, expression);
    }
  }
  return card_of(model, bins,
                 "combine -M AsymptoticLimits --redefineSignalPOIs strength --setParameters r=1 --freezeParameters r",
                 extra);
}

}  // namespace eddy::exchange
