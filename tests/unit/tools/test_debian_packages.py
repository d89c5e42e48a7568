"""The list of Debian packages, and what is said and done when some are missing."""

from pathlib import Path

import pytest

from tools import debian_packages
from tools.debian_packages import install_command, missing_packages, read_packages

LIST = "# the list\n\ngcc          compiles\npython3-dev  headers\n"


def test_every_package_of_the_real_list_has_a_reason() -> None:
    packages = read_packages(debian_packages.LIST.read_text(encoding="utf-8"))
    assert {"gcc", "libpcsclite-dev", "pcscd", "vsmartcard-vpcd"} <= packages.keys()
    assert all(len(reason) > 10 for reason in packages.values())


def test_the_list_is_read_in_its_order() -> None:
    assert list(read_packages(LIST).items()) == [("gcc", "compiles"), ("python3-dev", "headers")]


def test_a_package_without_a_reason_is_refused_with_its_line() -> None:
    with pytest.raises(ValueError, match="line 2: gcc has no reason"):
        read_packages("# the list\ngcc\n")


def test_only_what_is_not_installed_is_missing() -> None:
    wanted = read_packages(LIST)
    assert missing_packages(wanted, {"gcc"}, headers=False) == ["python3-dev"]
    assert missing_packages(wanted, {"gcc", "python3-dev"}, headers=False) == []


def test_a_python_with_its_own_headers_needs_none_from_debian() -> None:
    assert missing_packages(read_packages(LIST), set(), headers=True) == ["gcc"]


@pytest.fixture
def lacks_gcc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian_packages, "installed_packages", lambda _names: set[str]())
    monkeypatch.setattr(debian_packages, "read_packages", lambda _text: {"gcc": "compiles"})
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")


@pytest.mark.usefixtures("lacks_gcc")
def test_without_root_the_one_command_is_printed_and_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian_packages, "privilege", lambda: None)
    assert debian_packages.main() == 1
    out = capsys.readouterr().out
    assert "gcc  compiles" in out
    assert "sudo sh -c 'apt-get update && apt-get install --yes" in out
    assert out.rstrip().endswith("gcc'")


@pytest.mark.usefixtures("lacks_gcc")
def test_as_root_they_are_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = tmp_path / "done"
    monkeypatch.setattr(debian_packages, "privilege", list)
    monkeypatch.setattr(debian_packages, "install_command", lambda names: ["touch", f"{done}"])
    assert debian_packages.main() == 0
    assert done.exists()


@pytest.mark.usefixtures("lacks_gcc")
def test_an_installation_that_fails_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian_packages, "privilege", list)
    monkeypatch.setattr(debian_packages, "install_command", lambda names: ["false"])
    assert debian_packages.main() == 1


def test_elsewhere_than_on_debian_it_names_them_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert debian_packages.main() == 0
    assert "libpcsclite-dev" in capsys.readouterr().out


def test_names_are_quoted_for_the_shell() -> None:
    assert install_command(["a", "b;c"])[-1].endswith("--no-install-recommends a 'b;c'")
