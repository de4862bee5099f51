"""Chromium and its driver, where they can be had, and a server with a page."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SELENIUM = "selenium==4.51.0"
SKIPPED = 77  # for ctest


def skip(reason):
    print(f"SKIP: the page was not looked at in a browser: {reason}", file=sys.stderr, flush=True)
    sys.exit(SKIPPED)


def need_browser():
    """The programs. As root they are installed where the packages can be reached."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        if os.geteuid() != 0:
            skip("chromium and chromium-driver are not installed (scripts/install-packages browser)")
        script = pathlib.Path(__file__).resolve().parents[2] / "scripts/install-packages"
        if subprocess.run(["timeout", "500", script, "browser"]).returncode != 0:
            skip("chromium and chromium-driver cannot be installed")
    return shutil.which("chromium"), shutil.which("chromedriver")


def need_selenium():
    """Runs this program again with selenium's Python, which is kept in SCIMKIT_BROWSER."""
    try:
        import selenium  # noqa: F401
        return
    except ImportError:
        pass
    kept = pathlib.Path(os.environ["SCIMKIT_BROWSER"]) / SELENIUM.replace("==", "-")
    python = kept / "bin/python"
    if not (kept / "ready").exists():
        shutil.rmtree(kept, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", str(kept)], [str(python), "-m", "pip", "install", "-q", SELENIUM]):
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=300)
            except subprocess.TimeoutExpired:
                skip(f"{SELENIUM} takes too long to install; can PyPI be reached?")
            if done.returncode != 0:
                skip(f"{SELENIUM} cannot be installed: {(done.stderr or done.stdout).strip()[-300:]}")
        (kept / "ready").touch()
    if os.environ.get("SCIMKIT_BROWSER_PYTHON"):
        skip(f"{python} has no selenium")
    os.execve(python, [str(python), *sys.argv], {**os.environ, "SCIMKIT_BROWSER_PYTHON": "1"})


def start_browser(width=1280, height=800):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chromium, chromedriver = need_browser()
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                     "--force-device-scale-factor=1", "--lang=en-GB"):
        options.add_argument(argument)
    if os.geteuid() == 0:  # Chromium's own sandbox does not work as root; what it looks at is ours
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(chromedriver))
    browser.set_window_size(width, height)
    browser.set_page_load_timeout(60)
    return browser


class Server:
    """scimkit-server with its administration, and a one-time password. `webhook`: where it posts changes to; `schemas`:
    files that tenants may name, by their names."""

    def __init__(self, scim_port, port, webhook=None, schemas=None):
        self.directory = tempfile.TemporaryDirectory(prefix="scimkit-page-")
        self.server = os.environ["SCIMKIT_SERVER"]
        folder = pathlib.Path(self.directory.name)
        self.log = folder / "log"
        password_file = folder / "password"
        self.password = self.run("admin", "reset-password", "--password-file", str(password_file))
        self.admin = f"http://127.0.0.1:{port}"
        more = ["--metrics"] if "metrics" in os.environ.get("SCIMKIT_FEATURES", "") else []
        if webhook:
            secret = folder / "webhook-secret"
            secret.write_text("whsec_" + "k" * 43 + "=\n", encoding="utf-8")
            secret.chmod(0o600)
            more += ["--webhook", webhook, "--webhook-secret-file", str(secret)]
        if schemas:
            self.schemas = folder / "schemas"
            self.schemas.mkdir(mode=0o700)
            for name, text in schemas.items():
                (self.schemas / name).write_text(text, encoding="utf-8")
            more += ["--tenant-schemas", str(self.schemas)]
        self.process = subprocess.Popen(
            [self.server, "--listen", f"127.0.0.1:{scim_port}", "--base-url", "https://scim.example.com/scim/v2", "--store", "memory",
             "--admin", f"127.0.0.1:{port}", "--admin-password-file", str(password_file), "--log-file", str(self.log), *more],
            stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.url = f"http://127.0.0.1:{scim_port}"

    def run(self, *arguments):
        return subprocess.run([self.server, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout.strip()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()
        self.directory.cleanup()
