"""A schema-driven fuzzer holds the gateway against its own /openapi.json, all checks on."""

import pathlib
import re
import subprocess
import sys
import uuid

SEED = uuid.uuid4().int % 2**32
EXAMPLES = 25


def test_the_gateway_does_what_its_description_says(system):
    print(f"schemathesis seed {SEED}")
    result = subprocess.run(
        [
            pathlib.Path(sys.executable).parent / "schemathesis", "run",
            system.access["url"] + "/openapi.json",
            "--header", f"Authorization: Bearer {system.access['admin_key']}",
            "--checks", "all",
            "--max-examples", str(EXAMPLES),
            "--seed", str(SEED),
            "--workers", "2",
            "--request-timeout", "10",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        timeout=900,
        cwd=system.state,
    )
    summary = result.stdout[-8000:]
    print(summary)
    assert result.returncode == 0, summary
    assert not re.search(r"Server error", result.stdout)


def test_nothing_is_damaged_after_all_that(system):
    report = system.audit()
    assert report["clean"], report
