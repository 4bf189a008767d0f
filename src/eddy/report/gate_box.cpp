#include <eddy/base/json.hpp>
#include <eddy/report/gate_box.hpp>

#include <fmt/format.h>

namespace eddy::report {

std::string gate_box(const Json& result, const GateText& text) {
  const Json& gate = result.at("gate");
  if (!gate.is_object()) {
    return {};
  }
  const bool passed = gate.at("passed");
  const bool measured = gate.at("auc").is_number() && gate.at("limit").is_number() && gate.at("auc_error").is_number();
  const std::string numbers =
      measured ? fmt::format("AUC = {:.4f} ± {:.4f}, allowed up to {:.4g}", gate.at("auc").get<double>(),
                             gate.at("auc_error").get<double>(), gate.at("limit").get<double>())
               : "AUC not available";
  const char* word = passed ? "passed" : "failed";
  return fmt::format(
      "<p class=\"gate {0}\"><strong>{1} {0}.</strong> A classifier that tries to tell the latent of held-out {2} "
      "events from N(0, 1) reaches {3}. {4}</p>",
      word, text.title, text.events, numbers, passed ? text.passed : text.failed);
}

}  // namespace eddy::report
