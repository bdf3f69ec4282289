#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times networks for images in Tacit and in PyTorch, by turns, and prints and writes the ratios.

Usage: benchmarks/peers/gan_step.py [--rounds 5] [--threads 2] [--worker FILE] [--modes MODE ...] [--keep] [WORK ...]
A GAN's work is one iteration of Lee & Town 2020, arXiv:2005.02494, on images of 3 x 32 x 32 in
batches of 64: five updates of the discriminator, each with fakes of its own, and one of the
generator. A ResNet's is the gradient of SimCLR's loss of two views of 64 images.

PyTorch's modes: `public` does a step as the public code does it: real, fake and turned images go
through the discriminator one after the other, fakes are made with a graph that is then dropped, and
the discriminator gets gradients when the generator learns. `tuned` is what can be had without other
mathematics: channels last, no needless graph or gradient. `compiled` is `tuned` with the networks
compiled. A ratio above 1 means that Tacit is faster; it is the median over rounds, and a round takes
every side once, one after the other, with the same number of threads. Run it by a Python whose
PyTorch is the worker's LibTorch. With --keep what was measured
is written to gan_step.json and GAN_STEP.md beside this file.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

BATCH, NOISE, N_DIS = 64, 128, 5
BETA, ALPHA = 1.0, 0.2  # weights of the rotation loss: the discriminator's, the generator's
TEMPERATURE = 0.5
MODES = ("public", "tuned", "compiled")
REST = 0.2  # seconds between sides, for the threads of the last one to stop waiting for work

# Work: what it is, and the images that it learns from.
WORKS = {
    "sngan": ("SNGAN iteration, batches of 64, n_dis 5, Adam, fp32", N_DIS * BATCH),
    "ssgan": ("SSGAN iteration, the same with rotations", N_DIS * BATCH),
    "resnet18": ("SimCLR gradient, ResNet-18, two views of 64 images, fp32", BATCH),
    "resnet10": ("SimCLR gradient, a block of each of 32, 64, 128, 256 filters, the same images", BATCH),
}


def convolution(inputs, outputs, kernel, gain=1.0, spectral=False):
    made = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
    nn.init.xavier_uniform_(made.weight, gain)
    return nn.utils.spectral_norm(made) if spectral else made


class Up(nn.Module):
    """The generator's block."""

    def __init__(self, channels):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.conv1 = convolution(channels, channels, 3, 2 ** 0.5)
        self.conv2 = convolution(channels, channels, 3, 2 ** 0.5)
        self.shortcut = convolution(channels, channels, 1)

    def forward(self, x):
        def doubled(h):
            return F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=False)
        h = self.conv1(doubled(F.relu(self.norm1(x), inplace=True)))
        h = self.conv2(F.relu(self.norm2(h), inplace=True))
        return h + self.shortcut(doubled(x))


class Generator(nn.Module):
    def __init__(self, channels=256):
        super().__init__()
        self.dense = nn.Linear(NOISE, 16 * channels)
        self.blocks = nn.Sequential(*[Up(channels) for _ in range(3)])
        self.norm, self.last = nn.BatchNorm2d(channels), convolution(channels, 3, 3)
        nn.init.xavier_uniform_(self.dense.weight)

    def forward(self, z):
        h = self.blocks(self.dense(z).view(len(z), -1, 4, 4))
        return torch.tanh(self.last(F.relu(self.norm(h), inplace=True)))


class Down(nn.Module):
    """The discriminator's block."""

    def __init__(self, inputs, outputs, is_first=False, halves=False):
        super().__init__()
        self.is_first, self.halves = is_first, halves
        self.conv1 = convolution(inputs, outputs, 3, 2 ** 0.5, spectral=True)
        self.conv2 = convolution(outputs, outputs, 3, 2 ** 0.5, spectral=True)
        self.shortcut = convolution(inputs, outputs, 1, spectral=True) if halves else None

    def forward(self, x):
        h = self.conv1(x if self.is_first else F.relu(x))
        h = self.conv2(F.relu(h, inplace=True))
        if not self.halves:
            return h + x
        if self.is_first:
            return F.avg_pool2d(h, 2) + self.shortcut(F.avg_pool2d(x, 2))
        return F.avg_pool2d(h, 2) + F.avg_pool2d(self.shortcut(x), 2)


