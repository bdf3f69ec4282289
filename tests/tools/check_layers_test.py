# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_layers  # noqa: E402


class CheckLayers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def found(self):
        return list(check_layers.violations(self.root))

    def assert_one(self, *words):
        found = self.found()
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_accepts_what_the_table_allows(self):
        self.write("tacit/core/rng.h", '#include "tacit/version.h"\n')
        self.write("tacit/data/windows.h", '#include "tacit/core/rng.h"\n')
        self.write("tacit/data/readers/csv.cpp", '#include "tacit/data/windows.h"\n')
        self.write("tacit/train/trainer.h", '#include "tacit/methods/method.h"\n')
        self.write("tacit/evaluate/curve.cpp", '#include "tacit/methods/supervised.h"\n')
        self.write("tacit/report/html.cpp", '#include "tacit/embedded/page.h"\n')
        self.write("tacit/run/curve.cpp", '#include "tacit/report/html.h"\n')
        self.assertEqual(self.found(), [])

    def test_catches_an_include_upwards(self):
        self.write("tacit/core/rng.h", '#include "tacit/nn/encoder.h"\n')
        self.assert_one("tacit/core/rng.h", "tacit/nn/encoder.h", "no other room")

    def test_lets_train_see_the_contract_but_no_method(self):
        self.write("tacit/train/trainer.cpp", '#include "tacit/methods/autoencoder.h"\n')
        self.assert_one("methods/autoencoder.h", "methods/method.h")

    def test_catches_a_cycle_of_three(self):
        for name, to in (("a", "b"), ("b", "c"), ("c", "a")):
            self.write(f"tacit/core/{name}.h", f'#include "tacit/core/{to}.h"\n')
        self.assert_one("a.h -> tacit/core/b.h -> tacit/core/c.h -> tacit/core/a.h")

    def test_catches_torch_torch_in_a_header_only(self):
        self.write("tacit/nn/a.cpp", "#include <torch/torch.h>\n")
        self.assertEqual(self.found(), [])
        self.write("tacit/nn/a.h", "#include <torch/torch.h>\n")
        self.assert_one("tacit/nn/a.h", "ATen/core/Tensor.h")

    def test_lets_one_room_open_connections(self):
        self.write("tacit/fetch/a.cpp", "#include <curl/curl.h>\n")
        self.assertEqual(self.found(), [])
        self.write("apps/cli/a.cpp", "#include <sys/socket.h>\n")
        self.assert_one("apps/cli/a.cpp", "tacit/fetch")

    def test_catches_names_that_say_nothing(self):
        self.write("tacit/core/utils/a.h")
        self.write("tests/core/helpers_test.cpp")
        self.assertEqual([line.split(":")[0] for line in self.found()],
                         ["tacit/core/utils", "tests/core/helpers_test.cpp"])

    def test_catches_a_room_that_is_not_in_the_table(self):
        self.write("tacit/attic/a.h")
        self.assert_one("attic", "ROOMS")

    def test_catches_the_line_after_the_limit(self):
        self.write("tacit/core/a.cpp", "\n" * 400)
        self.assertEqual(self.found(), [])
        self.write("tacit/core/a.cpp", "\n" * 401)
        self.assert_one("401 lines")


if __name__ == "__main__":
    unittest.main()
