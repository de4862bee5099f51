#!/usr/bin/env python3
"""What is built for release does not depend on where it is built: the same sources in two places give the same objects, debug
information included.

    reproducible_test.py COMPILER [OPTION_OF_CMAKE ...]
"""
import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER, GIVEN = sys.argv[1], sys.argv[2:]
PARTS = ("CMakeLists.txt", "cmake", "include", "src", "backends")
# One of the core, and one that has the places of its errors in it.
SOURCES = ("src/core/base64.cpp", "src/tolerance/switches.cpp")


def copied_to(place):
    place.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, place / part)
        else:
            shutil.copy(source, place / part)
    return place


def compiled_in(place, build):
    """The objects, as the build in that directory would make them."""
    configured = subprocess.run(["cmake", "-S", place, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                                 f"-DCMAKE_CXX_COMPILER={COMPILER}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DSCIMKIT_TESTS=OFF",
                                 "-DSCIMKIT_SAMPLES=OFF", "-DSCIMKIT_INSTALL=OFF", "-DSCIMKIT_PRECOMPILE=OFF",
                                 "-DCMAKE_CXX_COMPILER_LAUNCHER=", *GIVEN], capture_output=True, text=True, check=False, timeout=600)
    if configured.returncode != 0:
        raise AssertionError(configured.stderr)
    objects = {}
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    for source in SOURCES:
        command = next(each for each in commands if each["file"] == str(place / source))
        words = shlex.split(command["command"])
        made = pathlib.Path(command["directory"]) / words[words.index("-o") + 1]
        made.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(words, cwd=command["directory"], check=True, timeout=600)
        objects[source] = made.read_bytes()
    return objects


class Reproducible(unittest.TestCase):
    def test_check_25_the_same_sources_in_two_places_give_the_same_objects(self):
        with tempfile.TemporaryDirectory(prefix="scimkit-built-") as folder:
            here = pathlib.Path(folder).resolve()
            first = compiled_in(copied_to(here / "a"), here / "a" / "build" / "release")
            second = compiled_in(copied_to(here / "another" / "place"), here / "elsewhere")
        for source in SOURCES:
            self.assertTrue(first[source] == second[source], source)

    def test_check_25_no_source_has_the_time_at_which_it_is_compiled(self):
        for part in ("include", "src", "backends", "samples"):
            for source in sorted((ROOT / part).rglob("*.[ch]pp")):
                text = source.read_text(encoding="utf-8")
                for macro in ("__DATE__", "__TIME__", "__TIMESTAMP__"):
                    self.assertNotIn(macro, text, source)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