class Discriminator(nn.Module):
    """-> [N, 1] score and [N, 4] logits of the rotation."""

    def __init__(self, channels=128):
        super().__init__()
        self.blocks = nn.Sequential(Down(3, channels, is_first=True, halves=True),
                                    Down(channels, channels, halves=True), Down(channels, channels),
                                    Down(channels, channels))
        self.score = nn.utils.spectral_norm(nn.Linear(channels, 1))
        self.rotation = nn.utils.spectral_norm(nn.Linear(channels, 4))

    def forward(self, x):
        h = F.relu(self.blocks(x)).sum((2, 3))
        return self.score(h), self.rotation(h)


def turned(x):
    """The quarters of a batch, each turned by its own number of right angles, and these numbers."""
    quarters = [torch.rot90(quarter, turns, (2, 3)) for turns, quarter in enumerate(x.chunk(4))]
    return torch.cat(quarters), torch.arange(4).repeat_interleave(len(x) // 4)


def adam(network):
    return torch.optim.Adam(network.parameters(), 2e-4, (0.0, 0.9))


def in_mode(network, mode):
    if mode == "public":
        return network
    network.to(memory_format=torch.channels_last)
    return torch.compile(network) if mode == "compiled" else network


def gan_iteration(mode, rotations):
    is_public = mode == "public"
    generator, discriminator = Generator(), Discriminator()
    make, judge = in_mode(generator, mode), in_mode(discriminator, mode)
    adam_g, adam_d = adam(generator), adam(discriminator)
    batches = [torch.rand(BATCH, 3, 32, 32) * 2 - 1 for _ in range(N_DIS)]

    def shown(x):
        return x if is_public else x.contiguous(memory_format=torch.channels_last)

    def rotation_loss(x):
        images, turns = turned(x)
        return F.cross_entropy(judge(shown(images))[1], turns)

    def learn_to_judge(real):
        adam_d.zero_grad()
        with torch.set_grad_enabled(is_public):
            fake = make(torch.randn(BATCH, NOISE)).detach()
        loss = F.relu(1 - judge(shown(real))[0]).mean() + F.relu(1 + judge(shown(fake))[0]).mean()
        if rotations:
            loss = loss + BETA * rotation_loss(real)
        loss.backward()
        adam_d.step()

    def learn_to_make():
        adam_g.zero_grad()
        discriminator.requires_grad_(is_public)
        fake = make(torch.randn(BATCH, NOISE))
        loss = -judge(shown(fake))[0].mean()
        if rotations:
            loss = loss + ALPHA * rotation_loss(fake)
        loss.backward()
        adam_g.step()
        discriminator.requires_grad_(True)

    def iteration():
        for real in batches:
            learn_to_judge(real)
        learn_to_make()
    return iteration


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        h = F.relu(self.norm1(self.conv1(x)), inplace=True)
        return F.relu(self.norm2(self.conv2(h)) + self.shortcut(x), inplace=True)


class Resnet(nn.Module):
    """He et al. 2016 with the stem of 3 x 3, and SimCLR's projector."""

    def __init__(self, filters, blocks):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, filters[0], 3, 1, 1, bias=False), nn.BatchNorm2d(filters[0]),
                                  nn.ReLU(inplace=True))
        channels, layers = filters[0], []
        for stage, outputs in enumerate(filters):
            for index in range(blocks):
                layers.append(Residual(channels, outputs, 2 if stage > 0 and index == 0 else 1))
                channels = outputs
        self.blocks = nn.Sequential(*layers)
        self.projector = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, 128))

    def forward(self, x):
        return self.projector(self.blocks(self.stem(x)).mean((2, 3)))


def contrast(mode, filters, blocks):
    network = Resnet(filters, blocks)
    run = in_mode(network, mode)
    views = torch.rand(2 * BATCH, 3, 32, 32) * 2 - 1
    other = torch.arange(2 * BATCH).roll(BATCH)

    def gradient():
        network.zero_grad()
        x = views if mode == "public" else views.contiguous(memory_format=torch.channels_last)
        z = F.normalize(run(x))
        likeness = (z @ z.t() / TEMPERATURE).masked_fill(torch.eye(len(z), dtype=torch.bool), float("-inf"))
        F.cross_entropy(likeness, other).backward()
    return gradient


