"""Policy cannot be walked around: lists, kinds, names, categories, assets, approvals (over HTTP)."""

import json
import uuid

import httpx
import pytest
from parties import Parties, post


@pytest.fixture(scope="module")
def parties(system):
    return Parties(system)


def policy(client, **terms):
    return client.post("/v1/policies", json={"name": uuid.uuid4().hex, **terms})


def spend(parties, to, amount="1.00", **terms):
    """Puts the payer under a policy with terms, and pays."""
    with parties.system.client() as admin, parties.client("payer") as payer:
        made = policy(admin, **terms)
        assert made.status_code == 200, made.text
        wallet = parties.wallets["payer"]
        changed = admin.patch(f"/v1/wallets/{wallet}", json={"policyId": made.json()["policy_id"]})
        assert changed.status_code == 200, changed.text
        return payer.post("/v1/payments", json={
            "walletId": wallet, "to": to, "amount": amount, "currency": "USDC"})


def rule(answer):
    assert answer.status_code == 402, answer.text
    return answer.json()["error"]["violation"]["rule"]


@pytest.mark.parametrize(("kind", "entry", "paid"), [
    ("phone", "+27821239876", "27821239876"),
    ("domain", "bücher.example", "xn--bcher-kva.example"),
    ("domain", "*.blocked.example", "Shop.Blocked.Example."),
    ("lightning_address", "lightning:bob@pay.example", "bob@pay.example"),
    ("mixin_user", "C6D0C728-2624-429B-8E0D-D9D19B6592FA", "c6d0c728-2624-429b-8e0d-d9d19b6592fa"),
])
def test_r23_a_block_holds_in_every_spelling(parties, kind, entry, paid):
    with parties.system.client() as admin:
        made = admin.post(f"/v1/wallets/{parties.wallets['receiver']}/destinations",
                          json={"type": kind, "value": paid})
        assert made.status_code == 200, made.text
    for to in [paid, parties.wallets["receiver"]]:
        assert rule(spend(parties, to, blockedRecipients=[entry])) == "blocked_recipients"
    assert spend(parties, paid, allowedRecipients=[entry]).status_code == 200


def test_r23_entries_that_mean_nothing_are_refused_one_by_one(parties):
    bad = [" shop.example", "*", "*.com", "WAL_X", "278212", "https://shop.example"]
    with parties.system.client() as admin:
        for field in ["allowedRecipients", "blockedRecipients"]:
            answer = policy(admin, **{field: ["shop.example", *bad]})
            assert answer.status_code == 400
            fields = [error["field"] for error in answer.json()["error"]["errors"]]
            assert fields == [f"{field}[{index + 1}]" for index in range(len(bad))]


def test_f4_a_name_passes_for_no_identifier(parties):
    name = f"shop-{uuid.uuid4().hex[:8]}.example"
    with parties.system.client() as admin, parties.client("payer") as payer:
        for bad in ["wal_v", "WAL_V", "grp_1", "27821231234", "a" * 65, "a b"]:
            for path in ["/v1/wallets", "/api/agents/register"]:
                answer = admin.post(path, json={
                    "agentId": bad, "label": "x", "policyId": "pol_open"})
                assert answer.status_code == 400, (path, bad, answer.text)
        wallet = post(admin, "/v1/wallets", {
            "agentId": name, "label": "x", "policyId": "pol_open"})["wallet_id"]
        assert rule(spend(parties, f"agent:{name}", allowedRecipients=[name])) == "allowed_recipients"
        assert spend(parties, f"agent:{name}",
                     allowedRecipients=[f"agent:{name}"]).status_code == 200
        body = {"walletId": parties.wallets["payer"], "amount": "1.00", "currency": "USDC"}
        named = payer.post("/v1/payments", json={**body, "to": name})
        assert named.status_code in (402, 422), "a domain is not the agent of its name"
        assert admin.get(f"/v1/wallets/{wallet}").json()["usdc_balance"] == "1.00"


