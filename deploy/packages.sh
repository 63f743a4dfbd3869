#!/usr/bin/env bash
# What the machine must have; read by up.sh and test.sh, never run by itself.

# The Debian packages that the build needs: one for each C library.
# shellcheck disable=SC2034  # the scripts that read this file use it
build_packages=(
    libarchive-dev
    libcsv-dev
    libcurl4-openssl-dev
    libidn2-dev
    libmicrohttpd-dev
    libsecp256k1-dev
    libsodium-dev
    libsqlite3-dev
    libzmq3-dev
    nettle-dev
)

say() {
    printf '%s\n' "$*" >&2
}

# Installs those of the named Debian packages that are missing.
install_missing() {
    local missing=() package
    for package in "$@"; do
        if [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]; then
            missing+=("$package")
        fi
    done
    [[ ${#missing[@]} -eq 0 ]] && return 0
    if ! command -v apt-get >/dev/null; then
        say "These packages are missing, under Debian's names: ${missing[*]}"
        return 1
    fi
    local as_root=()
    if [[ "$(id -u)" -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            say "These packages are missing; as root: apt-get install ${missing[*]}"
            return 1
        fi
        as_root=(sudo)
    fi
    say "Installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq \
        --no-install-recommends "${missing[@]}" >&2
}

# Checks that the Swift toolchain is there and new enough.
require_swift() {
    local version
    if ! command -v swift >/dev/null; then
        say "The Swift toolchain is missing. Version 6.3 or later is at https://www.swift.org/install/linux"
        say "or in the container image swift:6.3-bookworm."
        return 1
    fi
    version="$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)"
    if [[ "$(printf '%s\n6.3\n' "$version" | sort -V | head -n 1)" != 6.3 ]]; then
        say "Swift $version is too old. Version 6.3 or later is at https://www.swift.org/install/linux"
        return 1
    fi
}
