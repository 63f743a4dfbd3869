"""The master key: its words, and the addresses that other people's programs derive from them."""

import json
import shutil

import pytest
from bip_utils import Bip39SeedGenerator, Bip44, Bip44Changes, Bip44Coins
from mnemonic import Mnemonic

from conftest import System
from parties import Parties

# The published words of thirty-two zeros.
ZEROS = " ".join(["abandon"] * 23 + ["art"])


@pytest.fixture()
def installation():
    made = System()
    yield made
    made.stop()


def put_another_key(installation: System) -> None:
    """Puts the master key of another installation in the place of this one's."""
    other = System()
    try:
        other.purse("init", "--restore", text=ZEROS)
        for name in ["master.key", "master.unlock"]:
            shutil.copy(other.state / name, installation.state / name)
    finally:
        other.stop()


def account(words: str, number: int) -> str:
    """The address at m/44'/501'/number'/0', as another library derives it."""
    seed = Bip39SeedGenerator(words).Generate()
    key = Bip44.FromSeed(seed, Bip44Coins.SOLANA).Purpose().Coin().Account(number)
    return key.Change(Bip44Changes.CHAIN_EXT).PublicKey().ToAddress()


def test_words_and_addresses_are_those_of_other_libraries(installation):
    made = json.loads(installation.purse("init", "--json").stdout)
    words = made["words"]
    assert len(words.split()) == 24 and Mnemonic("english").check(words)
    assert made["first_address"] == account(words, 0)
    installation.start()
    parties = Parties(installation)
    with installation.client() as admin:
        addresses = {admin.get(f"/v1/wallets/{wallet}").json()["solana_address"]
                     for wallet in parties.wallets.values()}
    derived = {account(words, number) for number in range(10)}
    assert len(addresses) == 3 and addresses <= derived
    escrow = parties.create()
    assert escrow["solana_address"] in {account(words, (1 << 30) + number) for number in range(4)}
    for log in (installation.state / "log").iterdir():
        text = log.read_text()
        assert words not in text and "master.unlock" not in text


def test_the_words_are_shown_once(installation):
    first = installation.purse("init")
    words = " ".join(part for part in first.stdout.split() if part.isalpha())
    assert Mnemonic("english").check(words)
    again = installation.purse("init", check=False)
    assert again.returncode == 5 and "only once" in again.stderr
    assert words.split()[0] not in again.stdout
    for path in installation.state.iterdir():
        assert path.is_dir() or words not in path.read_text()
    for path in ["master.key", "master.unlock"]:
        assert (installation.state / path).stat().st_mode & 0o777 == 0o600


def test_what_up_has_made_is_shown_once_too(installation):
    installation.start()
    words = json.loads(installation.purse("init", "--json").stdout)["words"]
    assert Mnemonic("english").check(words)
    assert installation.purse("init", check=False).returncode == 5
    wallet = Parties(installation).wallets["payer"]
    with installation.client() as admin:
        address = admin.get(f"/v1/wallets/{wallet}").json()["solana_address"]
    assert address in {account(words, number) for number in range(10)}


def test_words_are_restored(installation):
    restored = installation.purse("init", "--restore", "--json", text=ZEROS + "\n")
    assert json.loads(restored.stdout)["words"] == ZEROS
    installation.start()
    wallet = Parties(installation).wallets["payer"]
    with installation.client() as admin:
        address = admin.get(f"/v1/wallets/{wallet}").json()["solana_address"]
    assert address in {account(ZEROS, number) for number in range(10)}
    again = installation.purse("init", "--restore", text=ZEROS, check=False)
    assert again.returncode == 5 and "never replaced" in again.stderr


@pytest.mark.parametrize("words, sentence", [
    ("abandon art", "24 words"),
    (ZEROS.replace("art", "wallets"), "word 24"),
    (ZEROS.replace("art", "abandon"), "checksum"),
])
def test_other_words_restore_nothing(installation, words, sentence):
    result = installation.purse("init", "--restore", text=words, check=False)
    assert result.returncode == 2 and sentence in result.stderr
    assert not (installation.state / "master.key").exists()


