#!/usr/bin/env python3
"""Ten thousand connections that nobody closes, and what a client beside them notices.

    crowd_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import http.client
import pathlib
import resource
import socket
import sys
import time
import unittest

import running

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import not_run  # noqa: E402

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])
CROWD, SPARE = 10_000, 500
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


class Crowd(unittest.TestCase):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < CROWD + SPARE:
            not_run.tell("check 22: ten thousand idle connections", f"this process may have {hard} files open")
            self.skipTest("too few files")
        resource.setrlimit(resource.RLIMIT_NOFILE, (CROWD + SPARE, hard))  # the server gets the same
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.server = running.Running(SERVER, "--max-connections", str(CROWD + 100), features=FEATURES)
        self.addCleanup(self.server.directory.cleanup)
        self.addCleanup(self.server.stop)
        self.server.start()

    def connect(self):
        crowd = []
        self.addCleanup(lambda: [each.close() for each in crowd])
        for _ in range(CROWD):
            one = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
            crowd.append(one)
            one.sendall(REQUEST)
            if len(crowd) % 100 == 0:  # no more at once than the server's accept queue holds
                self.answer(one)
        return crowd

    @staticmethod
    def answer(connection):
        """Of the one request that it has sent, whole."""
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def test_check_22_ten_thousand_idle_connections_hold_up_nobody(self):
        key = self.server.tenant("acme")
        before = self.memory()
        began = time.monotonic()
        crowd = self.connect()
        slowest = 0
        for number in range(100):
            asked = time.monotonic()
            made = self.server.send("POST", "/acme/scim/v2/Users", {"schemas": [running.USER], "userName": f"u{number}"}, key)
            self.assertEqual(made.status, 201, made.text)
            slowest = max(slowest, time.monotonic() - asked)
        self.assertLess(slowest, 2)
        each = (self.memory() - before) / CROWD
        self.assertLess(each, 128 * 1024, "bytes of a connection that is idle")
        if time.monotonic() - began < 50:  # beyond a minute of idleness they are closed
            for one in crowd[1:CROWD:997]:
                self.answer(one)
                one.sendall(REQUEST)
                self.assertEqual(self.answer(one)[0], 200)
        print(f"{CROWD} idle connections: {each:.0f} bytes each, slowest write beside them {1000 * slowest:.0f} ms")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
