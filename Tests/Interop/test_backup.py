"""`purse backup` and `purse restore`: one moment of all five databases, while payments go on."""

import json
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import threading

import pytest

from conftest import System, programs
from parties import Parties, post

@pytest.fixture(scope="module")
def parties(system):
    return Parties(system, money="500.00", asset="USDC")


class Payers:
    """Clients that pay one cent after the other, each with a key, until they are stopped."""

    def __init__(self, parties: Parties, count: int = 8):
        self.parties, self.ended, self.more = parties, threading.Event(), threading.Condition()
        self.paid: dict[str, str] = {}
        self.threads = [threading.Thread(target=self.pay, args=[n]) for n in range(count)]

    def body(self, key: str) -> dict:
        return {"walletId": self.parties.wallets["payer"], "to": self.parties.wallets["receiver"],
                "amount": "0.01", "currency": "USDC", "idempotencyKey": key}

    def pay(self, number: int) -> None:
        with self.parties.system.client() as client:
            turn = 0
            while not self.ended.is_set():
                key = f"payer-{number}-{turn}"
                payment = post(client, "/v1/payments", self.body(key))["tx_id"]
                turn += 1
                with self.more:
                    self.paid[key] = payment
                    self.more.notify()

    def wait_for(self, count: int) -> None:
        """Until so many payments were made."""
        with self.more:
            assert self.more.wait_for(lambda: len(self.paid) >= count, timeout=60)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


def balances(system, wallets: dict[str, str]) -> dict[str, str]:
    with system.client() as client:
        return {name: client.get(f"/v1/wallets/{wallet}").json()["usdc_balance"]
                for name, wallet in wallets.items()}


def run(*words, **options) -> subprocess.CompletedProcess:
    return subprocess.run([programs() / "purse", *words], capture_output=True, timeout=60, **options)


@pytest.fixture()
def another():
    """A state folder that is not there yet."""
    other = System()
    other.state.rmdir()
    yield other
    other.stop()


def test_a_backup_under_load_is_of_one_moment_and_goes_on_where_it_was_restored(
        system, parties, another, tmp_path):
    """containers D3: copies of one database after the other were DAMAGE for good."""
    folders = [tmp_path / f"backup-{number}" for number in range(3)]
    with Payers(parties) as payers:
        payers.wait_for(50)
        for folder in folders:
            made = json.loads(system.purse("backup", str(folder), "--json").stdout)
            assert 0 < made["pause_microseconds"] < 1_000_000
        archive = tmp_path / "backup.tar"
        with archive.open("wb") as target:
            subprocess.run([programs() / "purse", "backup", "-", "--state", system.state],
                           stdout=target, check=True, timeout=60)
        payers.wait_for(len(payers.paid) + 50)
    assert system.audit()["clean"]
    # Each of them verifies; the last one goes on.
    for folder in folders:
        # A state folder has a short path, because sockets must.
        with tempfile.TemporaryDirectory(prefix="purse-") as short:
            state = pathlib.Path(short) / "state"
            restored = run("restore", folder, "--state", state, text=True)
        assert restored.returncode == 0, restored.stdout + restored.stderr
        assert "No damage." in restored.stdout and "master.unlock" in restored.stderr
    another.state.mkdir(mode=0o700)
    shutil.copy(system.state / "master.unlock", another.state)
    report = json.loads(another.purse("restore", str(archive), "--json").stdout)
    assert report["clean"] and report["to_do"] == []
    another.start()
    assert another.access["admin_key"] == system.access["admin_key"]
    there, here = balances(another, parties.wallets), balances(system, parties.wallets)
    with another.client() as client:
        known = {payment["tx_id"] for payment in pages(client, "/v1/payments?type=payment&limit=100")}
        lost = [key for key, payment in payers.paid.items() if payment not in known]
        assert 0 < len(lost) < len(payers.paid)
        # What was confirmed after the backup is repeated with its key, and what was before is not
        # paid twice.
        for key in payers.paid:
            post(client, "/v1/payments", payers.body(key))
    assert there != here and balances(another, parties.wallets) == here
    assert another.audit()["clean"]


def pages(client, path: str):
    cursor = ""
    while cursor is not None:
        page = client.get(path + (f"&cursor={cursor}" if cursor else "")).json()
        yield from page["data"]
        cursor = page.get("next_cursor") if page.get("has_more") else None