def test_f16_a_category_has_one_spelling(parties):
    domain = f"casino-{uuid.uuid4().hex[:8]}.example"
    with parties.system.client() as admin:
        made = post(admin, f"/v1/wallets/{parties.wallets['stranger']}/destinations",
                    {"type": "domain", "value": domain, "category": " Gambling "})
        assert made["category"] == "gambling"
    for spelling in ["gambling", "GAMBLING", "gambling ", "ｇambling"]:
        assert rule(spend(parties, domain, blockedCategories=[spelling])) == "blocked_categories"


def test_stranger_4_a_policy_speaks_for_the_assets_it_names(system):
    parties = Parties(system, money="10", asset="SOL")
    with system.client() as admin, parties.client("payer") as payer:
        def pay(**terms):
            made = policy(admin, **terms).json()["policy_id"]
            wallet = parties.wallets["payer"]
            admin.patch(f"/v1/wallets/{wallet}", json={"policyId": made}).raise_for_status()
            return payer.post("/v1/payments", json={
                "walletId": wallet, "to": parties.wallets["receiver"], "amount": "1.00",
                "currency": "SOL"})

        assert rule(pay(maxPerTx="20")) == "currency"
        assert rule(pay()) == "currency"
        assert pay(limits={"SOL": {"maxPerTx": "2"}}).status_code == 200
        assert pay(currency="SOL").status_code == 200
        assert pay(assets=["SOL"]).status_code == 200
        same = policy(admin, maxPerTx="5", limits={"USDC": {"maxPerTx": "5.00", "maxPerDay": "9"}})
        assert same.json()["max_per_day"] == "9.00"
        other = policy(admin, maxPerTx="5", limits={"USDC": {"maxPerTx": "6"}})
        assert other.status_code == 400


def test_r21_a_yes_decides_again_and_is_anothers(system):
    parties = Parties(system)
    domain = f"shop-{uuid.uuid4().hex[:8]}.example"
    good, bad = parties.wallets["receiver"], parties.wallets["stranger"]
    with system.client() as admin:
        other = system.client(key=post(admin, "/v1/api-keys", {"class": "operator"})["key"])

        def register(wallet):
            return post(admin, f"/v1/wallets/{wallet}/destinations",
                        {"type": "domain", "value": domain})["destination_id"]

        def approve(client, waiting):
            return client.post(f"/v1/approvals/{waiting['approval_id']}/approve")

        entry = register(good)
        first = spend(parties, domain, "5", requireCoSign="2", blockedRecipients=[bad])
        assert first.status_code == 202, first.text
        assert admin.delete(f"/v1/wallets/{good}/destinations/{entry}").is_success
        register(bad)
        decided = approve(admin, first.json())
        assert decided.status_code == 200
        assert decided.json()["status"] == "denied" and decided.json()["reason"]
        assert decided.json()["violations"][0]["rule"] == "blocked_recipients"
        assert approve(admin, first.json()).status_code == 409
        payment = admin.get(f"/v1/payments/{first.json()['tx_id']}").json()
        assert payment["status"] == "blocked"

        def ask():
            return post(admin, "/v1/payments", {
                "walletId": parties.wallets["payer"], "to": good, "amount": "5",
                "currency": "USDC"}, 202)

        own = ask()
        assert approve(admin, own).status_code == 403, "the key that asked"
        assert approve(other, own).json()["status"] == "approved"
        frozen = ask()
        wallet = parties.wallets["payer"]
        post(admin, f"/v1/wallets/{wallet}/freeze")
        denied = approve(other, frozen).json()
        assert denied["status"] == "denied" and "frozen" in denied["reason"]
        post(admin, f"/v1/wallets/{wallet}/unfreeze")
        assert admin.get(f"/v1/payments/{frozen['tx_id']}").json()["status"] == "blocked"
        other.close()


def lines(system, service: str, request: str) -> list[dict]:
    """What a service has written into its log about a request."""
    path = system.state / "log" / f"{service}.log"
    found = []
    for line in path.read_text().splitlines():
        if request in line:
            found.append(json.loads(line))
    return found


