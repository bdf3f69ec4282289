# SPDX-License-Identifier: Apache-2.0
"""tacit export: what the ONNX file holds, as other programs read it, and what is refused."""

import csv
import importlib.util
import json
import os
import sys
import unittest

from tacit_command import Case, snapshot

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
        self.done("data", "simulate", "-o", self.motion, "people=4", "seconds=10", "rate_hz=25")
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
