#pragma once
// A figure as plain values: what is drawn, not how. Everything a reader of the report sees or downloads is in it.
// docs/figures.md describes the JSON form.

#include <eddy/base/json_fwd.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace eddy::report {

using base::Json;

enum class Scale { kLinear, kLog };

struct Axis {
  std::string label = {};
  std::string unit = {};  ///< empty for a quantity without dimension
  Scale scale = Scale::kLinear;
  std::optional<std::array<double, 2>> range = {};  ///< in axis values, also where the scale is logarithmic
  std::vector<std::string> ticks = {};              ///< texts at 1, 2, ... instead of numbers; empty: numbers
};

enum class TraceKind { kStep, kPoints, kLine, kBand, kHeatmap, kVerticalLine, kHorizontalLine, kNote };

/// One thing drawn in a panel. Which members are used depends on the kind:
///   step     x: n + 1 bin edges, y: n values
///   points   x, y: n values, low and high: ends of the error bars (or empty)
///   line     x, y: n values
///   band     low and high: n values, x: n values, or n + 1 bin edges
///   heatmap  x: nx + 1 edges, y: ny + 1 edges, z: ny rows of nx values (row-major)
///   vertical_line, horizontal_line   x, or y: one value
///   note     x, y: one value each, text
struct Trace {
  TraceKind kind = TraceKind::kLine;
  std::string name = {};    ///< legend entry; traces of one entry share it
  std::string legend = {};  ///< legend entry where it is not the name
  std::string role = {};    ///< what it stands for ("data", "template", "signal", ...): decides the colour
  std::string style = {};   ///< "", "dash", "dot", "open", "thin"
  std::vector<double> x = {};
  std::vector<std::vector<double>> x_choices = {};  ///< x for each of Panel::x_choices; then `x` is empty
  std::vector<double> y = {};
  std::vector<double> low = {};
  std::vector<double> high = {};
  std::vector<double> z = {};
  std::vector<double> counts = {};  ///< events behind each value of y (or z), for the table of numbers
  std::string text = {};
  std::string frame = {};   ///< of a note: "panel" (x and y are fractions) or "panel_x" (only x is)
  std::string anchor = {};  ///< of a note: corner of the text at (x, y), for example "right bottom"
};

/// The narrow panel under a main one, with the same x axis.
struct LowerPanel {
  Axis y = {};
  std::vector<Trace> traces = {};
};

struct XChoice {
  std::string name;  ///< text on the button
  Axis axis;
};

struct Panel {
  std::string id;  ///< unique within the figure; names the rows of the CSV
  std::string title = {};
  std::size_t row = 0;
  std::size_t column = 0;
  Axis x = {};
  std::vector<XChoice> x_choices = {};  ///< alternatives for the x axis; then `x` is the first of them
  Axis y = {};
  std::vector<Trace> traces = {};
  std::optional<LowerPanel> below = {};
};

/// The colour scale of the heatmaps of a figure.
struct ColorScale {
  std::string label;
  std::string kind;  ///< "diverging" or "sequential"
  Scale scale = Scale::kLinear;
  std::array<double, 2> range{0, 1};
};

struct Figure {
  std::string id = {};  ///< file name of downloads
  std::string section;  ///< heading of the report under which it stands
  std::string title;
  std::string caption;  ///< what is to be seen and how to read it
  std::vector<Panel> panels = {};
  std::optional<ColorScale> colors = {};
};

/// Puts the panels in two columns, row by row; one panel alone gets the whole width.
void place_in_two_columns(Figure& figure);

/// Six significant digits (whole numbers stay exact); a number that is not finite becomes null.
[[nodiscard]] Json rounded(double value);
[[nodiscard]] Json rounded(const std::vector<double>& values);

[[nodiscard]] Json to_json(const Figure& figure);

/// figures.json (docs/figures.md) of the figures that there are, in their order.
[[nodiscard]] Json figures_document(const std::vector<std::optional<Figure>>& figures);

}  // namespace eddy::report
