# SPDX-License-Identifier: Apache-2.0
"""Several processes of the command line share a run. They meet on the loopback."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

from tacit_command import TACIT, Case, finish, weights


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def floats(artifact):
    header, data = weights(artifact)
    return {name: struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
            for name, entry in header.items() for begin, end in [entry["data_offsets"]]
            if entry["dtype"] == "F32"}


def distance(a, b):
    difference = sum((x - y) ** 2 for name in a for x, y in zip(a[name], b[name]))
    return (difference / sum(x ** 2 for name in a for x in a[name])) ** 0.5


class Distribution(Case):
    def start(self, rank, size, port, *words):
        variables = {"RANK": str(rank), "WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1",
                     "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
        return subprocess.Popen([TACIT, *(str(word) for word in words)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={**os.environ, **variables})

    def together(self, *words, size=2):
        port = free_port()
        return [self.start(rank, size, port, *words) for rank in range(size)]

    def command(self, out, *settings):
        return ("pretrain", self.recipe, "encoder.dropout=0", "-o", out, *settings)

    def started(self, *words):
        """Two processes that have written their first checkpoint."""
        both = self.together(*words)
        while all(process.poll() is None for process in both) and not any(
                self.out.glob("checkpoints/*/last.safetensors")):
            time.sleep(0.002)
        return both

    def test_two_processes_make_the_encoder_of_one_and_one_of_them_writes(self):
        alone = self.folder / "alone"
        self.done(*self.command(alone))
        both = [finish(process) for process in self.together(*self.command(self.out))]
        for process in both:
            self.assertEqual(process.returncode, 0, process.err)
        self.assertIn("encoder:", both[0].out)
        self.assertEqual((both[1].out, both[1].err), ("", ""))
        self.assertLess(distance(floats(alone / "artifact"), floats(self.out / "artifact")), 1e-6)
        run = json.loads((self.out / "run.json").read_text(encoding="utf-8"))
        self.assertEqual(run["machine"]["processes"], 2)
        refused = [finish(process) for process in self.together(*self.command(self.out))]
        self.assertEqual([process.returncode for process in refused], [5, 5])
        self.assertIn("is finished", refused[0].err)
        self.assertIn("process 0 of 2", refused[1].err)

    def test_a_signal_to_one_stops_all_after_a_checkpoint_and_one_alone_goes_on(self):
        settings = ("train.epochs=20", "train.checkpoint_seconds=100", "train.optimizer.name=sgd")
        both = self.started(*self.command(self.out, *settings))
        both[1].send_signal(signal.SIGTERM)
        for process in both:
            self.assertEqual(finish(process).returncode, 130, process.err)
        self.assertIn("to continue", both[0].err)
        self.done(*self.command(self.out, *settings))
        alone = self.folder / "alone"
        self.done(*self.command(alone, *settings))
        self.assertLess(distance(floats(alone / "artifact"), floats(self.out / "artifact")), 1e-5)

    def test_a_killed_process_is_named_and_the_other_ends(self):
        both = self.started(*self.command(self.out, "train.epochs=100000"))
        began = time.monotonic()
        both[1].kill()
        finish(both[0])
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(both[0].returncode, 5, both[0].err)
        self.assertIn("process 1 of 2 (pid ", both[0].err)
        finish(both[1])

    def test_processes_with_other_recipes_are_refused(self):
        port = free_port()
        both = [self.start(rank, 2, port, *self.command(self.out, f"seed={rank + 1}")) for rank in (0, 1)]
        self.assertEqual([finish(process).returncode for process in both][1], 3, both[1].err)
        self.assertIn("another recipe or other data", both[1].err)
        self.assertIn("process 1 of 2", both[0].err)

    def test_other_verbs_run_alone(self):
        process = finish(self.start(0, 2, 1, "curve", self.recipe))
        self.assertEqual(process.returncode, 2, process.err)
        self.assertIn("tacit curve runs as one process", process.err)


if __name__ == "__main__":
    sys.exit(unittest.main())
