# SPDX-License-Identifier: Apache-2.0
"""tacit export: what the ONNX file holds, as other programs read it, and what is refused."""

import csv
import datetime
import importlib.util
import json
import os
import pathlib
import random
import struct
import sys
import unittest

from tacit_command import Case, snapshot

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
WINDOW = 50
READERS = ["numpy", "onnx", "onnxruntime", "safetensors"]


class Files(Case):
    """The file against the packages of others; skipped with one line where they are not installed."""

    def setUp(self):
        super().setUp()
        missing = [name for name in READERS if importlib.util.find_spec(name) is None]
        if missing:
            self.skipTest(f"the Python packages {', '.join(missing)} are not installed")
        self.motion = self.folder / "motion.csv"
        self.file = self.folder / "model.onnx"
        self.done("data", "simulate", "motion", "-o", self.motion, "people=4", "seconds=10", "rate_hz=25")
        self.pretrain("data.source=csv", f"data.path={self.motion}", "data.time_unit=s",
                      "train.epochs=1", "encoder.normalization=batch", "encoder.pooling=max_mean_std")

    def session(self):
        import onnx
        import onnxruntime
        model = onnx.load(str(self.file))
        onnx.checker.check_model(model, full_check=True)
        return model, onnxruntime.InferenceSession(str(self.file))

    def windows(self, rows):
        """Cuts the windows that `tacit embed` describes out of the CSV file, by the standard library."""
        import numpy
        samples = {}
        with open(self.motion, newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                recording = samples.setdefault((line["subject"], line["activity"]), [])
                recording.append([float(line[name]) for name in ("t", "ax", "ay", "az")])
        cut = []
        for row in rows:
            recording = numpy.array(samples[row["subject"], row["label"]])
            begin = int(numpy.argmin(abs(recording[:, 0] - float(row["start_seconds"]))))
            cut.append(recording[begin:begin + WINDOW, 1:].T)
        return numpy.stack(cut).astype(numpy.float32)

    def test_onnx_runtime_computes_from_raw_windows_what_embed_writes(self):
        import numpy
        self.done("export", self.out, "-o", self.file, "--threads", "1")
        self.done("embed", self.out, "-o", self.folder / "x.npy")
        with open(self.folder / "x.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        features = numpy.load(self.folder / "x.npy")
        model, session = self.session()
        self.assertEqual([each.name for each in session.get_outputs()], ["features"])
        got, = session.run(None, {"signal": self.windows(rows)})
        self.assertEqual(got.shape, features.shape)
        self.assertLessEqual(abs(got - features).max(), 1e-4)
        alone, = session.run(None, {"signal": self.windows(rows[5:6])})
        self.assertLessEqual(abs(alone[0] - features[5]).max(), 1e-4)
        self.assertEqual((model.ir_version, model.opset_import[0].version), (8, 17))
        about = {entry.key: entry.value for entry in model.metadata_props}
        self.assertEqual(json.loads(about["channels"]), ["ax", "ay", "az"])
        self.assertEqual((float(about["rate_hz"]), int(about["window_length"])), (25, WINDOW))

    def test_probabilities_are_those_of_the_finetuned_head(self):
        import numpy
        from safetensors.numpy import load_file
        self.done("finetune", self.out, "curve.seeds=1", "finetune.hidden=8")
        said = self.done("export", self.out, "-o", self.file)
        self.assertIn("largest difference", said.err)
        self.assertIn("signal -> features, probabilities", said.out)
        model, session = self.session()
        x = numpy.random.default_rng(1).normal(size=(7, 3, WINDOW)).astype(numpy.float32)
        features, probabilities = session.run(["features", "probabilities"], {"signal": x})
        head = load_file(self.out / "finetuned/head.safetensors")
        h = (features - head["shift"]) / head["scale"]
        h = numpy.maximum(h @ head["head.hidden_weight"].T + head["head.hidden_bias"], 0)
        e = numpy.exp(h @ head["head.weight"].T + head["head.bias"])
        self.assertLessEqual(abs(probabilities - e / e.sum(1, keepdims=True)).max(), 1e-5)
        about = {entry.key: entry.value for entry in model.metadata_props}
        self.assertEqual(len(json.loads(about["classes"])), probabilities.shape[1])
        self.done("export", self.out, "-o", self.file, "--head", "none")
        self.assertEqual([each.name for each in self.session()[1].get_outputs()], ["features"])


TABLE = """
title = "Clients"
[data]
source = "table"
path = "{path}"
label = "plan"
[data.table]
numeric = ["age", "income"]
categorical = ["city"]
datetime = ["joined"]
[data.encode]
standard = ["age"]
min_count = 3
[data.split]
by = "row"
validation = 0.2
[method]
name = "denoising_autoencoder"
[encoder]
name = "table_mlp"
widths = [8, 6]
bins = 4
[train]
epochs = 2
batch_size = 32
[finetune]
epochs = 2
min_steps = 1
hidden = 0
"""


class Tables(Case):
    """The file of a model of tables, used by the program that docs/formats/onnx.md shows."""

    def setUp(self):
        super().setUp()
        missing = [name for name in READERS if importlib.util.find_spec(name) is None]
        if missing:
            self.skipTest(f"the Python packages {', '.join(missing)} are not installed")
        self.file = self.folder / "model.onnx"
        self.clients = self.write("clients.csv", self.drawn(200))
        recipe = self.write("clients.toml", TABLE.format(path=self.clients))
        self.done("pretrain", recipe, "-o", self.out)

    @staticmethod
    def drawn(count):
        draw = random.Random(1)
        lines = ["age,city,income,joined,plan"]
        for row in range(count):
            age = draw.randint(18, 90)
            city = "Rust" if row % 50 == 0 else draw.choice(["Bonn", "Köln", "Ulm"])
            joined = datetime.datetime(2004, 1, 1) + datetime.timedelta(
                days=draw.randrange(9000), seconds=draw.randrange(86400))
            lines.append(",".join([str(age) if row % 9 else "", city if row % 11 else "",
                                   f"{draw.lognormvariate(8, 1):.2f}",
                                   joined.isoformat() if row % 7 else "",
                                   "big" if age > 50 else "small"]))
        return "\n".join(lines) + "\n"

    def documented(self):
        """The variables of the documentation's program once it ran."""
        text = (REPOSITORY / "docs/formats/onnx.md").read_text(encoding="utf-8")
        blocks = [block.split("```")[0] for block in text.split("```python\n")[1:]]
        program, = [block for block in blocks if "clients.csv" in block]
        variables, before = {}, os.getcwd()
        os.chdir(self.folder)
        try:
            exec(compile(program, "docs/formats/onnx.md", "exec"), variables)
        finally:
            os.chdir(before)
        return variables

    def assert_embeds_the_same(self):
        import numpy
        self.done("export", self.out, "-o", self.file)
        self.done("embed", self.out, "-o", self.folder / "x.npy")
        features = numpy.load(self.folder / "x.npy")
        got = self.documented()["features"]
        self.assertEqual(got.shape, features.shape)
        self.assertLessEqual(abs(got - features).max(), 1e-4)

    def test_the_documented_program_computes_from_the_file_what_embed_writes(self):
        self.assert_embeds_the_same()

    def test_new_categories_and_moments_are_encoded_as_tacit_does(self):
        other = "age,city,income,joined,plan\n" + "".join(
            f"{age},{city},{income},{joined},small\n" for age, city, income, joined in [
                (3, "Paris", 0.01, "1899-12-31T23:59:59"), (120, "Ulm", 1e7, "2000-02-29T00:00:00"),
                ("", "", "", ""), (44, "Rust", 1234.5, "2100-03-01T12:30:15")])
        self.write("clients.csv", other)
        self.assert_embeds_the_same()

    def test_a_head_gives_probabilities_of_the_classes(self):
        import numpy
        self.done("finetune", self.out, "curve.seeds=1")
        self.done("export", self.out, "-o", self.file)
        program = self.documented()
        session = program["session"]
        probabilities, = session.run(["probabilities"],
                                     {"rows": numpy.array(program["rows"], numpy.float32)})
        about = session.get_modelmeta().custom_metadata_map
        self.assertEqual(json.loads(about["classes"]), ["big", "small"])
        self.assertEqual(probabilities.shape, (200, 2))
        self.assertLessEqual(abs(probabilities.sum(1) - 1).max(), 1e-5)


class Generators(Case):
    """What a GAN of eight noisy pictures in two classes makes, in another program."""

    def setUp(self):
        super().setUp()
        missing = [name for name in READERS if importlib.util.find_spec(name) is None]
        if missing:
            self.skipTest(f"the Python packages {', '.join(missing)} are not installed")
        self.images = self.folder / "images"
        self.images.mkdir()
        draws = random.Random(1)
        for part in ("train", "t10k"):
            (self.images / f"{part}-images-idx3-ubyte").write_bytes(
                struct.pack(">4i", 0x803, 8, 32, 32) + draws.randbytes(8 * 32 * 32))
            (self.images / f"{part}-labels-idx1-ubyte").write_bytes(
                struct.pack(">2i", 0x801, 8) + bytes([0, 1] * 4))

    def gan(self, *words):
        self.done("pretrain", REPOSITORY / "recipes/gan_cifar10_cgan.toml", f"data.path={self.images}",
                  "data.images.colour=grey", 'data.split.test=["t10k"]', "data.split.validation=0", "train.epochs=1",
                  "train.batch_size=4", "encoder.width=0.0625", "method.generator.width=0.0625", "method.n_dis=1",
                  "-o", self.out, *words)

    def test_other_programs_make_pictures_from_noise_and_class(self):
        import numpy
        import onnxruntime
        self.gan()
        file = self.folder / "generator.onnx"
        self.done("export", self.out, "--head", "generator", "-o", file)
        session = onnxruntime.InferenceSession(str(file))
        self.assertEqual(json.loads(session.get_modelmeta().custom_metadata_map["classes"]), ["0", "1"])
        noise = numpy.random.default_rng(1).standard_normal((4, session.get_inputs()[0].shape[1])).astype("float32")
        pixels = [session.run(["images"], {"noise": noise, "class": numpy.full(4, number)})[0] for number in (0, 1)]
        for made in pixels:
            self.assertEqual(made.shape, (4, 1, 32, 32))
            self.assertTrue(((made >= 0) & (made <= 255)).all())
            self.assertGreater(abs(made[0] - made[1]).max(), 0)
        self.assertGreater(abs(pixels[0] - pixels[1]).max(), 0)

    def test_a_run_without_a_generator_has_none_to_export(self):
        self.pretrain("train.epochs=1")
        file = self.folder / "generator.onnx"
        self.refused(5, "export", self.out, "--head", "generator", "-o", file, naming=["generator"])
        self.assertFalse(file.exists())


class Refusals(Case):
    def refused_untouched(self, code, *words, **options):
        before = snapshot(self.folder)
        self.refused(code, "export", *words, **options)
        self.assertEqual(snapshot(self.folder), before)

    def test_what_cannot_be_exported(self):
        file = self.folder / "model.onnx"
        self.refused_untouched(5, self.folder, "-o", file, naming=["run.json"])
        self.refused_untouched(2, self.out, naming=["--output"])
        self.pretrain("train.epochs=1")
        self.refused_untouched(2, self.out, "-o", self.folder / "model.pt", naming=[".onnx"])
        self.refused_untouched(2, self.out, "-o", file, "--head", "linear", naming=["--head", "finetuned"])
        self.refused_untouched(2, self.out, "-o", file, "seed=3", naming=["takes no settings"])
        self.refused_untouched(5, self.out, "-o", file, "--head", "finetuned", naming=["tacit finetune"])
        self.refused_untouched(5, self.out, "-o", self.folder / "none/model.onnx", naming=["none/model.onnx"])
        self.done("finetune", self.out, "curve.seeds=1")
        head = self.out / "finetuned/head.safetensors"
        head.write_bytes(head.read_bytes()[:-40])
        self.refused_untouched(5, self.out, "-o", file, naming=["head.safetensors"])
        self.done("export", self.out, "-o", file, "--head", "none")
        (self.out / "artifact/model.safetensors").unlink()
        self.refused_untouched(5, self.out, "-o", file, "--head=none", naming=["model.safetensors"])

    def test_nothing_is_kept_unchecked_unless_asked_for(self):
        self.pretrain("train.epochs=1")
        file = self.folder / "model.onnx"
        os.environ["TACIT_ONNXRUNTIME"] = str(self.folder / "libonnxruntime.so")
        self.addCleanup(os.environ.pop, "TACIT_ONNXRUNTIME")
        self.refused_untouched(5, self.out, "-o", file, naming=["pip install onnxruntime", "--unchecked"])
        self.assertIn("not compared", self.done("export", self.out, "-o", file, "--unchecked").err)
        self.assertTrue(file.exists())


if __name__ == "__main__":
    sys.exit(unittest.main())
