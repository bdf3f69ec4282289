# SPDX-License-Identifier: Apache-2.0
"""Whatever stops a run, the same command continues it to the same bits. TACIT_KILLS sets how many
times the run is killed (default 5)."""

import json
import os
import random
import shutil
import sys
import time
import unittest

from tacit_command import EPOCHS, SIGNALS, Case, finish, interrupt, start, weights


class Interruption(Case):
    def setUp(self):
        super().setUp()
        self.reference = self.folder / "reference"
        self.pretrain(out=self.reference)

    def assert_same_as_reference(self):
        self.assertEqual(weights(self.out / "artifact"), weights(self.reference / "artifact"))
        lines = (self.out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertEqual([json.loads(line)["epoch"] for line in lines], list(range(EPOCHS)))
        self.assertTrue((self.out / "report.html").exists())

    def test_a_signal_ends_with_130_after_a_checkpoint(self):
        command = ("pretrain", self.recipe, "-o", self.out)
        for number, name in SIGNALS.items():
            with self.subTest(name):
                process = interrupt(self.out, number, *command, "--overwrite")
                self.assertEqual(process.returncode, 130, process.err)
                self.assertIn("to continue", process.err.splitlines()[-1])
                self.assertFalse((self.out / "artifact").exists())
                self.done(*command)
                self.assert_same_as_reference()
                for path in self.out.glob("checkpoints/*/*"):
                    path.unlink()  # or the next interrupt() would see them

    def test_a_damaged_checkpoint_is_passed_over(self):
        command = ("pretrain", self.recipe, "-o", self.out)
        interrupt(self.out, 2, *command)
        newest = next(self.out.glob("checkpoints/*/last.safetensors"))
        if not newest.with_name("previous.safetensors").exists():
            newest.with_name("previous.safetensors").write_bytes(newest.read_bytes())
        content = bytearray(newest.read_bytes())
        content[-5] ^= 0xff
        newest.write_bytes(content)
        self.done(*command)
        self.assert_same_as_reference()

    def test_kills_at_any_instant_lose_nothing(self):
        """Each kill meets a fresh run; then the same command ends it. A kill that came after the end
        of its run does not count."""
        command = ("pretrain", self.recipe, "-o", self.out)
        began = time.monotonic()
        self.pretrain(out=self.folder / "timed")
        duration = time.monotonic() - began
        draw = random.Random(1)
        kills = 0
        while kills < int(os.environ.get("TACIT_KILLS", "5")):
            shutil.rmtree(self.out, ignore_errors=True)
            process = start(*command)
            time.sleep(draw.uniform(0, 1) * duration)
            process.kill()
            finish(process)
            if (self.out / "report.html").exists():
                continue
            self.assertEqual(process.returncode, -9, process.err)
            kills += 1
            self.done(*command)
            self.assert_same_as_reference()


class Curve(Case):
    def test_an_interrupted_curve_continues_to_the_same_results(self):
        words = ("curve", self.recipe, "train.epochs=8")
        whole = self.done(*words, "-o", self.folder / "whole")
        self.assertIn("weighted F1", whole.out)
        stopped = interrupt(self.out, 2, *words, "-o", self.out)
        self.assertEqual(stopped.returncode, 130, stopped.err)
        self.done(*words, "-o", self.out)
        results = [json.loads((folder / "results.json").read_text(encoding="utf-8"))
                   for folder in (self.out, self.folder / "whole")]
        self.assertEqual(results[0], results[1])
        self.assertIn("<html", (self.out / "report.html").read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(unittest.main())
