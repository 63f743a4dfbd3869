"""Programs of Debian that the tests try configurations with, and that nobody needs to install."""

import functools
import pathlib
import shutil
import subprocess
import tempfile

import pytest


@functools.cache
def program(name: str, package: str) -> pathlib.Path:
    """A program that is installed, or that is unpacked from its package; else the test is skipped."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found:
        return pathlib.Path(found)
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        pytest.skip(f"{name} is not installed, and there is no apt-get to get it with")
    folder = pathlib.Path(tempfile.gettempdir()) / f"pursestrings-debian-{package}"
    unpacked = [folder / "usr/bin" / name, folder / "usr/sbin" / name]
    if not any(path.exists() for path in unpacked):
        folder.mkdir(exist_ok=True)
        got = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True,
                             text=True, timeout=120)
        files = sorted(folder.glob("*.deb"))
        if got.returncode != 0 or not files:
            pytest.skip(f"{name} is not installed, and its package {package} cannot be fetched")
        subprocess.run(["dpkg", "-x", files[-1], folder], check=True)
        files[-1].unlink()
    for path in unpacked:
        if path.exists():
            return path
    pytest.skip(f"the package {package} has no {name}")
