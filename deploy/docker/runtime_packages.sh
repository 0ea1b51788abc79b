#!/usr/bin/env bash
# The Debian packages whose libraries a program needs, one a line, as Debian's own tool finds them.
#
#   deploy/docker/runtime_packages.sh PROGRAM    needs dpkg-dev, and the packages that PROGRAM was built with
set -euo pipefail
program=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir debian # the tool wants a source package
printf 'Source: signalbook\n\nPackage: signalbook\nArchitecture: any\n' >debian/control
# shlibs:Depends=libc6 (>= 2.34), libre2-9 (>= 20201101+dfsg) → a name a line. It warns of a program that no package owns.
dpkg-shlibdeps -O "$program" 2>errors >depends || { cat errors >&2; exit 1; }
sed 's/^shlibs:Depends=//; s/ *([^)]*)//g; s/ *|[^,]*//g; s/, */\n/g' depends