def test_a_denial_is_one_line_with_its_request_in_the_logs_of_gateway_and_policy(parties):
    system, request = parties.system, f"req-{uuid.uuid4().hex}"
    denials = 'purse_denials_total{rule="max_per_tx"}'
    refusals = 'purse_http_responses_total{dialect="native",status="4xx"}'
    before = [system.metric("policy", denials), system.metric("gateway", refusals)]
    with system.client() as admin, parties.client("payer") as payer:
        made = policy(admin, maxPerTx="3.00").json()["policy_id"]
        wallet = parties.wallets["payer"]
        assert admin.patch(f"/v1/wallets/{wallet}", json={"policyId": made}).status_code == 200
        answer = payer.post("/v1/payments", headers={"X-Request-Id": request}, json={
            "walletId": wallet, "to": parties.wallets["receiver"], "amount": "3.01",
            "currency": "USDC", "memo": "for Mrs Smith"})
        assert rule(answer) == "max_per_tx" and answer.headers["X-Request-Id"] == request
        told = payer.get(f"/v1/payments/{answer.json()['error']['tx_id']}/explain").json()
    assert told["request"]["request_id"] == request
    [seen] = lines(system, "gateway", request)
    assert (seen["event"], seen["level"], seen["operation"], seen["status"], seen["rules"]) == (
        "request_refused", "info", "createPayment", 402, ["max_per_tx"])
    [decided] = lines(system, "policy", request)
    assert (decided["event"], decided["level"], decided["rules"], decided["policy"]) == (
        "payment_denied", "info", "max_per_tx", made)
    assert decided["policy_version"] == "1"
    for line in [seen, decided]:
        assert not {"Mrs", "3.01", parties.keys["payer"]} & set(json.dumps(line).split('"'))
    after = [system.metric("policy", denials), system.metric("gateway", refusals)]
    assert [b - a for a, b in zip(before, after)] == [1, 1]


def test_the_version_is_in_log_metrics_and_description(system):
    version = httpx.get(system.access["url"] + "/openapi.json").json()["info"]["version"]
    for service in ["gateway", "policy", "settlement", "escrow", "notifier"]:
        text = httpx.get(system.operations(service) + "/metrics").text
        assert f'purse_build_info{{version="{version}"' in text
        log = (system.state / "log" / f"{service}.log").read_text().splitlines()
        assert any(json.loads(line).get("version") == version for line in log
                   if '"started"' in line)
    assert "purse_http_request_seconds_bucket" in httpx.get(
        system.operations("gateway") + "/metrics").text


def test_an_agent_simulates_its_own_policy_alone(parties):
    """What others may not pay, and to whom, is not for it."""
    with parties.system.client() as admin, parties.client("receiver") as receiver:
        other = policy(admin, blockedRecipients=["secret-supplier.example"]).json()["policy_id"]
        wallet = admin.get(f"/v1/wallets/{parties.wallets['receiver']}").json()
        asked = {"to": "shop.example", "amount": "1.00", "currency": "USDC"}
        refused = receiver.post(f"/v1/policies/{other}/simulate", json=asked)
        assert refused.status_code == 403 and "secret" not in refused.text
        own = receiver.post(f"/v1/policies/{wallet['policy']['policy_id']}/simulate", json=asked)
        assert own.status_code == 200, own.text


@pytest.mark.parametrize("member", ["defaultPolicyId", "payoutPolicyId"])
def test_a_policy_that_the_organisation_names_is_in_use(system, member):
    with system.client() as admin:
        before = admin.get("/v1/organisation").json()
        named = policy(admin).json()["policy_id"]
        assert admin.patch("/v1/organisation", json={member: named}).status_code == 200
        assert admin.delete(f"/v1/policies/{named}").status_code == 409
        shown = {"defaultPolicyId": "default_policy_id", "payoutPolicyId": "payout_policy_id"}
        admin.patch("/v1/organisation", json={member: before[shown[member]]}).raise_for_status()
        assert admin.delete(f"/v1/policies/{named}").status_code == 200
