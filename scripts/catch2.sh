#!/usr/bin/env bash
# Provides Catch2 3, the test framework, under PREFIX: usr/ as Debian compiled it, for native tests, and source/, which is
# compiled to wasm with the core's tests. bookworm has only Catch2 2, so both come from its backports, pinned and signed,
# without touching the system's sources.
#
#   catch2.sh PREFIX
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/debian-archive.sh"

suite=bookworm-backports
version=3.7.1-0.4~bpo12+1

die() {
  printf 'catch2: %s\n' "$*" >&2
  exit 1
}

main() {
  [ $# = 1 ] || die "usage: catch2.sh PREFIX"
  local prefix spec state work
  prefix=$(realpath -m -- "$1")
  spec="$suite $version"
  state=$prefix/.catch2
  mkdir -p "$prefix"
  exec 9<"$prefix"
  flock 9
  [ "$(cat "$state" 2>/dev/null)" != "$spec" ] || return 0
  [ -e "$state" ] || [ -z "$(ls -A "$prefix")" ] || die "$prefix is neither empty nor an installation of this script"

  find "$prefix" -mindepth 1 -delete
  echo incomplete >"$state"
  work=$prefix/.work
  mkdir -p "$work/download" "$prefix/source"
  debian_archive "$work" "$suite" deb deb-src
  (
    cd "$work/download"
    apt-get download -qq "libcatch2-dev=$version" >&2
    # The checksum of each file is in the signed index, and apt compares it.
    apt-get source --download-only -qq "catch2=$version" >&2
  ) || die "Debian $suite no longer has $version: this script's pin needs an update"
  dpkg-deb -x "$work"/download/libcatch2-dev_*.deb "$prefix"
  tar -xf "$work"/download/catch2_*.orig.tar.* -C "$prefix/source" --strip-components=1
  rm -rf "$work"
  echo "$spec" >"$state"
}

main "$@"
