// SPDX-License-Identifier: Apache-2.0

/// A grid of made pictures, and beneath after how many epochs it was made.
function pictureFigure({ epoch, png }) {
  const when = `after ${format(epoch)} epoch${epoch === 1 ? "" : "s"}`;
  const image = element("img", { src: `data:image/png;base64,${png}`, alt: `Pictures made ${when}` });
  image.addEventListener("error", () => { page.errors.push(`no pictures ${when}`); tell(); });
  return element("figure", { class: "picture" }, image, element("figcaption", {}, when));
}

/// Both networks' curves of a part of their losses, of training and validation.
const bothNetworks = (discriminator, generator) => [["discriminator", discriminator], ["generator", generator]]
  .flatMap(([name, key], i) => ["train", "validation"].map(part => ({ part, key: `${name}/${key}`,
    name: `${name}, ${part === "train" ? "training" : part}`, colour: `class-${i}`, dashed: part === "train" })));

/// What a generator made while it learned, and how it and the discriminator fared.
function pictures() {
  const grids = listOf(data.samples);
  if (!grids.length) return;
  const stages = stagesOf(listOf(data.metrics));
  const stage = [...stages.keys()].find(name => stages.get(name).some(line => line.generator)) ?? "";
  const extractor = `${run.recipe?.generator?.extractor ?? ""}`.split("/").filter(Boolean).pop() ?? "another run";
  const curve = (part, key, name, i = 0) => ({ part, key, name, colour: `class-${i}` });
  const plots = [
    ["Losses of both networks", null, {}, bothNetworks("loss", "loss")],
    ["Gradient norms of both networks", "Before clipping, where there is any.", { min: 0 },
      bothNetworks("gradient_norm", "gradient_norm")],
    ["Rotations told right", "Of real pictures (discriminator) and of made ones (generator); 0.25 is chance.",
      { min: 0, suggestedMax: 1 }, bothNetworks("rotation_real/accuracy", "rotation_fake/accuracy")],
    ["Diversity", "How much the discriminator's features vary over made pictures, relative to real ones; "
      + "near zero all look alike.", { min: 0 }, [curve("generator", "diversity", "diversity")]],
    ["Largest singular value", "Of the discriminator's weights, before they are divided by it.",
      { min: 0 }, [curve("discriminator", "sigma", "largest singular value")]],
    [`FID(${extractor})`, "Distance of made from validation pictures in that run's features; lower is better.",
      { min: 0 }, [curve("generator", "fid", `FID(${extractor})`)]],
    ["Precision and recall", "Share of made pictures that lie among real ones, and of real ones among made.",
      { min: 0, suggestedMax: 1 },
      [curve("generator", "precision", "precision"), curve("generator", "recall", "recall", 1)]],
  ].map(given => epochFigure(...given, stages, () => stage)).filter(Boolean);
  section("Pictures", "Made of the same noise each time.",
    element("div", { class: "pictures" }, ...grids.map(pictureFigure)),
    plots.length ? element("div", { class: "grid" }, ...plots.map(plot => plot.node)) : null);
  plots.forEach(plot => plot.draw());
}
