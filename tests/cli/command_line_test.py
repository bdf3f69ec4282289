# SPDX-License-Identifier: Apache-2.0
"""What the command line answers: help, settings, and one sentence for whatever is wrong."""

import array
import contextlib
import functools
import http.server
import io
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile

from tacit_command import RECIPE, SIGNALS, Case, finish, snapshot, start

VERBS = ["init", "pretrain", "curve", "probe", "finetune", "embed", "score", "impute", "predict", "stream", "generate", "evaluate", "export", "report", "runs", "methods",
         "data info", "data simulate", "data fetch"]
HEADING = "subject,experiment,activity,t,ax,ay,az\n"


def table(subjects=("a", "b", "c"), activities=("sit", "walk"), cell=None):
    """Long-form CSV at 25 Hz with 100 samples of each activity; `cell` is (row, text) of column ay."""
    lines = []
    for subject in subjects:
        for i in range(100 * len(activities)):
            ay = cell[1] if cell and cell[0] == len(lines) + 2 else str(i % 7)
            lines.append(f"{subject},{subject}1,{activities[i // 100]},{i * 0.04:.2f},{i % 5},{ay},1\n")
    return HEADING + "".join(lines)


class Help(Case):
    def test_each_verb_explains_itself_with_an_example(self):
        for verb in VERBS:
            process = self.done(*verb.split(), "--help")
            self.assertIn("Example:\n  tacit " + verb, process.out)
            self.assertEqual(process.err, "")

    def test_version_and_overview(self):
        self.assertRegex(self.done("--version").out, r"^tacit \d+\.\d+\.\d+\n$")
        overview = self.done("--help").out
        for verb in VERBS:
            self.assertIn(verb.split()[0], overview)

    def test_methods_lists_options_with_defaults(self):
        self.assertIn("transformation_prediction", self.done("methods").out)
        self.assertIn("filters = [", self.done("methods", "temporal_conv").out)
        self.refused(2, "methods", "temporal_con", naming=['"temporal_conv"'])

    def test_wrong_usage(self):
        self.refused(2)
        self.refused(2, "pretrian", self.recipe, naming=['"pretrain"'])
        self.refused(2, "pretrain")
        self.refused(2, "pretrain", self.recipe, "more", naming=["more"])
        self.refused(2, "pretrain", self.recipe, "--overwrit", naming=["--overwrite"])
        self.refused(2, "probe", self.folder, "--labels", "few", naming=["few"])
        self.refused(2, "pretrain", self.recipe, "--threads", "0")


class Settings(Case):
    def windows(self, *words):
        return self.done("data", "info", self.recipe, *words).out

    def test_all_spellings_mean_the_same_and_the_last_wins(self):
        wanted = self.windows("data.window.length=25")
        self.assertNotEqual(wanted, self.windows())
        self.assertEqual(wanted, self.windows("--data.window.length", "25"))
        self.assertEqual(wanted, self.windows("--data.window.length=25"))
        self.assertEqual(wanted, self.windows("data.window.length=30", "--data.window.length", "25"))
        self.assertEqual(self.windows(), self.windows("--title", "Another"))

    def test_simulated_files_are_read_back(self):
        for name in ["motion.parquet", "motion.csv"]:
            file = self.folder / name
            self.done("data", "simulate", "motion", "-o", file, "people=2", "--seconds", "4")
            said = self.done("data", "info", self.recipe, f"data.source={file.suffix[1:]}",
                             f"data.path={file}", "data.time_unit=s").out
            self.assertIn("walk", said)
        self.refused(2, "data", "simulate", "motion", "-o", self.folder / "motion.xls", naming=[".csv"])
        self.refused(2, "data", "simulate", "motion", "-o", file, "peple=2", naming=['"people"'])
        self.refused(2, "data", "simulate", "heart", "-o", file, naming=['"hearts"'])
        hearts = self.folder / "hearts.csv"
        self.done("data", "simulate", "hearts", "-o", hearts, "people=1", "recordings=2", "seconds=1")
        self.assertEqual(len(hearts.read_text().splitlines()), 1 + 2 * 256)


