"""The load generator of bench/run, against a server that pretends.

  load_test.py PATH_OF_SCIMKIT_BENCH_LOAD [unittest option ...]
"""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = sys.argv.pop(1)
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Pretending:
    """Answers each request with what `answer` says of it and of its number: bytes; None closes the connection."""

    def __init__(self, answer):
        self.answer, self.asked, self.connections, self.lock = answer, [], 0, threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.door.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            left = b""
            while True:
                while b"\r\n\r\n" not in left:
                    more = connection.recv(65536)
                    if not more:
                        return
                    left += more
                head, left = left.split(b"\r\n\r\n", 1)
                length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
                while len(left) < length:
                    left += connection.recv(65536)
                body, left = left[:length], left[length:]
                with self.lock:
                    number = len(self.asked)
                    self.asked.append((head.split(b"\r\n")[0].decode(), head.decode(), body.decode()))
                answered = self.answer(number)
                if answered is None:
                    return
                connection.sendall(answered)
                if b"Content-Length" not in answered and b"chunked" not in answered and b" 204 " not in answered:
                    return


class Load(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = pathlib.Path(place.name)

    def pretend(self, answer=lambda number: WHOLE):
        server = Pretending(answer)
        self.addCleanup(server.door.close)
        return server

    def run_plan(self, server, expect=0, requests=None, **more):
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps({"port": server.port, "connections": 1, "seconds": 0.3, "seed": 7, **more, "requests": requests or [
            {"name": "get", "method": "GET", "path": "/Users/1"}]}))
        done = subprocess.run([PROGRAM, plan], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return json.loads(done.stdout)

    def test_a_closed_loop_counts_each_answer_on_connections_that_stay(self):
        server = self.pretend()
        told = self.run_plan(server, connections=3)
        self.assertEqual((told["answers"], server.connections), (len(server.asked), 3))
        self.assertGreater(told["answers"], 20)
        self.assertAlmostEqual(told["rate"], told["answers"] / told["seconds"], delta=1)

    def test_each_way_of_ending_a_body_is_read(self):
        for name, answer in {
                "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n3;x=y\r\n   \r\n0\r\nTrailer: a\r\n\r\n",
                "nothing": b"HTTP/1.1 204 No Content\r\n\r\n",
                "the end of the connection": b"HTTP/1.0 200 OK\r\n\r\n{}",
                "a length, and no more after it": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nConnection: close\r\n\r\n{}"}.items():
            with self.subTest(name):
                server = self.pretend(lambda number, answer=answer: answer)
                told = self.run_plan(server, seconds=0.1)
                self.assertGreater(told["answers"], 3)
                self.assertEqual(told["answers"], len(server.asked))

    def test_answers_other_than_2xx_are_named_and_fail_the_run(self):
        server = self.pretend(lambda number: WHOLE if number % 4 else b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        told = self.run_plan(server, expect=1)
        self.assertEqual(told["failures"], {"get 404": (len(server.asked) + 3) // 4})

    def test_a_connection_that_is_closed_in_place_of_an_answer_is_a_failure(self):
        server = self.pretend(lambda number: WHOLE if number != 3 else None)
        self.assertEqual(self.run_plan(server, expect=1)["failures"], {"get no answer": 1})

    def stall(self, number):
        if number == 50:
            time.sleep(0.5)
        return WHOLE

    def test_in_an_open_loop_a_stall_counts_for_all_that_it_holds_up(self):
        told = self.run_plan(self.pretend(self.stall), seconds=1.5, rate=200)
        self.assertEqual(told["answers"] + told["unsent"], 300)
        self.assertGreater(told["p99"], 400_000)  # a third of all waited, for half a second at first

    def test_in_a_closed_loop_the_same_stall_is_one_request(self):
        told = self.run_plan(self.pretend(self.stall), seconds=1.5)
        self.assertGreater(told["max"], 490_000)
        self.assertGreater(told["answers"], 200)
        self.assertLess(told["p99"], 400_000)

    def test_what_was_due_and_never_sent_is_counted_with_its_wait(self):
        told = self.run_plan(self.pretend(lambda number: time.sleep(0.2) or WHOLE), rate=100, seconds=0.5)
        self.assertGreater(told["unsent"], 30)
        self.assertEqual(told["answers"] + told["unsent"], 50)
        self.assertGreater(told["p50"], 200_000)

    def test_percentiles_are_those_of_the_answers(self):
        # Of 20 the 1st takes 0.2 s and the others 0.02 s: half, and 94 of 100, are within the latter.
        told = self.run_plan(self.pretend(lambda number: time.sleep(0.02 if number else 0.2) or WHOLE), seconds=0.58)
        self.assertTrue(20_000 <= told["p50"] <= 40_000, told)
        self.assertTrue(200_000 <= told["p999"] <= told["max"] * 1.01, told)

    def test_windows_have_what_was_due_in_them(self):
        told = self.run_plan(self.pretend(), rate=100, seconds=0.6, window=0.2)
        self.assertEqual([each["answers"] for each in told["windows"]], [20, 20, 20])

    def test_values_stand_in_their_places_the_same_in_all_steps(self):
        (self.folder / "ids").write_text("a b\nc\n")
        server = self.pretend()
        self.run_plan(server, seconds=0.1, token="of-{id}", values={"id": str(self.folder / "ids")}, requests=[
            {"name": "both", "steps": [{"method": "GET", "path": "/{id}"}, {"method": "PUT", "path": "/{id}", "body": '{"a":{"b":"{id}"}}'}]}])
        lines = [(line, body) for line, _, body in server.asked]
        self.assertTrue({"GET /a%20b HTTP/1.1", "GET /c HTTP/1.1"} >= {line for line, _ in lines[::2]})
        for (first, _), (second, body) in zip(lines[::2], lines[1::2]):
            name = "a b" if "%20" in first else "c"
            self.assertEqual((first[4:], body), (second[4:], f'{{"a":{{"b":"{name}"}}}}'))
        self.assertIn("Authorization: Bearer of-", server.asked[0][1])

    def test_new_texts_never_come_twice(self):
        server = self.pretend()
        for _ in range(2):
            self.run_plan(server, connections=2, seconds=0.1, requests=[{"name": "post", "method": "POST", "path": "/", "body": "{new}"}])
        bodies = [body for _, _, body in server.asked]
        self.assertEqual(len(set(bodies)), len(bodies))

    def test_two_connections_never_have_the_same_value(self):
        server = self.pretend()
        self.run_plan(server, connections=2, values={"id": ["a", "b", "c", "d"]}, requests=[
            {"name": "one", "steps": [{"method": "GET", "path": "/{id}/in"}, {"method": "GET", "path": "/{id}/out"}]}])
        inside = set()
        for line, _, _ in server.asked:
            _, name, step = line.split()[1].split("/")
            (self.assertNotIn if step == "in" else self.assertIn)(name, inside)
            (inside.add if step == "in" else inside.remove)(name)

    def test_the_same_seed_asks_the_same_and_weights_are_kept(self):
        asked = []
        for _ in range(2):
            server = self.pretend()
            self.run_plan(server, rate=500, seconds=0.8, requests=[{"name": "often", "weight": 3, "method": "GET", "path": "/often"},
                                                                   {"name": "rare", "weight": 1, "method": "GET", "path": "/rare"}])
            asked.append([line for line, _, _ in server.asked])
        both = min(map(len, asked))  # a busy machine leaves some unsent
        self.assertGreater(both, 100)
        self.assertEqual(asked[0][:both], asked[1][:both])
        self.assertTrue(0.65 < sum("often" in line for line in asked[0]) / len(asked[0]) < 0.85)

    def test_a_plan_that_means_nothing_is_refused_in_a_line(self):
        plan = self.folder / "plan.json"
        for text in ("", "{}", '{"port":1,"requests":[]}', '{"port":1,"requests":[{"weight":0}]}', '{"port":1,"requests":[{}]}'):
            plan.write_text(text)  # the last one: nobody listens there
            done = subprocess.run([PROGRAM, plan], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (1, "", 1), (text, done))


if __name__ == "__main__":
    unittest.main()
