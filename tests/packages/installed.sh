#!/usr/bin/env bash
# Installs packages in a Debian 12 that has nothing else, uses them, upgrades them, removes them. As root.
#
#   installed.sh PACKAGES WORK     PACKAGES: the folder with the .deb files; WORK: what is downloaded is kept there
#
# There is no systemd in charge in it: the unit is judged by systemd-analyze, and its command line is run by hand as
# its user, without privileges, and with the /proc that the unit would show it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages=$(cd "$1" && pwd)
mkdir -p "$2"
work=$(cd "$2" && pwd)

# Mounts and network of its own: nothing stays mounted whatever ends this, and its ports are nobody else's.
if [ -z "${SIGNALBOOK_OWN_MOUNTS:-}" ]; then
  SIGNALBOOK_OWN_MOUNTS=1 exec unshare --mount --propagation private "$0" "$packages" "$work"
fi

root=$work/root
leave() {
  local code=$?
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  umount -l "$root/proc" "$root/dev" "$root/var/cache/apt/archives" "$root/proc-of-unit" 2>/dev/null || true
  if mountpoint -q "$root/proc" || mountpoint -q "$root/dev"; then
    echo "installed.sh: $root is still mounted, and stays" >&2
  else
    rm -rf --one-file-system "$root"
  fi
  exit "$code"
}
trap leave EXIT
step() { printf '   %s (%s s)\n' "$*" "$SECONDS"; }
fail() {
  echo "installed.sh: $*" >&2
  exit 1
}
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
apt() { in_root apt-get -q -y -o APT::Sandbox::User=root -o Binary::apt-get::APT::Keep-Downloaded-Packages=true "$@" >"$work/apt.log" 2>&1 ||
  { tail -n 30 "$work/apt.log" >&2; fail "apt-get $*"; }; }

base=$work/bookworm.tar
if [ ! -f "$base" ]; then
  step "a bare Debian 12"
  rm -rf --one-file-system "$base.new" # of a run that was cut off
  mmdebstrap --quiet --format=tar --variant=minbase bookworm "$base.new" >"$work/mmdebstrap.log" 2>&1 ||
    { tail -n 30 "$work/mmdebstrap.log" >&2; fail "mmdebstrap"; }
  mv "$base.new" "$base"
