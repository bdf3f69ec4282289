// SPDX-License-Identifier: Apache-2.0
/// Scores against how much encoders learned from without labels: a line a number of labels, of one model.
function unlabelled() {
  const found = results.unlabelled ?? {};
  const amounts = listOf(found.amounts), inTime = found.unit === "seconds";
  const scores = found.scores ?? {};
  const models = [...new Set(Object.keys(scores).map(key => key.split("/")[0]))];
  if (amounts.length < 2 || !models.length) return;
  const sizeOf = amount => inTime ? amount.seconds : amount.rows;
  const sizes = amounts.map(sizeOf);
  const [step, word] = !inTime ? [1, `unlabelled ${rowWord()}s`] : Math.max(...sizes) < 120 ? [1, "seconds"]
    : Math.max(...sizes) < 7200 ? [60, "minutes"] : [3600, "hours"];
  const labels = listOf(results.labels).map(String);
  let model = models[0];
  const cell = (count, amount) => scores[`${model}/${count}/${Number(amount.share.toPrecision(6))}`] ?? {};
  const measured = () => labels.filter(count => amounts.some(amount => isNumber(cell(count, amount).mean)));
  const plot = figure({ tall: true }, () => ({
    label: `${nameOf(results.metric)} by ${word} without labels`,
    lines: measured().map((count, i) => ({
      key: count, name: labelsText(count), colour: `class-${i % 10}`, shape: shapes[i % shapes.length],
      points: [...amounts].sort((a, b) => sizeOf(a) - sizeOf(b)).map(amount => {
        const { mean, low, high } = cell(count, amount);
        return { x: sizeOf(amount) / step, y: mean, low, high };
      }),
    })),
    chart: lines => lineChart(lines,
      axis(inTime ? `${word} without labels` : word, { type: "logarithmic",
        min: Math.min(...sizes) / step / 1.1, max: Math.max(...sizes) / step * 1.1,
        afterBuildTicks: scale => { scale.ticks = sizes.map(size => ({ value: size / step })); },
        ticks: { autoSkip: false, callback: format } }),
      axis(nameOf(results.metric)), { callbacks: {
        title: items => items.length ? `${format(items[0].parsed.x)} ${word}` : "",
        label: item => ` ${item.dataset.label}: ${score(item.parsed.y)}`,
      } }),
    numbers: {
      head: ["labels", ...sizes.map(size => `${format(size / step)} ${word}`)],
      rows: measured().map(count => [count, ...amounts.map(amount => {
        const { mean, std } = cell(count, amount);
        return isNumber(std) ? `${score(mean)} ± ${score(std)}` : score(mean);
      })]),
    },
  }));
  // At the largest amount, and where a gain or a loss is sure; the others say that nothing can be told.
  const most = Math.max(...listOf(found.break_even).map(entry => entry?.found?.unlabelled ?? 0));
  const telling = listOf(found.break_even).filter(entry =>
    (entry?.found?.unlabelled ?? most) === most || entry.found.gain !== "open");
  const list = entries => element("ul", { class: "findings" },
    ...listOf(entries).map(entry => entry?.sentence).filter(Boolean).map(words => element("li", {}, words)));
  section("More data without labels",
    "Encoders learned from shares of the unlabelled data, in as many steps each; then the same labels.",
    models.length > 1 ? element("div", { class: "bar" }, choice("Model",
      models.map(key => ({ key, name: sentenceCase(nameOf(key)) })), model,
      key => { model = key; plot.draw(); })) : null,
    plot.node, list(found.power_laws), list(telling));
  plot.draw();
}