class Refusals(Case):
    def info(self, code, csv, *words, naming=()):
        file = self.write("motion.csv", csv)
        before = snapshot(self.folder)
        self.refused(code, "data", "info", self.recipe, "data.source=csv", f"data.path={file}",
                     "data.time_unit=s", *words, naming=naming)
        self.assertEqual(snapshot(self.folder), before)

    def pretrain(self, code, csv, *words, naming=(), verb="pretrain"):
        file = self.write("motion.csv", csv)
        self.refused(code, verb, self.recipe, "-o", self.out, "data.source=csv", f"data.path={file}",
                     "data.time_unit=s", *words, naming=naming)
        self.assertFalse((self.out / "artifact").exists())

    def test_recipes(self):
        self.refused(2, "pretrain", self.folder / "none.toml", naming=["none.toml"])
        broken = self.write("broken.toml", "title = 'x'\nseed = = 3\n[data]\n")
        self.refused(2, "pretrain", broken, naming=["broken.toml:2"])
        self.refused(2, "pretrain", self.recipe, "train.epoch=3", naming=['"train.epochs"'])
        self.refused(2, "pretrain", self.recipe, "--train.epochs", "0", naming=["train.epochs"])
        self.assertFalse((self.folder / "runs").exists())

    def test_data_files(self):
        self.refused(3, "data", "info", self.recipe, "data.source=csv", "data.time_unit=s",
                     f"data.path={self.folder / 'none.csv'}", naming=["none.csv"])
        self.info(3, "", naming=["motion.csv"])
        self.info(3, HEADING, naming=["motion.csv"])
        self.info(3, table(cell=(17, "high")), naming=["motion.csv", "17", "ay", "high"])
        self.info(3, table(cell=(17, "")), "data.missing=refuse", naming=["motion.csv", "17", "ay"])
        self.info(3, table(), "data.window.length=101", naming=["100"])
        self.info(2, table(), "data.channels=[\"ax\", \"aw\"]", naming=["aw"])

    def test_a_long_run_of_missing_values_ends_the_recording(self):
        holes = table(activities=("sit",), subjects=("a",)).splitlines(keepends=True)
        for row in range(30, 60):
            holes[row] = holes[row].replace(",1\n", ",NaN\n")
        self.info(3, "".join(holes), "data.window.length=60", naming=["window"])

    def test_splits_and_classes(self):
        self.pretrain(2, table(subjects=("a",)), naming=["subject"])
        self.pretrain(2, table(activities=("sit",)), naming=["two classes"], verb="curve")