fi
rm -rf --one-file-system "$root"
mkdir -p "$root" "$work/archives/partial"
tar -C "$root" -xf "$base"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$root/var/cache/apt/archives" "$root/proc-of-unit" "$root/packages"
mount --bind "$work/archives" "$root/var/cache/apt/archives"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# Nobody needs these files after a power cut.
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
cp "$packages"/*.deb "$root/packages/"

step "install"
apt update
apt install --no-install-recommends $(cd "$root" && ls ./packages/signalbook_*.deb ./packages/signalbook-server_*.deb ./packages/signalbook-book_*.deb)
version=$(in_root dpkg-query -W -f '${Version}' signalbook)
[ "$(in_root dpkg -V signalbook signalbook-server signalbook-book)" = '' ] || fail "dpkg -V finds changed files"
[ "$(in_root signalbook translate --from en --to es --emoji name '🇨🇦')" = 'Canadá' ] ||
  fail "signalbook translate does not answer Canadá"
[ "$(in_root env SIGNALBOOK_BOOK= signalbook book info | head -c 10)" ] || fail "signalbook book info"
[ "$(in_root stat -c '%U:%G %a' /etc/signalbook)" = 'root:signalbook 750' ] || fail "who may read /etc/signalbook"
in_root getent passwd signalbook | grep -q ':/var/lib/signalbook:/usr/sbin/nologin$' || fail "the user signalbook"
[ ! -e "$root/etc/systemd/system/multi-user.target.wants/signalbook.service" ] || fail "enabled by itself"

step "the unit"
in_root systemd-analyze verify --man=no /lib/systemd/system/signalbook.service >"$work/verify.log" 2>&1 ||
  { cat "$work/verify.log" >&2; fail "systemd-analyze verify"; }
! grep -i signalbook "$work/verify.log" >&2 || fail "systemd-analyze verify has something to say"
in_root systemd-analyze security --offline=true --threshold=15 /lib/systemd/system/signalbook.service >"$work/security.log" ||
  fail "the unit lets the service do more than an exposure of 1.5: $(tail -n 1 "$work/security.log")"

# serve_and CHECK…: runs the unit's command line as its user on a loopback interface of its own, then CHECK.
serve_and() {
  local command
  command=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/signalbook.service")
  [ -n "$command" ] || fail "no ExecStart"
  local folder
  for folder in /var/lib/signalbook /var/log/signalbook /run/signalbook; do # what systemd would make
    in_root install -d -o signalbook -g signalbook -m 750 "$folder"
  done
  export root command here
  unshare --net --mount bash -euo pipefail -s -- "$@" <<'IN_NETWORK'
ip link set lo up
umount -l "$root/proc"
mount -t proc -o hidepid=invisible,subset=pid proc "$root/proc"
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 setpriv --reuid signalbook \
  --regid signalbook --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all $command >"$root/serve.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 600); do
  ! grep -q 'listening on' "$root/serve.log" || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
"$@" || { cat "$root/serve.log" >&2; exit 1; }
kill -TERM "$server"
wait "$server" || { echo "the server did not end well: $?" >&2; exit 1; }
trap - EXIT
IN_NETWORK
}
# healthy: health over gRPC says SERVING, and only loopback is listened on.
healthy() {
  /usr/bin/python3 - <<'PYTHON'
import grpc
with grpc.insecure_channel("127.0.0.1:50051") as channel:
    check = channel.unary_unary("/grpc.health.v1.Health/Check", request_serializer=bytes, response_deserializer=bytes)
    answer = check(b"", wait_for_ready=True, timeout=60)
assert answer == b"\x08\x01", answer  # HealthCheckResponse.SERVING
PYTHON
  [ "$(chroot "$root" signalbook translate --server 127.0.0.1:50051 --from en --to es --emoji name '🇨🇦')" = 'Canadá' ]
  local elsewhere
  elsewhere=$(ss -Hltn | awk '{print $4}' | grep -vE '^(127\.0\.0\.1|\[::ffff:127\.0\.0\.1\]):' || true)
  [ -z "$elsewhere" ] || { echo "listens on $elsewhere" >&2; return 1; }
}
ready_over_http() { curl -sSf --retry 20 --retry-connrefused --max-time 60 http://127.0.0.1:8088/readyz >/dev/null; }
export -f healthy ready_over_http

step "the server, as its user"
serve_and healthy

step "upgrade"
sed -i 's|^# http {|http {|' "$root/etc/signalbook/signalbook.textproto"
in_root systemctl --quiet enable signalbook.service
echo kept >"$root/var/lib/signalbook/kept"
before=$(sha256sum "$root/etc/signalbook/signalbook.textproto")
chmod 700 "$root/etc/signalbook" # an administrator's own idea
# next FILE: the same package, of the version after. In the archive's own order and with its own dates.
next() {
  local folder
  folder=$(mktemp -d "$work/next.XXXXXX")
  dpkg-deb -R "$1" "$folder"
  sed -i "/^\(Version\|Depends\):/s/\b${version//./\\.}\b/$version+next/" "$folder/DEBIAN/control"
  dpkg-deb -Znone --root-owner-group -b "$folder" "$root/packages/next-$(basename "$1")" >/dev/null
  rm -rf "$folder"
}
for package in signalbook signalbook-server signalbook-book; do next "$packages/$package"_*.deb; done
apt install --no-install-recommends $(cd "$root" && ls ./packages/next-*.deb)
[ "$(in_root dpkg-query -W -f '${Version}' signalbook-server)" = "$version+next" ] || fail "not upgraded"
[ "$(sha256sum "$root/etc/signalbook/signalbook.textproto")" = "$before" ] || fail "the upgrade changed the configuration"
[ "$(stat -c %a "$root/etc/signalbook")" = 700 ] || fail "the upgrade changed who may read /etc/signalbook"
chmod 750 "$root/etc/signalbook"
[ -L "$root/etc/systemd/system/multi-user.target.wants/signalbook.service" ] || fail "the upgrade disabled the service"
serve_and ready_over_http

step "remove"
apt remove signalbook-server signalbook signalbook-book
[ ! -e "$root/usr/bin/signalbook" ] || fail "the program is still there"
[ -f "$root/etc/signalbook/signalbook.textproto" ] && [ -f "$root/var/lib/signalbook/kept" ] ||
  fail "what purging alone may take is gone"
step "purge"
in_root dpkg --purge signalbook-server >"$work/apt.log" 2>&1 || fail "dpkg --purge"
# /run is empty after a boot; systemd takes the folder away when the service stops.
rm -rf "$root/run/signalbook" "$root/packages"
left=$(find "$root" -xdev -iname '*signalbook*' ! -path "$root/proc*" ! -path "$root/var/cache/apt/*" || true)
[ -z "$left" ] || fail "left behind: $left"
in_root getent passwd signalbook >/dev/null || fail "the user is gone; its number may be given to another"

step "programs with the library"
mkdir "$root/packages"
cp "$packages"/libsignalbook-dev_*.deb "$packages"/signalbook-book_*.deb "$root/packages/"
cp -r "$here/consumer" "$root/consumer"
apt install --no-install-recommends $(cd "$root" && ls ./packages/*.deb) g++ cmake make pkg-config
step "compiles"
in_root bash -euc 'cmake -S /consumer -B /consumer/by-cmake -DCMAKE_BUILD_TYPE=Debug && cmake --build /consumer/by-cmake' \
  >"$work/consumer.log" 2>&1 || { tail -n 40 "$work/consumer.log" >&2; fail "the consumer by CMake"; }
[ "$(in_root /consumer/by-cmake/consumer)" = 'Canadá' ] || fail "the consumer by CMake does not answer Canadá"
# All of both archives, so that every library that any part of them needs must be named.
in_root bash -euc 'cd /consumer
  flags=$(pkg-config --cflags --libs signalbook)
  case "$flags" in *"-lsignalbook_models -lsignalbook_translator"*) ;; *) echo "flags: $flags"; exit 1 ;; esac
  for header in $(cd /usr/include/signalbook && find translator -name "*.h"); do echo "#include \"$header\""; done >headers.h
  g++ -std=c++20 -include headers.h -DBOOK="\"$(pkg-config --variable=book signalbook)\"" consumer.cc -o by-pkg-config \
    ${flags/-lsignalbook_models -lsignalbook_translator/-Wl,--whole-archive -lsignalbook_models -lsignalbook_translator -Wl,--no-whole-archive}' \
  >"$work/consumer.log" 2>&1 || { tail -n 40 "$work/consumer.log" >&2; fail "the consumer by pkg-config"; }
[ "$(in_root /consumer/by-pkg-config)" = 'Canadá' ] || fail "the consumer by pkg-config does not answer Canadá"
apt purge libsignalbook-dev signalbook-book
step "done"
