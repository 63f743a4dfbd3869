#!/usr/bin/env bash
# Builds Pursestrings and starts it on this machine: five processes, SQLite files and local sockets.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=deploy/packages.sh
source "$root/deploy/packages.sh"

usage() {
    cat <<'TEXT'
usage: deploy/up.sh [--detach] [--json] [--state DIR] [--port N] [--ops-port N] [--no-demo]

  --detach      return once all five services are ready; purse down stops them
  --json        print the addresses and keys as one line of JSON
  --state DIR   the state folder (default ./.purse); one that exists is continued
  --port N      the gateway's port on 127.0.0.1 (default 8080); 0 takes a free one
  --ops-port N  the first of the five operations ports (default: free ones)
  --no-demo     do not run the demo, which runs in a new state alone

Installs missing Debian packages, builds and starts; all but the result goes to standard error.
TEXT
}

# A wrong option is told before the build, not after it.
check_options() {
    while [[ $# -gt 0 ]]; do
        case "$1" in
            --detach | --json | --no-demo | --state=* | --port=* | --ops-port=*) shift ;;
            --state | --port | --ops-port)
                if [[ $# -lt 2 ]]; then
                    say "$1 needs a value"
                    exit 2
                fi
                shift 2
                ;;
            --help | -h)
                usage
                exit 0
                ;;
            *)
                say "there is no option $1"
                usage >&2
                exit 2
                ;;
        esac
    done
}

check_options "$@"
require_swift
install_missing "${build_packages[@]}"
# What purse --version tells; where this is no clone, whoever has unpacked it may know.
if [[ -z "${PURSESTRINGS_COMMIT:-}" && -e "$root/.git" ]]; then
    PURSESTRINGS_COMMIT="$(git -C "$root" describe --always --dirty --exclude '*' 2>/dev/null || true)"
fi
export PURSESTRINGS_COMMIT="${PURSESTRINGS_COMMIT:-}"
if [[ -z "$PURSESTRINGS_COMMIT" ]]; then
    say "No git commit is known here: purse --version will not tell one (set PURSESTRINGS_COMMIT)"
fi
say "Building (the first time takes some minutes)"
# By name, because the simulator is nothing that runs here.
for product in purse purse-gateway purse-policy purse-settlement purse-escrow purse-notifier; do
    swift build -c release --package-path "$root" --product "$product" >&2
done
programs="$(swift build -c release --package-path "$root" --show-bin-path)"
exec "$programs/purse" up "$@"
