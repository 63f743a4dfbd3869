"""Fixtures that start a whole installation, as a person would: with `purse up`."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import httpx
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


# The files that take longest, first: whoever begins with one of them late ends after all others.
LONGEST = [
    "test_openapi.py", "test_crash.py", "test_repeats.py", "test_rail.py", "test_simulator.py",
    "test_sixdot50.py", "test_master_key.py", "test_purse.py", "test_barkd_client.py",
    "test_mixin.py", "test_upgrade.py", "test_bark.py", "test_command_line.py",
    "test_webhooks.py", "test_escrow.py", "test_limits.py", "test_hunt.py",
    "test_event_stream.py", "test_netauth.py", "test_openapi_client.py",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first, each in its own order; alone a file is as it was."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def programs() -> pathlib.Path:
    """The folder of the executables: INTEROP_PROGRAMS, or the debug build."""
    return pathlib.Path(os.environ.get("INTEROP_PROGRAMS", ROOT / ".build" / "debug"))


class System:
    """A running installation in a temporary state folder."""

    def __init__(self, environment: dict[str, str] | None = None):
        # A socket's path is short, so the folder is not one of pytest's own.
        self.state = pathlib.Path(tempfile.mkdtemp(prefix="purse-"))
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PURSE_")
        }
        self.environment.update(environment or {})
        self.access: dict = {}

    def purse(
        self, *words: str, check: bool = True, text: str = "",
    ) -> subprocess.CompletedProcess:
        """Runs the tool on this installation, with a text on standard input."""
        result = subprocess.run(
            [programs() / "purse", *words, "--state", self.state],
            env=self.environment,
            capture_output=True,
            text=True,
            input=text,
            timeout=120,
        )
        if check:
            assert result.returncode == 0, f"purse {words}: {result.stdout}{result.stderr}"
        return result

    def start(self) -> None:
        result = self.purse("up", "--detach", "--json", "--port", "0", "--no-demo")
        self.access = json.loads(result.stdout.strip().splitlines()[-1])

    def stop(self) -> None:
        self.purse("down", check=False)
        shutil.rmtree(self.state, ignore_errors=True)

    def client(self, key: str | None = None) -> httpx.Client:
        """An HTTP client of the gateway with the administrator's key, or another one."""
        headers = {"Authorization": f"Bearer {key or self.access['admin_key']}"}
        return httpx.Client(base_url=self.access["url"], headers=headers, timeout=30)

    def metric(self, service: str, name: str) -> int:
        """A number of a service, 0 when it does not have it."""
        text = httpx.get(self.operations(service) + "/metrics").text
        for line in text.splitlines():
            if line.startswith(name + " "):
                return int(line.split()[-1])
        return 0

    def is_ready(self, service: str) -> bool:
        return httpx.get(self.operations(service) + "/readyz").status_code == 200

    def operations(self, service: str) -> str:
        """The URL of a service's operations port, which is another one after a restart."""
        return self.announcement(service)["ops"]

    def process(self, service: str) -> int:
        return self.announcement(service)["pid"]

    def announcement(self, service: str) -> dict:
        return json.loads((self.state / "run" / f"{service}.json").read_text())

    def audit(self) -> dict:
        """What `purse verify` says; it must find no damage."""
        return json.loads(self.purse("verify", "--json").stdout)


def started(environment: dict[str, str] | None = None):
    """Yields an installation that is running, and stops it afterwards."""
    running = System(environment)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def tmp_path():
    """An empty folder with a short path, as the sockets of a state folder need, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="purse-") as folder:
        yield pathlib.Path(folder)


@pytest.fixture(scope="module")
def system():
    """An installation for the tests of one module."""
    yield from started()
