#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A classical rival on heart rhythm: intervals between R peaks, shapes and bands, random forest.

Usage: benchmarks/papers/rival_ecg.py DATA > rival_ecg.json. DATA is the folder that TACIT_DATA names;
the records are those of ecg.py's cinc2017. Macro F1 over 5 stratified folds of records for 5 seeds,
with a share of each class's training records labelled. Needs numpy, scipy and scikit-learn.
"""
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy
import scipy
import sklearn
from scipy.io import loadmat
from scipy.signal import butter, find_peaks, sosfiltfilt
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

RATE = 300
SHARES = {"5%": 0.05, "10%": 0.1, "25%": 0.25, "all": 1.0}
BANDS = ((0, 1), (1, 5), (5, 15), (15, 40), (40, 150))  # Hz
BEFORE, AFTER = 60, 90  # samples around a peak


def records(data):
    for part in ("cinc2017_subset.zip", "cinc2017_more.zip"):
        with zipfile.ZipFile(data / "ecg" / part) as archive:
            members = {Path(name).name: name for name in archive.namelist()}
            for line in archive.read(members["REFERENCE.csv"]).decode().split():
                record, label = line.split(",")
                samples = loadmat(io.BytesIO(archive.read(members[record + ".mat"])))["val"][0]
                yield samples / 1000.0, label


def peaks_of(band):
    """R peaks: maxima of the smoothed energy of the slope."""
    energy = numpy.convolve(numpy.diff(band, prepend=band[0]) ** 2, numpy.full(36, 1 / 36), "same")
    height = numpy.percentile(energy, 98) / 4
    return find_peaks(energy, distance=RATE // 4, height=height)[0]


def rhythm(peaks):
    rr = numpy.diff(peaks) / RATE
    if len(rr) < 3:
        rr = numpy.zeros(3)
    steps = numpy.diff(rr)
    regular = numpy.corrcoef(rr[:-1], rr[1:])[0, 1] if rr.std() > 0 else 0
    return [rr.mean(), rr.std(), rr.std() / (rr.mean() + 1e-9), rr.min(), rr.max(), regular,
            *numpy.percentile(rr, (10, 25, 50, 75, 90)),
            numpy.sqrt((steps ** 2).mean()), (abs(steps) > 0.05).mean()]


def shape(ecg, band, peaks):
    inside = peaks[(peaks >= BEFORE) & (peaks < len(band) - AFTER)]
    beats = numpy.array([band[p - BEFORE:p + AFTER] for p in inside]) if len(inside) else numpy.zeros((1, 2))
    mean = beats.mean(axis=0)
    return [(beats - mean).std() / (mean.std() + 1e-9), ecg.std(), abs(ecg).max(), len(peaks) * RATE / len(ecg)]


def bands(ecg):
    power = abs(numpy.fft.rfft(ecg - ecg.mean())) ** 2
    hz = numpy.fft.rfftfreq(len(ecg), 1 / RATE)
    return [power[(hz >= low) & (hz < high)].sum() / power.sum() for low, high in BANDS]


def features(ecg):
    band = sosfiltfilt(butter(3, (5, 20), "bandpass", fs=RATE, output="sos"), ecg)
    peaks = peaks_of(band)
    return numpy.nan_to_num([*rhythm(peaks), *shape(ecg, band, peaks), *bands(ecg)])


def score(x, y, share, seed):
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(x, y):
        rng = numpy.random.default_rng(seed)
        drawn = [rng.choice(rows, max(2, round(share * len(rows))), replace=False)
                 for rows in (train[y[train] == kind] for kind in numpy.unique(y))]
        some = numpy.concatenate(drawn)
        forest = RandomForestClassifier(300, class_weight="balanced", random_state=seed)
        yield f1_score(y[test], forest.fit(x[some], y[some]).predict(x[test]), average="macro")


def main(data):
    x, y = map(numpy.array, zip(*((features(ecg), label) for ecg, label in records(data))))
    found = {}
    for name, share in SHARES.items():
        scores = [value for seed in range(5) for value in score(x, y, share, seed)]
        found[name] = {"mean": float(numpy.mean(scores)), "std": float(numpy.std(scores, ddof=1))}
    versions = f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}"
    print(json.dumps({"made_with": versions, "forest": {"macro_f1": found}}, indent=1))


main(Path(sys.argv[1]))
