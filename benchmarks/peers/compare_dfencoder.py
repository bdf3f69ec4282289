#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rows a second of Tacit and of dfencoder 0.0.42 on the Adult census, by turns, and the ratios.

Usage: .venv/bin/python benchmarks/peers/compare_dfencoder.py FOLDER
           [--rounds 5] [--epochs 3] [--threads N] [--tacit FILE]
FOLDER holds the train.csv and test.csv that `benchmarks/papers/tables.py adult` wrote. Needs
    .venv/bin/pip install pandas scikit-learn tqdm dill && .venv/bin/pip install --no-deps dfencoder==0.0.42
(0.0.42 is the last release on PyPI; without --no-deps it pulls in more than it uses here.)

Both sides are set as dfencoder's demonstration is (demo_data/demo.ipynb of its repository): dense
layers of 512, 512 and 512, ReLU, no decoder, a fifth of the cells swapped, plain SGD of 0.01, 512
rows a step, ranks made normal, categories from 3 rows on. The target is no column of either.

A ratio above 1 means that Tacit is faster; each is the median over rounds, and in a round both sides
do the same work with the same number of threads, one after the other.
  train: epochs only, without reading, encoding and validation. Tacit's rate is rows_per_second of
         metrics.jsonl, the median of a round's epochs.
  embed: the activations of all layers of all rows, from CSV files to one .npy file; Tacit's hold the
         encoded row as well. Tacit's time is that of the whole process, dfencoder's begins when it
         and its model are in memory.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy
import pandas
import torch
from dfencoder import AutoEncoder

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTHS = [512, 512, 512]
REST = 0.2  # seconds between sides, for the threads of the last one to stop waiting for work


def read(*files):
    """Rows of the files, texts as object columns: dfencoder overlooks columns of other types."""
    table = pandas.concat([pandas.read_csv(file, na_values="?") for file in files], ignore_index=True)
    table = table.drop(columns="income")
    texts = [name for name in table if not pandas.api.types.is_numeric_dtype(table[name])]
    return table.astype({name: object for name in texts})


class Dfencoder:
    def __init__(self, folder):
        self.files = [folder / "train.csv", folder / "test.csv"]
        self.train_rows = read(self.files[0])
        self.model = AutoEncoder(encoder_layers=WIDTHS, decoder_layers=[], activation="relu", swap_p=0.2,
                                 lr=0.01, lr_decay=0.99, batch_size=512, logger="basic", verbose=False,
                                 optimizer="sgd", scaler="gauss_rank", min_cats=3, progress_bar=False,
                                 device="cpu")
        self.model.build_model(self.train_rows)
        columns = len(self.model.numeric_fts) + len(self.model.binary_fts) + len(self.model.categorical_fts)
        if columns != self.train_rows.shape[1]:
            sys.exit(f"dfencoder overlooks {self.train_rows.shape[1] - columns} columns: another pandas?")

    def train(self, epochs):
        """Rows a second, without the encoding that fit() begins with."""
        prepare, encoding = self.model.prepare_df, 0.0

        def timed(table):
            nonlocal encoding
            begin = time.perf_counter()
            prepared = prepare(table)
            encoding += time.perf_counter() - begin
            return prepared

        self.model.prepare_df = timed
        begin = time.perf_counter()
        self.model.fit(self.train_rows, epochs=epochs)
        seconds = time.perf_counter() - begin - encoding
        self.model.prepare_df = prepare
        return epochs * len(self.train_rows) / seconds

    def embed(self, file):
        begin = time.perf_counter()
        features = self.model.get_deep_stack_features(read(*self.files)).numpy()
        numpy.save(file, features)
        return features.shape[0] / (time.perf_counter() - begin)


class Tacit:
    def __init__(self, binary, folder, scratch, threads):
        self.binary, self.folder, self.scratch = binary, folder, scratch
        self.environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        self.threads, self.run = threads, None

    def call(self, *words):
        done = subprocess.run([str(word) for word in (self.binary, *words, "--threads", self.threads)],
                              env=self.environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"tacit {words[0]}: {done.stderr.strip().splitlines()[-1]}")

    def train(self, epochs):
        self.run = Path(tempfile.mkdtemp(dir=self.scratch)) / "run"
        self.call("pretrain", ROOT / "recipes/table_adult.toml", "-o", self.run, f"data.path={self.folder}",
                  f"data.spool={self.scratch}", "data.encode.min_count=3", "method.swap=0.2", "method.hide=0",
                  f"encoder.widths={WIDTHS}", "encoder.bins=0", "encoder.features=all", f"train.epochs={epochs}",
                  "train.batch_size=512", "train.schedule.warmup_epochs=0",
                  "train.optimizer={name='sgd', learning_rate=0.01, momentum=0}")
        lines = (self.run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        return statistics.median(json.loads(line)["rows_per_second"] for line in lines)

    def embed(self, file):
        begin = time.perf_counter()
        self.call("embed", self.run, "-o", file)
        seconds = time.perf_counter() - begin
        return numpy.load(file, mmap_mode="r").shape[0] / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3, help="of a round")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--tacit", type=Path, default=ROOT / "build/release/apps/cli/tacit")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", module="sklearn|pandas|dfencoder")
    torch.set_num_threads(arguments.threads)
    rates = {work: {"tacit": [], "dfencoder": []} for work in ("train", "embed")}
    with tempfile.TemporaryDirectory() as scratch:
        sides = {"tacit": Tacit(arguments.tacit, arguments.folder.resolve(), scratch, arguments.threads),
                 "dfencoder": Dfencoder(arguments.folder)}
        for _ in range(arguments.rounds):
            for work, argument in (("train", arguments.epochs), ("embed", Path(scratch) / "features.npy")):
                for name, side in sides.items():
                    time.sleep(REST)
                    rates[work][name].append(getattr(side, work)(argument))
    found = {}
    for work, by in rates.items():
        ratio = statistics.median(a / b for a, b in zip(by["tacit"], by["dfencoder"]))
        found[f"dfencoder_{work}/ratio"] = ratio
        print(f"{work}: " + ", ".join(f"{name} {statistics.median(each):,.0f}" for name, each in by.items())
              + f" rows a second, ratio {ratio:.1f}", file=sys.stderr)
    print(json.dumps({**found, "rates": rates, "threads": arguments.threads, "torch": torch.__version__,
                      "pandas": pandas.__version__}, indent=1))


if __name__ == "__main__":
    main()
