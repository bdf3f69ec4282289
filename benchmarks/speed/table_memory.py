#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much memory `tacit pretrain` takes on a table of many rows.

Usage: benchmarks/speed/table_memory.py FOLDER [ROWS]. Writes a Parquet file of ROWS (10 million) rows,
8 numbers and 6 categories in row groups of 65,536, and pre-trains one epoch on it. Reads the process's memory from
/proc ten times a second and writes table_memory.json: the peaks of what belongs to it alone
(RssAnon) and of what the system may take back at any time (RssFile: pages of mapped files). Needs
numpy and pyarrow.
"""
import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TACIT = ROOT / "build/release/apps/cli/tacit"
GROUP = 1 << 16
NUMBERS, CATEGORIES = 8, 6


def write(file, rows):
    import numpy
    import pyarrow
    import pyarrow.parquet
    rng = numpy.random.default_rng(0)
    writer = None
    for begin in range(0, rows, GROUP):
        count = min(GROUP, rows - begin)
        hidden = rng.normal(size=count)
        columns = {f"x{i}": (hidden * (i + 1) / NUMBERS + rng.normal(size=count)).round(3)
                   for i in range(NUMBERS)}
        for i in range(CATEGORIES):
            kind = numpy.clip((hidden * 3 + rng.normal(size=count) * (i + 1) + 8).astype(int), 0, 15)
            columns[f"k{i}"] = numpy.array([f"kind {k}" for k in range(16)])[kind]
        table = pyarrow.table(columns)
        writer = writer or pyarrow.parquet.ParquetWriter(file, table.schema)
        writer.write_table(table)
    writer.close()


def recipe(file):
    return f"""title = "Ten million rows"
[data]
source = "table"
path = "{file}"
label = ""
[data.table]
numeric = {json.dumps([f"x{i}" for i in range(NUMBERS)])}
categorical = {json.dumps([f"k{i}" for i in range(CATEGORIES)])}
[data.split]
by = "row"
test = 0.01
validation = 0.01
[method]
name = "denoising_autoencoder"
[encoder]
name = "table_mlp"
widths = [64, 64]
[train]
epochs = 1
batch_size = 1024
"""


def memory(process):
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return {}
    return {key: int(line.split()[1]) / 1024 for line in status.splitlines()
            for key in ("RssAnon", "RssFile") if line.startswith(key + ":")}


def main(folder, rows):
    folder.mkdir(parents=True, exist_ok=True)
    file, described = folder / f"rows_{rows}.parquet", folder / "rows.toml"
    if not file.exists():
        write(file, rows)
    described.write_text(recipe(file))
    start, peaks = time.monotonic(), {"RssAnon": 0, "RssFile": 0}
    run = folder / "run"
    process = subprocess.Popen([TACIT, "pretrain", described, "-o", run, "--overwrite"], cwd=ROOT)
    while process.poll() is None:
        now = memory(process.pid)
        peaks = {key: max(peaks[key], now.get(key, 0)) for key in peaks}
        time.sleep(0.1)
    if process.returncode != 0:
        sys.exit("tacit pretrain failed")
    found = {"rows": rows, "megabytes_in_the_file": file.stat().st_size / 2**20,
             "peak_megabytes_of_its_own": peaks["RssAnon"],
             "peak_megabytes_of_mapped_files": peaks["RssFile"],
             "seconds": time.monotonic() - start, "date": str(date.today()),
             "commit": json.loads((run / "run.json").read_text())["versions"]["commit"]}
    (Path(__file__).parent / "table_memory.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
