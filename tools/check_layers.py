#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each room of tacit/ includes only the rooms it may, and a few rules on files.

Usage: check_layers.py [REPOSITORY]. Prints one sentence a violation; exit status 1 if there is any.
"""

import pathlib
import re
import sys

# What a room may include besides itself. A name with a dot is a single file.
ROOMS = {
    "core": [],
    "dist": ["core"],
    "fetch": ["core"],
    "kernels": ["core"],
    "dsp": ["core"],
    "data": ["core", "dist", "data/readers", "dsp"],
    "data/readers": ["core", "data"],
    "transforms": ["core", "kernels"],
    "onnx": ["core"],
    "nn": ["core", "dist", "kernels", "onnx"],
    "losses": ["core", "dist"],
    "methods": ["core", "dist", "transforms", "nn", "losses", "dsp"],
    "train": ["core", "dist", "data", "methods/method.h"],
    "artifact": ["core", "data", "nn"],
    "evaluate": ["core", "dist", "data", "nn", "losses", "train", "artifact",
                 "methods/method.h", "methods/supervised.h"],
    "export": ["core", "data", "nn", "onnx", "artifact"],
    "report": ["core", "evaluate"],
}
# Recipes and run folders: what each verb of the command line does.
ROOMS["run"] = list(ROOMS)

# Made by the build, open to all rooms.
GENERATED = ["embedded", "version.h"]

# What opens connections, and the one room that may.
NETWORK = re.compile(r"curl/|sys/socket\.h|netdb\.h")
NETWORK_ROOM = "fetch"

FORBIDDEN_NAMES = {"utils", "util", "common", "misc", "helpers", "helper", "manager", "base", "engine"}
MAX_LINES = 400
SOURCE_FOLDERS = ["tacit", "apps", "python", "tests", "benchmarks", "examples", "tools"]
SUFFIXES = {".h", ".cpp", ".py"}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


def room_of(path):
    """'data/readers/csv.h' -> 'data/readers'; the longest known room, else the first folder."""
    parts = path.split("/")[:-1]
    for length in range(len(parts), 0, -1):
        if "/".join(parts[:length]) in ROOMS:
            return "/".join(parts[:length])
    return parts[0] if parts else ""


def may_include(room, target):
    """Whether a file of `room` may include tacit/`target`."""
    if target in GENERATED or target.split("/")[0] in GENERATED:
        return True
    to = room_of(target)
    return to == room or to in ROOMS[room] or target in ROOMS[room]


def sources(repository, folders):
    for folder in folders:
        for path in sorted((repository / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def included(path):
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def check_rooms(repository):
    for path in sources(repository, ["tacit"]):
        name = path.relative_to(repository / "tacit").as_posix()
        room = room_of(name)
        if room not in ROOMS:
            yield (f"tacit/{name}: the room '{room}' is unknown; move the file or add the room to "
                   "ROOMS in tools/check_layers.py")
            continue
        for include in included(path):
            if include.startswith("tacit/") and not may_include(room, include[len("tacit/"):]):
                allowed = ", ".join(ROOMS[room]) or "no other room"
                yield (f"tacit/{name}: includes {include}, but {room} may include only {allowed}; "
                       "move the code down a room or pass what it needs as an argument")


def check_cycles(repository):
    """Reports each include cycle once, as the chain of files that closes it."""
    graph = {}
    for path in sources(repository, ["tacit"]):
        name = path.relative_to(repository).as_posix()
        graph[name] = [i for i in included(path) if i.startswith("tacit/")]
    finished = set()

    def visit(name, chain):
        if name in chain:
            yield (" -> ".join(chain[chain.index(name):] + [name])
                   + ": these files include each other in a circle; move what they share into a "
                     "file of its own")
        elif name in graph and name not in finished:
            for target in graph[name]:
                yield from visit(target, chain + [name])
            finished.add(name)

    for name in graph:
        yield from visit(name, [])


def check_headers(repository):
    for path in sources(repository, ["tacit", "apps", "python"]):
        if path.suffix == ".h" and "torch/torch.h" in included(path):
            yield (f"{path.relative_to(repository).as_posix()}: a header includes torch/torch.h, "
                   "which costs every user 14 seconds; include <ATen/core/Tensor.h> and the single "
                   "operators instead")


def check_network(repository):
    for path in sources(repository, ["tacit", "apps"]):
        name = path.relative_to(repository).as_posix()
        for include in included(path):
            if NETWORK.match(include) and not name.startswith(f"tacit/{NETWORK_ROOM}/"):
                yield (f"{name}: includes {include}, but only tacit/{NETWORK_ROOM} may open connections; "
                       "call it instead")


def check_names(repository):
    seen = set()
    for path in sources(repository, SOURCE_FOLDERS):
        relative = path.relative_to(repository)
        for depth, part in enumerate(relative.parts, start=1):
            place = "/".join(relative.parts[:depth])
            if pathlib.PurePath(part).stem.removesuffix("_test") in FORBIDDEN_NAMES and place not in seen:
                seen.add(place)
                yield f"{place}: says nothing about what is inside; name it after the thing it holds"


def check_lengths(repository):
    for path in sources(repository, SOURCE_FOLDERS):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_LINES:
            yield (f"{path.relative_to(repository).as_posix()}: has {lines} lines, the limit is "
                   f"{MAX_LINES}; find the concept that deserves its own file")


def violations(repository):
    repository = pathlib.Path(repository)
    for check in (check_rooms, check_cycles, check_headers, check_network, check_names,
                  check_lengths):
        yield from check(repository)


def main(arguments):
    here = pathlib.Path(__file__).resolve().parent.parent
    found = list(violations(arguments[1] if len(arguments) > 1 else here))
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
