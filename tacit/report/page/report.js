// SPDX-License-Identifier: Apache-2.0
const data = JSON.parse(document.getElementById("data").textContent);
const run = data.run ?? {};
const results = data.results ?? {};
const nameOf = key => data.names[key] ?? key.replaceAll("_", " ");
const listOf = value => Array.isArray(value) ? value : [];
const entriesOf = value => value && typeof value === "object" ? Object.entries(value) : [];
const labelsText = key => `${key}` === "all" ? "all labels"
  : `${key}`.endsWith("%") ? `${key} of the labels` : `${key} labels${aClass()}`;
const areNumbers = () => results.target === "number";
const aClass = () => areNumbers() ? "" : " a class";
const isError = metric => metric === "rmse" || metric === "mae";
const rowWord = () => ({ table: "row", image: "image", video: "clip" })[run.data?.modality] ?? "window";
const sentenceCase = words => words.charAt(0).toUpperCase() + words.slice(1);

/// The colour variable of a model: its own, or for a key the page does not know one of the classes'.
function modelColour(key, models) {
  const own = `model-${key}`;
  return colour(own) ? own : `class-${(5 + models.indexOf(key)) % 10}`;
}
const shapes = ["circle", "rect", "triangle", "rectRot", "crossRot", "star"];

function section(title, note, ...children) {
  document.getElementById("sections").append(element("section", {}, element("h2", {}, title),
    note ? element("p", { class: "note" }, note) : null, ...children));
}

/// How long recordings are, in the unit that suits: [name, value].
function lengthFact(hours) {
  const [unit, each] = hours < 1 ? ["Minutes", 60] : ["Hours", 1];
  return [`${unit} of ${rowWord() === "clip" ? "video" : "signal"}`,
    isNumber(hours) ? (hours * each).toFixed(1) : null];
}

