#include <eddy/base/hash.hpp>
#include <eddy/runs/config_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace eddy::runs {
namespace {

/// Null experiments come on top of a search, and change nothing of what it found: as many as one likes, at any time. So
/// does what is shown of the events that it selected.
constexpr std::array<std::string_view, 2> kOnTop = {"[calibration] ", "[anomaly] "};

/// Opening the signal region changes nothing of the search: what was decided while it was closed stands.
constexpr std::string_view kBlind = "[search] blind = ";
constexpr std::string_view kStage = "[extrapolation] stage = ";

/// All lines with their sections, but for what comes on top.
std::vector<std::string> setting_lines(const std::string& config) {
  std::istringstream text(config);
  std::vector<std::string> all;
  std::string section;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('[')) {
      section = line;
    } else if (!line.empty() && !line.starts_with('#')) {
      all.push_back(section + " " + line);
    }
  }
  std::erase_if(all, [](const std::string& line) {
    return std::ranges::any_of(kOnTop, [&](std::string_view on_top) { return line.starts_with(on_top); });
  });
  return all;
}

/// Where the group of "file.h5:group/table" begins: behind the first name with a suffix that a ':' follows. The end of
/// `setting` where there is none.
std::size_t begin_of_group(const std::string& setting, std::size_t begin) {
  for (std::size_t colon = setting.find(':', begin); colon != std::string::npos; colon = setting.find(':', colon + 1)) {
    const std::size_t name = std::max(begin, setting.rfind('/', colon) + 1);
    if (std::string_view(setting).substr(name, colon - name).find('.') != std::string_view::npos) {
      return colon;
    }
  }
  return setting.size();
}

/// A setting whose value is a path keeps the name of the file (and the group in it) only: a run may be moved, with its
/// inputs or without. Earlier versions knew no groups.
std::string without_folder(const std::string& setting, bool knows_groups) {
  const std::size_t value = setting.find(" = ");
  const std::size_t begin = value == std::string::npos ? value : value + 4;  // behind the quotation mark
  if (begin >= setting.size() || (setting[begin] != '/' && setting.compare(begin, 2, "${") != 0)) {
    return setting;
  }
  const std::size_t end = knows_groups ? begin_of_group(setting, begin) : setting.size();
  return setting.substr(0, begin) + setting.substr(setting.rfind('/', end) + 1);
}

/// "[flow] epochs" of "[flow] epochs = 10".
std::string_view key_of(std::string_view setting) { return setting.substr(0, setting.find(" = ")); }

std::string_view text_of_value(std::string_view setting) {
  const std::size_t at = setting.find(" = ");
  return at == std::string_view::npos ? std::string_view() : setting.substr(at + 3);
}

/// Takes the setting of this key out of `settings`; empty where there is none. A repeated section has several.
std::string take_out(std::vector<std::string>& settings, std::string_view key) {
  const auto found = std::ranges::find_if(settings, [&](const std::string& setting) { return key_of(setting) == key; });
  if (found == settings.end()) {
    return {};
  }
  std::string taken = *found;
  settings.erase(found);
  return taken;
}

}  // namespace

std::vector<std::string> settings(const std::string& config) {
  std::vector<std::string> all = setting_lines(config);
  std::erase_if(all, [](const std::string& line) { return line.starts_with(kBlind) || line.starts_with(kStage); });
  return all;
}

bool is_blind_config(const std::string& config) {
  return std::ranges::any_of(setting_lines(config), [](const std::string& line) {
    return line == std::string(kBlind) + "true" || line == std::string(kStage) + "'cr'";
  });
}

std::string first_difference(const std::string& before, const std::string& now) {
  const std::vector<std::string> a = settings(before);
  const std::vector<std::string> b = settings(now);
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  const char* nothing = "nothing more";
  return fmt::format("{} there, {} now", in_a != a.end() ? *in_a : nothing, in_b != b.end() ? *in_b : nothing);
}

std::vector<std::string> settings_that_matter(const std::string& config) {
  std::vector<std::string> all = settings(config);
  std::erase_if(all, [](const std::string& setting) { return setting.starts_with("[search] name = "); });
  std::ranges::transform(all, all.begin(), [](const std::string& setting) { return without_folder(setting, true); });
  return all;
}

std::vector<std::string> changed_settings(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  std::vector<std::string> left = before;
  std::vector<std::string> other = now;
  std::erase_if(other, [&](const std::string& setting) {
    const auto same = std::ranges::find(left, setting);
    const bool is_same = same != left.end();
    if (is_same) {
      left.erase(same);
    }
    return is_same;
  });
  std::vector<std::string> changes;
  for (const std::string& setting : other) {
    const std::string earlier = take_out(left, key_of(setting));
    changes.push_back(earlier.empty() ? setting + ", before: nothing"
                                      : fmt::format("{}, before: {}", setting, text_of_value(earlier)));
  }
  for (const std::string& setting : left) {
    changes.push_back(fmt::format("{}: nothing, before: {}", key_of(setting), text_of_value(setting)));
  }
  return changes;
}

std::string without_folders(const std::string& config) {
  std::istringstream text(config);
  std::string all;
  for (std::string line; std::getline(text, line);) {
    all += (line.starts_with('#') ? line : without_folder(line, true)) + "\n";
  }
  return all;
}

std::string config_sha256(const std::string& config, ConfigHash kind) {
  std::vector<std::string> all = kind == ConfigHash::kPresent ? settings(config) : setting_lines(config);
  std::string text;
  for (const std::string& setting : all) {
    text += without_folder(setting, kind != ConfigHash::kWithoutGroups) + "\n";
  }
  return base::sha256(text);
}

}  // namespace eddy::runs