def test_what_opens_the_master_key_is_in_no_backup(system, tmp_path):
    folder = tmp_path / "backup"
    system.purse("backup", str(folder))
    held = {path.name for path in folder.iterdir()}
    assert held == {f"{name}.sqlite" for name in
                    ["gateway", "policy", "settlement", "escrow", "notifier"]} | {
                        "notifier.key", "access.json", "master.key", "manifest.json"}
    unlock = (system.state / "master.unlock").read_text().strip()
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        assert unlock.encode() not in path.read_bytes()
    assert folder.stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(system, tmp_path):
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "mine").write_text("kept")
    result = system.purse("backup", str(folder), check=False)
    assert result.returncode == 5 and "overwrites nothing" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]
    (folder / "mine").unlink()
    system.purse("backup", str(folder))
    again = system.purse("restore", str(folder), check=False)
    assert again.returncode == 5 and "is running" in again.stderr
    state = tmp_path / "state"
    (state / "data").mkdir(parents=True)
    # It would be played into the restored database.
    (state / "data" / "policy.sqlite-wal").write_bytes(b"of another life")
    again = run("restore", folder, "--state", state, text=True)
    assert again.returncode == 5 and "not empty" in again.stderr
    assert [path.name for path in (state / "data").iterdir()] == ["policy.sqlite-wal"]


