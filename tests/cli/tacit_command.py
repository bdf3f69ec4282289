# SPDX-License-Identifier: Apache-2.0
"""Runs the tacit binary named by the environment variable TACIT on a tiny simulated data set."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

TACIT = os.environ.get("TACIT", "build/release/apps/cli/tacit")

EPOCHS = 12  # long enough to be interrupted
RECIPE = f"""
title = "Tiny"
[data]
source = "simulated_motion"
channels = ["ax", "ay", "az"]
[data.simulate]
people = 4
seconds = 10
rate_hz = 25
[data.window]
length = 50
overlap = 0.0
[data.split]
validation = 0.3
[encoder]
name = "temporal_conv"
filters = [4, 4]
kernels = [5, 5]
strides = [2, 2]
[train]
epochs = {EPOCHS}
batch_size = 4
checkpoint_seconds = 0.02
[finetune]
epochs = 2
min_steps = 1
[curve]
labels_per_class = [1, "all"]
models = ["self_supervised_frozen", "autoencoder", "random_encoder", "random_forest"]
seeds = 2
"""


def start(*words, **options):
    command = [TACIT, *(str(word) for word in words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "OMP_NUM_THREADS": "1"}, **options)


def finish(process):
    process.out, process.err = process.communicate(timeout=60)
    return process


def run(*words, **options):
    return finish(start(*words, **options))


def snapshot(folder):
    """Every file below a folder and its bytes; the lock is no content."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != ".lock"}


def weights(artifact):
    """The tensors of a safetensors file, without the metadata."""
    content = (artifact / "model.safetensors").read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + size])
    header.pop("__metadata__", None)
    return header, content[8 + size:]


def interrupt(folder, number, *words):
    """Sends a signal as soon as the run has written a checkpoint."""
    process = start(*words)
    while process.poll() is None and not any(folder.glob("checkpoints/*/last.safetensors")):
        time.sleep(0.002)
    process.send_signal(number)
    return finish(process)


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="tacit-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.recipe = self.write("tiny.toml", RECIPE)
        self.out = self.folder / "run"

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def done(self, *words, **options):
        process = run(*words, **options)
        self.assertEqual(process.returncode, 0, process.err)
        return process

    def refused(self, code, *words, naming=(), **options):
        """Fails with this code and one line that has all the given words."""
        process = run(*words, **options)
        self.assertEqual(process.returncode, code, process.err)
        errors = [line for line in process.err.splitlines() if line.startswith("tacit: error: ")]
        self.assertEqual(len(errors), 1, process.err)
        self.assertTrue(process.err.endswith(errors[0] + "\n"), process.err)
        for word in naming:
            self.assertIn(word, errors[0])
        return process

    def pretrain(self, *words, out=None):
        return self.done("pretrain", self.recipe, "-o", out or self.out, *words)


SIGNALS = {signal.SIGINT: "SIGINT", signal.SIGTERM: "SIGTERM"}
