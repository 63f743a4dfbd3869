"""A disk that fails: whether a transaction is durable is then known by nobody but the next life."""

import concurrent.futures
import os
import pathlib
import subprocess
import tempfile
import time
import uuid

import pytest

from conftest import System

# While the file that FAILING_SYNC names is there, every fsync of the process fails.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
    const char *path = getenv("FAILING_SYNC");
    return path && access(path, F_OK) == 0;
}

int fdatasync(int file) {
    static int (*real)(int);
    if (fails()) { errno = EIO; return -1; }
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return real(file);
}

int fsync(int file) {
    static int (*real)(int);
    if (fails()) { errno = EIO; return -1; }
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return real(file);
}
"""


@pytest.fixture()
def folder():
    with tempfile.TemporaryDirectory(prefix="purse-sync-") as path:
        yield pathlib.Path(path)


def test_a_failed_sync_ends_the_process_and_its_requests_are_unknown(folder):
    # review 16: it was answered with "not applied", and was there after the next crash.
    library = folder / "sync.so"
    (folder / "sync.c").write_text(SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, folder / "sync.c"], check=True)
    mark = folder / "fails"
    system = System({"LD_PRELOAD": os.fspath(library), "FAILING_SYNC": os.fspath(mark)})
    try:
        system.start()
        process = system.process("settlement")
        with system.client() as client:
            body = {"amount": "5", "currency": "USDC", "reference": uuid.uuid4().hex}
            assert client.post("/v1/reserve/deposits", json=body).status_code == 200
            body["reference"] = uuid.uuid4().hex
            log = system.state / "log" / "settlement.log"
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                mark.touch()
                waiting = pool.submit(client.post, "/v1/reserve/deposits", json=body)
                deadline = time.monotonic() + 10
                while "commit_uncertain" not in log.read_text() and time.monotonic() < deadline:
                    time.sleep(0.02)
                mark.unlink()
                answer = waiting.result()
            assert "commit_uncertain" in log.read_text()
            assert answer.status_code in (503, 504), answer.text
            assert answer.json()["error"]["outcome"] == "unknown"
            deadline = time.monotonic() + 60
            while True:
                repeated = client.post("/v1/reserve/deposits", json=body)
                if repeated.status_code == 200:
                    break
                assert time.monotonic() < deadline, repeated.text
                time.sleep(0.1)
            assert client.get("/v1/reserve").json()["balances"]["USDC"] == "10.00"
        assert system.process("settlement") != process
        system.audit()
    finally:
        system.stop()
