// Opens the synthetic reports in headless Chromium, offline, and uses them as a reader would.
// node browser_test.mjs FOLDER [screenshots]   (FOLDER as eddy_write_report leaves it)

import assert from "node:assert/strict";
import {mkdirSync, readFileSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";
import {createRequire} from "node:module";

const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), "../../package.json"));
const {chromium} = require("playwright-core");

const kArguments = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const folder = resolve(process.argv[2]);
const screenshots = process.argv[3] === "screenshots";

// Reports whose downloads and choices are tried, with the first entry of their SIC curves.
const kMethodOf = {labelled: "CONRAD", resonant: "LaCATHODE", extrapolation: "Morph"};

const figuresOf = (name) => JSON.parse(readFileSync(join(folder, `${name}.figures.json`), "utf8")).figures;

// A page that records everything it should not do.
async function open(browser, name) {
  const context = await browser.newContext({acceptDownloads: true, offline: true, viewport: {width: 1280, height: 800}});
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => { problems.push("dialog " + dialog.message()); dialog.dismiss(); });
  page.setDefaultTimeout(120000);  // of a machine that has other things to do
  const report = pathToFileURL(join(folder, name + ".html")).href;
  page.on("request", (request) => {
    if (request.url() !== report && !/^(data|blob):/.test(request.url())) problems.push("request " + request.url());
  });
  await page.goto(report);
  await page.waitForSelector("body[data-drawn]");
  return {context, page, problems};
}

// The text of the file `name`. A click sometimes ends without a file (Chromium says nothing about it); a reader then clicks
// again. Files have names of their own: one that comes late is not taken for the next.
async function download(page, button, name, attempts = 5) {
  const predicate = (event) => event.suggestedFilename() === name;
  const timeout = attempts > 1 ? 15000 : 60000;
  const waiting = page.waitForEvent("download", {predicate, timeout}).catch((error) => error);
  await button.click();
  const event = await waiting;
  if (event instanceof Error && attempts > 1) return download(page, button, name, attempts - 1);
  if (event instanceof Error) throw event;
  return readFileSync(await event.path(), "utf8");
}

// What remains of a text when subscripts are drawn ("ε_B" is spread over several elements), so that both compare.
const flat = (text) => text.replace(/[\s\u200b_]+/g, "");
const titleOf = (axis) => flat(axis.unit ? `${axis.label} [${axis.unit}]` : axis.label);

async function axisTitles(element) {
  const texts = await element.locator("svg .infolayer text[class*='title']").allTextContents();
  return texts.map(flat);
}

async function checkFigure(page, figure) {
  const element = page.locator(`#figure-${figure.id}`);
  assert.ok(await element.locator("svg.main-svg").count() > 0, `${figure.id}: no drawing`);
  const titles = await axisTitles(element);
  for (const panel of figure.panels) {
    for (const axis of [panel.x, panel.y, ...(panel.below ? [panel.below.y] : [])]) {
      assert.ok(titles.includes(titleOf(axis)), `${figure.id}: axis "${titleOf(axis)}" not among ${JSON.stringify(titles)}`);
    }
  }
  assert.equal((await element.locator("figcaption").textContent()).length > 40, true, `${figure.id}: no caption`);
}

// Every entry of the legend, and every drawn thing, lies inside the drawing and apart from the plotting areas.
async function checkLayout(page, figure) {
  const overlaps = await page.locator(`#figure-${figure.id} .plot`).evaluate((plot) => {
    const box = (node) => node.getBoundingClientRect();
    const outer = box(plot), found = [];
    const inside = (b) => b.left >= outer.left - 1 && b.right <= outer.right + 1 && b.top >= outer.top - 1 && b.bottom <= outer.bottom + 1;
    for (const text of plot.querySelectorAll("text")) {
      const b = box(text);
      if (b.width > 0 && !inside(b)) found.push(`"${text.textContent}" leaves the drawing`);
    }
    const axis = (name) => plot.layout[name[0] + "axis" + name.slice(1)].domain;
    const areas = plot.data.map((trace) => {
      const [left, right] = axis(trace.xaxis).map((f) => outer.left + f * plot.layout.width);
      const [bottom, top] = axis(trace.yaxis).map((f) => outer.top + (1 - f) * plot.layout.height);
      return {left, right, top, bottom};
    });
    if (areas.length === 0) found.push("no plotting area found");
    for (const entry of plot.querySelectorAll(".legend .legendtext")) {
      const b = box(entry);
      if (areas.some((a) => b.bottom > a.top + 2 && b.top < a.bottom && b.right > a.left && b.left < a.right)) {
        found.push(`legend entry "${entry.textContent}" covers a plotting area`);
      }
    }
    return found;
  });
  assert.deepEqual(overlaps, [], figure.id);
}

