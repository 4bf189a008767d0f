#include <eddy/events/expression.hpp>
#include <eddy/search/benchmarks.hpp>
#include <eddy/search/conrad/template_gate.hpp>
#include <eddy/search/diagnostic.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace eddy::search {
namespace {

/// Latents of template events, each by a flow that never saw it; only rows_ever_held_out are filled.
base::Matrix held_out_latent(const Sample& sample, const FlowEnsemble& flows) {
  base::Matrix latent(sample.size(), sample.x.cols());
  for (std::size_t m = 0; m < flows.members.size(); ++m) {
    const std::vector<std::size_t> rows = held_out_rows(flows, m);
    const Sample held_out = take_events(sample, rows);
    const base::Matrix z = flows.members[m].flow.to_latent(held_out.x, held_out.context);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(z.row(i), latent.row(rows[i]).begin());
    }
  }
  return latent;
}

}  // namespace

double smallest_context(const Sample& sample) {
  const std::vector<std::size_t> signal_region = region_rows(sample, true);
  double smallest = sample.context(signal_region.front(), 0);
  for (const std::size_t row : signal_region) {
    smallest = std::min<double>(smallest, sample.context(row, 0));
  }
  return smallest;
}

std::vector<std::size_t> rows_ever_held_out(const FlowEnsemble& flows) {
  std::vector<std::uint8_t> held_out(flows.template_fold.size());
  for (std::size_t m = 0; m < flows.members.size(); ++m) {
    for (const std::size_t row : held_out_rows(flows, m)) {
      held_out[row] = 1;
    }
  }
  return events::rows_where(held_out);
}

void show_held_out_template(const Sample& template_sample, const FlowEnsemble& flows, Finding& out) {
  const std::vector<std::size_t> rows = rows_ever_held_out(flows);
  out.template_sample = to_be_scored("template", take_events(template_sample, rows));
  out.template_sample.latent = base::take_rows(held_out_latent(template_sample, flows), rows);
}

void judge_template_latent(const SearchConfig& config, const base::TaskStore& store, const base::Monitor& monitor,
                           Finding& out) {
  out.gate = {.auc = kNoNumber, .auc_error = kNoNumber, .limit = config.gate.auc_limit, .passed = false};
  if (config.numbers_only) {
    return;
  }
  describe_by("the latent gate", out.warnings, [&] {
    const std::vector<std::size_t> rows = region_rows(out.template_sample, true);
    const Sample events = take_events(static_cast<const Sample&>(out.template_sample), rows);
    out.gate = latent_gate(base::take_rows(out.template_sample.latent, rows), events, config, store, monitor);
  });
}

void warn_of_template_gate(Finding& out) {
  if (!out.gate->passed && std::isfinite(out.gate->auc)) {
    out.warnings.push_back(
        fmt::format("the flow does not describe the template well enough: a classifier tells held-out template latents "
                    "from N(0,1) with AUC "
                    "{:.4f} ± {:.4f} (limit {}); train longer or on more events before believing an excess",
                    out.gate->auc, out.gate->auc_error, out.gate->limit));
  }
}

}  // namespace eddy::search
