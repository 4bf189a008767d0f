#!/usr/bin/env python3
"""Kills searches, fills their disk and interrupts them, again and again, and sees that nothing is lost and nothing is wrong.

After every fault the same command is given again; its result must equal that of a search that was left alone, byte for byte, and no
temporary file and no lock may be left. docs/reliability.md keeps what this said. Disks are small tmpfs mounts, for which one must be root;
elsewhere a limit on the size of files stands in.

    EDDY=build/release/eddy tools/fault_harness.py                  # 300 kills, 100 full disks, 100 signals
    EDDY=build/release/eddy tools/fault_harness.py --short          # a few of each: the test cli.faults
"""

import argparse
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/cli"))
import h5py  # noqa: E402
import numpy as np  # noqa: E402
from workspace import BUMP, CONFIG, EDDY, N_EVENTS, events, write  # noqa: E402

# Two families: what they write differs. Everything is small: a search takes about a second.
SEARCHES = {"tail": CONFIG.replace("epochs = 1", "epochs = 2"), "bump": BUMP}
COMPARED = ("result.json", "scores.h5", "figures.json", "config.toml")
LONGEST = 300  # seconds for a search on a busy machine
PAGE = 4096


class Wrong(Exception):
    """What must not happen."""


def files_of(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def leftovers(folder):
    return [str(path.relative_to(folder)) for path in files_of(folder) if ".partial-" in path.name or path.name == "eddy.lock"]


class Harness:
    def __init__(self, folder, seed):
        self.folder = Path(folder)
        self.random = random.Random(seed)
        self.references = {}
        self.seconds = {}
        self.order = {}
        write(self.folder / "events.h5", {"data": events(1, N_EVENTS), "template": events(2, N_EVENTS)})
        rng = np.random.default_rng(5)
        mjj = (rng.pareto(8, 20000) + 1) * 2500
        with h5py.File(self.folder / "masses.h5", "w") as file:
            file["mjj"] = mjj[mjj < 7000][:5000].astype("f4")
            file["mjj"].attrs["units"] = "GeV"
            for name in ("x1", "x2"):
                file[name] = rng.normal(size=len(file["mjj"])).astype("f4")
        for name, text in SEARCHES.items():
            (self.folder / f"{name}.toml").write_text(text)
            begin = time.monotonic()
            self.finish(name, f"reference-{name}")
            self.seconds[name] = time.monotonic() - begin
            self.references[name] = self.folder / f"reference-{name}"
            # Files in the order in which they got their names: where a disk may be full, and what a phase ends with.
            self.order[name] = sorted((path for path in files_of(self.references[name]) if path.name != "log.txt"), key=lambda path: path.stat().st_mtime_ns)

    def start(self, search, out, *extra, limit=None):
        def limited():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        with open(self.folder / "said", "w") as said:
            return subprocess.Popen([EDDY, "run", f"{search}.toml", "--out", str(out), "--quiet", *extra], cwd=self.folder, stdout=said, stderr=said,
                                    preexec_fn=limited)

    def said(self):
        return (self.folder / "said").read_text().strip()

    def finish(self, search, out, *extra):
        code = self.start(search, out, *extra).wait(timeout=LONGEST)
        if code != 0:
            raise Wrong(f"the search does not go on: exit code {code}: {self.said()}")

    def same(self, search, out):
        """Everything as if nothing had happened."""
        for name in COMPARED:
            if (self.folder / out / name).read_bytes() != (self.references[search] / name).read_bytes():
                raise Wrong(f"another {name} than undisturbed")
        mine = {str(path.relative_to(self.folder / out)) for path in files_of(self.folder / out)}
        theirs = {str(path.relative_to(self.references[search])) for path in files_of(self.references[search])}
        if mine != theirs:
            raise Wrong(f"other files than undisturbed: {sorted(mine ^ theirs)}")

    def wait_for_moment(self, process, search, out):
        """A moment of the search: any time, or just when one more file got its name."""
        begin = time.monotonic()
        if self.random.random() < 0.5:
            until = self.random.random() * 1.1 * self.seconds[search]
            while time.monotonic() - begin < until and process.poll() is None:
                time.sleep(0.001)
            return
        n = self.random.randint(0, len(self.order[search]))
        folder = self.folder / out
        while process.poll() is None and len([path for path in files_of(folder) if ".partial-" not in path.name]) < n:
            time.sleep(0.0005)
        time.sleep(self.random.random() * 0.02)

    def coherent(self, out):
        """config.toml and result.json belong together, at every moment."""
        config, result = self.folder / out / "config.toml", self.folder / out / "result.json"
        if result.exists():
            seeds = [re.search(pattern, path.read_text(), re.M).group(1) for path, pattern in ((config, r"^seed = (\d+)"), (result, r'^ "seed": (\d+)'))]
            if seeds[0] != seeds[1]:
                raise Wrong(f"config.toml has seed {seeds[0]}, result.json {seeds[1]}")

    def kill(self, search):
        """One to four kills in one folder, the last folder perhaps an earlier search that is replaced (--fresh); returns their number."""
        out = "killed"
        fresh = self.random.random() < 0.2
        if fresh:
            self.finish(search, out, "--seed", "7")
        n = 0
        for _ in range(self.random.randint(1, 4)):
            process = self.start(search, out, *(["--fresh"] if fresh else []))
            self.wait_for_moment(process, search, out)
            process.kill()
            n += process.wait() == -signal.SIGKILL
            self.coherent(out)
        self.finish(search, out, *(["--fresh"] if fresh else []))
        self.same(search, out)
        shutil.rmtree(self.folder / out)
        return n

    def stop(self, search):
        out = "stopped"
        process = self.start(search, out)
        self.wait_for_moment(process, search, out)
        process.send_signal(self.random.choice((signal.SIGTERM, signal.SIGINT)))
        begin = time.monotonic()
        code = process.wait(timeout=30)
        if time.monotonic() - begin > 2:
            raise Wrong(f"at work {time.monotonic() - begin:.1f} s after a signal")
        if code not in (0, 1) and (self.folder / out).exists():  # else so early that main had not begun
            raise Wrong(f"exit code {code} after a signal: {self.said()}")
        if (self.folder / out).exists() and leftovers(self.folder / out):
            raise Wrong(f"a signal leaves {leftovers(self.folder / out)}")
        self.finish(search, out)
        self.same(search, out)
        shutil.rmtree(self.folder / out)
        return int(code != 0)

    def sizes(self, search):
        """Where the disk ends: before, within and at the end of each file."""
        used = 2 * PAGE  # the folder's log and lock
        for path in self.order[search]:
            pages = -(-path.stat().st_size // PAGE)
            for part in {0, pages // 2, max(0, pages - 1)}:
                yield used + part * PAGE
            used += pages * PAGE

    def full_disk(self, search, size, inodes=None):
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        size = max(PAGE, size)
        options = f"size={size}" + (f",nr_inodes={inodes}" if inodes else "")
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", disk], capture_output=True).returncode != 0:
            return self.limited_file(search, size // 4)
        try:
            code = self.start(search, "disk/run").wait(timeout=LONGEST)
            self.check_full(code, disk / "run", "No space left on device")
            subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=0", disk], check=True)
            self.finish(search, "disk/run")
            self.same(search, "disk/run")
        finally:
            subprocess.run(["umount", disk], check=True)
        return int(code != 0)

    def limited_file(self, search, size):
        out = "limited"
        code = self.start(search, out, limit=size).wait(timeout=LONGEST)
        self.check_full(code, self.folder / out, "File too large")
        self.finish(search, out)
        self.same(search, out)
        shutil.rmtree(self.folder / out)
        return int(code != 0)

    def check_full(self, code, out, reason):
        if code not in (0, 1) or (code == 1 and reason not in self.said()):
            raise Wrong(f"a full disk: exit code {code}: {self.said()}")
        if out.exists() and leftovers(out):
            raise Wrong(f"a full disk leaves {leftovers(out)}")


def attempts(n, search_names, action, folder):
    """Calls `action` until it counted `n` faults; returns (faults, what went wrong)."""
    done, wrong, i = 0, [], 0
    while done < n and len(wrong) < 10 and i < 10 * n:
        search = search_names[i % len(search_names)]
        try:
            done += action(search, i // len(search_names))
        except (Wrong, subprocess.TimeoutExpired, OSError) as error:
            wrong.append(f"{search}, attempt {i}: {error}")
            done += 1
            for name in ("killed", "stopped", "limited"):
                shutil.rmtree(folder / name, ignore_errors=True)
        i += 1
    return done, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--disks", type=int, default=100)
    parser.add_argument("--signals", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="a few of each")
    options = parser.parse_args()
    if options.short:
        options.kills, options.disks, options.signals = 8, 6, 6
    names = list(SEARCHES)
    with tempfile.TemporaryDirectory(prefix="eddy-faults-") as folder:
        harness = Harness(folder, options.seed)
        sizes = {}
        for name in names:
            every = list(harness.sizes(name))
            harness.random.shuffle(every)
            sizes[name] = every

        def disk(search, i):
            if i % 8 == 7:  # an empty disk without names for new files
                return harness.full_disk(search, 64 << 20, inodes=3 + i % len(harness.order[search]))
            return harness.full_disk(search, sizes[search][i % len(sizes[search])])

        failed = False
        for title, n, action in (("kill -9", options.kills, lambda search, i: harness.kill(search)), ("full disk", options.disks, disk),
                                 ("SIGTERM or SIGINT", options.signals, lambda search, i: harness.stop(search))):
            begin = time.monotonic()
            done, wrong = attempts(n, names, action, Path(folder))
            print(f"{title}: {done} faults, {len(wrong)} wrong, {time.monotonic() - begin:.0f} s", flush=True)
            for text in wrong:
                print("  " + text, flush=True)
            failed = failed or bool(wrong) or done < n
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
