#!/usr/bin/env bash
# Builds the image, starts the containers of docker-compose.yml unmodified, and does what the runbook
# says: first keys, payments, verify, backup under load, kills, restore, a missing master key.
#
#   Tests/Containers/run.sh
#
# Needs docker with the compose plugin, or podman with `podman compose`; without an engine it says so
# and skips, with exit code 77. PURSESTRINGS_BUILD=0 takes the image that is there. The last line counts.
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root" || exit 1

engine=
if docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
    engine=docker
elif podman info >/dev/null 2>&1 && podman compose version >/dev/null 2>&1; then
    engine=podman
else
    echo "skipped: no container engine answers here (docker with compose, or podman)"
    exit 77
fi

work="$(mktemp -d)"
project="pursetest$$"
port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
export PURSESTRINGS_LISTEN="127.0.0.1:$port"
url="http://127.0.0.1:$port"
services="gateway policy settlement escrow notifier"
passed=0
failed=0
load=

say() { echo "== $*"; }
check() {
    local name="$1"
    shift
    if "$@" >"$work/check.log" 2>&1; then
        passed=$((passed + 1))
        echo "  ok    $name"
    else
        failed=$((failed + 1))
        echo "  FAILED $name"
        tail -n 5 "$work/check.log"
    fi
}
fails() { ! "$@"; }
of() { # a project's compose
    local name="$1"
    shift
    "$engine" compose --progress quiet -p "$name" --env-file deploy/env.example "$@"
}
dc() { of "$project" "$@"; }
once() { dc run --rm -T "$@" 2>>"$work/tools.log"; }
inside() { # a command in a service's container
    local name="$1"
    shift
    dc exec -T "$name" "$@" </dev/null
}
json() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
container() { dc ps --all --quiet "$1"; }
health() { "$engine" inspect --format '{{.State.Health.Status}}' "$(container "$1")"; }
is_healthy() {
    for _ in $(seq 40); do
        [ "$(health "$1")" = healthy ] && return 0
        sleep 0.25
    done
    return 1
}

