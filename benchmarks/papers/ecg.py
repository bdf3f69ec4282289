#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lays out electrocardiograms of the data folder as their authors publish them, for recipes to read.

Usage: benchmarks/papers/ecg.py NAME DATA FOLDER. DATA is the folder that TACIT_DATA names; NAME is
  cinc2017  PhysioNet/Computing in Cardiology Challenge 2017: WFDB headers, samples in .mat, REFERENCE.csv
  all       folders cinc2017 and others: every electrocardiogram there is, those of texts as WFDB
  mitbih    folders target, record 100 of the MIT-BIH arrhythmia database, and source, all but that
"""
import csv
import gzip
import shutil
import sys
import zipfile
from pathlib import Path

import numpy

RECORDS = ["03700181", "a103l", "v102s", "s0010_re", "multi-segment/041s/041s",
           "multi-segment/041s/041s01", "multi-segment/041s/041s02"]
TEXTS = {"e0103.csv": 250, "e0110.csv": 250, "e0124.csv": 250, "118e06.csv": 360, "118e24.csv": 360,
         "epic2023_ecg_sub12_vid9.csv.gz": 1000, "biosppy_ecg.txt": 1000}  # samples a second


def cinc2017(data, folder):
    folder.mkdir(parents=True, exist_ok=True)
    labels = []
    for part in ("cinc2017_subset.zip", "cinc2017_more.zip"):
        with zipfile.ZipFile(data / "ecg" / part) as archive:
            for member in archive.namelist():
                name = Path(member).name
                if name == "REFERENCE.csv":
                    labels += archive.read(member).decode().split()
                elif name.endswith((".hea", ".mat")):
                    (folder / name).write_bytes(archive.read(member))
    (folder / "REFERENCE.csv").write_text("\n".join(sorted(labels)) + "\n")


def copy_records(data, folder, records):
    folder.mkdir(parents=True, exist_ok=True)
    for record in records:
        source = data / "ecg/wfdb" / record
        for file in source.parent.glob(source.name + ".*"):
            shutil.copyfile(file, folder / file.name)


def samples_of(file):
    """The column "ecg", or the last one of a table without a heading."""
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt") as lines:
        rows = [row for row in csv.reader(lines) if row and not row[0].startswith("#")]
    column = rows[0].index("ecg") if "ecg" in rows[0] else -1
    return numpy.array([float(row[column]) for row in rows[1 if "ecg" in rows[0] else 0:]])


def write_record(samples, rate, name, folder):
    """One lead "ECG" in 16-bit numbers that span its range."""
    low, high = samples.min(), samples.max()
    gain = 60000 / (high - low)
    digital = numpy.round((samples - (low + high) / 2) * gain).astype("<i2")
    checksum = digital.sum(dtype=numpy.int16)  # as the format has it: what is left of the sum in 16 bits
    (folder / f"{name}.dat").write_bytes(digital.tobytes())
    (folder / f"{name}.hea").write_text(
        f"{name} 1 {rate} {len(digital)}\n"
        f"{name}.dat 16 {gain:.6g}/mV 16 0 {digital[0]} {checksum} 0 ECG\n")


def others(data, folder, records):
    copy_records(data, folder, records)
    for text, rate in TEXTS.items():
        write_record(samples_of(data / "ecg/text" / text), rate, text.split(".")[0], folder)


def everything(data, folder):
    cinc2017(data, folder / "cinc2017")
    (folder / "cinc2017/REFERENCE.csv").rename(folder / "REFERENCE.csv")
    others(data, folder / "others", ["100", *RECORDS])


def mitbih(data, folder):
    copy_records(data, folder / "target", ["100"])
    cinc2017(data, folder / "source")
    others(data, folder / "source", RECORDS)


SETS = {"cinc2017": cinc2017, "mitbih": mitbih, "all": everything}

if __name__ == "__main__":
    SETS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
