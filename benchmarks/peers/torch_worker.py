#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch's and ONNX Runtime's side of benchmarks/peers/compare: the same works as worker.cpp.

Usage: torch_worker.py eager|compiled|onnxruntime. Reads names of works from standard input, one a
line, does one repetition of each and answers with a number: seconds, or for `step_memory` bytes.
The transformations of `tpn_epoch` are those of the public re-implementations: NumPy over all
windows, SciPy's splines for the warp, every transformed copy made before the epoch.
"""
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BATCH, ECG_BATCH, EPOCH_WINDOWS, TASKS, ECG_TASKS = 576, 64, 256, 8, 7
MODE = sys.argv[1]
torch.manual_seed(0)


class Motion(nn.Module):
    """Saeed et al. 2019, section 3.2, as a user would write it."""

    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv1d(3, 32, 24), nn.Conv1d(32, 64, 16), nn.Conv1d(64, 96, 8)])
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        for convolution in self.convolutions:
            x = self.dropout(F.relu(convolution(x)))
        return x.amax(-1)


class Ecg(nn.Module):
    """Sarkar & Etemad 2019."""

    def __init__(self):
        super().__init__()
        sizes = [(1, 32, 32), (32, 32, 32), (32, 64, 16), (64, 64, 16), (64, 128, 8), (128, 128, 8)]
        self.convolutions = nn.ModuleList([nn.Conv1d(a, b, k, padding="same") for a, b, k in sizes])

    def forward(self, x):
        for index, convolution in enumerate(self.convolutions):
            x = F.leaky_relu(convolution(x), 0.2)
            if index in (1, 3):
                x = F.max_pool1d(x, 8, 2)
        return x.amax(-1)


class WithHeads(nn.Module):
    def __init__(self, trunk, head, tasks):
        super().__init__()
        self.trunk, self.heads = trunk, nn.ModuleList([head() for _ in range(tasks)])

    def forward(self, x):
        x = self.trunk(x)
        return torch.cat([head(x) for head in self.heads], 1)


def motion():
    return WithHeads(Motion(), lambda: nn.Sequential(nn.Linear(96, 256), nn.ReLU(), nn.Linear(256, 1)), TASKS)


def ecg():
    def head():
        return nn.Sequential(nn.Linear(128, 128), nn.LeakyReLU(0.2), nn.Dropout(0.6), nn.Linear(128, 128),
                             nn.LeakyReLU(0.2), nn.Dropout(0.6), nn.Linear(128, 1))
    return WithHeads(Ecg(), head, ECG_TASKS)


def in_mode(network):
    return torch.compile(network) if MODE == "compiled" else network


def training_step(network, bf16=False):
    """A function of one batch and its answers."""
    run, adam = in_mode(network), torch.optim.Adam(network.parameters(), 3e-4)

    def step(x, y):
        adam.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = run(x)
        F.binary_cross_entropy_with_logits(logits.float(), y).backward()
        adam.step()
    return step


def fixed_step(network, x, tasks, bf16=False):
    y, step = (torch.rand(len(x), tasks) > 0.5).float(), training_step(network, bf16)
    return lambda: step(x, y)


def warp(x, rng):
    """Time runs faster and slower along a spline through random speeds."""
    from scipy.interpolate import CubicSpline
    steps = np.arange(x.shape[2])
    knots = np.linspace(0, x.shape[2] - 1, 6)
    made = np.empty_like(x)
    for window, to in zip(x, made):
        speed = CubicSpline(knots, rng.normal(1, 0.2, 6))(steps)
        clock = np.cumsum(speed)
        clock *= (x.shape[2] - 1) / clock[-1]
        for channel, into in zip(window, to):
            into[:] = np.interp(steps, clock, channel)
    return made


def rotate(x, rng):
    axis = rng.uniform(-1, 1, (len(x), 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    angle = rng.uniform(-np.pi, np.pi, len(x))
    made = np.empty_like(x)
    for index, (window, (a, b, c), turn) in enumerate(zip(x, axis, angle)):
        cross = np.array([[0, -c, b], [c, 0, -a], [-b, a, 0]])
        made[index] = (np.eye(3) + np.sin(turn) * cross + (1 - np.cos(turn)) * cross @ cross) @ window
    return made


def permute(x, rng):
    made = np.empty_like(x)
    for window, to in zip(x, made):
        cuts = np.sort(rng.integers(1, x.shape[2], 3))
        pieces = np.split(window, cuts, axis=1)
        to[:] = np.concatenate([pieces[i] for i in rng.permutation(len(pieces))], axis=1)
    return made


def shuffle_channels(x, rng):
    return np.stack([window[rng.permutation(3)] for window in x])


TRANSFORMATIONS = (
    lambda x, rng: x + rng.normal(0, 0.05, x.shape),
    lambda x, rng: x * rng.normal(1, 0.1, (len(x), x.shape[1], 1)),
    rotate,
    lambda x, rng: -x,
    lambda x, rng: x[:, :, ::-1],
    permute,
    warp,
    shuffle_channels,
)


def epoch():
    x, step = np.random.default_rng(0).normal(size=(EPOCH_WINDOWS, 3, 400)), training_step(motion())

    def run():
        rng = np.random.default_rng(1)
        copies = [x] + [transform(x, rng) for transform in TRANSFORMATIONS]
        answers = np.zeros((len(copies), len(x), TASKS), np.float32)
        for task in range(TASKS):
            answers[task + 1, :, task] = 1
        examples = torch.from_numpy(np.concatenate(copies).astype(np.float32))
        answers = torch.from_numpy(answers.reshape(-1, TASKS))
        order = torch.from_numpy(rng.permutation(len(examples)))
        for rows in order.split(BATCH):
            step(examples[rows], answers[rows])
    return run


def embedding(rows):
    network, x = Motion().eval(), torch.randn(rows, 3, 400)
    run = in_mode(network)

    def work():
        with torch.inference_mode():
            run(x)
    return work


def by_onnxruntime(rows):
    """The file that worker.cpp wrote."""
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(sys.argv[2], options, providers=["CPUExecutionProvider"])
    x = {"signal": np.random.default_rng(0).normal(size=(rows, 3, 400)).astype(np.float32)}
    return lambda: session.run(None, x)


def step_memory():
    work = fixed_step(motion(), torch.randn(BATCH, 3, 400), TASKS)

    def kilobytes(key):
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(key))
        return int(line.split()[1])
    before = kilobytes("VmRSS")
    work()
    return (kilobytes("VmHWM") - before) * 1024


WORKS = {
    "tpn_step_fp32": lambda: fixed_step(motion(), torch.randn(BATCH, 3, 400), TASKS),
    "tpn_step_bf16": lambda: fixed_step(motion(), torch.randn(BATCH, 3, 400), TASKS, bf16=True),
    "tpn_epoch": epoch,
    "embed_256": lambda: by_onnxruntime(256) if MODE == "onnxruntime" else embedding(256),
    "embed_1": lambda: by_onnxruntime(1) if MODE == "onnxruntime" else embedding(1),
    "ecg_step_fp32": lambda: fixed_step(ecg(), torch.randn(ECG_BATCH, 1, 2560), ECG_TASKS),
    "ecg_step_bf16": lambda: fixed_step(ecg(), torch.randn(ECG_BATCH, 1, 2560), ECG_TASKS, bf16=True),
}


def main():
    made = {}
    for line in sys.stdin:
        name = line.strip()
        if name == "step_memory":
            print(step_memory(), flush=True)
            continue
        if name not in made:
            made[name] = WORKS[name]()
            made[name]()  # warms caches and thread pools, compiles
            made[name]()
        start = time.perf_counter()
        made[name]()
        print(time.perf_counter() - start, flush=True)


main()