def test_a_backup_that_was_changed_is_refused_and_leaves_nothing(system, tmp_path):
    folder, state = tmp_path / "backup", tmp_path / "state"
    system.purse("backup", str(folder))
    with (folder / "policy.sqlite").open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff")
    result = run("restore", folder, "--state", state, text=True)
    assert result.returncode == 4 and "policy.sqlite" in result.stderr
    assert not [path for path in state.rglob("*") if path.is_file()]
    with tarfile.open(tmp_path / "other.tar", "w", format=tarfile.USTAR_FORMAT) as archive:
        archive.add(folder / "notifier.key", "../notifier.key")
    result = run("restore", tmp_path / "other.tar", "--state", state, text=True)
    assert result.returncode == 6 and "is a path" in result.stderr
    with (tmp_path / "cut.tar").open("wb") as target:
        whole = run("backup", "-", "--state", system.state).stdout
        target.write(whole[:len(whole) // 2])
    result = run("restore", tmp_path / "cut.tar", "--state", state, text=True)
    assert result.returncode == 6 and "too early" in result.stderr
    assert not [path for path in state.rglob("*") if path.is_file()]


def pack(folder: pathlib.Path, target: pathlib.Path, *, form: int = tarfile.USTAR_FORMAT,
         mode: str = "w", change=lambda entry: entry) -> None:
    """Makes an archive of a backup's files with another program's hands."""
    manifest = json.loads((folder / "manifest.json").read_text())
    with tarfile.open(target, mode, format=form) as archive:
        for name in ["manifest.json", *(file["name"] for file in manifest["files"])]:
            entry = change(archive.gettarinfo(folder / name, name))
            with (folder / name).open("rb") as content:
                archive.addfile(entry, content if entry.isreg() else None)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_an_archive_may_be_made_and_read_by_other_programs(system, tmp_path, form):
    made = run("backup", "-", "--state", system.state).stdout
    (tmp_path / "made.tar").write_bytes(made)
    with tarfile.open(tmp_path / "made.tar") as archive:
        assert all(entry.isreg() and entry.mode == 0o600 for entry in archive)
        archive.extractall(tmp_path / "backup", filter="data")
    pack(tmp_path / "backup", tmp_path / "other.tar", form=form)
    restored = run("restore", tmp_path / "other.tar", "--state", tmp_path / "state", text=True)
    assert restored.returncode == 0 and "No damage." in restored.stdout, restored.stderr


@pytest.mark.parametrize("name", ["manifest.json", "policy.sqlite"])
@pytest.mark.parametrize("change", [
    {"name": "/policy.sqlite"}, {"name": "../policy.sqlite"}, {"name": "./policy.sqlite"},
    {"name": "other.sqlite"}, {"name": "a" * 300}, {"name": ".."},
    {"type": tarfile.SYMTYPE, "linkname": "/etc/hostname"},
    {"type": tarfile.LNKTYPE, "linkname": "manifest.json"},
    {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}, {"type": tarfile.FIFOTYPE},
    {"type": tarfile.DIRTYPE},
], ids=str)
def test_an_archive_holds_plain_files_alone(system, tmp_path, name, change):
    folder, state = tmp_path / "backup", tmp_path / "state"
    system.purse("backup", str(folder))

    def changed(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        if entry.name == name:
            for field, value in change.items():
                setattr(entry, field, value)
            entry.size = entry.size if entry.isreg() else 0
        return entry

    pack(folder, tmp_path / "other.tar", form=tarfile.GNU_FORMAT, change=changed)
    result = run("restore", tmp_path / "other.tar", "--state", state, text=True)
    assert result.returncode in (4, 6), result.stderr
    assert any(words in result.stderr for words in [
        "is nothing that purse backup writes", "is a path", "does not begin like",
        "where its manifest says"])
    assert not [path for path in state.rglob("*") if path.is_file()]
    assert not (tmp_path / "policy.sqlite").exists()


def test_an_archive_has_no_holes_and_is_not_compressed(system, tmp_path):
    folder, state = tmp_path / "backup", tmp_path / "state"
    system.purse("backup", str(folder))
    pack(folder, tmp_path / "other.tar.gz", mode="w:gz")
    result = run("restore", tmp_path / "other.tar.gz", "--state", state, text=True)
    assert result.returncode == 6 and "not an archive of purse backup" in result.stderr
    # A few pieces that stand for a terabyte must not fill the disk.
    manifest = json.loads((folder / "manifest.json").read_text())
    first = manifest["files"][0]
    first["bytes"] = 1 << 40
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with (folder / first["name"]).open("r+b") as file:
        file.truncate(first["bytes"])
    for form in ["gnu", "posix"]:
        subprocess.run(["tar", "--sparse", f"--format={form}", "-C", folder, "-cf",
                        tmp_path / "holes.tar", "manifest.json", first["name"]],
                       check=True, timeout=60)
        assert (tmp_path / "holes.tar").stat().st_size < 16 << 20
        result = run("restore", tmp_path / "holes.tar", "--state", state, text=True)
        assert result.returncode == 6 and "is nothing that purse" in result.stderr, result.stderr
    assert not [path for path in state.rglob("*") if path.is_file()]


def test_another_master_key_is_in_nobodys_way(system, tmp_path):
    """containers D2: a key that was made anew signed on, and all was healthy."""
    folder, state = tmp_path / "backup", tmp_path / "state"
    system.purse("backup", str(folder))
    run("init", "--state", state, check=True)
    result = run("restore", folder, "--state", state, text=True)
    assert result.returncode == 5 and "another master key" in result.stderr
    assert not list((state / "data").iterdir())


def test_old_backups_go_when_the_new_one_is_whole(system, tmp_path):
    old = ["purse-20200101T000000Z", "purse-20200102T000000Z", "purse-20200103T000000Z"]
    made = json.loads(system.purse("backup", str(tmp_path), "--keep", "30d", "--json").stdout)
    for name in old:
        shutil.copytree(made["backup"], tmp_path / name)
    (tmp_path / old[2] / "manifest.json").unlink()
    (tmp_path / "notes").mkdir()
    pathlib.Path(made["backup"]).rename(tmp_path / "purse-20200104T000000Z.kept")
    again = json.loads(system.purse("backup", str(tmp_path), "--keep", "1h", "--json").stdout)
    assert again["removed"] == old[:2]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {old[2], "notes", "purse-20200104T000000Z.kept",
                    pathlib.Path(again["backup"]).name}


def test_folders_of_their_own_are_backed_up_and_restored_as_containers_have_them(
        system, tmp_path):
    """containers D5: each service has a volume of its own."""
    volumes, keys = tmp_path / "volumes", tmp_path / "keys"
    services = ["gateway", "policy", "settlement", "escrow", "notifier"]
    for name in services:
        (volumes / name).mkdir(parents=True)
    keys.mkdir()
    shutil.copy(system.state / "master.unlock", keys)
    environment = {**system.environment, "PURSE_MASTER_KEY_FILE": str(keys / "master.key"),
                   "PURSE_MASTER_UNLOCK_FILE": str(keys / "master.unlock")}
    archive = run("backup", "-", "--state", system.state).stdout
    restored = run("restore", "-", "--state", volumes, input=archive, env=environment)
    assert restored.returncode == 0, restored.stderr
    assert {path.name for path in volumes.iterdir()} == set(services)
    for name in services:
        assert (volumes / name / "data" / f"{name}.sqlite").exists()
    first = json.loads((volumes / "gateway" / "run" / "bootstrap.json").read_text())
    assert first["admin_key"] == system.access["admin_key"]
    verified = run("verify", "--state", volumes, env=environment, text=True)
    assert verified.returncode == 0 and "No damage." in verified.stdout
    again = run("backup", tmp_path / "again", "--state", volumes, env=environment, text=True)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again" / "access.json").exists()
