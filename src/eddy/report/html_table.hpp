#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eddy::report {

/// Writes `to` at each place of `text` where `from` stood.
void replace_all(std::string& text, std::string_view from, std::string_view to);

/// Text made safe for HTML; "ε_B", "ε_S" and "N_A" ... "N_D" get real subscripts.
[[nodiscard]] std::string html_text(std::string_view text);

/// A table from cells that are already HTML; the first column is a row heading.
class HtmlTable {
 public:
  explicit HtmlTable(const std::vector<std::string>& headings);
  void add_row(const std::vector<std::string>& cells);
  [[nodiscard]] std::string html() const;

 private:
  std::string html_;
};

}  // namespace eddy::report
