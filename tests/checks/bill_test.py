#!/usr/bin/env python3
"""The bill of materials names what the program is linked with: compared with the program itself, which is read here.

    bill_test.py PATH_OF_SCIMKIT_SERVER
"""
import json
import mmap
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import not_run  # noqa: E402

SERVER = sys.argv[1]
LOADED, DYNAMIC = 1, 2  # types of segments
NEEDED, NAMES = 1, 5  # tags of the dynamic one


def needed(file):
    """The libraries that an ELF file asks for, by the entries that the loader reads."""
    with open(file, "rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:6] != b"\x7fELF\x02\x01":
            raise AssertionError(f"{file} is no ELF file of 64 bits")
        start, (size, count) = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<HH", data, 54)
        segments = [struct.unpack_from("<IIQQQQ", data, start + i * size) for i in range(count)]
        _, _, at, _, _, length = next(each for each in segments if each[0] == DYNAMIC)
        entries = [struct.unpack_from("<QQ", data, place) for place in range(at, at + length, 16)]
        address = next(value for tag, value in entries if tag == NAMES)
        offset = next(each[2] + address - each[3] for each in segments if each[0] == LOADED and each[3] <= address < each[3] + each[5])
        return {data[offset + value:data.find(b"\0", offset + value)].decode() for tag, value in entries if tag == NEEDED}


def ask(path):
    """The script, with programs from there."""
    return subprocess.run([ROOT / "scripts" / "sbom", SERVER], env=dict(os.environ, PATH=path), capture_output=True, text=True, check=False,
                          timeout=300)


def why_not():
    """Why there is no bill to be had here; empty if there is one, or should be."""
    if not shutil.which("dpkg-query") or not shutil.which("readelf"):
        return "there are no packages of Debian here, or no readelf"
    said = ask(os.environ["PATH"]).stderr.strip()
    return said if said.startswith("of no Debian package: ") else ""


def values(component, name):
    return [each["value"] for each in component["properties"] if each["name"] == name]


class Bill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = cls.print_bill()
        cls.bill = json.loads(cls.text)
        cls.files = {soname: file for component in cls.bill["components"]
                     for soname, file in zip(values(component, "scimkit:soname"), values(component, "scimkit:file"))}

    @staticmethod
    def print_bill(path=os.environ["PATH"]):
        done = ask(path)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout

    def test_check_25_the_bill_of_materials_names_each_library_that_the_program_is_linked_with_and_no_other(self):
        linked, rest = set(), needed(SERVER)
        self.assertIn("libc.so.6", rest)
        while rest:
            soname = rest.pop()
            linked.add(soname)
            self.assertIn(soname, self.files)
            rest |= needed(self.files[soname]) - linked
        self.assertEqual(linked, set(self.files))

    def test_check_25_the_bill_of_materials_has_the_versions_of_the_packages_that_are_installed(self):
        for component in self.bill["components"]:
            installed = subprocess.run(["dpkg-query", "-W", "-f", "${Version} ${Architecture}\n", component["name"]], capture_output=True,
                                       text=True, check=True, timeout=60).stdout.split("\n")[0].split()
            self.assertEqual(component["version"], installed[0])
            self.assertTrue(component["purl"].startswith(f"pkg:deb/debian/{component['name']}@"), component["purl"])

    def test_check_25_who_needs_whom_is_what_the_files_say(self):
        refs = {soname: component["bom-ref"] for component in self.bill["components"] for soname in values(component, "scimkit:soname")}
        of_program = next(each for each in self.bill["dependencies"] if each["ref"] == self.bill["metadata"]["component"]["bom-ref"])
        self.assertEqual(set(of_program["dependsOn"]), {refs[soname] for soname in needed(SERVER)})

    def test_check_25_the_same_program_has_the_same_bill(self):
        self.assertEqual(self.text, self.print_bill())

    def test_a_library_that_somebody_has_diverted_is_of_the_package_that_has_it(self):
        with tempfile.TemporaryDirectory(prefix="scimkit-bill-") as folder:
            dpkg = pathlib.Path(folder) / "dpkg"
            said = "".join(f"echo 'diversion by other from: {file}'\n" for file in self.files.values())
            dpkg.write_text(f'#!/bin/sh\n{shutil.which("dpkg")} "$@"\ncode=$?\n{said}exit $code\n', encoding="utf-8")
            dpkg.chmod(0o755)
            self.assertEqual(self.text, self.print_bill(f"{folder}:{os.environ['PATH']}"))


if __name__ == "__main__":
    if reason := why_not():
        not_run.tell("the bill of materials", reason)
        sys.exit(0)
    unittest.main(argv=sys.argv[:1])
