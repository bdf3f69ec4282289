# SPDX-License-Identifier: Apache-2.0
"""Whole commands on tables that are not as they should be: warned of, coped with or refused."""

import math
import struct
import sys
import unittest

from tacit_command import Case, snapshot

HEADING = "age,job,income\n"
RECIPE = """
title = "Tiny table"
[data]
source = "table"
label = "income"
[data.table]
numeric = ["age"]
categorical = ["job"]
[data.split]
by = "row"
validation = 0.2
[method]
name = "denoising_autoencoder"
hide = 0.1
[encoder]
name = "table_mlp"
widths = [8, 8]
[train]
epochs = 1
batch_size = 32
"""


def rows(count=200, cell=None):
    """Lines of people whose income follows from age, mostly; `cell` is (row, column, text)."""
    lines = []
    for i in range(count):
        age = i * 7 % 60
        cells = [str(age), f"job{i % 4}", "high" if (age > 30) != (i % 13 == 0) else "low"]
        if cell and cell[0] == i + 2:
            cells[cell[1]] = cell[2]
        lines.append(",".join(cells) + "\n")
    return lines


def table(*arguments, **options):
    return HEADING + "".join(rows(*arguments, **options))


class TableCase(Case):
    def setUp(self):
        super().setUp()
        self.recipe = self.write("table.toml", RECIPE)
        self.data = self.write("usual.csv", table())

    def trained(self, *words, data=None):
        self.done("pretrain", self.recipe, "-o", self.out, f"data.path={data or self.data}", *words)

    def features(self, data, *words):
        """What embed says of each row, as tuples of numbers."""
        file = self.folder / "features.npy"
        self.done("embed", self.out, "-o", file, f"data.path={data}", *words)
        content = file.read_bytes()
        begin = 10 + int.from_bytes(content[8:10], "little")
        count = len((self.folder / "features.csv").read_text(encoding="utf-8").splitlines()) - 1
        numbers = struct.unpack(f"<{(len(content) - begin) // 4}f", content[begin:])
        width = len(numbers) // count
        return [numbers[i * width:(i + 1) * width] for i in range(count)]


class Reading(TableCase):
    def refused_data(self, code, content, naming, name="bad.csv"):
        """By `data info` and by `pretrain`, in one line, with nothing left behind."""
        file = self.write(name, content)
        before = snapshot(self.folder)
        for verb in (("data", "info", self.recipe), ("pretrain", self.recipe, "-o", self.out)):
            self.refused(code, *verb, f"data.path={file}", naming=[name, *naming])
        self.assertEqual(snapshot(self.folder), before)

    def test_what_cannot_be_read_is_refused_with_file_and_place(self):
        self.refused_data(3, "", ["empty"])
        self.refused_data(3, HEADING, ["no rows"])
        self.refused_data(3, table() + "39,job1\n", ["row 202", "2 cells"])
        self.refused_data(3, table(cell=(17, 0, "old")), ["row 17", '"age"', '"old"'])
        self.refused_data(3, table(cell=(17, 0, "inf")), ["row 17", '"age"', "infinite"])
        self.refused_data(3, table(cell=(17, 2, '"low')), ["row 17", "quote"])
        self.refused_data(3, "age,job,age,income\n1,a,2,low\n", ['"age"'])
        self.refused_data(2, table().replace("job", "work", 1), ['"job"', "work"])

    def test_a_parquet_file_that_is_cut_short(self):
        self.trained()
        whole = self.folder / "features.parquet"
        self.done("embed", self.out, "-o", whole)
        cut = self.folder / "cut.parquet"
        cut.write_bytes(whole.read_bytes()[:-100])
        for verb in (("data", "info", self.recipe), ("embed", self.out, "-o", self.folder / "x.npy")):
            self.refused(3, *verb, f"data.path={cut}", naming=["cut.parquet", "Parquet"])
        self.refused(3, "init", cut, "-o", self.folder / "none.toml", naming=["cut.parquet"])
        self.assertFalse((self.folder / "none.toml").exists())

    def test_the_label_is_never_a_feature_unnoticed(self):
        self.refused(2, "data", "info", self.recipe, f"data.path={self.data}",
                     "data.table.categorical=['job', 'income']", naming=['"income"', "know the answer"])
        leak = [line.replace("\n", f",{'A' if 'high' in line else 'B'}\n") for line in rows()]
        data = self.write("leak.csv", HEADING.replace("\n", ",grade\n") + "".join(leak))
        recipe = self.folder / "leak.toml"
        self.assertIn('column "grade" tells the label "income" exactly', self.done("init", data, "-o", recipe).out)
        self.assertIn("LOOK", recipe.read_text(encoding="utf-8"))

    def test_columns_that_teach_nothing_do_no_harm(self):
        odd = [line.replace("\n", f",,4,?,k{i},x\n") for i, line in enumerate(rows())]
        data = self.write("odd.csv", HEADING.replace("\n", ",empty,same,none,every,one\n") + "".join(odd))
        said = self.done("init", data, "-o", self.folder / "odd.toml").out
        for words in ('"empty": empty', '"same": constant', '"none": empty', '"every": an identifier',
                      '"one": constant'):
            self.assertIn(f"left out column {words}", said)
        self.trained("data.table.numeric=['age', 'empty', 'same']",
                     "data.table.categorical=['job', 'none', 'every', 'one']", data=data)
        features = self.features(data, "--layers", "all")
        self.assertEqual(len(features), 200)
        self.assertTrue(all(math.isfinite(number) for row in features for number in row))
        self.done("score", self.out, "-o", self.folder / "scores.csv", "--false-alarms", "0.1")


class NewRows(TableCase):
    def test_columns_count_by_name(self):
        self.trained()
        wanted = self.features(self.data)
        turned = ["note,income,job,more,age\n"]
        for line in rows():
            age, job, income = line.strip().split(",")
            turned.append(f"n,{income},{job},1,{age}\n")
        self.assertEqual(self.features(self.write("turned.csv", "".join(turned))), wanted)

    def test_a_missing_column_is_named_by_each_command(self):
        self.trained()
        data = self.write("less.csv", "".join(line.split(",", 1)[1] for line in [HEADING, *rows()]))
        for verb, name in (("embed", "x.npy"), ("score", "x.csv"), ("impute", "x.csv")):
            self.refused(2, verb, self.out, "-o", self.folder / name, f"data.path={data}",
                         naming=["less.csv", '"age"', "job, income"])
            self.assertFalse((self.folder / name).exists())

    def test_categories_never_seen_are_all_the_same(self):
        self.trained()
        new = self.features(self.write("new.csv", HEADING + "30,poet,low\n30,pilot,low\n30,job1,low\n"))
        apart = [max(abs(a - b) for a, b in zip(new[0], new[other])) for other in (1, 2)]
        self.assertLess(apart[0], 1e-5)
        self.assertGreater(apart[1], 1e-2)

    def test_values_that_no_network_takes_are_refused(self):
        self.trained()
        for cell in ("inf", "-1e300", "ten"):
            data = self.write("new.csv", table(cell=(9, 0, cell)))
            self.refused(3, "embed", self.out, "-o", self.folder / "x.npy", f"data.path={data}",
                         naming=["new.csv", "row 9", '"age"'])


if __name__ == "__main__":
    sys.exit(unittest.main())
