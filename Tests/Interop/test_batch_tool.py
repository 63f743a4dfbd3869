"""`purse batch`: a table becomes a batch, and a batch a table."""

import csv
import io
import json

import pytest

from test_sixdot50 import Company


@pytest.fixture()
def company(system):
    return Company(system)


@pytest.fixture()
def purse(company):
    key = company.admin.headers["Authorization"].removeprefix("Bearer ")

    def run(*words: str, check: bool = True):
        return company.system.purse("batch", *words, "--key", key, check=check)

    return run


def test_a_table_is_imported_paid_and_exported(company, purse, tmp_path):
    member = company.join("27821231234")
    table = tmp_path / "wages.csv"
    table.write_text(
        "\ufeffmsisdn,amount,firstname,lastname,externalId\r\n"
        '27821231234,10.50,"Ann, the ""first""",Smith,w1\r\n'
        "\r\n"
        "27821231235,5,Bob,,w2\r\n")
    drafted = json.loads(purse("import", str(table), "--json").stdout)
    assert drafted["statusCode"] == "DRAFT" and drafted["name"] == "wages.csv"
    shown = purse("status", drafted["id"]).stdout
    assert "DRAFT" in shown and "2 payments of 15.5 DZAR" in shown
    paid = json.loads(purse("submit", drafted["id"], "--json").stdout)
    assert paid["statusCode"] == "OPEN" and company.wallet(member) == 10.5
    rows = list(csv.DictReader(io.StringIO(purse("export", drafted["id"]).stdout)))
    assert [row["statusCode"] for row in rows] == ["SETTLED", "PENDING"]
    assert rows[0]["firstname"] == 'Ann, the "first"' and rows[0]["amount"] == "10.5"
    assert rows[1]["externalId"] == "w2" and rows[1]["settledAt"] == ""
    copy = tmp_path / "copy.csv"
    purse("export", drafted["id"], "--output", str(copy))
    assert list(csv.DictReader(copy.open())) == rows
    assert drafted["id"] in purse("status").stdout


# R40, R41: what spreadsheets make of numbers.
WRITTEN_BY_SPREADSHEETS = {
    200: "2.7821E+10,1", 201: "27821230001.0,1", 202: "27821230001,1E+03",
    300: '27821230001,"10,50"', 301: '27821230001,"1,000.00"', 302: "27821230001,1 000",
    303: "27821230001,1.000", 304: "27821230001,R10"}


def test_every_bad_row_is_shown_with_its_line(company, purse, tmp_path):
    table = tmp_path / "bad.csv"
    lines = [f"{27820000000 + number},1" for number in range(20_000)]
    for line, row in {100: "0821231234,1", 10_001: "27821231234,0.5", 10_002: "x,abc",
                      19_990: "27821231234,", **WRITTEN_BY_SPREADSHEETS}.items():
        lines[line] = row
    table.write_text("msisdn,amount\n" + "\n".join(lines) + "\n")
    result = purse("import", str(table), "--yes", check=False)
    assert result.returncode == 1
    for words in ["line 102: Msisdn invalid (0821231234)",
                  "line 10003: Amount must be >= 1 DZAR (0.5)", "line 10004: Msisdn invalid (x)",
                  "line 10004: Amount invalid (abc)", "line 19992: Amount must be >= 1 DZAR (0.0)",
                  "line 202: Msisdn invalid (2.7821E+10)", "line 203: Msisdn invalid (27821230001.0)",
                  "line 204: Amount invalid (1E+03)", "line 302: Amount invalid (10,50)",
                  "line 303: Amount invalid (1,000.00)", "line 304: Amount invalid (1 000)",
                  "line 305: Amount must have at most 2 places (1.000)", "line 306: Amount invalid (R10)",
                  "13 failures"]:
        assert words in result.stderr, result.stderr
    assert company.float() == 1000
    assert company.client.get("/batches").json()[0]["statusCode"] == "CANCELLED"