MAKERS = {
    "sngan": lambda mode: gan_iteration(mode, rotations=False),
    "ssgan": lambda mode: gan_iteration(mode, rotations=True),
    "resnet18": lambda mode: contrast(mode, (64, 128, 256, 512), 2),
    "resnet10": lambda mode: contrast(mode, (32, 64, 128, 256), 1),
}


def serve(mode):
    """One repetition a line of standard input, answered with its seconds."""
    made = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in made:
            made[name] = MAKERS[name](mode)
            made[name]()  # warms caches and thread pools, compiles
        start = time.perf_counter()
        made[name]()
        print(time.perf_counter() - start, flush=True)


class Side:
    """A worker process that does one repetition a line."""

    def __init__(self, words, threads):
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit(f"{self.process.args[0]} ended at \"{line}\"")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(sides, work, rounds):
    """{side: [seconds, one a round]}"""
    times = {name: [] for name in sides}
    for side in sides.values():
        side.ask(work)
    for _ in range(rounds):
        for name, side in sides.items():
            time.sleep(REST)
            times[name].append(float(side.ask(work)))
    return times


def rate(work, times):
    return WORKS[work][1] / statistics.median(times)


def ratio(theirs, ours):
    return statistics.median(b / a for a, b in zip(ours, theirs))


def table(times, modes):
    heads = ["work", "tacit", *modes, *(f"times {mode}" for mode in modes)]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for work, by in times.items():
        cells = [WORKS[work][0], *(f"{rate(work, by[side]):.1f}" for side in ("tacit", *modes)),
                 *(f"{ratio(by[mode], by['tacit']):.2f}" for mode in modes)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))


def write_result(times, modes, threads, rounds):
    found = {f"{work}/ratio_to_{mode}": ratio(by[mode], by["tacit"]) for work, by in times.items() for mode in modes}
    (HERE / "gan_step.json").write_text(json.dumps(found, indent=1) + "\n")
    lines = ["# Networks for images beside PyTorch", "",
             "Images a second, by turns, medians over rounds, and the median ratio of PyTorch's time over ours. "
             "Written by `benchmarks/peers/gan_step.py`, which says what the works and PyTorch's modes are.", "",
             *table(times, modes), "",
             f"    benchmarks/peers/gan_step.py --rounds {rounds} --threads {threads} --modes {' '.join(modes)} --keep -- "
             f"{' '.join(times)}", "",
             f"{processor()}, {threads} threads, {rounds} rounds, PyTorch {torch.__version__}, {date.today()}.", ""]
    (HERE / "GAN_STEP.md").write_text("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of {', '.join(WORKS)}; all if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--worker", default=ROOT / "build/release/benchmarks/peers/peers_gan_step")
    parser.add_argument("--keep", action="store_true", help="write gan_step.json and GAN_STEP.md")
    parser.add_argument("--serve", choices=MODES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments.serve)
    for work in arguments.works:
        if work not in WORKS:
            sys.exit(f"there is no work called \"{work}\"; there are {', '.join(WORKS)}")
    if not Path(arguments.worker).is_file():
        sys.exit(f"{arguments.worker} is not built: cmake --preset release -DTACIT_BENCHMARKS=ON, then "
                 "cmake --build build/release --target peers_gan_step")
    words = {"tacit": [arguments.worker],
             **{mode: [sys.executable, __file__, "--serve", mode] for mode in arguments.modes}}
    sides = {name: Side(each, arguments.threads) for name, each in words.items()}
    ours, theirs = sides["tacit"].ask("version"), torch.__version__.split("+")[0]
    if ours != theirs:
        print(f"the worker is built against LibTorch {ours}, but Python's PyTorch is {theirs}", file=sys.stderr)
    times = {}
    for work in arguments.works or WORKS:
        times[work] = measure(sides, work, arguments.rounds)
        print(f"{work}: " + ", ".join(f"{name} {rate(work, each):.1f} images/s" for name, each in times[work].items()),
              flush=True)
    for side in sides.values():
        side.close()
    if arguments.keep:
        write_result(times, arguments.modes, arguments.threads, arguments.rounds)
    print("\n".join(table(times, arguments.modes)))


main()
