#!/usr/bin/env bash
# Follows deploy/docker/Dockerfile without a container engine: dockerfile.mjs says how. By hand, or nightly.
set -euo pipefail
arguments=()
[ $# = 0 ] || arguments=(--prebuilt "$(realpath "$2")")
cd "$(dirname "$0")"
. ../../deploy/packages.sh
install debootstrap dpkg-dev iproute2 procps util-linux
[ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error --ignore-scripts --prefer-offline
exec node dockerfile.mjs "${arguments[@]}"
