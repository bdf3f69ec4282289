// SPDX-License-Identifier: Apache-2.0

/// Rows of name, bar and count; `groups` goes below the bar.
function shares(rows) {
  const largest = Math.max(...rows.map(row => row.count));
  return element("div", { class: "share" }, ...rows.flatMap(({ name, count, groups }) => {
    const fill = element("div", { class: "fill" });
    fill.style.width = `${largest > 0 ? 100 * count / largest : 0}%`;
    return [element("div", { class: "name" }, name), element("div", { class: "track" }, fill),
      element("div", { class: "count" }, format(count)),
      ...(groups ? [element("div", { class: "groups" }, groups)] : [])];
  }));
}

function dataSection() {
  const split = listOf(run.split).filter(part => part && isNumber(part.windows));
  const classes = entriesOf(run.data?.classes).filter(([, count]) => isNumber(count));
  if (!split.length && !classes.length) return;
  const block = (title, rows) => rows.length ? element("figure", {}, element("h3", {}, title), shares(rows)) : null;
  section("The data", `${sentenceCase(rowWord())}s in each part of the split`
    + (classes.length ? ", and of each class." : "."),
    element("div", { class: "grid" }, ...[
      block("Split", split.map(part => ({ name: `${part.part}`, count: part.windows,
        groups: listOf(part.groups).length
          ? `${listOf(part.groups).length} groups: ${listOf(part.groups).join(", ")}` : "" }))),
      block("Classes", classes.map(([name, count]) => ({ name, count }))),
    ].filter(Boolean)));
}

/// A recipe as people write it: TOML, inner tables below their headings.
function toml(value, heading = "") {
  const isTable = entry => entry !== null && typeof entry === "object" && !Array.isArray(entry);
  const lines = Object.entries(value).filter(([, entry]) => !isTable(entry) && entry !== null)
    .map(([key, entry]) => `${key} = ${JSON.stringify(entry)}`);
  const inner = Object.entries(value).filter(([, entry]) => isTable(entry)).map(([key, entry]) => {
    const name = heading ? `${heading}.${key}` : key;
    return `\n[${name}]\n${toml(entry, name)}`;
  });
  return [...lines, ...inner].join("\n");
}

function record() {
  const versions = entriesOf(run.versions).map(([name, version]) => [name, `${version}`]);
  const machine = entriesOf(run.machine).map(([name, value]) => [name, `${value}`]);
  const recipe = entriesOf(run.recipe);
  const notes = listOf(run.notes);
  if (!run.command && !versions.length && !machine.length && !recipe.length && !notes.length) return;
  const words = table(["with", ""], [...versions, ...machine]);
  words.querySelectorAll("td").forEach(cell => cell.classList.add("words"));
  const isTable = entry => entry !== null && typeof entry === "object" && !Array.isArray(entry);
  const loose = Object.fromEntries(recipe.filter(([, value]) => !isTable(value)));
  section("How to do it again", null,
    notes.length ? element("ul", { class: "findings" }, ...notes.map(note => element("li", {}, `${note}`))) : null,
    run.command ? element("pre", {}, `${run.command}`) : null,
    versions.length || machine.length ? element("figure", {}, words) : null,
    recipe.length ? element("figure", {}, element("h3", {}, "The recipe, with every default"),
      Object.keys(loose).length ? element("pre", {}, toml(loose)) : null,
      ...recipe.filter(([, value]) => isTable(value)).map(([name, value]) =>
        element("details", {}, element("summary", {}, `[${name}]`), element("pre", {}, toml(value, name).trim())))) : null);
}

/// One section that fails does not take the others with it.
const labels = () => labelCurve(results, "How far a few labels go", "");
const people = () => labelCurve(results.personal ?? {}, "What a few windows of a new person add",
  "The fine-tuned model as it is, and with its head fitted to a person's own windows too; scored on the "
  + "later half of the person's windows. ");
for (const part of [facts, labels, unlabelled, people, confusion, embeddingMap, pictures, training, dataSection, record]) {
  try { part(); } catch (error) { page.errors.push(`${part.name}: ${error.message}`); }
}
tell();
