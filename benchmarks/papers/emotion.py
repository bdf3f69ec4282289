#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes SIMULATED hearts in the layouts of published sets of emotions, as their authors distribute them.

Usage: benchmarks/papers/emotion.py NAME FOLDER. NAME is wesad (Python pickles), amigos and dreamer
(MATLAB), or swell (Poly5 and tables); needs NumPy and SciPy. The hearts are those of `tacit data simulate hearts`:
eight minutes of each of eight people, two in each of four states. They are not measured, and scores on them say
nothing about people; what this shows is that a copy of such a set runs from its files to its result.
"""
import datetime
import pickle
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pyarrow.parquet

TACIT = Path(__file__).resolve().parents[2] / "build/release/apps/cli/tacit"
PEOPLE, SECONDS = 8, 60


def simulate(rate):
    """{person: [(high arousal, high valence, samples), …]}"""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hearts.parquet"
        subprocess.run([TACIT, "data", "simulate", "hearts", "-o", file, f"people={PEOPLE}", f"rate_hz={rate}",
                        f"seconds={SECONDS}", "recordings=8", "label=quadrant"], check=True, stdout=subprocess.DEVNULL)
        table = pyarrow.parquet.read_table(file, columns=["subject", "experiment", "activity", "ecg"]).to_pydict()
    hearts = {}
    count = SECONDS * rate
    for begin in range(0, len(table["ecg"]), count):
        state = table["activity"][begin]
        hearts.setdefault(table["subject"][begin], []).append(
            ("high arousal" in state, "high valence" in state, numpy.array(table["ecg"][begin:begin + count])))
    return hearts


def wesad(folder):
    """Baseline, stress, amusement and meditation, 700 Hz, with a moment between them that is none."""
    code = {(False, False): 1, (True, False): 2, (True, True): 3, (False, True): 4}
    for person, recordings in simulate(700).items():
        name = f"S{int(person) + 1}"
        labels = []
        for arousal, valence, samples in recordings:
            labels += [0] * 700 + [code[arousal, valence]] * (len(samples) - 700)
        chest = {"ECG": numpy.concatenate([samples for *_, samples in recordings]).reshape(-1, 1)}
        whole = {"signal": {"chest": chest, "wrist": {}}, "label": numpy.array(labels, "i4"), "subject": name}
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.pkl").write_bytes(pickle.dumps(whole, protocol=2))


def cells(parts, shape):
    out = numpy.empty(shape, object)
    for i, part in enumerate(parts):
        out.flat[i] = part
    return out


def rating(high, low_end, high_end, rng):
    """One of the halves of a scale, about its middle."""
    middle, spread = (low_end + high_end) / 2, (high_end - low_end) / 2
    return middle + (1 if high else -1) * spread * rng.uniform(0.2, 0.9)


def amigos(folder):
    """Ratings of 1 to 9, 128 Hz; in front of each video are five seconds that are not of it."""
    from scipy.io import savemat
    folder.mkdir(parents=True)
    rng = numpy.random.default_rng(1)
    for person, recordings in simulate(128).items():
        joined, ratings = [], []
        for arousal, valence, samples in recordings:
            signals = numpy.zeros((len(samples), 17))
            signals[:, 14], signals[:, 15] = samples, 0.8 * samples
            joined.append(signals)
            row = numpy.zeros((1, 12))
            row[0, 0], row[0, 1], row[0, 2] = rating(arousal, 1, 9, rng), rating(valence, 1, 9, rng), 5
            ratings.append(row)
        savemat(folder / f"Data_Preprocessed_P{int(person):02}.mat",
                {"joined_data": cells(joined, (1, len(joined))),
                 "labels_selfassessment": cells(ratings, (1, len(ratings)))}, do_compression=True)


def dreamer(folder):
    """Ratings of 1 to 5, 256 Hz, two leads; in front of each film is a neutral one."""
    from scipy.io import savemat
    folder.mkdir(parents=True)
    rng = numpy.random.default_rng(1)
    everyone = []
    for recordings in simulate(256).values():
        baseline, stimuli, scores = [], [], {"ScoreArousal": [], "ScoreValence": [], "ScoreDominance": []}
        for arousal, valence, samples in recordings:
            leads = numpy.stack([samples, 0.8 * samples], 1)
            baseline.append(leads[:10 * 256])
            stimuli.append(leads[10 * 256:])
            scores["ScoreArousal"].append(round(rating(arousal, 1.5, 5, rng)))
            scores["ScoreValence"].append(round(rating(valence, 1.5, 5, rng)))
            scores["ScoreDominance"].append(3)
        column = (len(baseline), 1)
        everyone.append({"Age": "22", "Gender": "male",
                         "ECG": {"baseline": cells(baseline, column), "stimuli": cells(stimuli, column)},
                         **{name: numpy.array(values, float).reshape(-1, 1) for name, values in scores.items()}})
    savemat(folder / "DREAMER.mat", {"DREAMER": {"Data": cells(everyone, (1, len(everyone))),
                                                 "ECG_SamplingRate": 256.0, "noOfSubjects": float(len(everyone))}},
            do_compression=True)


def pascal(words, most):
    return bytes([len(words)]) + words.ljust(most, b"\0")


def poly5(samples, rate, start, block=256):
    """Eight signals of 32-bit numbers, each told as two halves; the eighth is the heart, in microvolts."""
    moment = struct.pack("<7h", start.year, start.month, start.day, start.isoweekday() % 7, start.hour, start.minute,
                         start.second)
    blocks = len(samples) // block
    out = [b"POLY SAMPLE FILEversion 2.03\r\n\x1a", struct.pack("<h", 203), pascal(b"measurement", 80),
           struct.pack("<hhbhi4x", rate, rate, 0, 16, blocks * block), moment,
           struct.pack("<iHHh64x", blocks, block, block * 32, 0)]
    for i in range(8):
        for half in (b"(Lo) ", b"(Hi) "):
            name, unit = (b"Heart", b"\xb5V") if i == 7 else (b"A%d" % (i + 1), b"mV")
            out.append(pascal(half + name, 40) + bytes(4) + pascal(unit, 10) + struct.pack("<4f64x", 0, 1000, 0, 1))
    for number in range(blocks):
        signals = numpy.zeros((block, 8), "<f4")
        signals[:, 7] = samples[number * block:(number + 1) * block]
        out += [struct.pack("<i4x", number * block), moment, bytes(64), signals.tobytes()]
    return b"".join(out)


def swell(folder):
    """Three blocks of two minutes: neutral, under time pressure, with interruptions; 2048 Hz."""
    signals, tables = folder / "0 - Raw data/Mobi signals", folder / "3 - Feature dataset"
    signals.mkdir(parents=True)
    tables.mkdir()
    start = datetime.datetime(2012, 9, 18, 13, 16)
    rows = ["PP,C,timestamp,Condition"]
    for person, recordings in simulate(2048).items():
        for block, (condition, takes) in enumerate([("N", (0, 4)), ("T", (1, 5)), ("I", (3, 7))], 1):
            samples = numpy.concatenate([recordings[take][2] for take in takes])
            (signals / f"pp{person}_18-9-2012_c{block}.S00").write_bytes(poly5(samples, 2048, start))
            for minute in range(len(takes)):
                moment = start + datetime.timedelta(minutes=minute)
                rows.append(f"PP{person},{block},{moment:%Y%m%dT%H%M%S}000,{condition}")
    (tables / "D - Physiology features (HR_HRV_SCL - final).csv").write_text("\n".join(rows) + "\n")


SETS = {"wesad": wesad, "amigos": amigos, "dreamer": dreamer, "swell": swell}

if __name__ == "__main__":
    SETS[sys.argv[1]](Path(sys.argv[2]))
