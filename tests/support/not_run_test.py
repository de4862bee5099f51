"""What could not be run is seen: by who runs the test, and at the end of scripts/test."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TELL = "import sys; sys.path.insert(0, sys.argv[1]); import not_run; not_run.tell('the suite', 'nobody\\nanswers')"


class NotRun(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.file = pathlib.Path(self.place.name) / "not-run.txt"

    def tell(self, **environment):
        return subprocess.run([sys.executable, "-B", "-c", TELL, str(HERE)], capture_output=True, text=True, check=True,
                              env={**os.environ, **environment}).stdout

    def shown(self):
        return subprocess.run([ROOT / "scripts" / "not-run", self.file], capture_output=True, text=True, check=True).stdout

    def test_it_is_told_in_one_line_and_kept_where_scripts_test_looks(self):
        self.assertIn("!!!!  NOT RUN: the suite: nobody answers\n", self.tell(SCIMKIT_NOT_RUN=str(self.file)))
        self.tell(SCIMKIT_NOT_RUN=str(self.file))
        self.assertEqual(self.shown().count("NOT RUN: the suite: nobody answers"), 1)
        self.assertIn("!!!!  1 not run", self.shown())

    def test_nothing_is_shown_where_everything_was_run(self):
        self.assertEqual(self.shown(), "")
        self.file.write_text("")
        self.assertEqual(self.shown(), "")

    def test_it_is_told_without_scripts_test_too(self):
        self.assertIn("NOT RUN: the suite", self.tell(SCIMKIT_NOT_RUN=""))
        self.assertFalse(self.file.exists())

    def test_scripts_test_shows_it_before_the_last_summary_and_keeps_the_outcome(self):
        """The script itself, with everything that it calls replaced by what says nothing, or fails."""
        place = pathlib.Path(self.place.name)
        (place / "scripts").mkdir()
        (place / "build" / "dev").mkdir(parents=True)
        (place / "build" / "dev" / "build.ninja").touch()
        for name in ("test", "not-run"):
            (place / "scripts" / name).write_text((ROOT / "scripts" / name).read_text())
            (place / "scripts" / name).chmod(0o755)
        tools = place / "tools"
        tools.mkdir()
        ctest = '#!/bin/sh\necho "NOT RUN: a suite: no answer" >> "$SCIMKIT_NOT_RUN"\n' \
                'echo "99% tests passed, 1 tests failed out of 108"\nexit 8\n'
        for program, text in ((tools / "ctest", ctest), (tools / "cmake", "#!/bin/sh\n"),
                              *((place / "scripts" / name, "#!/bin/sh\n") for name in ("install-packages", "requirements", "limits"))):
            program.write_text(text)
            program.chmod(0o755)
        done = subprocess.run([place / "scripts" / "test", "--preset", "dev"], capture_output=True, text=True,
                              env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertTrue(done.stdout.endswith("!!!!    NOT RUN: a suite: no answer\n\n"
                                             "99% tests passed, 1 tests failed out of 108\n"), done.stdout)


if __name__ == "__main__":
    unittest.main()
