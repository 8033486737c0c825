"""Stops real builds at many moments, and prints as JSON what was found after each.

Run by tests/test_stops.py, in a process without threads, for it forks: a build then
costs its own time only, and not the 0.5 s in which Python loads. Its work is shared
among workers, who must end with it.
"""

import fcntl
import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from sharing import share_all

from newsroom import release
from newsroom.__main__ import main
from newsroom.release import Places
from newsroom.sameness import tree_hash

STOPS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
# <linux/fs.h> of xfstests: FS_IOC_SHUTDOWN. With the journal written and the data not
# (1), and with neither (2): what a power cut leaves, at its worst and at its plainest.
SHUTDOWN = 0x8004587D
CUTS = (1, 2)


def forked(action: Callable[[], int], said: Path) -> int:
    """Run `action` in a process of its own, which says what it says to a file."""
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        with said.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        code = action()
        sys.stderr.flush()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 0  # the command takes it as long as it runs: it had ended
    finally:
        os._exit(code)


def ended(process: int) -> int:
    """Wait for a process; return its exit code, negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


class Site:
    """A small site with two states, of which every build makes the other."""

    def __init__(self, house: Path, command: str, output: str) -> None:
        self.house = house
        self.command = command
        self.places = Places.of(house / output)
        self.said = house / "said.txt"
        self.about = (house / "content/pages/about.md").read_text("utf-8")
        self.hashes: dict[str, str] = {}
        self.left: tuple[int, ...] = ()
        # How long the last build took to its end, from each of the two moments on.
        self.seconds: list[float] = []
        for state in ("A", "B", "A"):
            self.edit(state)
            process = self.start()
            begun = [self.awaited(come_to, process) for come_to in self.moments]
            assert ended(process) == 0, self.said.read_text("utf-8")
            self.seconds = [time.monotonic() - moment for moment in begun]
            self.hashes[state] = tree_hash(self.places.output)
        self.last = "A"

    def edit(self, state: str) -> None:
        """Change a page, take a file away, and put another there."""
        extra = self.house / "content/extra"
        page = self.house / "content/pages/about.md"
        page.write_text(f"{self.about}\nThis is state {state}.\n", "utf-8")
        for other in "AB":
            (extra / f"only-{other}.txt").unlink(missing_ok=True)
        (extra / f"only-{state}.txt").write_text(state, "utf-8")

    def start(self) -> int:
        """Start the command in a process of its own; return its number."""
        self.left = self.staged()
        sys.argv = ["newsroom", self.command]
        return forked(main, self.said)

    def build(self) -> int:
        """Run the command to its end; return its exit code."""
        return ended(self.start())

    def state(self, folder: Path) -> str:
        """Return which of the two states a folder has, or what it has instead."""
        if not folder.exists():
            return "absent"
        found = tree_hash(folder)
        known = (state for state, known in self.hashes.items() if known == found)
        return next(known, f"neither: {release.files(folder)}")

    def judge(self, state: str, found: "Counter[str]", *, build: bool) -> None:
        """Count what stands after a build of `state` was stopped, and after another."""
        stands = self.state(self.places.output)
        found["old site" if stands == self.last else "new site"] += stands in "AB"
        found[f"output: {stands}"] += stands not in "AB"
        kept = self.state(self.places.previous)
        found[f"release before: {kept}"] += kept not in "AB"
        self.last = stands
        if build:
            code, self.last = self.build(), self.state(self.places.output)
            whole = (code, self.last) == (0, state)
            found["next build whole" if whole else f"next build: {code}"] += 1

    def staged(self) -> tuple[int, ...]:
        """Return what tells the staging folder of one build from that of another."""
        with suppress(FileNotFoundError):
            stat = self.places.staging.stat()
            return stat.st_ino, stat.st_ctime_ns
        return ()

    def filling(self) -> bool:
        """Whether the build has begun, and made a staging folder of its own."""
        return self.staged() not in {(), self.left}

    def swapping(self) -> bool:
        """Whether the build has come to the swap."""
        return self.places.lock.stat().st_size > 0

    @property
    def moments(self) -> tuple[Callable[[], bool], ...]:
        """What tells that a build has come to its staging folder, and to its swap."""
        return self.filling, self.swapping

    def awaited(self, come_to: Callable[[], bool], process: int) -> float:
        """Wait until a build has come so far, or ended; return when that was."""
        while not come_to():
            if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            time.sleep(0.0001)
        return time.monotonic()


def await_moment(site: Site, process: int, chance: random.Random) -> None:
    """Wait for a moment of the build; every second one is in or about the swap."""
    late = chance.random() < 0.5
    for come_to in site.moments[: 1 + late]:
        site.awaited(come_to, process)
    # Builds differ in how long they take: most are to be stopped before their end.
    time.sleep(chance.uniform(0, 0.5 * site.seconds[late]))


def stop(house: Path, command: str, moments: int) -> Counter[str]:
    """Stop a command at random moments with each signal; count what stands after."""
    site, chance, found = Site(house, command, "output"), random.Random(7), Counter()
    for moment in range(moments):
        state = "B" if site.last == "A" else "A"
        site.edit(state)
        process = site.start()
        await_moment(site, process, chance)
        sent = STOPS[moment % len(STOPS)]
        os.kill(process, sent)
        code = ended(process)
        # The last it says: a stop may come when the build has told that it is done.
        last = site.said.read_text("utf-8").strip().rpartition("\n")[2]
        said = "" if code <= 0 else f", saying {last}"
        found[f"{sent.name} ended with {code}{said}"] += 1
        site.judge(state, found, build=moment % 5 == 4)
    return found


def cut(house: Path, command: str, moments: int) -> Counter[str]:
    """Cut the power of the disk that holds the output, at random moments of builds."""
    disk = house / "disk"
    site, chance, found = (
        Site(house, command, "disk/output"),
        random.Random(7),
        Counter(),
    )
    for moment in range(moments):
        state = "B" if site.last == "A" else "A"
        site.edit(state)
        process = site.start()
        await_moment(site, process, chance)
        folder = os.open(disk, os.O_RDONLY)
        fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", CUTS[moment % len(CUTS)]))
        os.close(folder)
        os.kill(process, signal.SIGKILL)
        ended(process)
        unmount(disk)
        subprocess.run(["mount", "-o", "loop", house / "image", disk], check=True)
        site.judge(state, found, build=moment % 5 == 4)
    return found


def unmount(disk: Path) -> None:
    """Take a disk away once the workers of the build that was killed have ended too."""
    end = time.monotonic() + 10
    while subprocess.run(
        ["umount", str(disk)], check=time.monotonic() > end
    ).returncode:
        time.sleep(0.05)


def step(house: Path, command: str, _moments: int) -> Counter[str]:
    """Kill a release at every step that it takes on the disk, one after the other."""
    places, found = Places.of(house / "output"), Counter()
    publish(places, 1)
    publish(places, 2)
    number, code = 3, -signal.SIGKILL
    while code:
        before = texts(places.output), texts(places.previous)
        action = partial(killed, found["steps"], command, places, number)
        code = ended(forked(action, house / "said.txt"))
        served = texts(places.output)
        with (
            suppress(KeyboardInterrupt),
            release.locked(places) as lock,
            release.staged(lock),
        ):
            raise KeyboardInterrupt  # what any next build begins and ends with
        after = texts(places.output), texts(places.previous)
        new = {str(number)} if command == "publish" else before[1]
        found["steps"] += 1
        found["whole"] += after in (before, (new, before[0])) and served == after[0]
        number += 1
    return found


def publish(places: Places, number: int) -> None:
    """Publish a release of three files, each with its number."""
    with release.locked(places) as lock, release.staged(lock):
        picture = f"a/quay.{number:016x}.png"
        for name in ("index.html", "a/index.html", picture):
            path = places.staging / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(str(number), "utf-8")
        release.put_in_place(lock, keep=True)


def texts(folder: Path) -> set[str]:
    """Return the numbers in a release's files: one, where it is whole."""
    names = release.own_files(folder)
    return {(folder / name).read_text("utf-8") for name in names if len(names) == 3}


def killed(steps: int, command: str, places: Places, number: int) -> int:
    """Publish, or roll back, and die after so many steps: calls that Python audits."""
    taken = 0

    def hook(_event: str, _arguments: object) -> None:
        nonlocal taken
        taken += 1
        if taken > steps:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    if command == "publish":
        publish(places, number)
    else:
        release.roll_back(places)
    os._exit(0)


if __name__ == "__main__":
    way, place, command, moments = sys.argv[1:]
    os.chdir(place)
    share_all()
    ways = {"stop": stop, "cut": cut, "step": step}
    print(json.dumps(ways[way](Path(place), command, int(moments))))
