#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The classical rival by an independent implementation: scikit-learn's random forest on the features
of tacit/evaluate/motion_features.h, accelerometer only, on the windows and test people of the recipes.

Usage: rival_motion.py DATA_FOLDER   (needs numpy, pandas, pyarrow, scikit-learn)
Writes rival_motion.json beside itself: weighted F1 and kappa, mean and deviation over five draws of
labels, which the RESULT.md of the motion benchmarks show.
"""
import json
import statistics
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import cohen_kappa_score, f1_score

AXES = ["ax", "ay", "az"]
SETS = {
    "motionsense": dict(length=400, test=[1, 6, 14, 19, 23], group=["subject", "trial", "activity"]),
    "hapt": dict(length=128, test=[2, 4, 9, 10, 12, 13, 18, 20, 24], group=["experiment"],
                 keep=["STANDING", "LAYING", "SITTING", "WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS"]),
}


def windows(frame, spec):
    """x [N, 3, T], y [N], subject [N]: windows of one label each, with half overlap."""
    change = (frame[spec["group"] + ["activity"]] != frame[spec["group"] + ["activity"]].shift()).any(axis=1)
    x, y, subject = [], [], []
    for _, run in frame.groupby(change.cumsum()):
        label = str(run.activity.iloc[0])
        if label not in spec.get("keep", [label]):
            continue
        samples = run[AXES].to_numpy(np.float32)
        for begin in range(0, len(samples) - spec["length"] + 1, spec["length"] // 2):
            x.append(samples[begin:begin + spec["length"]].T)
            y.append(label)
            subject.append(run.subject.iloc[0])
    return np.stack(x), np.array(y), np.array(subject)


def features(x):
    """The columns of motion_features, in its order."""
    norm = np.linalg.norm(x, axis=1)
    spectrum = np.abs(np.fft.rfft(x - x.mean(2, keepdims=True), axis=2))[:, :, 1:]
    upper = np.triu_indices(x.shape[1], 1)
    parts = [x.mean(2), x.std(2), x.min(2), x.max(2), np.abs(np.diff(x, axis=2)).mean(2)]
    parts += [np.percentile(x, percent, axis=2) for percent in (10, 25, 75, 90)]
    parts += [norm.mean(1)[:, None], norm.std(1)[:, None]]
    parts += [spectrum.argmax(2), spectrum.max(2) / (spectrum.sum(2) + 1e-9)]
    parts += [np.stack([np.corrcoef(window)[upper] for window in x])]
    return np.nan_to_num(np.concatenate(parts, 1))


def spread(values):
    return {"mean": round(statistics.mean(values), 4), "std": round(statistics.stdev(values), 4)}


def scores(x, y, is_test):
    """weighted_f1 and kappa of the test windows by number of labelled windows a class."""
    f, pool = features(x), np.where(~is_test)[0]
    found = {"weighted_f1": {}, "kappa": {}}
    for labels in (2, 5, 10, 50, 100, "all"):
        f1, kappa = [], []
        for seed in range(5):
            draw = np.random.default_rng(seed)
            rows = pool if labels == "all" else np.concatenate(
                [draw.choice(pool[y[pool] == c], labels, replace=False) for c in np.unique(y)])
            forest = RandomForestClassifier(300, random_state=seed, n_jobs=-1).fit(f[rows], y[rows])
            told = forest.predict(f[is_test])
            f1.append(f1_score(y[is_test], told, average="weighted"))
            kappa.append(cohen_kappa_score(y[is_test], told))
        found["weighted_f1"][str(labels)] = spread(f1)
        found["kappa"][str(labels)] = spread(kappa)
    return found


def main():
    found = {"made_with": f"scikit-learn {sklearn.__version__}"}
    for name, spec in SETS.items():
        frame = pd.read_parquet(next(Path(sys.argv[1]).rglob(f"{name}*.parquet")))
        x, y, subject = windows(frame, spec)
        found[name] = scores(x, y, np.isin(subject, spec["test"]))
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


main()
