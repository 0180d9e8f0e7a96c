// Opens pages in headless Chromium in every setting that people use and prints what is wrong, as JSON.
// node accessibility.cjs NODE_MODULES CHROMIUM PAGE …
"use strict";
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const [modules, chromiumPath, ...pages] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));
const axePath = path.join(modules, "axe-core", "axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

// WCAG 1.4.12: what a reader may set without anything being lost.
const SPACING =
  "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }";
// 640 pixels are what a window of 1280 holds at 200 % zoom. Text spacing comes last: it stays in the page.
const SETTINGS = [
  { name: "320 light", width: 320, scheme: "light", axe: true },
  { name: "320 dark", width: 320, scheme: "dark", axe: true },
  { name: "1280 light", width: 1280, scheme: "light", axe: true },
  { name: "1280 dark", width: 1280, scheme: "dark", axe: true },
  { name: "200 %", width: 640, scheme: "light", axe: true },
  { name: "1280 text spacing", width: 1280, scheme: "light", style: SPACING },
  { name: "320 text spacing", width: 320, scheme: "light", axe: true },
];

// What axe does not see: sideways scrolling of the page, and words in charts that meet or stick out.
function geometry() {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    const cut = element.scrollWidth > element.clientWidth + 1 && ["hidden", "clip"].includes(style.overflowX);
    if (cut && element.clientWidth > 0 && !element.closest("svg, thead")) faults.push(`cut off: ${element.outerHTML.slice(0, 120)}`);
  }
  for (const chart of document.querySelectorAll("svg.chart")) {
    const frame = chart.closest("figure, div, main");
    const edge = frame.getBoundingClientRect();
    const texts = [...chart.querySelectorAll("text")].map((text) => ({ text, box: text.getBoundingClientRect(), words: text.textContent }));
    const fields = [...chart.querySelectorAll("rect")].map((rect) => ({ rect, box: rect.getBoundingClientRect() }));
    for (const [i, one] of texts.entries()) {
      if (one.box.right > edge.right + 1 || one.box.left < edge.left - 1) faults.push(`sticks out of its chart: ${one.words}`);
      for (const other of texts.slice(i + 1)) {
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (wide > 1 && high > 6) faults.push(`words meet in a chart: ${one.words} | ${other.words}`);
      }
      const x = (one.box.left + one.box.right) / 2, y = (one.box.top + one.box.bottom) / 2;
      const under = fields.filter(({ box }) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom).pop();
      const ground = under ? getComputedStyle(under.rect).fill : getComputedStyle(frame).backgroundColor;
      const ratio = contrast(getComputedStyle(one.text).fill, ground);
      if (!(ratio >= 4.5)) faults.push(`contrast ${ratio.toFixed(2)} in a chart: ${one.words}`);
    }
    for (const shape of chart.querySelectorAll(".s1, .s2, .s3, .l2, .l3, .strong, .thin")) {
      const style = getComputedStyle(shape);
      const ratio = contrast(style.stroke === "none" ? style.fill : style.stroke, getComputedStyle(frame).backgroundColor);
      if (!(ratio >= 3)) faults.push(`contrast ${ratio.toFixed(2)} of a shape: ${shape.outerHTML.slice(0, 100)}`);
    }
  }
  return faults;

  function contrast(one, other) {
    const light = (colour) => {
      const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => {
        const value = part / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }
}

async function check(browser, page) {
  // axe is a script, so the policy is bypassed here; that it holds is asked in policy().
  const context = await browser.newContext({ bypassCSP: true });
  const tab = await context.newPage();
  await tab.goto(pathToFileURL(page).href);
  await tab.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await tab.addScriptTag({ path: axePath });
  const all = [];
  for (const setting of SETTINGS) {
    await tab.setViewportSize({ width: setting.width, height: 900 });
    await tab.emulateMedia({ colorScheme: setting.scheme });
    if (setting.style) await tab.addStyleTag({ content: setting.style });
    const faults = [...(await tab.evaluate(geometry)), ...(setting.axe ? await axeFaults(tab) : [])];
    // Rows that a narrow screen stacks must still be rows of a table for those who listen.
    const rows = [await tab.getByRole("row").count(), await tab.locator("tr").count()];
    if (rows[0] !== rows[1]) faults.push(`${rows[1]} rows, but ${rows[0]} told as rows`);
    all.push(...faults.map((fault) => ({ page: path.basename(page), setting: setting.name, fault })));
  }
  await context.close();
  return all;
}

// axe gives up on words in an SVG whatever lies under them: it takes every <svg> for a picture (elementHasImage counts it
// with IMG and CANVAS) and leaves the words incomplete. So each chart gets a twin of plain boxes and words, with the same
// places, sizes and computed colours, and it is the twin's words that axe measures; geometry() measures the chart's own.
function twins() {
  const EDGE = 16;
  for (const chart of document.querySelectorAll("svg.chart")) {
    const at = chart.getBoundingClientRect();
    const twin = document.createElement("div");
    twin.className = "twin";
    // Words may stick out of a chart by a few pixels: the figure around it has the same ground.
    twin.style.cssText = `position: relative; width: ${at.width + 2 * EDGE}px; height: ${at.height + 2 * EDGE}px; margin: 0 -${EDGE}px`;
    twin.style.backgroundColor = getComputedStyle(chart.closest("figure, div, main")).backgroundColor;
    for (const shape of chart.querySelectorAll("rect, text")) {
      const box = shape.getBoundingClientRect();
      const style = getComputedStyle(shape);
      const copy = document.createElement(shape.tagName === "text" ? "span" : "div");
      copy.style.cssText = `position: absolute; left: ${box.left - at.left + EDGE}px; top: ${box.top - at.top + EDGE}px; width: ${box.width}px; height: ${box.height}px`;
      if (shape.tagName === "text") {
        copy.style.cssText += `; color: ${style.fill}; font: ${style.fontWeight} ${style.fontSize} ${style.fontFamily}; white-space: pre`;
        copy.textContent = shape.textContent;
        shape.style.display = "none";
      } else copy.style.backgroundColor = style.fill;
      twin.append(copy);
    }
    chart.after(twin);
  }
}

function untwin() {
  document.querySelectorAll(".twin").forEach((twin) => twin.remove());
  document.querySelectorAll("svg.chart text").forEach((text) => (text.style.display = ""));
}

async function axeFaults(tab) {
  await tab.evaluate(twins);
  const found = await tab.evaluate(
    (tags) => axe.run(document, { runOnly: tags, resultTypes: ["violations", "incomplete"] }), TAGS);
  await tab.evaluate(untwin);
  const faults = [];
  for (const kind of ["violations", "incomplete"])
    for (const rule of found[kind])
      for (const node of rule.nodes) {
        const why = [...node.any, ...node.all, ...node.none].map((one) => one.message).join("; ");
        faults.push(`${kind}: ${rule.id} (${why}): ${node.html.slice(0, 400)}`);
      }
  return faults;
}

// Without any help: the policy lets the page's own style through, and nothing is asked of any other address.
async function policy(browser, page) {
  const tab = await browser.newPage();
  const faults = [];
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("request", (request) => request.url().startsWith("file:") || faults.push(`asks for ${request.url()}`));
  tab.on("dialog", (dialog) => { faults.push("a document's text ran as script"); dialog.dismiss(); });
  await tab.goto(pathToFileURL(page).href);
  const margin = await tab.evaluate(() => getComputedStyle(document.body).margin);
  if (margin !== "0px") faults.push("the page's own style was refused by its policy");
  await tab.close();
  return faults.map((fault) => ({ page: path.basename(page), setting: "policy", fault }));
}

(async () => {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  const faults = [];
  for (const page of pages) {
    faults.push(...(await policy(browser, page)));
    faults.push(...(await check(browser, page)));
  }
  await browser.close();
  console.log(JSON.stringify(faults, null, 1));
})();
