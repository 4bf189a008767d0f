#pragma once
// The page that all reports are: head, summary, body, files, and the figures with what draws them.

#include <eddy/base/json_fwd.hpp>

#include <map>
#include <string>
#include <string_view>

namespace eddy::report {

using base::Json;

/// The parts of a page, as HTML.
struct Page {
  std::string title;
  std::string kind;     ///< "search report": what the page is, above the title
  std::string verdict;  ///< a few words for the head
  std::string level;    ///< how the verdict looks (Wording::level)
  std::string lead;     ///< one or two sentences
  std::string note;     ///< the sentence below
  std::string warnings = {};
  std::string body;   ///< the sections
  std::string files;  ///< under the heading "Files"
  std::string version;
};

/// One self-contained HTML page that needs no network; `figures` is a document as in docs/figures.md, which holds the
/// figures that the body shows.
[[nodiscard]] std::string render_page(const Page& page, const Json& figures);

/// `text` with each {{key}} replaced once; what is put in is not looked at again.
[[nodiscard]] std::string fill_page(std::string_view text,
                                    const std::map<std::string, std::string, std::less<>>& parts);

/// The place of a figure on the page, with its title, buttons and caption.
[[nodiscard]] std::string figure_html(const Json& figure);
[[nodiscard]] std::string section_html(const std::string& heading, const std::string& content);
/// A box of sentences (plain text); empty without one.
[[nodiscard]] std::string warning_box(const std::string& heading, const Json& warnings);
/// A line that opens to `content`; empty without content.
[[nodiscard]] std::string details_html(const std::string& summary, const std::string& content);

}  // namespace eddy::report
