#!/usr/bin/env python3
"""A server writes where it was told to and nowhere else: its calls are traced while it serves.

    trace_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import running
from running import BULK, PATCH, USER

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import not_run  # noqa: E402

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])
CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"((?:[^"\\]|\\.)*)"')
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
CHANGES = ("creat", "mkdir", "rmdir", "rename", "unlink", "link", "symlink", "truncate", "chmod", "fchmodat", "chown", "fchownat", "lchown",
           "mknod", "setxattr", "utime")
# Where nothing stays.
DEVICES = ("/dev/null", "/dev/tty")


def read_to_the_end(trace, pid):
    """The lines of a trace, once it tells that this process is gone; None if it does not come to that. Whoever writes it goes on for a
    moment after the process, and threads and other processes end in any order."""
    end = re.compile(rf"^{pid} +\+\+\+ exited with 0 \+\+\+$", re.M)
    for _ in range(200):
        text = trace.read_text(encoding="utf-8", errors="replace") if trace.exists() else ""
        if end.search(text):
            return text.splitlines()
        time.sleep(0.05)
    return None


def why_not():
    """Why calls cannot be traced here; empty if they can. Asked in the way in which the server is traced."""
    if not shutil.which("strace"):
        return "there is no strace"
    with tempfile.TemporaryDirectory(prefix="scimkit-trace-") as folder:
        trace = pathlib.Path(folder) / "trace"
        with subprocess.Popen(["strace", "-D", "-f", "-o", trace, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as asked:
            said = asked.communicate(timeout=60)[1].strip()
        if asked.returncode != 0:
            return said or "strace fails"
        return "" if read_to_the_end(trace, asked.pid) else said or "strace follows nobody"


class Traced(running.Running):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.traces = tempfile.TemporaryDirectory(prefix="scimkit-trace-")
        self.trace = pathlib.Path(self.traces.name) / "trace"

    def start(self):
        """strace goes aside (-D): what is started here is the server itself."""
        own = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")  # which traces, too
        self.process = subprocess.Popen(["strace", "-D", "-f", "-y", "-s", "4096", "-e", "trace=%file", "-e", "signal=none", "-o", self.trace,
                                         self.server, *self.arguments], env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.pid = self.process.pid  # which is forgotten with the process
        line = self.process.stdout.readline()
        if not line.startswith("listening on"):
            raise AssertionError(self.process.stderr.read())
        return self

    def calls(self):
        """Once all is written down."""
        lines = read_to_the_end(self.trace, self.pid)
        if lines is None:
            raise AssertionError("the trace has no end")
        return lines


def written(lines):
    """All that was opened for writing, made, renamed or removed."""
    for line in lines:
        call = CALL.match(line)
        if not call or re.search(r"\) += -1 ", line):
            continue
        name, arguments = call.groups()
        if not (name.startswith("open") and WRITES.search(arguments)) and not name.startswith(CHANGES):
            continue
        for base, path in PATH.findall(arguments):
            yield os.path.normpath(os.path.join(base or os.getcwd(), path))


class Trace(unittest.TestCase):
    def test_check_25_a_server_writes_nothing_but_its_data_and_its_log(self):
        server = Traced(SERVER, "--respond-async", features=FEATURES)
        self.addCleanup(server.traces.cleanup)
        self.addCleanup(server.directory.cleanup)
        self.addCleanup(server.stop)
        server.start()
        key = server.tenant("acme")
        made = server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ada", "password": "a long secret"}, key)
        self.assertEqual(made.status, 201, made.text)
        at = "/acme/scim/v2/Users/" + made.json()["id"]
        change = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "title", "value": "x"}]}
        self.assertEqual(server.send("PATCH", at, change, key).status, 200)
        deletion = {"schemas": [BULK], "Operations": [{"method": "DELETE", "path": "/Users/" + made.json()["id"]}]}
        self.assertEqual(server.send("POST", "/acme/scim/v2/Bulk", deletion, key).status, 200)
        self.assertEqual(server.send("GET", '/acme/scim/v2/Users?filter=userName%20eq%20%22ada%22', None, key).status, 200)
        server.process.send_signal(signal.SIGHUP)
        self.assertEqual(server.send("GET", "/healthz").status, 200)
        server.stop()
        places = sorted(set(written(server.calls())))
        self.assertTrue([path for path in places if path.startswith(str(server.data))], "nothing was seen")
        folder = str(server.folder) + os.sep
        elsewhere = [path for path in places if not path.startswith((folder, "/proc/")) and path not in DEVICES]
        of_the_build = re.compile(r"\.gcda$|/tsan\.rodata\.\d+$")  # what it counts, or looks for
        self.assertEqual([path for path in elsewhere if not of_the_build.search(path)], [])
        self.assertNotIn(str(server.admin_keys), places)


if __name__ == "__main__":
    if reason := why_not():
        not_run.tell("where the server writes", reason)
        sys.exit(0)
    unittest.main(argv=sys.argv[:1])