def test_a_passphrase_seals(installation):
    unlock = installation.state / "master.unlock"
    unlock.write_text("short\n")
    result = installation.purse("init", "--passphrase", check=False)
    assert result.returncode != 0 and "shorter" in result.stderr
    unlock.write_text("correct horse battery staple\n")
    installation.purse("init", "--passphrase")
    sealed = json.loads((installation.state / "master.key").read_text())
    assert sealed["lock"] == "passphrase" and sealed["argon2id_kibibytes"] >= 65536
    installation.start()
    Parties(installation)
    installation.purse("down")
    unlock.write_text("another horse battery staple\n")
    result = installation.purse("up", "--detach", "--port", "0", "--no-demo", check=False)
    assert result.returncode != 0
    assert "does not open" in result.stderr + "".join(
        log.read_text() for log in (installation.state / "log").iterdir())


def test_a_plain_key_of_an_older_version_goes_on(installation):
    (installation.state / "master.key").write_text("07" * 32 + "\n")
    installation.start()
    Parties(installation)
    assert (installation.state / "master.key").read_text() == "07" * 32 + "\n"
    assert not (installation.state / "master.unlock").exists()
    result = installation.purse("init", check=False)
    assert result.returncode == 5 and "before there were words" in result.stderr


def test_what_is_printed_can_be_restored(installation):
    """The stranger who kept the output of purse init, numbers and all."""
    printed = installation.purse("init").stdout
    words = " ".join(part for part in printed.split() if part.isalpha())
    for path in ["master.key", "master.unlock"]:
        (installation.state / path).unlink()
    restored = installation.purse("init", "--restore", "--json", text=printed)
    assert json.loads(restored.stdout)["words"] == words


def test_databases_without_their_key_get_no_other(installation):
    """A backup that was restored without master.key must not be given a new one."""
    words = json.loads(installation.purse("init", "--json").stdout)["words"]
    installation.start()
    # The ledger is signed from its first entry on.
    installation.purse("reserve", "deposit", "--amount", "1.00", "--reference", "first")
    installation.purse("down")
    key, unlock = (installation.state / name for name in ["master.key", "master.unlock"])
    kept = unlock.read_text()
    unlock.unlink()
    result = installation.purse("up", "--detach", "--port", "0", "--no-demo", check=False)
    assert result.returncode == 5 and str(unlock) in result.stderr
    unlock.write_text(kept)
    key.unlink()
    for words_of_a_command in [("up", "--detach", "--port", "0", "--no-demo"), ("init",)]:
        result = installation.purse(*words_of_a_command, check=False)
        assert result.returncode == 5, result.stderr
        for part in [str(key), str(unlock), f"purse init --restore --state {installation.state}"]:
            assert part in result.stderr
        assert not key.exists()
    refused = installation.purse("init", "--restore", text=ZEROS, check=False)
    assert refused.returncode == 5 and "not the words of the key that signs" in refused.stderr
    assert not key.exists()
    installation.purse("init", "--restore", text=words)
    installation.start()
    installation.purse("verify")
    # Another key in its place: the advice leads out of it.
    installation.purse("down")
    put_another_key(installation)
    failed = installation.purse("up", "--detach", "--port", "0", "--no-demo", check=False)
    assert failed.returncode == 6 and "aside" in failed.stderr
    again = installation.purse("init", "--restore", text=words, check=False)
    assert again.returncode == 5 and "aside" in again.stderr
    key.unlink()
    unlock.unlink()
    installation.purse("init", "--restore", text=words)
    installation.start()


def test_the_last_words_are_those_of_this_start(installation):
    installation.start()
    installation.purse("down")
    log = installation.state / "log" / "settlement.log"
    with log.open("a") as file:
        file.write('{"event":"an_error_of_last_week"}\n')
    (installation.state / "master.key").write_text("no key\n")
    failed = installation.purse("up", "--detach", "--port", "0", "--no-demo", check=False)
    assert failed.returncode == 6 and "last_week" not in failed.stderr, failed.stderr


def test_the_first_start_decides_whose_the_ledger_is(installation):
    """containers D2: without an entry, another master key was taken without a word."""
    installation.start()
    installation.purse("down")
    for name in ["master.key", "master.unlock"]:
        (installation.state / name).unlink()
    refused = installation.purse("up", "--detach", "--no-demo", "--port", "0", check=False)
    assert refused.returncode == 5 and "master key is missing" in refused.stderr
    refused = installation.purse("init", "--restore", text=ZEROS, check=False)
    assert refused.returncode == 5 and "nothing was written" in refused.stderr
    assert not (installation.state / "master.key").exists()
    put_another_key(installation)
    refused = installation.purse("up", "--detach", "--no-demo", "--port", "0", check=False)
    assert refused.returncode != 0 and "restore the master key" in refused.stderr
