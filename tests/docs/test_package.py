"""What is installed is whole: the wheel carries each file of its packages, and each version is pinned."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGES = ("ledger", "api", "migrations", "fixtures")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
INFO = f"retorsion-{PROJECT['version']}.dist-info"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names of the files in the wheel, built with the hatchling that the test dependencies bring."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    [file] = folder.glob("*.whl")
    return set(ZipFile(file).namelist())


def test_the_wheel_carries_every_file_of_its_packages(wheel):
    files = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert files - wheel == set()


def test_the_wheel_carries_nothing_else(wheel):
    assert {name.split("/")[0] for name in wheel} == {*PACKAGES, INFO}


def test_the_wheel_carries_the_licence(wheel):
    assert f"{INFO}/licenses/LICENSE" in wheel


def pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(re.fullmatch(r"(\S+)==(\S+)", line).groups() for line in lines if not line.startswith("#"))


def test_the_constraints_are_versions_and_nothing_else():
    assert pinned()
    assert "://" not in (ROOT / "constraints.txt").read_text()


def test_every_requirement_is_pinned_to_a_version_it_allows():
    wanted = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    versions = {canonicalize_name(name): version for name, version in pinned().items()}
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_what_the_runtime_needs_through_others_is_pinned_too():
    versions = {canonicalize_name(name) for name in pinned()}
    seen, todo = set(), ["retorsion"]
    while todo:
        name = canonicalize_name(todo.pop())
        if name in seen:
            continue
        seen.add(name)
        needed = [Requirement(text) for text in requires(distribution(name).name) or []]
        todo += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    assert seen - versions == {"retorsion"}
