"""`make bench`: how fast nginx sends a story, beside a bare file of 1 KB."""

import re
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

import hosts

from newsroom.build import build

ROOT = Path(__file__).parents[2]
SITE = "https://standfirst.test"
RUNS, SECONDS, CONNECTIONS = 3, 4, 32
BARE = "bare.bin"


def rate(wrk: str, address: str) -> float:
    """Return the requests per second of an address, asked for as browsers do."""
    options = ["-t", "1", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s"]
    command = [wrk, *options, "-H", "Accept-Encoding: gzip, deflate, br", address]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{address}: {said}")
    (found,) = re.findall(r"^Requests/sec: +([0-9.]+)", said, re.MULTILINE)
    return float(found)


def main() -> None:
    """Ask for the two in turn, and print the medians and their ratio."""
    wrk = shutil.which("wrk")
    if not wrk or not hosts.BROTLI.exists():
        print(
            "Serving was NOT measured. To measure it: "
            "sudo apt install wrk nginx libnginx-mod-http-brotli-static"
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        settings = str(ROOT / "publishconf.py")
        build(settings, OUTPUT_PATH=str(output), SITEURL=SITE)
        story = max(output.glob("[12]???/*/index.html"), key=lambda p: p.stat().st_size)
        path = story.parent.relative_to(output).as_posix()
        sent = story.with_name(f"{story.name}.br").stat().st_size
        (output / BARE).write_bytes(b"." * 1024)
        with hosts.nginx(output, brotli=True, tls=False) as site:
            pairs = [
                (rate(wrk, f"{site}/{path}/"), rate(wrk, f"{site}/{BARE}"))
                for _ in range(RUNS)
            ]
    page, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"nginx sends the story ({sent} bytes, brotli) {page:,.0f} times a second, "
        f"1 KB {bare:,.0f} times: {page / bare:.2f} x"
    )


if __name__ == "__main__":
    main()
