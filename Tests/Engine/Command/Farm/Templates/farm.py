# SPDX-License-Identifier: Apache-2.0
"""A project, what one plain batch makes of it, and what another way of handing out its lines makes of it: both have to be the same.
The scripts beside this one are such ways; each takes the engine's program. Exit code 0: the same; 1: not, with a sentence."""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[5]
TEMPLATES = ROOT / "Assets/farm"
FIRST = "One Two Three Four Five Six Seven Eight Nine Ten".split()
SECOND = ["", " cups", " chairs", " old doors", " more", " of them", " lines", " days", " kings", " in all"]
SECONDS = 300  # that a command may take


def check(holds, what):
    if not holds:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: not so: {what}")


def until(holds, what, seconds=SECONDS):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            check(False, f"within {seconds} s: {what()}")
        time.sleep(0.1)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def script(lines):
    """So many different lines of one to three words."""
    return "".join(f"{('Anna', 'Ben')[n % 2]}: {FIRST[n % 10]}{SECOND[n // 10 % 10]}{'!' * (n // 100)}.\n" for n in range(lines))


class Farm(contextlib.AbstractContextManager):
    """A folder with script.txt, and with scene.tableread as soon as new_project() is called. Every program runs in it, and finds
    the engine on PATH. Lines that another way has spoken are looked for in the store `takes`."""

    def __init__(self, engine, lines=12):
        self._place = tempfile.TemporaryDirectory(prefix="farm")
        self.folder = pathlib.Path(self._place.name)
        self.lines = lines
        own = {name: value for name, value in os.environ.items() if not name.startswith("TABLEREAD_")}
        self.environment = dict(own, HOME=str(self.folder), PATH=f"{pathlib.Path(engine).resolve().parent}:{own['PATH']}:/usr/sbin",
                                PROJECT="scene.tableread", STORE="takes")
        (self.folder / "script.txt").write_text(script(lines))

    def __exit__(self, *_):
        self._place.cleanup()

    def start(self, *words, **more):
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **more}
        return subprocess.Popen(words, cwd=self.folder, env=self.environment, text=True, **output)

    def run(self, *words, code=0):
        """Runs a program to its end. @returns what it said."""
        with self.start(*words) as process:
            said, _ = process.communicate(timeout=SECONDS)
        check(process.returncode == code, f"{' '.join(words)} ends with {code}, not {process.returncode}:\n{said}")
        return said

    def new_project(self):
        self.run("tableread-engine", "project", "new", "script.txt", "-o", "scene.tableread")

    def make_store(self, name="takes"):
        (self.folder / name).mkdir()

    def gathered(self, store, into):
        """What gather says of each line, and the bytes of its sound; gather itself compares them with their hash."""
        self.run("tableread-engine", "gather", "scene.tableread", "--store", store, "-o", into)
        lines = json.loads((self.folder / into / "lines.json").read_text())["lines"]
        return [(line, (self.folder / into / line["file"]).read_bytes()) for line in lines]

    def compare(self):
        """The store has each line once, with the samples that a plain batch gives it."""
        self.make_store("plain")
        self.run("tableread-engine", "batch", "scene.tableread", "--store", "plain", "-q")
        plain, other = self.gathered("plain", "plain-lines"), self.gathered("takes", "lines")
        check(len(plain) == self.lines, f"a plain batch speaks {self.lines} lines, not {len(plain)}")
        different = [line["title"] for (line, sound), (own, heard) in zip(plain, other) if line != own or sound != heard]
        check(len(other) == len(plain) and not different, f"each line is the same; these are not: {different}")
        files = [path for path in (self.folder / "takes").rglob("*") if path.is_file() and "sessions" not in path.parts]
        check(len(files) == 2 * self.lines, f"the store has a record and its audio for each line, and no more: {files}")
