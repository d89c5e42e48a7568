"""The supervisor: ready, killed and started again, ended for good, and never outlived."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators import supervisor as module
from simulators.bench_client import BenchClient
from simulators.lifeline import SUPERVISOR, obey_supervisor
from simulators.supervisor import Supervisor, Unit, UnitFailed, simulated

TELL = """
import os, signal, socket, sys, time
def tell(*lines):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto("\\n".join(lines).encode(), os.environ["NOTIFY_SOCKET"])
print("hello", os.getpid(), file=sys.stderr, flush=True)
"""
OBEDIENT = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\ntell('STATUS=x', 'READY=1')\n"
FOREVER = "while True: signal.pause()\n"


def unit(name: str, code: str, *, base: bool = False) -> Unit:
    return Unit(name, (sys.executable, "-S", "-c", TELL + textwrap.dedent(code)), base=base)


def good(name: str, *, base: bool = False) -> Unit:
    return unit(name, OBEDIENT + FOREVER, base=base)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "logs"


@pytest.fixture
def supervisor(logs: Path) -> Iterator[Supervisor]:
    with Supervisor(logs) as supervisor:
        yield supervisor


def test_a_unit_gets_ready_and_ends_cleanly(supervisor: Supervisor, logs: Path) -> None:
    supervisor.start(good("a"))
    supervisor.wait_ready()
    pid = supervisor.pid("a")
    assert (logs / "a.log").read_text() == f"hello {pid}\n"
    assert supervisor.starts("a") == 1
    supervisor.check()
    assert supervisor.stop() == {"a": 0}
    assert supervisor.pid("a") is None
    supervisor.close()
    supervisor.close()


def test_a_unit_that_is_killed_is_started_again(supervisor: Supervisor, logs: Path) -> None:
    supervisor.start(good("a"))
    supervisor.start(good("b"))
    supervisor.wait_ready("a", "b")
    first, other = supervisor.pid("a"), supervisor.pid("b")
    starts = supervisor.kill("a")
    assert starts == 1
    supervisor.wait_restarted("a", starts)
    assert supervisor.pid("a") not in {first, None}
    assert supervisor.pid("b") == other
    assert len((logs / "a.log").read_text().splitlines()) == 2


def test_a_unit_that_is_buried_never_comes_back(supervisor: Supervisor, logs: Path) -> None:
    supervisor.start(good("a"))
    supervisor.start(good("b"))
    supervisor.wait_ready("a", "b")
    supervisor.bury("a")
    assert supervisor.pid("a") is None
    supervisor.wait_restarted("b", supervisor.kill("b"))
    assert supervisor.starts("a") == 1
    assert supervisor.pid("a") is None
    assert len((logs / "a.log").read_text().splitlines()) == 1


def test_a_unit_that_ends_by_itself_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start(good("a"))
    supervisor.wait_ready()
    supervisor.kill("a", signal.SIGTERM)
    supervisor.wait_restarted("a", 1)
    assert supervisor.starts("a") == 2


def test_a_new_start_must_get_ready_itself(supervisor: Supervisor, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"""
        if not os.path.exists({str(mark)!r}):
            open({str(mark)!r}, "w").close()
            tell("READY=1")
            sys.exit(1)
        """
    supervisor.start(unit("a", code + FOREVER))
    while supervisor.starts("a") < 2:
        time.sleep(0.001)
    with pytest.raises(UnitFailed, match=r"a is not ready \(2 starts\); its log ends:\nhello"):
        supervisor.wait_restarted("a", 1, timeout_s=0.3)


def test_a_unit_that_never_gets_ready(supervisor: Supervisor) -> None:
    supervisor.start(unit("slow", FOREVER))
    with pytest.raises(UnitFailed, match=r"slow is not ready \(. starts\)"):
        supervisor.wait_ready(timeout_s=0.3)


def test_a_unit_that_ends_too_often_is_given_up(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_LIMIT_BURST", 2)
    supervisor.start(unit("broken", "sys.exit('no such screen')"))
    with pytest.raises(UnitFailed, match=r"(?s)broken has ended too often.*no such screen"):
        supervisor.wait_ready()
    with pytest.raises(UnitFailed):
        supervisor.check()
    assert supervisor.stop("broken") == {"broken": 1}


def test_a_unit_that_does_not_end_is_killed(supervisor: Supervisor) -> None:
    code = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntell('READY=1')\n" + FOREVER
    supervisor.start(unit("stubborn", code))
    supervisor.wait_ready()
    assert supervisor.stop("stubborn", timeout_s=0.1) == {"stubborn": -signal.SIGKILL}
    assert supervisor.starts("stubborn") == 1


def test_a_unit_that_waits_for_its_next_start_can_be_stopped(supervisor: Supervisor) -> None:
    supervisor.start(unit("a", "sys.exit(3)"))
    while supervisor.pid("a") is None and supervisor.starts("a") < 1:
        time.sleep(0.001)
    supervisor.stop("a")
    starts = supervisor.starts("a")
    time.sleep(module._RESTART_PAUSE_S * 2)
    assert supervisor.starts("a") == starts


def test_what_others_stand_on_is_stopped_last(supervisor: Supervisor, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    code = f"""
        def end(*_):
            with open({str(ends)!r}, "a") as file:
                file.write(sys.argv[1])
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        tell("READY=1")
        """
    for name, base in (("1", True), ("2", False), ("3", False)):
        plain = unit(name, code + FOREVER, base=base)
        supervisor.start(Unit(name, (*plain.argv, name), base=base))
    supervisor.wait_ready()
    assert supervisor.stop() == {"1": 0, "2": 0, "3": 0}
    assert ends.read_text()[2] == "1"
    assert sorted(ends.read_text()) == ["1", "2", "3"]


def test_a_name_is_used_once(supervisor: Supervisor) -> None:
    supervisor.start(good("a"))
    with pytest.raises(ValueError, match="a unit a already"):
        supervisor.start(good("a"))


def test_a_unit_gets_the_environment_that_it_is_to_have(logs: Path) -> None:
    code = "print(sorted(os.environ), file=sys.stderr)\n" + OBEDIENT + FOREVER
    with Supervisor(logs, {"LANG": "kk"}) as supervisor:
        supervisor.start(Unit("a", unit("a", code).argv, {"BOARD": "desk-1"}))
        supervisor.wait_ready()
    names = (logs / "a.log").read_text()
    for name in ("LANG", "BOARD", "NOTIFY_SOCKET", SUPERVISOR):
        assert repr(name) in names
    assert "'PATH'" not in names


RUNNER = """
import sys
from pathlib import Path
from simulators.supervisor import Supervisor, Unit

