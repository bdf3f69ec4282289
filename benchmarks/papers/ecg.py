#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Unpacks electrocardiograms of the data folder as their authors publish them, for recipes to read.

Usage: benchmarks/papers/ecg.py NAME DATA FOLDER. NAME is cinc2017 (PhysioNet/Computing in Cardiology
Challenge 2017: WFDB headers, samples in .mat, REFERENCE.csv); DATA is the folder that TACIT_DATA
names.
"""
import sys
import zipfile
from pathlib import Path


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


SETS = {"cinc2017": cinc2017}

if __name__ == "__main__":
    SETS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
