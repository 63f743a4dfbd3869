"""The files of deploy/ that other programs read: alert rules, proxies, the unit of systemd."""

import json
import os
import re
import shutil
import socket
import subprocess

import httpx
import pytest

from conftest import ROOT, System, programs
from debian import program
from receiver import until

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "alerts.yml"
DASHBOARD = DEPLOY / "dashboard.json"


def run(*words, **more) -> subprocess.CompletedProcess:
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                            timeout=60, **more)
    assert result.returncode == 0, result.stdout + result.stderr
    return result


@pytest.mark.parametrize("file", [RULES, DASHBOARD], ids=lambda path: path.name)
def test_the_files_name_metrics_that_exist(file):
    sources = "".join(path.read_text() for folder in ["Services", "Shared"]
                      for path in (ROOT / folder).rglob("*.swift"))
    names = set(re.findall(r"\b(?:purse|process)_[a-z_]+\b", file.read_text()))
    assert len(names) > 8
    for name in names:
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        assert f'"{base}' in sources or f" {base}" in sources, f"{name} is no metric"


def test_every_alert_says_what_it_means_and_what_to_do():
    alerts = re.split(r"- alert: ", RULES.read_text())[1:]
    assert len(alerts) > 10
    for alert in alerts:
        for part in ["severity: ", "summary: ", "action: "]:
            assert part in alert, alert


def test_every_alert_is_in_the_runbook():
    table = (DEPLOY / "runbook.md").read_text().split("## What an alert means")[1]
    for alert in re.findall(r"- alert: (\w+)", RULES.read_text()):
        assert alert in table, f"the runbook does not explain {alert}"


def test_what_the_rules_watch_is_there_before_it_happens():
    """increase() misses a counter's first event if the counter comes with it."""
    names = set(re.findall(r"\b(?:purse|process)_[a-z_]+\b", RULES.read_text()))
    fresh = System()
    try:
        fresh.start()
        texts = {service: httpx.get(fresh.operations(service) + "/metrics").text
                 for service in fresh.access["ops"]}
    finally:
        fresh.stop()
    of_the_gateway = {"purse_requests_expired_total", "purse_limited_requests_total"}
    for name in names:
        for service, text in texts.items():
            if name.startswith("process_") or (name in of_the_gateway) == (service == "gateway"):
                assert re.search(rf"^{name}[ {{]", text, re.M), f"{service} does not show {name}"
    for limit in ["logins", "requests", "streams"]:
        assert f'purse_limited_requests_total{{limit="{limit}"}} 0\n' in texts["gateway"]
    for sender in [*texts, "unnamed"]:
        assert f'purse_messages_forbidden_total{{sender="{sender}"}} 0\n' in texts["policy"]


def test_promtool_takes_the_rules_and_they_fire():
    promtool = program("promtool", "prometheus")
    run(promtool, "check", "rules", RULES)
    run(promtool, "test", "rules", ROOT / "Tests/Interop/alerts_test.yml")


def test_promtool_takes_what_the_dashboard_asks(tmp_path):
    promtool = program("promtool", "prometheus")
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    assert len(asked) > 10
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(asked)]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    run(promtool, "check", "rules", file)


def test_the_runbooks_command_makes_the_list_of_targets(system):
    if not shutil.which("jq"):
        pytest.skip("jq is not installed")
    line = re.search(r"jq -n '.*'", (DEPLOY / "runbook.md").read_text())[0]
    made = run("bash", "-c", f"{line} {system.state}/run/*.json")
    targets = {entry["labels"]["service"]: entry["targets"] for entry in json.loads(made.stdout)}
    assert set(targets) == {"gateway", "policy", "settlement", "escrow", "notifier"}
    for service, addresses in targets.items():
        assert httpx.get(f"http://{addresses[0]}/metrics").status_code == 200, service


def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "pursestrings.service"
    text = (DEPLOY / "pursestrings.service").read_text()
    unit.write_text(text.replace("/usr/local/bin/purse", str(programs() / "purse")))
    result = run("systemd-analyze", "verify", unit)
    assert "pursestrings.service" not in result.stderr, result.stderr
    help_text = run("systemd-analyze", "--help").stdout
    if "--offline" in help_text:
        run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)
    assert "\nStandardOutput=null\n" in text, "the keys would be in the journal"


def test_a_proxy_passes_everything_on_but_the_metrics(system, tmp_path):
    """nginx and Caddy with the files of deploy/, but for ports, names and certificates."""
    gateway = system.access["url"].removeprefix("http://")
    for start in [start_nginx, start_caddy]:
        process, url = start(tmp_path, gateway)
        try:
            until(lambda: answers(url), bool)
            check_proxy(system, url)
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    """Ends a proxy, also one that waits for its streams to end."""
    process.terminate()
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)


def answers(url: str) -> bool:
    try:
        return httpx.get(url + "/healthz", verify=False).status_code == 200
    except httpx.TransportError:
        return False


def check_proxy(system, url: str) -> None:
    headers = {"Authorization": f"Bearer {system.access['admin_key']}", "X-Request-Id": "mine-1"}
    with httpx.Client(base_url=url, headers=headers, verify=False, timeout=30) as client:
        answer = client.get("/v1/reserve")
        assert answer.status_code == 200 and answer.headers["X-Request-Id"] == "mine-1"
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert client.get("/metrics").status_code == 404
        assert client.get("/v1/nothing").json()["error"]["code"] == "not_found"
        with client.stream("GET", "/v1/events/stream") as stream:
            assert next(stream.iter_text()).startswith(": listening")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_nginx(folder, gateway: str):
    nginx = program("nginx", "nginx")
    plain, secure = free_port(), free_port()
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
        "/CN=purse.example.com", "-keyout", folder / "key.pem", "-out", folder / "chain.pem")
    site = (DEPLOY / "nginx.conf").read_text()
    for old, new in [
        ("server 127.0.0.1:8080;", f"server {gateway};"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("/etc/letsencrypt/live/purse.example.com/fullchain.pem", f"{folder}/chain.pem"),
        ("/etc/letsencrypt/live/purse.example.com/privkey.pem", f"{folder}/key.pem"),
    ]:
        assert old in site
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/site.conf; }}\n")
    run(nginx, "-t", "-c", main)
    return subprocess.Popen([nginx, "-c", main]), f"https://127.0.0.1:{secure}"


def start_caddy(folder, gateway: str):
    caddy = program("caddy", "caddy")
    port = free_port()
    text = (DEPLOY / "Caddyfile").read_text()
    assert "\npurse.example.com {" in text and "reverse_proxy 127.0.0.1:8080 {" in text
    text = text.replace("purse.example.com {", f"http://127.0.0.1:{port} {{")
    path = folder / "Caddyfile"
    path.write_text("{\n\tadmin off\n}\n" + text.replace("127.0.0.1:8080", gateway))
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder)}
    process = subprocess.Popen(
        [caddy, "run", "--config", path, "--adapter", "caddyfile"], env=home,
        stderr=subprocess.DEVNULL)
    return process, f"http://127.0.0.1:{port}"
