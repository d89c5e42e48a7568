"""What holds for every test: it leaves no thread and no process behind.

Unclosed files and sockets are caught by Python's own warnings, which are errors here (setup.cfg).
A fixture of a wider scope may keep threads and processes for longer: only what a test itself
started is counted. No test may reach for a fixed port, the clock on the wall or luck.
"""

import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

THREAD_GRACE_S = 2.0

# Examples are drawn anew each time; a failure prints the blob that replays it.
# No deadline: the computers that run this are shared, and a slow example is not a wrong one.
settings.register_profile("sailau", deadline=None, print_blob=True)
settings.load_profile("sailau")


def _children() -> dict[int, str]:
    """Return the processes whose parent this one is, as number → name; the dead ones too."""
    own = os.getpid()
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text(errors="replace").rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        if int(rest.split()[1]) == own:
            children[int(stat.parent.name)] = name.partition("(")[2]
    return children


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --day-seed, which repeats the voters of a day that failed."""
    parser.addoption("--day-seed", help="seed of the voting days; drawn and printed otherwise")


def pytest_configure(config: pytest.Config) -> None:
    """Draw the seed once, so that all workers hold days with the same voters."""
    given = config.getoption("--day-seed")
    drawn = os.environ.get("SAILAU_DAY_SEED") or str(random.SystemRandom().randrange(10**6))
    os.environ["SAILAU_DAY_SEED"] = drawn if given is None else given


def pytest_report_header() -> str:
    """Print the seed."""
    return f"voting days: --day-seed {os.environ['SAILAU_DAY_SEED']} repeats their voters"


@pytest.fixture(scope="session")
def day_seed() -> int:
    """The seed of this run's voting days."""
    return int(os.environ["SAILAU_DAY_SEED"])


@pytest.fixture(autouse=True)
def leaves_nothing_behind() -> Iterator[None]:
    """Fail the test that leaves a thread or a process running; forget where it logged to."""
    threads, children = set(threading.enumerate()), _children()
    yield
    structlog.reset_defaults()
    started = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in started:
        thread.join(THREAD_GRACE_S)
    running = [thread.name for thread in started if thread.is_alive()]
    assert not running, f"threads left running: {running}"
    left = {number: name for number, name in _children().items() if number not in children}
    assert not left, f"processes left behind: {left}"