// The rows of a CSV file without quoted line breaks.
function parseCsv(text) {
  const [head, ...lines] = text.trimEnd().split("\n").map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] === undefined ? m[2] : m[1].replace(/""/g, '"')));
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])));
}

// How files of a page begin.
const runName = async (page) => (await page.locator("h1").textContent()).replace(/[^\w-]+/g, "_");

async function checkDownloads(page, figure) {
  const element = page.locator(`#figure-${figure.id}`);
  const name = `${await runName(page)}-${figure.id}`;
  const svg = await download(page, element.locator("button.svg"), `${name}.svg`);
  assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.ok(flat(svg.replace(/<[^>]*>/g, "")).includes(titleOf(figure.panels[0].y).replace(/&/g, "&amp;")), `${figure.id}: SVG without its y title`);
  checkCsv(figure, parseCsv(await download(page, element.locator("button.csv"), `${name}.csv`)));
}

// All numbers of the first plain step or points trace are in the file, in order.
function checkCsv(figure, rows) {
  for (const panel of figure.panels) {
    for (const trace of panel.traces.filter((t) => ["step", "points", "line"].includes(t.kind))) {
      const axis = panel.x_choices ? panel.x_choices[0].axis : panel.x;
      const quantity = axis.unit ? `${axis.label} [${axis.unit}]` : axis.label;
      const yQuantity = panel.y.unit ? `${panel.y.label} [${panel.y.unit}]` : panel.y.label;
      const mine = rows.filter((r) => r.panel === panel.id && r.trace === trace.name && r.kind === trace.kind &&
        r.x_quantity === quantity && r.y_quantity === yQuantity);
      const values = mine.map((r) => r.y === "" ? null : Number(r.y));
      assert.deepEqual(values, trace.y, `${figure.id}/${panel.id}/${trace.name}`);
      if (trace.counts) assert.deepEqual(mine.map((r) => Number(r.events)), trace.counts);
    }
  }
}

async function checkChoices(page, figure, method) {
  const element = page.locator(`#figure-${figure.id}`);
  const choices = figure.panels[0].x_choices;
  for (let i = choices.length - 1; i >= 0; --i) {
    await element.locator(`button[data-choice="${i}"]`).click();
    assert.ok((await axisTitles(element)).includes(titleOf(choices[i].axis)), `x axis ${choices[i].name} is not drawn`);
    assert.equal(await element.locator('button.choice[aria-pressed="true"]').getAttribute("data-choice"), String(i));
    const drawn = await element.locator(".plot").evaluate((plot, name) => Array.from(plot.data.find((t) => t.name === name).x), method);
    assert.deepEqual(drawn, figure.panels[0].traces.find((t) => t.name === method).x_choices[i]);
  }
}

async function checkReport(browser, name) {
  const {context, page, problems} = await open(browser, name);
  const figures = figuresOf(name);
  assert.equal(await page.locator("figure").count(), figures.length);
  for (const figure of figures) {
    await checkFigure(page, figure);
    await checkLayout(page, figure);
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name}: page wider than the window`);
  if (screenshots) await takeScreenshots(page, name, figures);
  if (name in kMethodOf) {
    for (const figure of figures) await checkDownloads(page, figure);
    await checkChoices(page, figures.find((f) => f.id === "sic"), kMethodOf[name]);
  }
  await page.setViewportSize({width: 900, height: 800});
  await page.waitForTimeout(600);  // the page waits for the end of a resize
  for (const figure of figures) await checkLayout(page, figure);
  assert.deepEqual(problems, [], name);
  await context.close();
}

async function takeScreenshots(page, name, figures) {
  const target = join(folder, "screenshots");
  mkdirSync(target, {recursive: true});
  await page.screenshot({path: join(target, name + ".png"), fullPage: true});
  for (const figure of figures) await page.locator(`#figure-${figure.id}`).screenshot({path: join(target, `${name}-${figure.id}.png`)});
  await page.pdf({path: join(target, name + ".pdf"), preferCSSPageSize: true, printBackground: true});
}

async function checkEmptyReport(browser) {
  const {context, page, problems} = await open(browser, "empty");
  assert.equal(await page.locator("h1").textContent(), "</script><b>empty</b> & \"quoted\" {{found}}");
  assert.equal(await page.locator("figure").count(), 0);
  assert.equal(await page.locator(".warnings li").textContent(), "<img src=x onerror=alert(1)>");
  assert.deepEqual(problems, []);
  await context.close();
}

const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: kArguments});
try {
  for (const name of ["labelled", "unlabelled", "invalid", "resonant", "resonant-failed", "resonant-benchmark", "quak", "extrapolation", "extrapolation-blind", "bump-blind", "tail-blind",
    "extrapolation-unlabelled", "limit", "comparison", "comparison-mixed", "comparison-extrapolation",
    "study", "study-texts"]) await checkReport(browser, name);
  await checkEmptyReport(browser);
} finally {
  await browser.close();
}
console.log("the reports draw, download and switch as they should");