# shellcheck disable=SC2317,SC2329  # called by the trap
finish() {
    [ -z "$load" ] || kill "$load" 2>/dev/null
    of "$project" --profile '*' down --volumes --timeout 5 >/dev/null 2>&1
    of "${project}b" --profile '*' down --volumes --timeout 5 >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

say "image"
check "docker-compose.yml is one" dc --profile '*' config --quiet
if [ "${PURSESTRINGS_BUILD:-1}" != 0 ]; then
    begun="$(milliseconds)"
    check "deploy/Dockerfile builds" dc build
    [ "$failed" -eq 0 ] || { cat "$work/check.log"; exit 1; }
    echo "        in $((($(milliseconds) - begun) / 1000)) s"
fi
image="$(dc config --images policy | head -n 1)"
echo "        $("$engine" image inspect --format '{{.Size}}' "$image" | awk '{ printf "%d MB", $1 / 1000000 }')"

say "start"
begun="$(milliseconds)"
check "up --wait" dc up --detach --wait --no-build
echo "        all five healthy after $(($(milliseconds) - begun)) ms"
for name in $services; do check "$name is healthy" [ "$(health "$name")" = healthy ]; done
inside gateway cat /state/run/bootstrap.json >"$work/first.json"
inside gateway rm /state/run/bootstrap.json
PURSE_KEY="$(json '["admin_key"]' <"$work/first.json")"
export PURSE_KEY
purse() { dc exec -T -e PURSE_KEY gateway purse "$@" </dev/null; }
dc run --rm -T init >"$work/words" 2>&1
check "the words of the master key are the vault's" grep -q 'sealed in /vault/master.key' "$work/words"
# By its words: an engine may forget the exit code of what ended at once.
dc run --rm -T init >"$work/words" 2>&1
check "they are shown once" grep -q 'shown only once' "$work/words"
check "no key is made in a service's own place" fails inside gateway purse init

say "money"
policy="$(purse policies create --name Test --max-per-tx 5.00 --json | json '["policy_id"]')"
wallet() { purse wallets create --agent "$1" --label "$1" --policy "$2" --json | json '["wallet_id"]'; }
buyer="$(wallet buyer "$policy")"
payer="$(wallet payer pol_open)"
wallet seller pol_open >/dev/null
check "a deposit" purse reserve deposit --amount 1000.00 --reference wire-1
for name in "$buyer" "$payer"; do check "a funding" purse wallets fund "$name" --amount 400.00; done
check "a payment" purse pay --wallet "$buyer" --to seller --amount 2.50
check "a denial" fails purse pay --wallet "$buyer" --to seller --amount 12.00
check "status of all five" once status
check "verify" once verify

say "what only the inside may see"
metrics() { inside gateway bash -c "exec 3<>/dev/tcp/$1/9100; printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3; cat <&3" | grep -q process_resident_memory_bytes; }
for name in $services; do check "metrics of $name on the bus" metrics "$name"; done
check "and not on the public port" [ "$(curl -s -o /dev/null -w '%{http_code}' "$url/metrics")" != 200 ]
check "notifier has nobody else's secret" fails inside notifier sh -c 'cat /keys/settlement.secret || cat /unlock/master.unlock'

say "backup under load, kills"
cat >"$work/load.py" <<'P'
"""load.py URL KEY WALLET FOLDER: pays until FOLDER/stop is there; what gets no 200 is repeated with its key."""
import http.client, json, pathlib, sys, threading, time
url, key, wallet, folder = sys.argv[1:5]
stop, paid, lost = pathlib.Path(folder) / "stop", [], []
def run(number):
    client, turn = http.client.HTTPConnection(url.split("//")[1], timeout=40), 0
    while not stop.exists():
        turn += 1
        body = {"walletId": wallet, "to": "seller", "amount": "0.01", "currency": "USDC", "idempotencyKey": f"load-{number}-{turn}"}
        for _ in range(200):
            try:
                client.request("POST", "/v1/payments", json.dumps(body), {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
                answer = client.getresponse(); text = answer.read()
                if answer.status == 200: paid.append(json.loads(text)["tx_id"]); break
            except Exception: client.close()
            time.sleep(0.1)
        else: lost.append(body)
threads = [threading.Thread(target=run, args=[number]) for number in range(4)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print(f"{len(paid)} payments, {len(set(paid))} different, {len(lost)} without an answer")
sys.exit(bool(lost) or len(paid) != len(set(paid)))
P
python3 "$work/load.py" "$url" "$PURSE_KEY" "$payer" "$work" >"$work/load.log" &
load=$!
sleep 1
begun="$(milliseconds)"
check "a backup" sh -c "$engine compose -p $project --env-file deploy/env.example run --rm -T backup >$work/backup.tar 2>$work/backup.log"
grep -h 'nobody could write' "$work/backup.log" | sed 's/^/        /'
echo "        $(wc -c <"$work/backup.tar") bytes, $(($(milliseconds) - begun)) ms with the container's start"
for name in $services; do
    # shellcheck disable=SC2016
    inside "$name" sh -c 'kill -9 $(sed -n "s/.*\"pid\":\([0-9]*\).*/\1/p" /state/run/*.json | head -n 1)' >/dev/null 2>&1
    sleep 0.5
    check "$name is killed, and healthy again" is_healthy "$name"
done
touch "$work/stop"
check "every payment has its answer, once" wait "$load"
load=
sed 's/^/        /' "$work/load.log"
check "verify" once verify

say "restore"
balance() { curl -sS -H "Authorization: Bearer $PURSE_KEY" "$1/v1/wallets/$buyer" | json '["usdc_balance"]'; }
before="$(balance "$url")"
"$engine" run --rm -i --network none -v "${project}_keys:/unlock:ro" "$image" cat /unlock/master.unlock >"$work/master.unlock" 2>/dev/null </dev/null
dc stop >/dev/null 2>&1
restored() { of "${project}b" run --rm -T "$@"; }
check "into new volumes, verified" sh -c "$engine compose -p ${project}b --env-file deploy/env.example run --rm -T restore <$work/backup.tar"
check "not twice" fails sh -c "$engine compose -p ${project}b --env-file deploy/env.example run --rm -T restore <$work/backup.tar"
check "what opens the master key" sh -c "$engine compose -p ${project}b --env-file deploy/env.example run --rm -T unlock <$work/master.unlock"
check "the restored platform starts" of "${project}b" up --detach --wait --no-build
check "with the buyer's balance" [ "$(balance "$url")" = "$before" ]
check "and pays" sh -c "$engine compose -p ${project}b --env-file deploy/env.example exec -T -e PURSE_KEY gateway purse pay --wallet $buyer --to seller --amount 1.00 </dev/null"
check "verify" restored verify
for name in $services; do
    "$engine" exec "$(of "${project}b" ps --quiet "$name")" \
        sh -c 'purse health && grep -h VmHWM /proc/[0-9]*/status | sort -k 2 -n | tail -n 1' </dev/null |
        awk -v name="$name" '/VmHWM/ { printf "        %s: most memory %.1f MiB\n", name, $2 / 1024 }'
done
of "${project}b" down --timeout 5 >/dev/null 2>&1
"$engine" volume rm "${project}b_vault" >/dev/null 2>&1
check "without the vault nothing starts, and no key is made" fails of "${project}b" up --detach --wait --no-build
check "the vault stays empty" [ -z "$("$engine" run --rm --network none -v "${project}b_vault:/vault" "$image" ls /vault 2>/dev/null)" ]

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
