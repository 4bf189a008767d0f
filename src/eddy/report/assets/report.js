"use strict";
// Draws the figures of the page with Plotly. docs/figures.md describes the data.
(() => {
  const kInk = "#1b2430";
  const kFont = {family: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif", size: 13, color: kInk};

  // One colour per role, the same in every figure; the sets are Paul Tol's colour-blind-safe schemes.
  const kColors = {
    data: "#111111", template: "#4477AA", signal: "#CC3311", signal_region: "#DDAA33", control: "#88A0B8", expectation: "#4477AA",
    method: "#AA3377", benchmark_1: "#009988", benchmark_2: "#EE7733", benchmark_3: "#33AADD", benchmark_4: "#999933",
    closure_1: "#111111", closure_2: "#4477AA", closure_3: "#AA3377", closure_4: "#009988",
    context_1: "#C2A5CF", context_2: "#9970AB", context_3: "#5AAE61", context_4: "#1B7837",
    series_1: "#4477AA", series_2: "#AA3377", series_3: "#009988", series_4: "#EE7733", series_5: "#33AADD", series_6: "#999933",
    series_7: "#882255", series_8: "#666666", reference: "#777777", guide: "#9aa5b1", cut: "#444444", note: kInk,
  };
  const kDiverging = [[0, "#2166AC"], [0.25, "#92C5DE"], [0.5, "#FAFAFA"], [0.75, "#F4A582"], [1, "#B2182B"]];
  const kSequential = [[0, "#EEF3F8"], [0.25, "#C5D8EA"], [0.5, "#8DB4D6"], [0.75, "#4C86B8"], [1, "#1E4E79"]];
  const kDashes = {"": "solid", thin: "solid", dash: "dash", dot: "dot", dashdot: "dashdot", longdash: "longdash"};

  // Pixels around the plotting area of a panel.
  const kLeft = 68, kRight = 16, kTitle = 26, kBottom = 46, kGap = 10, kColorBar = 96, kLegendRow = 20, kLegendSymbol = 47;

  const colorOf = (role) => kColors[role] ?? kColors[role.replace(/_band$/, "")] ?? kInk;
  const fade = (color, alpha) => {
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
    return `rgba(${r},${g},${b},${alpha})`;
  };

  // Plain text to the little markup Plotly knows.
  const rich = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
    .replace(/ε_([BS])/g, "ε<sub>$1</sub>").replace(/\b([NR])_([ABCDc])\b/g, "$1<sub>$2</sub>").replace(/log10/g, "log<sub>10</sub>");
  const titleOf = (axis) => rich(axis.unit ? `${axis.label} [${axis.unit}]` : axis.label);

  const xOf = (trace, choice) => trace.x_choices ? trace.x_choices[choice] : trace.x;
  const atScale = (value, axis) => axis.scale === "log" ? Math.log10(value) : value;

  // ---- traces ------------------------------------------------------------------------------------------------------------

  // On a logarithmic axis an empty bin is drawn below the axis instead of breaking the line.
  const onAxis = (values, axis) => axis.scale === "log" && axis.range
    ? values.map((v) => v === null || v > 0 ? v : axis.range[0] / 1000) : values;

  function step(trace, x, yAxis) {
    const y = onAxis(trace.y, yAxis);
    return [{type: "scatter", mode: "lines", x, y: [...y, y[y.length - 1]],
      line: {shape: "hv", color: colorOf(trace.role), width: 1.8, dash: kDashes[trace.style ?? ""]}}];
  }

  const kMarkers = {
    "": {size: 5, symbol: "circle"}, open: {size: 9, symbol: "circle-open", line: {width: 1.8}},
    dots: {size: 4, symbol: "circle", opacity: 0.55},
  };

  function points(trace, x) {
    const drawn = {type: "scatter", mode: "markers", x, y: trace.y,
      marker: {...kMarkers[trace.style ?? ""], color: colorOf(trace.role)}};
    if (trace.high) {
      drawn.error_y = {type: "data", symmetric: false, thickness: 1.2, width: 0, color: colorOf(trace.role),
        array: trace.high.map((v, i) => v === null ? 0 : v - trace.y[i]),
        arrayminus: trace.low.map((v, i) => v === null ? 0 : trace.y[i] - v)};
    }
    return [drawn];
  }

  const line = (trace, x) => [{type: "scatter", mode: "lines", x, y: trace.y,
    line: {color: colorOf(trace.role), width: trace.style === "thin" ? 1.4 : 2, dash: kDashes[trace.style ?? ""]}}];

  // A band is one closed outline per run of bins (or points) that have both limits.
  function bandOutline(trace, x, yAxis) {
    const low = onAxis(trace.low, yAxis), high = onAxis(trace.high, yAxis);
    const stepped = x.length === low.length + 1;
    const outX = [], outY = [];
    for (let begin = 0; begin < low.length; ++begin) {
      if (low[begin] === null || high[begin] === null) continue;
      let end = begin;
      while (end < low.length && low[end] !== null && high[end] !== null) ++end;
      const up = [], down = [];
      for (let i = begin; i < end; ++i) {
        for (const position of stepped ? [x[i], x[i + 1]] : [x[i]]) {
          up.push([position, high[i]]);
          down.unshift([position, low[i]]);
        }
      }
      const outline = [...up, ...down, up[0]];
      outX.push(...outline.map((p) => p[0]), null);
      outY.push(...outline.map((p) => p[1]), null);
      begin = end;
    }
    return [outX, outY];
  }

  function band(trace, x, yAxis) {
    const [outX, outY] = bandOutline(trace, x, yAxis);
    return [{type: "scatter", mode: "lines", x: outX, y: outY, fill: "toself", hoverinfo: "skip", line: {width: 0},
      fillcolor: fade(colorOf(trace.role), 0.18)}];
  }

  function heatmap(trace, x, yAxis, colors) {
    const log = colors.scale === "log";
    return [{type: "heatmap", x, y: trace.y, coloraxis: "coloraxis", customdata: trace.z,
      z: log ? trace.z.map((row) => row.map((v) => v === null ? null : Math.log10(v))) : trace.z,
      hovertemplate: "%{x}, %{y}: %{customdata}<extra></extra>"}];
  }

  const kDraw = {step, points, line, band, heatmap};

  const measure = document.createElement("canvas").getContext("2d");
  function textWidth(text) {
    measure.font = `${kFont.size}px ${kFont.family}`;
    return measure.measureText(text).width;
  }

  // ---- layout ------------------------------------------------------------------------------------------------------------

  const mainHeight = (panel, columns) => columns > 2 ? 210 : columns === 2 ? 240 : 340;
  const lowerHeight = (columns) => columns > 2 ? 84 : 96;

  // Where the panels stand, in pixels from the top left corner of the drawing.
  function arrange(figure, width, legendHeight) {
    const columns = 1 + Math.max(...figure.panels.map((p) => p.column));
    const rows = 1 + Math.max(...figure.panels.map((p) => p.row));
    const cell = (width - (figure.colors ? kColorBar : 0)) / columns;
    const tops = [legendHeight];
    for (let row = 0; row < rows; ++row) {
      const inRow = figure.panels.filter((p) => p.row === row);
      const height = Math.max(...inRow.map((p) => mainHeight(p, columns) + (p.below ? lowerHeight(columns) + kGap : 0)));
      const title = inRow.some((p) => p.title) ? kTitle : 10;
      tops.push(tops[row] + title + height + kBottom);
    }
    const boxes = figure.panels.map((panel) => {
      const left = panel.column * cell + kLeft, right = (panel.column + 1) * cell - kRight;
      const top = tops[panel.row] + (figure.panels.some((p) => p.row === panel.row && p.title) ? kTitle : 10);
      const main = top + mainHeight(panel, columns);
      return {left, right, top, main, bottom: main + (panel.below ? kGap + lowerHeight(columns) : 0)};
    });
    return {boxes, height: tops[rows], columns};
  }

  function axisOf(axis, domain, extra) {
    const drawn = {domain, type: axis.scale, title: {text: titleOf(axis), standoff: 8, font: {size: 13}}, showline: true,
      mirror: "all", linecolor: "#6b7785", linewidth: 1, ticks: "inside", ticklen: 5, tickcolor: "#6b7785", gridcolor: "#eef1f4",
      zeroline: false, tickfont: {size: 12}, ...extra};
    if (axis.range) drawn.range = axis.range.map((v) => atScale(v, axis));
    if (axis.ticks) Object.assign(drawn, {tickvals: axis.ticks.map((_, i) => i + 1), ticktext: axis.ticks.map(rich)});
    // Plotly sets powers of ten larger than other tick labels.
    if (axis.scale === "log") Object.assign(drawn, {dtick: 1, exponentformat: "power", tickfont: {size: 10}, minor: {ticks: "inside", ticklen: 3}});
    return drawn;
  }

  const suffix = (k) => k === 1 ? "" : String(k);

  // State of one drawing while it is put together.
  class Drawing {
    constructor(figure, width, choice) {
      this.figure = figure;
      this.choice = choice;
      this.names = new Set();
      this.traces = [];
      this.axisCount = 0;
      const legendRows = this.legendRows(width);
      const {boxes, height} = arrange(figure, width, legendRows * kLegendRow + (legendRows ? 6 : 0));
      this.width = width;
      this.height = height;
      this.layout = {width, height, margin: {l: 0, r: 0, t: 0, b: 0}, font: kFont, paper_bgcolor: "#fff", plot_bgcolor: "#fff",
        shapes: [], annotations: [], hovermode: "closest", showlegend: legendRows > 0,
        legend: {orientation: "h", x: kLeft / width, y: 1, xanchor: "left", yanchor: "top", font: {size: 13}, itemsizing: "constant", tracegroupgap: 0}};
      if (figure.colors) this.addColorScale(boxes);
      figure.panels.forEach((panel, i) => this.addPanel(panel, boxes[i]));
    }

    // Rows that a horizontal legend needs: entries are put side by side until one does not fit.
    legendRows(width) {
      const names = new Set();
      for (const panel of this.figure.panels)
        for (const trace of [...panel.traces, ...(panel.below?.traces ?? [])])
          if (this.inLegend(trace)) names.add(trace.legend ?? trace.name);
      let rows = names.size > 0 ? 1 : 0, used = 0;
      for (const name of names) {
        const entry = kLegendSymbol + textWidth(name);
        if (used > 0 && used + entry > width - kLeft) {
          ++rows;
          used = 0;
        }
        used += entry;
      }
      return rows;
    }

    inLegend(trace) {
      return trace.name !== "" && ["step", "points", "line", "band"].includes(trace.kind);
    }

    xDomain(box) { return [box.left / this.width, box.right / this.width]; }
    yDomain(top, bottom) { return [1 - bottom / this.height, 1 - top / this.height]; }

    addColorScale(boxes) {
      const colors = this.figure.colors, log = colors.scale === "log";
      const top = Math.min(...boxes.map((b) => b.top)), bottom = Math.min(Math.max(...boxes.map((b) => b.bottom)), top + 420);
      const [low, high] = colors.range.map((v) => log ? Math.log10(v) : v);
      const bar = {title: {text: rich(colors.label), side: "right"}, thickness: 14, len: bottom - top, lenmode: "pixels", outlinewidth: 0,
        x: (this.width - kColorBar + 14) / this.width, xanchor: "left", y: 1 - top / this.height, yanchor: "top", ypad: 0, ticks: "outside"};
      if (log) {
        bar.tickvals = [...Array(Math.floor(high) + 1).keys()];
        bar.ticktext = bar.tickvals.map((k) => (10 ** k).toLocaleString("en"));
      }
      this.layout.coloraxis = {colorscale: colors.kind === "diverging" ? kDiverging : kSequential, cmin: low, cmax: high, colorbar: bar};
    }

    addPanel(panel, box) {
      const k = ++this.axisCount;
      const xAxis = panel.x_choices ? panel.x_choices[this.choice].axis : panel.x;
      const isMap = panel.traces.some((t) => t.kind === "heatmap");
      const at = panel.below ? ++this.axisCount : k;
      const background = isMap && this.figure.colors.kind === "diverging" ? {showgrid: false} : {};
      this.layout["xaxis" + suffix(k)] = axisOf(xAxis, this.xDomain(box), {anchor: "y" + suffix(at), ...background});
      this.layout["yaxis" + suffix(k)] = axisOf(panel.y, this.yDomain(box.top, box.main), {anchor: "x" + suffix(k), ...background});
      if (isMap && this.figure.colors.kind === "diverging") this.addBackground(k);
      this.addTitle(panel.title, box);
      panel.traces.forEach((t) => this.addTrace(t, k, k, xAxis, panel.y));
      if (panel.below) {
        this.layout["yaxis" + suffix(at)] = axisOf(panel.below.y, this.yDomain(box.main + kGap, box.bottom),
          {anchor: "x" + suffix(k), nticks: 5});
        panel.below.traces.forEach((t) => this.addTrace(t, k, at, xAxis, panel.below.y));
      }
    }

    addBackground(k) {
      this.layout.shapes.push({type: "rect", layer: "below", xref: `x${suffix(k)} domain`, yref: `y${suffix(k)} domain`,
        x0: 0, x1: 1, y0: 0, y1: 1, fillcolor: "#d9dde2", line: {width: 0}});
    }

    addTitle(title, box) {
      if (!title) return;
      this.layout.annotations.push({text: rich(title), xref: "paper", yref: "paper", x: box.left / this.width, y: 1 - box.top / this.height,
        xanchor: "left", yanchor: "bottom", showarrow: false, font: {size: 13}});
    }

    addTrace(trace, k, ky, xAxis, yAxis) {
      const refs = {xaxis: "x" + suffix(k), yaxis: "y" + suffix(ky)};
      if (trace.kind === "vertical_line") return this.addVerticalLine(trace, refs, xAxis);
      if (trace.kind === "horizontal_line") return this.addHorizontalLine(trace, refs, yAxis);
      if (trace.kind === "note") return this.addNote(trace, refs, xAxis, yAxis);
      for (const drawn of kDraw[trace.kind](trace, xOf(trace, this.choice), yAxis, this.figure.colors)) {
        const listed = this.inLegend(trace);
        const entry = trace.legend ?? trace.name;
        this.traces.push({...drawn, ...refs, name: rich(entry), legendgroup: entry, showlegend: listed && !this.names.has(entry)});
        if (listed) this.names.add(entry);
      }
    }

    addVerticalLine(trace, refs, xAxis) {
      const x = trace.x[0];
      this.layout.shapes.push({type: "line", xref: refs.xaxis, yref: refs.yaxis + " domain", x0: x, x1: x, y0: 0, y1: 1,
        line: {color: colorOf(trace.role), width: 1.3, dash: kDashes[trace.style ?? ""]}});
      if (trace.text) {
        this.layout.annotations.push({text: rich(trace.text), xref: refs.xaxis, yref: refs.yaxis + " domain", x: atScale(x, xAxis), y: 0.99,
          xanchor: "left", yanchor: "top", xshift: 3, showarrow: false, font: {size: 12, color: colorOf(trace.role)},
          bgcolor: "rgba(255,255,255,0.75)", borderpad: 1});
      }
    }

    addHorizontalLine(trace, refs, yAxis) {
      const y = trace.y[0];
      this.layout.shapes.push({type: "line", xref: refs.xaxis + " domain", yref: refs.yaxis, x0: 0, x1: 1, y0: y, y1: y,
        layer: trace.role === "guide" ? "below" : "above",
        line: {color: colorOf(trace.role), width: 1.3, dash: kDashes[trace.style ?? ""]}});
      if (trace.text) {
        this.layout.annotations.push({text: rich(trace.text), xref: refs.xaxis + " domain", yref: refs.yaxis, x: 0.995, y: atScale(y, yAxis),
          xanchor: "right", yanchor: "bottom", showarrow: false, font: {size: 12}, bgcolor: "rgba(255,255,255,0.75)"});
      }
    }

    addNote(trace, refs, xAxis, yAxis) {
      const [xanchor, yanchor] = (trace.anchor || "left bottom").split(" ");
      const panelX = trace.frame === "panel" || trace.frame === "panel_x", panelY = trace.frame === "panel";
      this.layout.annotations.push({text: rich(trace.text), showarrow: false, xanchor, yanchor,
        xref: refs.xaxis + (panelX ? " domain" : ""), yref: refs.yaxis + (panelY ? " domain" : ""),
        x: panelX ? trace.x[0] : atScale(trace.x[0], xAxis), y: panelY ? trace.y[0] : atScale(trace.y[0], yAxis),
        yshift: yanchor === "bottom" ? 2 : -2, font: {size: 12}, bgcolor: "rgba(255,255,255,0.8)", borderpad: 2});
    }
  }

  // ---- numbers behind a figure -------------------------------------------------------------------------------------------

  const kColumns = ["panel", "x_quantity", "y_quantity", "trace", "kind", "x", "x_low", "x_high", "y", "y_low", "y_high", "z", "events", "text"];

  const plain = (axis) => axis.unit ? `${axis.label} [${axis.unit}]` : axis.label;
  const centre = (edges, i) => +((edges[i] + edges[i + 1]) / 2).toPrecision(10);

  function heatmapRows(trace, head) {
    const rows = [];
    const nx = trace.x.length - 1;
    trace.z.forEach((values, j) => values.forEach((z, i) => rows.push({...head, x: centre(trace.x, i), x_low: trace.x[i],
      x_high: trace.x[i + 1], y: centre(trace.y, j), y_low: trace.y[j], y_high: trace.y[j + 1], z, events: trace.counts?.[j * nx + i]})));
    return rows;
  }

  function seriesRows(trace, x, head) {
    const n = (trace.y ?? trace.low ?? x ?? []).length;
    const binned = x && x.length === n + 1;
    return [...Array(n).keys()].map((i) => ({...head, x: binned ? centre(x, i) : x?.[i], x_low: binned ? x[i] : undefined,
      x_high: binned ? x[i + 1] : undefined, y: trace.y?.[i], y_low: trace.low?.[i], y_high: trace.high?.[i],
      events: trace.counts?.[i], text: trace.text}));
  }

  function traceRows(trace, panel, xAxis, yAxis, choice) {
    const head = {panel: panel.id, x_quantity: plain(xAxis), y_quantity: plain(yAxis), trace: trace.name, kind: trace.kind};
    if (trace.kind === "heatmap") return heatmapRows(trace, head);
    if (trace.kind === "vertical_line") return [{...head, x: trace.x[0], text: trace.text}];
    return seriesRows(trace, xOf(trace, choice), head);
  }

  function tableOf(figure) {
    const rows = [];
    for (const panel of figure.panels) {
      const axes = panel.x_choices ? panel.x_choices.map((c) => c.axis) : [panel.x];
      axes.forEach((xAxis, choice) => {
        panel.traces.forEach((t) => rows.push(...traceRows(t, panel, xAxis, panel.y, choice)));
        panel.below?.traces.forEach((t) => rows.push(...traceRows(t, panel, xAxis, panel.below.y, choice)));
      });
    }
    return rows;
  }

  const cell = (value) => {
    const text = value === undefined || value === null ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  const csvOf = (figure) => [kColumns.join(","), ...tableOf(figure).map((row) => kColumns.map((c) => cell(row[c])).join(","))].join("\n") + "\n";

  function saveText(text, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // Plotly.downloadImage withdraws the address of the file at once; Chromium then sometimes saves nothing.
  async function saveSvg(plot, name) {
    const address = await Plotly.toImage(plot, {format: "svg", width: plot.layout.width, height: plot.layout.height});
    saveText(decodeURIComponent(address.slice(address.indexOf(",") + 1)), name, "image/svg+xml");
  }

  // ---- page --------------------------------------------------------------------------------------------------------------

  function draw(figure, plot, choice) {
    const drawing = new Drawing(figure, Math.max(plot.clientWidth, 560), choice);
    plot.dataset.choice = choice;
    return Plotly.react(plot, drawing.traces, drawing.layout, {displayModeBar: false, responsive: false});
  }

  function connect(element, figure) {
    const plot = element.querySelector(".plot");
    const name = `${document.title.split(" – ")[0].replace(/[^\w-]+/g, "_")}-${figure.id}`;
    element.querySelector(".csv").addEventListener("click", () => saveText(csvOf(figure), name + ".csv", "text/csv"));
    element.querySelector(".svg").addEventListener("click", () => saveSvg(plot, name + ".svg"));
    const buttons = [...element.querySelectorAll(".choice")];
    buttons.forEach((button) => button.addEventListener("click", () => {
      buttons.forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
      draw(figure, plot, Number(button.dataset.choice));
    }));
    return {figure, plot};
  }

  const {figures} = JSON.parse(document.getElementById("figures").textContent);
  const shown = figures.map((figure) => connect(document.getElementById("figure-" + figure.id), figure));
  const drawAll = () => Promise.all(shown.map(({figure, plot}) => draw(figure, plot, Number(plot.dataset.choice ?? 0))));
  drawAll().then(() => document.body.setAttribute("data-drawn", "true"));

  let pending = 0, lastWidth = document.body.clientWidth;
  window.addEventListener("resize", () => {
    clearTimeout(pending);
    pending = setTimeout(() => {
      if (document.body.clientWidth !== lastWidth) drawAll();
      lastWidth = document.body.clientWidth;
    }, 150);
  });
})();