class Init(Case):
    def test_writes_a_recipe_that_runs(self):
        data = self.write("motion.csv", table(subjects=("a", "b", "c", "d")).replace(",", ";"))
        recipe = self.folder / "written.toml"
        said = self.done("init", data, "-o", recipe).out
        for words in ("4 recordings of 4 people", "25 Hz", "sit", f"tacit curve {recipe}"):
            self.assertIn(words, said)
        self.assertIn("4 people", self.done("data", "info", recipe).out)
        self.done("pretrain", recipe, "-o", self.out, "train.epochs=1", "encoder.filters=[4, 4, 4]")
        quick = ("finetune.min_steps=1", "finetune.epochs=1", "supervised.min_steps=1", "supervised.epochs=1",
                 "curve.seeds=1", "curve.labels_per_class=[1]", "train.epochs=1", "encoder.filters=[4, 4, 4]")
        self.assertIn("weighted F1", self.done("curve", recipe, "-o", self.folder / "curve", *quick).out)

    def test_replaces_no_recipe_unasked(self):
        data = self.write("motion.csv", table())
        recipe = self.write("mine.toml", "precious")
        self.refused(5, "init", data, "-o", recipe, naming=["mine.toml", "--overwrite"])
        self.assertEqual(recipe.read_text(encoding="utf-8"), "precious")
        self.done("init", data, "-o", recipe, "--overwrite")

    def test_refuses_with_one_sentence_and_no_file(self):
        counted = table().replace("0.04", "1").splitlines(keepends=True)
        rows = [f"{line.rsplit(',', 4)[0]},{i},{','.join(line.rsplit(',', 4)[2:])}"
                for i, line in enumerate(counted[1:])]
        data = self.write("counted.csv", HEADING + "".join(rows))
        recipe = self.folder / "none.toml"
        self.refused(3, "init", data, "-o", recipe, naming=["counted.csv", "data.file_rate_hz=50"])
        self.refused(2, "init", data, "-o", recipe, "data.file_rate=50", naming=["file_rate_hz"])
        self.refused(2, "init", data, "-o", recipe, "train.epochs=5", naming=["[data]"])
        self.refused(3, "init", self.folder / "nowhere", "-o", recipe, naming=["nowhere"])
        self.assertFalse(recipe.exists())


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """An address on loopback at which the folder is served."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Fetch(Case):
    def test_downloads_into_a_folder_of_the_sets_name(self):
        rows = "".join(f"{i},0,{i % 3},0,1,0,{i % 5},0,0,0,0\n" for i in range(60))
        heading = ",".join(["", "attitude.roll"] + [f"{what}.{axis}" for what in
                           ("gravity", "rotationRate", "userAcceleration") for axis in "xyz"]) + "\n"
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for person in (1, 2, 3):
                archive.writestr(f"A_DeviceMotion_data/wlk_7/sub_{person}.csv", heading + rows)
        (self.folder / "www").mkdir()
        (self.folder / "www/set.zip").write_bytes(content.getvalue())
        into = self.folder / "data"
        into.mkdir()
        with served(self.folder / "www") as address:
            self.refused(2, "data", "fetch", "motionsens", "-o", into, naming=['"motionsense"'])
            self.refused(3, "data", "fetch", "motionsense", "-o", into, f"url={address}/none.zip", naming=["404"])
            self.refused(3, "data", "fetch", "motionsense", "-o", into, f"url={address}/set.zip",
                         "sha256=" + "0" * 64, naming=["SHA-256"])
            self.assertEqual(list(into.iterdir()), [])
            said = self.done("data", "fetch", "motionsense", "-o", into, f"url={address}/set.zip").out
        self.assertIn("UNVERIFIED", said)
        self.assertEqual([path.name for path in into.iterdir()], ["motionsense"])
        self.assertIn("3 people", self.done("data", "info", self.recipe, "data.source=motionsense",
                                            f"data.path={into}").out)


class Folders(Case):
    def refused_untouched(self, code, *words, naming=(), **options):
        before = snapshot(self.out)
        self.refused(code, *words, naming=naming, **options)
        self.assertEqual(snapshot(self.out), before)

    def test_a_run_is_never_written_over_by_accident(self):
        quick = ("-o", self.out, "train.epochs=1")
        self.done("pretrain", self.recipe, *quick)
        self.refused_untouched(5, "pretrain", self.recipe, *quick, naming=["finished"])
        self.refused_untouched(5, "pretrain", self.recipe, *quick, "seed=2", naming=["seed"])
        self.refused_untouched(5, "curve", self.recipe, *quick, naming=["pretrain"])
        self.done("pretrain", self.recipe, *quick, "seed=2", "--overwrite")

    def test_a_foreign_folder(self):
        self.out.mkdir()
        (self.out / "thesis.txt").write_text("precious")
        self.refused_untouched(5, "pretrain", self.recipe, "-o", self.out, naming=["not empty"])
        self.refused(5, "probe", self.out, naming=["run.json"])
        self.refused(5, "report", self.out, naming=["run.json"])
        self.refused(5, "embed", self.out, "-o", self.folder / "x.npy", naming=["run.json"])

    def test_a_folder_that_may_not_be_written(self):
        self.out.mkdir()
        self.out.chmod(0o555)
        self.folder.chmod(0o755)
        nobody = {"user": 65534, "group": 65534, "extra_groups": []}
        as_nobody = nobody if os.geteuid() == 0 else {}
        try:
            self.done("--version", **as_nobody)
        except (PermissionError, AssertionError):
            self.skipTest("only root can read the binary under test and its libraries")
        self.refused_untouched(5, "pretrain", self.recipe, "-o", self.out, naming=["ermission"],
                               **as_nobody)

    def test_a_full_disk(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        self.refused(5, "pretrain", self.recipe, "-o", self.out, "encoder.filters=[64, 64]",
                     preexec_fn=limit, naming=["File too large"])
        self.assertEqual([path for path in self.out.rglob("*.tmp")], [])
        self.done("pretrain", self.recipe, "-o", self.out, "encoder.filters=[64, 64]")

    def test_a_truncated_artifact(self):
        self.done("pretrain", self.recipe, "-o", self.out, "train.epochs=1")
        model = self.out / "artifact/model.safetensors"
        model.write_bytes(model.read_bytes()[:-40])
        self.refused_untouched(5, "probe", self.out, naming=["model.safetensors"])


class Streaming(Case):
    """Samples at 25 Hz through a pipe; a window of the tiny recipe is 50 samples."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="tacit-cli-")
        cls.addClassCleanup(temporary.cleanup)
        cls.model = pathlib.Path(temporary.name) / "run"
        recipe = cls.model.with_suffix(".toml")
        recipe.write_text(RECIPE, encoding="utf-8")
        finish(start("pretrain", recipe, "-o", cls.model, "train.epochs=1"))

    @staticmethod
    def samples(count, begin=0):
        return "".join(f"{i % 5},{i % 7},{i % 3 - 1}\n" for i in range(begin, begin + count))

    def test_answers_while_the_pipe_is_open_and_ends_with_it(self):
        process = start("stream", self.model, "--hop", "1 s", stdin=subprocess.PIPE)
        process.stdin.write(self.samples(60))
        process.stdin.flush()
        first = json.loads(process.stdout.readline())  # the pipe is still open
        self.assertEqual((first["start_seconds"], first["end_seconds"]), (0, 2))
        self.assertEqual(first["quality"], {"usable": 1, "fault": "none"})
        process.out, process.err = process.communicate(self.samples(40, begin=60), timeout=60)
        self.assertEqual(process.returncode, 0, process.err)
        self.assertEqual([json.loads(line)["start_seconds"] for line in process.out.splitlines()], [1, 2])
        self.assertRegex(process.err.splitlines()[-1], r"100 samples, 3 windows; .* ms .*\d ms")

    def test_a_signal_ends_it_with_what_it_knows(self):
        file = self.write("samples.csv", self.samples(60))
        for number in SIGNALS:
            process = start("stream", self.model, file, "--follow")
            process.stdout.readline()
            process.send_signal(number)
            finish(process)
            self.assertEqual(process.returncode, 0, process.err)
            self.assertIn("60 samples, 1 windows", process.err)

    def test_reads_raw_numbers_at_another_rate(self):
        numbers = array.array("h", [i % 11 for i in range(3 * 300)])
        file = self.folder / "samples.i16"
        file.write_bytes(numbers.tobytes())
        said = self.done("stream", self.model, file, "--format", "i16", "--rate", "50", "data.scale=[0.1, 0.1, 0.1]")
        self.assertEqual(len(said.out.splitlines()), 3)
        self.assertIn("resampled from 50 to 25 Hz", said.err)

    def test_refusals(self):
        file = self.write("samples.csv", self.samples(60))
        self.refused(2, "stream", self.model, file, "--hop", "often", naming=["--hop", "often"])
        self.refused(2, "stream", self.model, file, "--format", "wav", naming=["--format", "wav"])
        self.refused(2, "stream", self.model, file, "--rate", "-5", naming=["--rate"])
        self.refused(2, "stream", self.model, "--follow", naming=["file"])
        self.refused(2, "stream", self.model, file, "data.high_pass.hz=0.5", naming=["causal"])
        self.refused(3, "stream", self.model, self.write("short.csv", self.samples(49)), naming=["49 samples"])
        self.refused(3, "stream", self.model, self.write("wide.csv", "1,2,3,4\n" * 60), naming=["line 2", "4 cells"])
        self.refused(5, "stream", self.model, file, "--head", "finetuned", naming=["tacit finetune"])


