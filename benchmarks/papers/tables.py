#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tables of the data folder as CSV files with a heading, for recipes and rivals to read.

Usage: benchmarks/papers/tables.py NAME DATA FOLDER. NAME is one of adult, titanic, horse_colic,
shuttle, thyroid, mammography, pima, kdd; DATA is the folder that TACIT_DATA names. Needs numpy.

Headings are added, blanks around cells and the full stop behind labels are dropped. Adult keeps its
official train and test files. Of the anomaly sets, train.csv holds half of the normal rows, drawn
with seed 0, and test.csv the other rows, with a column anomaly (0 or 1) in both.
"""
import csv
import gzip
import sys
from pathlib import Path

ADULT = ("age workclass fnlwgt education education_num marital_status occupation relationship race "
         "sex capital_gain capital_loss hours_per_week native_country income").split()
HORSE_COLIC = ("surgery age hospital_number rectal_temperature pulse respiratory_rate "
               "extremities_temperature peripheral_pulse mucous_membranes capillary_refill pain "
               "peristalsis abdominal_distension nasogastric_tube nasogastric_reflux reflux_ph "
               "rectal_feces abdomen packed_cell_volume total_protein abdominocentesis_appearance "
               "abdominocentesis_protein outcome surgical_lesion lesion_1 lesion_2 lesion_3 "
               "cp_data").split()
KDD = ("duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot "
       "num_failed_logins logged_in num_compromised root_shell su_attempted num_root "
       "num_file_creations num_shells num_access_files num_outbound_cmds is_host_login "
       "is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate "
       "same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count "
       "dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate "
       "dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate "
       "dst_host_rerror_rate dst_host_srv_rerror_rate").split()
ADBENCH = {"shuttle": "32_shuttle", "thyroid": "38_thyroid", "mammography": "23_mammography",
           "pima": "29_Pima"}


def write(path, heading, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([heading, *rows])


def read(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
    with opened as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file) if row]


def adult(tables, folder):
    for part in ("train", "test"):
        rows = read(tables / f"adult-{part}.csv.gz")
        write(folder / f"{part}.csv", ADULT, [[*row[:-1], row[-1].rstrip(".")] for row in rows])


def titanic(tables, folder):
    heading, *rows = read(tables / "titanic.csv")
    write(folder / "titanic.csv", heading, rows)


def horse_colic(tables, folder):
    write(folder / "horse_colic.csv", HORSE_COLIC, read(tables / "horse-colic.csv"))


def anomalies(folder, heading, rows, is_anomaly):
    import numpy
    normal = [i for i, odd in enumerate(is_anomaly) if not odd]
    train = set(numpy.random.default_rng(0).choice(normal, len(normal) // 2, replace=False).tolist())
    for part, wanted in (("train", True), ("test", False)):
        write(folder / f"{part}.csv", [*heading, "anomaly"],
              [[*row, int(odd)] for i, (row, odd) in enumerate(zip(rows, is_anomaly))
               if (i in train) == wanted])


def adbench(name):
    def prepare(tables, folder):
        import numpy
        data = numpy.load(tables / f"adbench/{ADBENCH[name]}.npz")
        heading = [f"x{i + 1}" for i in range(data["X"].shape[1])]
        anomalies(folder, heading, data["X"].tolist(), data["y"].tolist())
    return prepare


def kdd(tables, folder):
    rows = read(tables / "kddcup.data_10_percent.gz")
    anomalies(folder, KDD, [row[:-1] for row in rows], [row[-1] != "normal." for row in rows])


TABLES = {"adult": adult, "titanic": titanic, "horse_colic": horse_colic, "kdd": kdd,
          **{name: adbench(name) for name in ADBENCH}}

if __name__ == "__main__":
    TABLES[sys.argv[1]](Path(sys.argv[2]) / "tables", Path(sys.argv[3]))
