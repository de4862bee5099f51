"""Says what a test could not run, and why: where it is, loudly, and in the file that SCIMKIT_NOT_RUN names, which scripts/test
shows at its end, since ctest shows nothing of a test that passed."""
import os


def tell(what, why):
    line = f"NOT RUN: {what}: {' '.join(str(why).split())}"
    print(f"\n!!!!  {line}\n", flush=True)
    if kept := os.environ.get("SCIMKIT_NOT_RUN"):
        with open(kept, "a", encoding="utf-8") as file:  # a line at once, whoever else writes beside
            file.write(line + "\n")