class Scoring(Case):
    def test_probe_finetune_embed_and_report_follow_a_pretrain(self):
        self.done("pretrain", self.recipe, "-o", self.out, "train.epochs=1")
        self.assertIn("report.html", self.done("probe", self.out, "--labels", "2").out)
        self.assertIn("report.html", self.done("finetune", self.out, "curve.seeds=1").out)
        self.assertTrue((self.out / "finetuned/model.safetensors").exists())
        told = self.done("finetune", self.out, "--subject", "all", "--labels", "1", "curve.seeds=1")
        self.assertRegex(told.out, r"person .* 1 labels a class: [01][.]\d+ -> [01][.]\d+")
        self.refused(2, "finetune", self.out, "--subject", "nobody", naming=["test person", "nobody"])
        self.assertIn(self.out.name, self.done("runs", self.folder).out)
        (self.out / "report.html").unlink()
        self.done("report", self.out)
        self.assertIn("<html", (self.out / "report.html").read_text(encoding="utf-8"))
        self.done("embed", self.out, "-o", self.folder / "x.parquet")
        self.assertEqual((self.folder / "x.parquet").read_bytes()[-4:], b"PAR1")
        self.done("embed", self.out, "-o", self.folder / "x.npy")
        self.assertEqual((self.folder / "x.npy").read_bytes()[:8], b"\x93NUMPY\x01\x00")
        rows = (self.folder / "x.csv").read_text(encoding="utf-8").splitlines()
        self.assertEqual(rows[0], "row,part,recording,subject,start_seconds,label")
        self.assertEqual({row.split(",")[1] for row in rows[1:]}, {"train", "validation", "test"})
        self.refused(4, "embed", self.out, "-o", self.folder / "y.npy", "data.window.length=40")
        self.refused(2, "embed", self.out, "-o", self.folder / "y.txt", naming=[".npy"])

    def test_the_artifact_needs_nothing_but_safetensors(self):
        try:
            from safetensors import safe_open
        except ImportError:
            self.skipTest("the Python package safetensors is not installed")
        self.done("pretrain", self.recipe, "-o", self.out, "train.epochs=1")
        with safe_open(self.out / "artifact/model.safetensors", "np") as model:
            self.assertGreater(len(list(model.keys())), 0)
            self.assertIn("checksum", model.metadata())


if __name__ == "__main__":
    sys.exit(unittest.main())
