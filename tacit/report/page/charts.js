// SPDX-License-Identifier: Apache-2.0
"use strict";

/// Everything drawn on the page, and what went wrong; <body> tells both to whoever tests the page.
const page = { plots: [], errors: [] };

function tell() {
  document.body.dataset.drawn = page.plots.filter(plot => plot.chart).length;
  document.body.dataset.errors = page.errors.join(" | ");
}
window.addEventListener("error", event => { page.errors.push(event.message); tell(); });

/// A DOM element; text goes in as text nodes only, so that no data can become markup.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const faded = (hex, alpha) => hex + Math.round(alpha * 255).toString(16).padStart(2, "0");

const isNumber = value => typeof value === "number" && Number.isFinite(value);
/// Three decimals at most, none for whole numbers, "–" where there is no value.
const format = value => !isNumber(value) ? "–"
  : Number.isInteger(value) ? value.toLocaleString("en")
  : Math.abs(value) >= 100 ? value.toFixed(0)
  : Math.abs(value) >= 10 ? value.toFixed(1)
  : value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : value.toFixed(3);
/// A measured value keeps its decimals also where they happen to be zero.
const score = value => isNumber(value) ? value.toFixed(3) : "–";

function table(head, rows) {
  const cells = (tag, row) => row.map((cell, i) =>
    element(i === 0 ? "th" : tag, { scope: tag === "th" ? "col" : i === 0 ? "row" : "" }, `${cell}`));
  return element("table", {},
    element("thead", {}, element("tr", {}, ...cells("th", head))),
    element("tbody", {}, ...rows.map(row => element("tr", {}, ...cells("td", row)))));
}

/// What every chart shares: quiet axes, the page's own type.
function axis(title, more = {}) {
  return {
    title: { display: Boolean(title), text: title, color: colour("muted") },
    grid: { color: colour("grid"), borderColor: colour("rule"), tickLength: 4 },
    ...more,
    ticks: { color: colour("muted"), maxRotation: 0, ...more.ticks },
  };
}

function options(scales, tooltip) {
  return {
    animation: false, maintainAspectRatio: false, scales,
    font: { family: getComputedStyle(document.body).fontFamily },
    interaction: { mode: "nearest", axis: "x", intersect: false },
    layout: { padding: { right: 8, top: 6 } },
    plugins: {
      legend: { display: false },
      tooltip: {
        backgroundColor: colour("ink"), titleColor: colour("paper"), bodyColor: colour("paper"),
        padding: 10, usePointStyle: true, filter: item => !item.dataset.band, ...tooltip,
      },
    },
  };
}

/// A line and, where its points have them, the band between low and high.
function lineDatasets(line) {
  const tint = colour(line.colour);
  const edge = key => ({
    data: line.points.map(point => ({ x: point.x, y: point[key] ?? null })),
    band: true, borderWidth: 0, pointRadius: 0, pointHoverRadius: 0,
  });
  const main = {
    label: line.name, data: line.points.map(({ x, y }) => ({ x, y: y ?? null })),
    borderColor: tint, backgroundColor: tint, borderWidth: 2, spanGaps: true,
    borderDash: line.dashed ? [5, 4] : [], tension: 0,
    pointStyle: line.shape ?? "circle", pointRadius: line.shape ? 4 : line.points.length > 1 ? 0 : 3,
    pointHoverRadius: 5, segment: line.segment,
  };
  if (!line.points.some(point => isNumber(point.low) && isNumber(point.high))) return [main];
  return [edge("low"), { ...edge("high"), fill: "-1", backgroundColor: faded(tint, 0.14) }, main];
}

/// The chart of `lines` ({key, name, colour, points: [{x, y, low, high}]}).
const lineChart = (lines, x, y, tooltip = {}) => ({
  type: "line",
  data: { datasets: lines.flatMap(lineDatasets) },
  options: options({ x: { type: "linear", ...x }, y }, tooltip),
});

/// A figure with its legend (buttons that hide and show), its plot and its numbers.
/// content(): {lines, chart(visible lines), numbers: {head, rows}, label}; asked again on each redraw.
function figure({ title, note, tall, legend = "lines" }, content) {
  const hidden = new Set();
  const keys = element("div", { class: `legend ${legend}` });
  const canvas = element("canvas", { role: "img" });
  const numbers = element("div", { class: "scroll", tabindex: "0" });
  const node = element("figure", {},
    element("figcaption", {}, title ? element("h3", {}, title) : null,
      note ? element("p", { class: "note" }, note) : null),
    keys, element("div", { class: tall ? "plot tall" : "plot" }, canvas),
    element("details", {}, element("summary", {}, "Numbers"), numbers));
  const plot = {
    node, chart: null,
    draw() {
      const { lines, chart, numbers: values, label } = content();
      const visible = lines.filter(line => !hidden.has(line.key));
      canvas.setAttribute("aria-label", `${label}; its numbers are in the table below`);
      plot.chart?.destroy();
      plot.chart = new Chart(canvas, chart(visible));
      numbers.replaceChildren(table(values.head, values.rows));
      keys.replaceChildren(...(lines.length > 1 ? lines.map(legendButton) : []));
      tell();
    },
  };
  function legendButton(line) {
    const button = element("button",
      { type: "button", class: line.dashed ? "dashed" : "", "aria-pressed": !hidden.has(line.key) },
      line.name);
    button.style.setProperty("--swatch", `var(--${line.colour})`);
    button.addEventListener("click", () => {
      if (!hidden.delete(line.key)) hidden.add(line.key);
      const place = [...keys.children].indexOf(button);
      plot.draw();
      keys.children[place].focus();
    });
    return button;
  }
  page.plots.push(plot);
  return plot;
}

/// A row of buttons of which one is chosen.
function choice(label, entries, chosen, choose) {
  const buttons = entries.map(({ key, name }) => {
    const button = element("button", { type: "button", "aria-pressed": key === chosen }, name);
    button.addEventListener("click", () => {
      buttons.forEach(other => other.setAttribute("aria-pressed", other === button));
      choose(key);
    });
    return button;
  });
  return element("div", { class: "switch", role: "group", "aria-label": label }, ...buttons);
}

function redraw() { page.plots.forEach(plot => plot.draw()); }
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
/// Paper is light, whatever the screen is.
function paper(on) {
  document.documentElement.classList.toggle("on-paper", on);
  redraw();
}
window.addEventListener("beforeprint", () => paper(true));
window.addEventListener("afterprint", () => paper(false));
