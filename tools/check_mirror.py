#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that tests mirror sources and that every method is complete.

Usage: check_mirror.py [REPOSITORY]. Prints one sentence a violation; exit status 1 if there is any.
"""

import pathlib
import re
import sys

# Sources without a test file of their own, each with the reason.
WITHOUT_TEST = {
    "tacit/methods/registry.cpp": "a table; every method's own test goes through it",
    "tacit/nn/registry.cpp": "a table; every encoder's own test goes through it",
    "tacit/data/readers/registry.cpp": "a table; every reader's own test goes through it",
    "tacit/transforms/registry.cpp": "a table; every transform's own test goes through it",
    "tacit/evaluate/labelled.cpp": "the input check of probe, kNN and forest; their tests reach it",
    "tacit/kernels/conv_plan.cpp": "the inside of conv_chain.cpp, whose test covers each function",
    "tacit/kernels/correlation.cpp": "the inside of conv_chain.cpp, whose test covers each function",
    "tacit/run/row_columns.cpp": "columns of what embed and predict write; their tests read them",
    "tacit/report/display_name.cpp": "a table; headline_test and results_test read its names",
}
NOT_METHODS = {"method", "registry", "known_features"}


def camel_case(name):
    return "".join(word.capitalize() for word in name.split("_"))


def text_of(path):
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def check_tests_exist(repository):
    for path in sorted((repository / "tacit").rglob("*.cpp")):
        name = path.relative_to(repository)
        test = pathlib.Path("tests", *name.parts[1:-1], f"{path.stem}_test.cpp")
        if name.as_posix() not in WITHOUT_TEST and not (repository / test).is_file():
            yield (f"{name.as_posix()}: has no test; write {test.as_posix()}, or give the reason in "
                   "WITHOUT_TEST in tools/check_mirror.py")


def registered(listing, name):
    """Whether a CMakeLists names the file, as a word of its own and not in a comment."""
    code = re.sub(r"#.*", "", listing)
    return re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w.-])", code) is not None


def check_registered(repository, folder, pattern):
    """Each file is named in the CMakeLists.txt of its folder or of a folder above it."""
    for path in sorted((repository / folder).rglob(pattern)):
        place = path.parent
        while place != repository:
            if registered(text_of(place / "CMakeLists.txt"), path.relative_to(place).as_posix()):
                break
            place = place.parent
        else:
            yield (f"{path.relative_to(repository).as_posix()}: is not built; name it in "
                   f"{path.parent.relative_to(repository).as_posix()}/CMakeLists.txt")


def check_methods(repository):
    table = text_of(repository / "tacit/methods/registry.cpp")
    recipes = "\n".join(text_of(path) for path in sorted((repository / "recipes").rglob("*.toml")))
    recipes = re.sub(r"#.*", "", recipes)
    for path in sorted((repository / "tacit/methods").glob("*.cpp")):
        name = path.stem
        if name in NOT_METHODS:
            continue
        source = f"tacit/methods/{name}.cpp"
        if f"entry<{camel_case(name)}>" not in table:
            yield (f"{source}: is not in the table; add entry<{camel_case(name)}>() to "
                   "tacit/methods/registry.cpp")
        if not (repository / f"docs/methods/{name}.md").is_file():
            yield f"{source}: has no page; write docs/methods/{name}.md"
        if f'"{name}"' not in recipes:
            yield f'{source}: no recipe uses it; add one to recipes/ that names "{name}"'


def violations(repository):
    repository = pathlib.Path(repository)
    yield from check_tests_exist(repository)
    yield from check_registered(repository, "tests", "*_test.cpp")
    yield from check_registered(repository, "tacit", "*.cpp")
    yield from check_methods(repository)


def main(arguments):
    here = pathlib.Path(__file__).resolve().parent.parent
    found = list(violations(arguments[1] if len(arguments) > 1 else here))
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