function facts() {
  const about = run.data ?? {};
  const seconds = (Date.parse(run.finished) - Date.parse(run.started)) / 1000;
  const duration = seconds < 120 ? `${Math.round(seconds)} s`
    : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
  const count = (name, value) => [name, isNumber(value) ? format(value) : null];
  const rows = [count("Subjects", about.subjects), count("Recordings", about.recordings),
    lengthFact(about.hours), count("Files", about.files),
    count("Columns", listOf(about.columns).length || null),
    count(`${sentenceCase(rowWord())}s`, about.windows),
    count("Classes", entriesOf(about.classes).length || null)].filter(([, value]) => value !== null);
  if (run.started) rows.push(["Date", `${run.started}`.slice(0, 10)]);
  if (seconds >= 0) rows.push(["Ran for", duration]);
  document.getElementById("facts").append(...rows.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
  if (run.simulated === true)
    document.getElementById("badges").append(element("span", { class: "badge" }, "simulated data"));
}

/// Scores against labels, of results or of a member of it made alike.
function labelCurve(results, title, note) {
  const labels = listOf(results.labels).map(String);
  const scores = results.scores ?? {};
  const models = listOf(results.models).map(String);
  const metrics = [...new Set(Object.keys(scores).map(key => key.split("/")[0]))];
  if (!labels.length || !models.length || !metrics.length) return;
  let metric = metrics.includes(results.metric) ? results.metric : metrics[0];
  // Labels (a class) on a logarithmic axis, where "1%" stands for that part of all of them; "all" is no
  // number and stands apart at its right end.
  const numberOf = label => label.endsWith("%") ? Number(label.slice(0, -1)) / 100 * (results.labels_in_all ?? 100)
    : Number(label);
  const counts = labels.filter(label => label !== "all").map(numberOf);
  const end = counts.length ? Math.log10(Math.max(...counts)) : 0;
  const placeOf = label => label === "all" ? end + 0.4 : Math.log10(numberOf(label));
  const labelAt = x => labels.find(label => Math.abs(placeOf(label) - x) < 1e-9) ?? "";
  const cell = (model, label) => scores[`${metric}/${model}/${label}`] ?? {};
  // Errors are in the units of the numbers; R² may be far below zero.
  const shown = value => isError(metric) ? format(value) : score(value);
  const scale = () => isError(metric) ? { min: 0, ticks: { callback: format } }
    : areNumbers() ? { max: 1 } : { max: 1, ticks: { callback: value => value.toFixed(1), stepSize: 0.1 } };

  const content = () => ({
    label: `${nameOf(metric)} by labelled ${rowWord()}s${aClass()}`,
    lines: models.map((model, i) => ({
      key: model, name: nameOf(model), colour: modelColour(model, models), shape: shapes[i % shapes.length],
      segment: { borderDash: line => line.p1.parsed.x > end + 0.1 ? [4, 4] : undefined },
      points: labels.map(label => {
        const { mean, low, high } = cell(model, label);
        return { x: placeOf(label), y: mean, low, high };
      }),
    })),
    chart: lines => lineChart(lines,
      axis(`labelled ${rowWord()}s${aClass()}`, {
        min: Math.min(...labels.map(placeOf)) - 0.08, max: Math.max(...labels.map(placeOf)) + 0.08,
        afterBuildTicks: scale => { scale.ticks = labels.map(label => ({ value: placeOf(label) })); },
        ticks: { autoSkip: false, callback: value => labelAt(value) },
      }),
      axis(nameOf(metric), scale()),
      { callbacks: {
        title: items => items.length ? labelsText(labelAt(items[0].parsed.x)) : "",
        label: item => ` ${item.dataset.label}: ${shown(item.parsed.y)}`,
      } }),
    numbers: {
      head: ["model", ...labels],
      rows: models.map(model => [nameOf(model), ...labels.map(label => {
        const { mean, std } = cell(model, label);
        return isNumber(std) ? `${shown(mean)} ± ${shown(std)}` : shown(mean);
      })]),
    },
  });
  const plot = figure({ tall: true }, content);
  const repeats = Math.max(0, ...Object.values(scores).map(entry => entry?.n ?? 0));
  const findings = listOf(results.label_equivalence).map(entry => entry?.sentence).filter(Boolean);
  section(title,
    note + "Each point is a mean, each band its 95 % interval"
      + (repeats > 1 ? ` over ${repeats} repetitions` : "") + ".",
    element("div", { class: "bar" }, choice("Metric",
      metrics.map(key => ({ key, name: sentenceCase(nameOf(key)) })), metric,
      key => { metric = key; plot.draw(); })),
    plot.node,
    findings.length ? element("ul", { class: "findings" },
      ...findings.map(sentence => element("li", {}, sentence))) : null);
  plot.draw();
}

function confusion() {
  const { matrix, model, labels } = results.confusion ?? {};
  const rows = listOf(matrix).map(listOf);
  if (!rows.length) return;
  const name = i => `${listOf(results.classes)[i] ?? i}`;
  const body = rows.map((row, i) => {
    const total = row.reduce((sum, count) => sum + (count ?? 0), 0);
    return element("tr", {}, element("th", { scope: "row" }, name(i)), ...row.map(count => {
      const share = total > 0 ? (count ?? 0) / total : 0;
      const cell = element("td", { class: share > 0.55 ? "strong" : "" },
        count ? `${Math.round(share * 100)} %` : "·", count ? element("small", {}, format(count)) : null);
      cell.style.setProperty("--share", share.toFixed(3));
      return cell;
    }));
  });
  const head = element("tr", {}, element("th", {}, "true ↓  predicted →"),
    ...rows.map((_, i) => element("th", { scope: "col" }, name(i))));
  section("What is taken for what",
    `${sentenceCase(nameOf(model ?? "the model"))}` + (labels ? `, ${labelsText(labels)}` : "")
      + ". Share of each true class, and the number of rows below it.",
    element("div", { class: "scroll", tabindex: "0" },
      element("table", { class: "matrix" }, element("thead", {}, head), element("tbody", {}, ...body))));
}

function embeddingMap() {
  const map = results.embedding_map ?? {};
  const points = listOf(map.x).map((x, i) => ({ x, y: listOf(map.y)[i], label: listOf(map.label)[i] }))
    .filter(point => isNumber(point.x) && isNumber(point.y));
  if (!points.length) return;
  const groups = [...new Set(points.map(point => point.label))].sort((a, b) => a - b);
  const quarters = ["lowest quarter", "second quarter", "third quarter", "highest quarter"];
  const nameAt = label => `${(areNumbers() ? quarters : listOf(results.classes))[label] ?? label}`;
  const of = label => points.filter(point => point.label === label);
  const centre = (label, key) => of(label).reduce((sum, point) => sum + point[key], 0) / of(label).length;
  const bare = () => axis("", { grid: { display: false, borderColor: colour("rule") }, ticks: { display: false } });
  const plot = figure({ tall: true, legend: "dots" }, () => ({
    label: `Map of the embedding, a point a ${rowWord()}, coloured by ${areNumbers() ? "number" : "class"}`,
    lines: groups.map((label, i) => ({ key: label, name: nameAt(label), colour: `class-${i % 10}` })),
    chart: lines => ({
      type: "scatter",
      data: { datasets: lines.map(line => ({
        label: line.name, data: of(line.key), backgroundColor: faded(colour(line.colour), 0.62),
        borderWidth: 0, pointRadius: points.length > 1500 ? 2 : 3, pointHoverRadius: 5,
        pointStyle: shapes[Math.floor(groups.indexOf(line.key) / 10) % 4],
      })) },
      options: { ...options({ x: bare(), y: bare() }, { callbacks: { label: item => ` ${item.dataset.label}` } }),
        interaction: { mode: "nearest", intersect: true } },
    }),
    numbers: {
      head: [areNumbers() ? "number" : "class", `${rowWord()}s`, "centre x", "centre y"],
      rows: groups.map(label => [nameAt(label), format(of(label).length),
        score(centre(label, "x")), score(centre(label, "y"))]),
    },
  }));
  section("What the encoder sees", (map.model ? `${sentenceCase(nameOf(map.model))}. ` : "")
    + `Each point is a ${rowWord()}; ${rowWord()}s that the encoder finds alike lie close together. `
    + "Directions and distances between far groups mean nothing.", plot.node);
  plot.draw();
}

/// The epochs of each stage in order; an epoch done again after a resume counts once, the last time.
function stagesOf(lines) {
  const stages = new Map();
  for (const line of lines) {
    const name = `${line.stage ?? "training"}`;
    if (!stages.has(name)) stages.set(name, new Map());
    stages.get(name).set(line.epoch, line);
  }
  return new Map([...stages].map(([name, epochs]) =>
    [name, [...epochs.values()].sort((a, b) => a.epoch - b.epoch)]));
}

/// The figure of curves ({part, key, name, colour, dashed}) by epoch, of the stage that stage() names; nothing
/// where no line of any stage has them.
function epochFigure(title, note, scale, curves, stages, stage) {
  const all = [...stages.values()].flat();
  const known = curves.filter(curve => all.some(line => isNumber(line[curve.part]?.[curve.key])));
  if (!known.length) return null;
  return figure({ title, note, legend: "lines dashes" }, () => {
    const epochs = stages.get(stage());
    const valueAt = (line, curve) => line[curve.part]?.[curve.key];
    return {
      label: `${title} by epoch, ${stage()}`,
      lines: known.map(curve => ({ ...curve, key: `${curve.part}/${curve.key}`,
        points: epochs.map(line => ({ x: line.epoch, y: valueAt(line, curve) })) })),
      chart: lines => lineChart(lines,
        axis("epoch", { ticks: { precision: 0 } }), axis("", scale), { callbacks: {
          title: items => items.length ? `epoch ${items[0].parsed.x}` : "",
          label: item => ` ${item.dataset.label}: ${format(item.parsed.y)}`,
        } }),
      numbers: { head: ["epoch", ...known.map(curve => curve.name)],
        rows: epochs.map(line => [line.epoch, ...known.map(curve => format(valueAt(line, curve)))]) },
    };
  });
}

function training() {
  const stages = stagesOf(listOf(data.metrics));
  if (!stages.size) return;
  let stage = [...stages.keys()][0];
  const all = [...stages.values()].flat();
  const keysOf = part => [...new Set(all.flatMap(line => Object.keys(line[part] ?? {})))];
  const plots = [], hasPictures = listOf(data.samples).length > 0;  // whose section has the networks' own
  function add(title, note, scale, curves) {
    const plot = epochFigure(title, note, scale, curves, stages, () => stage);
    if (plot) plots.push(plot);
  }
  add("Loss", null, {}, [{ part: "train", key: "loss", name: "training", colour: "class-0", dashed: true },
    { part: "validation", key: "loss", name: "validation", colour: "class-0" }]);
  add("Accuracy of the pretext tasks", null, { suggestedMax: 1 }, keysOf("validation")
    .filter(key => key.endsWith("/accuracy") && !(hasPictures && /^(discriminator|generator)\//.test(key))).map((key, i) => ({ part: "validation", key,
      name: key.slice(0, -"/accuracy".length).replaceAll("_", " "), colour: `class-${i % 10}`, dashed: i > 9 })));
  add("Quality of the features", `Weighted F1 of probes on the validation ${rowWord()}s.`, { suggestedMax: 1 },
    keysOf("online").map((key, i) => ({ part: "online", key, colour: `class-${i % 10}`,
      name: key.replace(/_f1$/, "") })));
  add("Spread of the embedding", "Mean standard deviation of a feature; zero means collapse.",
    { min: 0 }, [{ part: "embedding", key: "std", name: "standard deviation", colour: "class-0" }]);
  add("Rank of the embedding", "How many directions it really uses.",
    { min: 0 }, [{ part: "embedding", key: "rank", name: "effective rank", colour: "class-0" }]);
  const menu = element("select", { "aria-label": "Stage" },
    ...[...stages.keys()].map(name => element("option", {}, name)));
  menu.addEventListener("change", () => { stage = menu.value; plots.forEach(plot => plot.draw()); });
  section("How training went", stages.size > 1 ? `${stages.size} stages; choose one.` : sentenceCase(stage),
    stages.size > 1 ? element("div", { class: "bar" }, menu) : null,
    element("div", { class: "grid" }, ...plots.map(plot => plot.node)));
  plots.forEach(plot => plot.draw());
}
