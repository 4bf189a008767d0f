#include <eddy/search/method_title.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace eddy::search {

std::string method_title(const std::string& method) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTitles = {{{"conrad", "CONRAD"},
                                                                                     {"reweight", "Reweight"},
                                                                                     {"generate", "Generate"},
                                                                                     {"morph", "Morph"},
                                                                                     {"cathode", "CATHODE"},
                                                                                     {"lacathode", "LaCATHODE"},
                                                                                     {"anode", "ANODE"},
                                                                                     {"cwola", "CWoLa"},
                                                                                     {"quak", "QUAK"}}};
  for (const auto& [name, title] : kTitles) {
    if (name == method) {
      return std::string(title);
    }
  }
  return method;
}

}  // namespace eddy::search