@pytest.mark.parametrize("text, words", [
    ("", "no rows"), ("msisdn,amount\n", "no rows"), ("msisdn,price\n1,2\n", "no column price"),
    ("msisdn,amount\n1,2,3\n", "line 2 has 3 cells"),
    # R42: a decimal comma once paid 10 to "50".
    ("msisdn,amount,firstname,lastname\n27821230001,10,50\n", "line 2 has 3 cells"),
    ("msisdn,amount,msisdn\n1,2,3\n", "msisdn is there twice"),
    ('msisdn,amount\n"27821231234,1\n', "line 2: a quote is out of place"),
    ('msisdn,amount\n27821230001,"10"0\n', "line 2: a quote is out of place"),  # R43
])
def test_what_is_no_table_makes_no_batch(company, purse, tmp_path, text, words):
    table = tmp_path / "table.csv"
    table.write_text(text)
    result = purse("import", str(table), check=False)
    assert result.returncode == 2 and words in result.stderr
    assert company.client.get("/batches").json() == []


def test_every_row_that_is_too_short_is_shown(company, purse, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("msisdn,amount\n27821230001\n27821230002,10\n27821230003,1,2\n")
    result = purse("import", str(table), "--yes", check=False)
    assert result.returncode == 2
    for words in ["line 2 has 1 cell,", "line 4 has 3 cells,", "2 wrong rows"]:
        assert words in result.stderr
    assert company.client.get("/batches").json() == []


def test_equal_rows_are_named(company, purse, tmp_path):
    table = tmp_path / "wages.csv"
    table.write_text("msisdn,amount\n27821231234,10\n27821231235,10\n27821231234,10\n")
    assert "line 4 says the same as line 2" in purse("import", str(table)).stderr
    quiet = purse("import", str(table), "--again", "--allow-duplicates")
    assert "says the same" not in quiet.stderr


def test_the_same_file_is_paid_once_unless_one_asks_for_it(company, purse, tmp_path):
    """R46"""
    table = tmp_path / "wages.csv"
    table.write_text("msisdn,amount\n27821231234,10\n")
    purse("import", str(table), "--yes")
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    again = purse("import", str(table), "--yes", "--name", "other", check=False)
    assert again.returncode == 1 and "--again" in again.stderr
    assert company.float() == 990
    purse("import", str(table), "--yes", "--again")
    assert company.float() == 980


def test_an_import_that_fails_leaves_no_draft_and_can_be_mended(company, purse, tmp_path):
    """R47, F12: what failed keeps no identifier."""
    table = tmp_path / "wages.csv"
    table.write_text("msisdn,amount,externalId\n27821231234,10,a\n27821231235,0.5,b\n")
    assert purse("import", str(table), "--external-id", "w-12", check=False).returncode == 1
    table.write_text("msisdn,amount,externalId\n27821231234,10,a\n27821231235,5000,b\n")
    poor = purse("import", str(table), "--external-id", "w-12", "--yes", check=False)
    assert poor.returncode == 1 and "cancelled" in poor.stderr
    # What a failed import leaves is in nobody's way.
    left = company.client.get("/batches").json()[0]["id"]
    listed = purse("list")
    assert left not in listed.stdout and "--status CANCELLED shows them" in listed.stderr
    assert left in purse("list", "--status", "CANCELLED").stdout
    table.write_text("msisdn,amount,externalId\n27821231234,10,a\n27821231235,5,b\n")
    purse("import", str(table), "--external-id", "w-12", "--yes")
    statuses = [batch["statusCode"] for batch in company.client.get("/batches").json()]
    assert sorted(statuses) == ["CANCELLED", "CANCELLED", "OPEN"]


def test_an_export_runs_nothing_in_a_spreadsheet(company, purse):
    """R48"""
    batch = company.batch([{"msisdn": "27821231234", "amount": 1,
                            "firstname": '=HYPERLINK("http://x.example")', "lastname": "@sum"}])
    row = next(csv.DictReader(io.StringIO(purse("export", batch["id"]).stdout)))
    assert row["firstname"] == "'=HYPERLINK(\"http://x.example\")" and row["lastname"] == "'@sum"


def test_a_good_table_is_imported_whole(company, purse, tmp_path):
    table = tmp_path / "large.csv"
    table.write_text("msisdn,amount\n" + "".join(
        f"{27820000000 + number},1\n" for number in range(12_345)))
    company.deposit("20000")
    paid = json.loads(purse("import", str(table), "--yes", "--json", "--name", "Large").stdout)
    assert paid["summary"]["paymentsCount"] == 12_345 and paid["statusCode"] == "OPEN"
    assert len(purse("export", paid["id"]).stdout.splitlines()) == 12_346