code = '''
import os
from simulators.lifeline import obey_supervisor
from common.service import Notifier
obey_supervisor(os.environ)
Notifier(os.environ["NOTIFY_SOCKET"]).tell("READY=1")
import signal
while True: signal.pause()
'''
supervisor = Supervisor(Path(sys.argv[1]))
supervisor.start(Unit("a", (sys.executable, "-c", code)))
supervisor.wait_ready()
print(supervisor.pid("a"), flush=True)
sys.stdin.read()
"""


def test_no_unit_outlives_a_supervisor_that_is_killed(logs: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(logs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as runner:
        assert runner.stdout is not None
        orphan = os.pidfd_open(int(runner.stdout.readline()))
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, orphan)
            stack.callback(_kill, orphan)
            runner.kill()
            runner.wait()
            assert _ended(orphan)


def _ended(process: int) -> bool:
    import select

    return bool(select.select([process], [], [], 10.0)[0])


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)


def test_a_process_whose_supervisor_is_gone_already_ends() -> None:
    code = "import os; from simulators.lifeline import *; obey_supervisor({SUPERVISOR: '1'})"
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, stderr=subprocess.PIPE, text=True
    )
    assert (done.returncode, done.stderr) == (1, "supervisor 1 is gone\n")


def test_without_a_supervisor_there_is_nobody_to_obey() -> None:
    obey_supervisor({})


def test_a_bench_is_supervised(supervisor: Supervisor, tmp_path: Path) -> None:
    config = tmp_path / "bench.toml"
    config.write_text(
        'socket = "bench.sock"\nfolder = "bench"\ncards = "cards"\nstart_ms = 5\nspeed = 0\n'
        '[[boards]]\nname = "desk-1"\nmedium = "medium"\nwidth = 4\nheight = 4\n'
    )
    supervisor.start(simulated("bench", "bench", "--config", str(config), base=True))
    supervisor.wait_ready()
    with BenchClient(tmp_path / "bench.sock") as client:
        assert client.boards == ("desk-1",)
        assert client.clock.now_ms() == 5
    assert supervisor.stop() == {"bench": 0}
