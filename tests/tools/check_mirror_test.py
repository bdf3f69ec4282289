# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_mirror  # noqa: E402

COMPLETE = {
    "tacit/methods/CMakeLists.txt": "target_sources(tacit PRIVATE bar_twins.cpp registry.cpp)\n",
    "tacit/methods/bar_twins.cpp": "",
    "tacit/methods/registry.cpp": "entry<BarTwins>(),\n",
    "tests/methods/CMakeLists.txt": "tacit_test(methods bar_twins_test.cpp)\n",
    "tests/methods/bar_twins_test.cpp": "",
    "docs/methods/bar_twins.md": "",
    "recipes/x.toml": 'name = "bar_twins"\n',
}


class CheckMirror(unittest.TestCase):
    def found(self, **changes):
        """Violations of the complete tree after the changes; None removes a file."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**COMPLETE, **changes.get("files", {})}.items():
                if text is None:
                    continue
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return list(check_mirror.violations(folder))

    def assert_one(self, files, *words):
        found = self.found(files=files)
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_accepts_a_complete_method(self):
        self.assertEqual(self.found(), [])

    def test_catches_a_source_without_test(self):
        self.assert_one({"tests/methods/bar_twins_test.cpp": None},
                        "write tests/methods/bar_twins_test.cpp")

    def test_catches_a_test_that_is_not_registered(self):
        # A longer name and a comment are not a registration.
        listing = "tacit_test(methods not_bar_twins_test.cpp)  # bar_twins_test.cpp\n"
        self.assert_one({"tests/methods/CMakeLists.txt": listing},
                        "bar_twins_test.cpp: is not built", "tests/methods/CMakeLists.txt")

    def test_catches_a_source_that_is_not_registered(self):
        self.assert_one({"tacit/methods/CMakeLists.txt": "target_sources(tacit PRIVATE registry.cpp)"},
                        "tacit/methods/bar_twins.cpp: is not built")

    def test_accepts_registration_in_a_folder_above(self):
        self.assertEqual(self.found(files={
            "tests/methods/CMakeLists.txt": None,
            "tests/CMakeLists.txt": "tacit_test(methods methods/bar_twins_test.cpp)\n"}), [])

    def test_catches_a_method_missing_from_the_table(self):
        self.assert_one({"tacit/methods/registry.cpp": ""}, "entry<BarTwins>()")

    def test_catches_a_method_without_page(self):
        self.assert_one({"docs/methods/bar_twins.md": None}, "docs/methods/bar_twins.md")

    def test_catches_a_method_without_recipe(self):
        self.assert_one({"recipes/x.toml": '# "bar_twins"\n'}, "recipe", '"bar_twins"')


if __name__ == "__main__":
    unittest.main()
