"""Another validator agrees that the golden messages have the form that asyncapi.json describes."""

import json

import jsonschema_rs
import pytest

from conftest import ROOT

GOLDEN = ROOT / "Tests" / "ContractsTests" / "Golden"
DOCUMENT = json.loads(
    (ROOT / "Shared" / "Contracts" / "Contracts.docc" / "asyncapi.json").read_text())


def validator(wire_name: str) -> jsonschema_rs.Validator:
    """A validator of one message's envelope."""
    schema = DOCUMENT["components"]["messages"][wire_name]["payload"]
    return jsonschema_rs.Draft7Validator({**schema, "components": DOCUMENT["components"]})


@pytest.mark.parametrize("path", sorted(GOLDEN.iterdir()), ids=lambda path: path.stem)
def test_a_golden_message_fits_its_schema(path):
    envelope = json.loads(path.read_text())
    validator(envelope["type"]).validate(envelope)


def test_a_planted_mistake_is_found():
    envelope = json.loads((GOLDEN / "settlement.get-wallet.v1.json").read_text())
    assert validator(envelope["type"]).is_valid(envelope)
    envelope["payload"]["wallet"] = "org_1"
    assert not validator(envelope["type"]).is_valid(envelope)
