#include <eddy/base/error.hpp>
#include <eddy/runs/stage_alias.hpp>
#include <eddy/runs/toml_section.hpp>

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace eddy::runs {
namespace {

constexpr const char* kSection = "extrapolation";

/// Whether the stage is the blind one; nothing where no stage is given.
std::optional<bool> is_blind_stage(const toml::table& root, const std::string& path) {
  const toml::node* node = root[kSection]["stage"].node();
  if (node == nullptr) {
    return std::nullopt;
  }
  const auto stage = node->value_exact<std::string>();
  if (stage != "cr" && stage != "sr") {
    throw base::InputError(fmt::format(
        "{}: [extrapolation] stage must be \"cr\" or \"sr\"; better say [search] blind = true or false instead",
        place(*node, path)));
  }
  return stage == "cr";
}

}  // namespace

void require_one_switch(const toml::table& root, const std::string& path) {
  const std::optional<bool> stage = is_blind_stage(root, path);
  const std::optional<bool> blind = root["search"]["blind"].value_exact<bool>();
  if (stage && blind && *stage != *blind) {
    throw base::InputError(fmt::format(
        "{}: [extrapolation] stage = \"{}\" contradicts [search] blind = {}; remove the stage, which is an older name "
        "of the same",
        place(*root[kSection]["stage"].node(), path), *stage ? "cr" : "sr", *blind));
  }
}

void read_stage_as_blind(toml::table& root, const std::string& path) {
  const std::optional<bool> blind = is_blind_stage(root, path);
  if (!blind) {
    return;
  }
  root[kSection].as_table()->erase("stage");
  if (!root.contains("search")) {
    root.insert("search", toml::table{});
  }
  if (toml::table* search = root["search"].as_table(); search != nullptr) {  // else said of the section when it is read
    search->insert_or_assign("blind", *blind);
  }
}

}  // namespace eddy::runs
