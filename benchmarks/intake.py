"""An 835 from the file to committed facts, against the bare tokenizer; and whether memory stays flat."""

import multiprocessing
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from benchmarks.findings import Finding, at_least, at_most
from benchmarks.ground import SECRET, Ground, servers
from workqueue.application import create_app
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.kit.big import big_remittance
from workqueue.rules.states import FileSource
from workqueue.services import intake

SMALL_CLAIMS, LARGE_CLAIMS = 17_000, 170_000
"""About 7 and 70 MB."""
ROUNDS = 3


def run() -> list[Finding]:
    with servers() as ground, tempfile.TemporaryDirectory() as folder:
        files = [
            _write(Path(folder) / f"{round_}.835", LARGE_CLAIMS, seed=round_ + 2) for round_ in range(ROUNDS)
        ]
        small = _write(Path(folder) / "small.835", SMALL_CLAIMS, seed=1)
        ground.app("office")
        megabytes = files[0].stat().st_size / 1e6
        floors, ends = [], []
        peak_small = _apart(ground, small)[1]
        peak_large = 0.0
        for file in files:
            floors.append(_tokenize(file))
            seconds, peak_large = _apart(ground, file)
            ends.append(seconds)
    return [
        at_least(
            f"835 end to end against the bare tokenizer, {megabytes:.0f} MB",
            "MB a second",
            megabytes / min(ends),
            megabytes / min(floors),
            0.4,
        ),
        at_most("peak memory of the tenfold file", "MB", peak_large, peak_small, 1.2),
    ]


def _write(path: Path, claims: int, *, seed: int) -> Path:
    with path.open("wb") as stream:
        big_remittance(claims, stream, seed=seed)
    return path


def _tokenize(path: Path) -> float:
    data = path.read_bytes()
    started = perf_counter()
    for segment in data.split(b"~"):
        segment.split(b"*")
    return perf_counter() - started


def _apart(ground: Ground, path: Path) -> tuple[float, float]:
    """Take the file in within a process of its own, so that its peak of memory is its own too."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_take_in, (ground, str(path)))


def _take_in(ground: Ground, path: str) -> tuple[float, float]:
    app = create_app(Config(ground.home, SECRET, ground.url("office"), ground.redis_url))
    with app.app_context():
        started = perf_counter()
        with transaction() as session, Path(path).open("rb") as stream:
            receipt = intake.receive(
                session, stream, name=Path(path).name, source=FileSource.CLI, now=datetime.now(UTC)
            )
        with transaction() as session:
            intake.read_file(session, receipt.file_id, now=datetime.now(UTC))
        seconds = perf_counter() - started
    return seconds, _peak_megabytes()


def _peak_megabytes() -> float:
    """Return this process's own peak; getrusage would start from the peak of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
