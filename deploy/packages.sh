# Sourced by deploy/quickstart.sh and tests/run.sh: what is needed from Debian 12, and how to get it.

# To build and run.
build_packages=(
  build-essential ccache cmake ninja-build nlohmann-json3-dev pkg-config
  libabsl-dev libcld2-dev libcli11-dev libcpp-httplib-dev libcurl4-openssl-dev libexpat1-dev libgrpc++-dev libgumbo-dev libicu-dev
  libpq-dev libprotobuf-dev libre2-dev libsimdjson-dev libsqlite3-dev libssl-dev prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc
)
# The embedded translation engine and its first pair of languages.
engine_packages=(apertium apertium-eng-spa)
# To test.
test_packages=(
  clang-14 clang-format-14 clang-tidy-14 curl git haproxy jq libclang-rt-14-dev libbenchmark-dev libgmock-dev
  libgtest-dev lld openssl postgresql python3-grpc-tools python3-grpcio python3-tornado unicode-data
)
# To test the packages of deploy/debian.
package_packages=(iproute2 lintian mandoc mmdebstrap python3 zsh)
# To test the clients of deploy/clients in Go; those in other languages need nothing that is not here already.
client_packages=(
  golang-github-golang-protobuf-1-3-dev golang-go golang-google-genproto-dev golang-google-grpc-dev
  protoc-gen-go-1-3 protoc-gen-go-grpc
)
# To test the configurations of deploy/ (tests/deploy).
deploy_packages=(dpkg-dev haproxy prometheus protobuf-compiler python3-protobuf python3-yaml)
# To test the moderators' page as people see it, and what else comes from npm. Node may be there already, from
# elsewhere than Debian.
browser_packages=(chromium fonts-noto-color-emoji)
command -v node >/dev/null || browser_packages+=(nodejs)
command -v npm >/dev/null || browser_packages+=(npm)

# install PACKAGE…: installs those that are missing; asks for nothing when none is.
install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "These Debian packages are missing, and there is neither root nor sudo to install them:" >&2
      echo "  ${missing[*]}" >&2
      exit 2
    }
    sudo=(sudo)
  fi
  echo "── installing from Debian: ${missing[*]}"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}
