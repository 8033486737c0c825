"""What a program costs to run, with all the processes that it starts."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SAMPLED = 0.02  # seconds between two looks at the memory, at least
SHARE = 60  # and this many times as long as a look takes: who uses all cores pays it


@dataclass(frozen=True)
class Cost:
    """Seconds that passed, seconds of processors, and bytes of memory at most."""

    wall: float
    cpu: float
    memory: float


def cost(command: list[str], folder: Path) -> Cost:
    """Run a command in a folder; RuntimeError with its own words where it fails."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": "plugins", "PYTHONUTF8": "1"},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        memory = Memory(process.pid)
        memory.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:  # Ctrl-C does not reach a session of its own
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            memory.ended.set()
        wall = time.perf_counter() - start
        memory.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace")[-3000:]
            raise RuntimeError(f"{' '.join(command)} failed:\n{words}")
    # The largest process, which Linux tells in kilobytes, though nobody looked then.
    most = max(memory.most, used.ru_maxrss * 1024)
    return Cost(wall, used.ru_utime + used.ru_stime, most)


class Memory(threading.Thread):
    """Watches the memory of a session of processes: what they share counts once."""

    # Linux tells it, and no other system.
    KNOWN = Path("/proc/self/smaps_rollup").exists()

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session = session
        self.most = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """Look until the end."""
        pause = SAMPLED
        while not self.ended.wait(pause):
            start = time.perf_counter()
            self.most = max(self.most, sum(map(_proportional, self._processes())))
            pause = max(SAMPLED, SHARE * (time.perf_counter() - start))

    def _processes(self) -> Iterator[Path]:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(process.name)) == self.session:
                    yield process
            except ProcessLookupError:
                continue


def _proportional(process: Path) -> int:
    """Return a process's bytes, of what several share its part; 0 if it has ended."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
