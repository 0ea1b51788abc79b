// deploy/kubernetes: rendered by kubectl's own kustomize, judged by the schemas of Kubernetes (values by
// kubernetes-models, unknown fields by TypeScript), and what no schema says: that names, ports and times fit together.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import yaml from "yaml";

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../..");
const kubernetes = path.join(root, "deploy/kubernetes");
const { KUBECTL, SIGNALBOOK } = process.env; // tests/deploy/run.sh
const folder = mkdtempSync(path.join(tmpdir(), "signalbook-deploy-"));
after(() => rmSync(folder, { recursive: true }));

const modules = {
  "apps/v1": "apps/v1", "autoscaling/v2": "autoscaling/v2", "networking.k8s.io/v1": "networking.k8s.io/v1",
  "policy/v1": "policy/v1", v1: "v1",
};
const names = ["base", ...readdirSync(path.join(kubernetes, "overlays")).map((name) => `overlays/${name}`)];
const rendered = {};

before(() => {
  for (const name of names) {
    const text = execFileSync(KUBECTL, ["kustomize", path.join(kubernetes, name)], { encoding: "utf8" });
    rendered[name] = yaml.parseAllDocuments(text).map((document) => document.toJS());
  }
});

const each = (kind) => names.flatMap((name) =>
  rendered[name].filter((object) => object.kind === kind).map((object) => [name, object]));
const podOf = (deployment) => deployment.spec.template;
const containerOf = (deployment) => podOf(deployment).spec.containers[0];
const selects = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);
// Where an overlay stands beside another one, what it shares is found there.
const nearby = (name, kind) => {
  const here = rendered[name].filter((object) => object.kind === kind);
  return here.length || name !== "overlays/canary" ? here : rendered["overlays/production"].filter((object) => object.kind === kind);
};

test("values are what the schemas of Kubernetes allow", async () => {
  for (const name of names) {
    for (const object of rendered[name]) {
      const Model = (await import(`kubernetes-models/${modules[object.apiVersion]}`))[object.kind];
      assert.ok(Model, `${name}: ${object.apiVersion} ${object.kind}`);
      assert.doesNotThrow(() => new Model(object).validate(), `${name}: ${object.kind} ${object.metadata.name}`);
    }
  }
});

// The validators let unknown fields pass, as the API does not.
function unknownFields(objects) {
  const kinds = new Map(objects.map((object) => [object.kind, modules[object.apiVersion]]));
  const lines = [...kinds].map(([kind, module]) => `import type { I${kind} } from "kubernetes-models/${module}";`);
  objects.forEach((object, i) => lines.push(`export const o${i}: I${object.kind} = ${JSON.stringify(object)};`));
  // Here, so that the modules are found.
  const file = path.join(root, "tests/deploy", `manifests.${process.pid}.ts`);
  writeFileSync(file, lines.join("\n"));
  try {
    return spawnSync("node_modules/.bin/tsc", ["--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler",
      "--module", "esnext", "--target", "es2022", file], { encoding: "utf8", cwd: path.join(root, "tests/deploy") }).stdout;
  } finally {
    rmSync(file);
  }
}

test("no field is unknown", () => {
  // One that is misspelt goes along: a judge that lets everything pass looks the same as one that works.
  const misspelt = structuredClone(each("Deployment")[0][1]);
  containerOf(misspelt).resorces = {};
  const found = unknownFields([...names.flatMap((name) => rendered[name]), misspelt]).trim().split("\n");
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0], /'"resorces"' does not exist/);
});

test("every workload runs without rights", () => {
  for (const [name, deployment] of each("Deployment")) {
    const { spec } = podOf(deployment);
    assert.equal(spec.automountServiceAccountToken, false, name);
    assert.equal(spec.securityContext.runAsNonRoot, true, name);
    assert.equal(spec.securityContext.seccompProfile.type, "RuntimeDefault", name);
    for (const container of spec.containers) {
      assert.equal(container.securityContext.readOnlyRootFilesystem, true, name);
      assert.equal(container.securityContext.allowPrivilegeEscalation, false, name);
      assert.deepEqual(container.securityContext.capabilities, { drop: ["ALL"] }, name);
      assert.ok(container.resources.limits.memory && container.resources.requests.cpu, name);
    }
  }
  for (const [name, account] of each("ServiceAccount")) assert.equal(account.automountServiceAccountToken, false, name);
});

test("secrets are named, never written", () => {
  for (const name of names) {
    assert.deepEqual(rendered[name].filter((object) => object.kind === "Secret"), [], name);
    assert.doesNotMatch(JSON.stringify(rendered[name]), /\/\/[^"\\ ]*:[^"\\ ]*@|password *[:=]|BEGIN [A-Z ]*KEY/i, name);
  }
});

test("selectors find their pods, and ports their containers", () => {
  for (const [name, deployment] of each("Deployment")) {
    const { labels } = podOf(deployment).metadata;
    const ports = containerOf(deployment).ports.map((port) => port.name);
    assert.ok(selects(deployment.spec.selector.matchLabels, labels), name);
    for (const spread of podOf(deployment).spec.topologySpreadConstraints) {
      assert.ok(selects(spread.labelSelector.matchLabels, labels), `${name}: ${spread.topologyKey}`);
    }
    for (const service of nearby(name, "Service")) {
      assert.ok(selects(service.spec.selector, labels), `${name}: Service ${service.metadata.name}`);
      for (const port of service.spec.ports) assert.ok(ports.includes(port.targetPort), `${name}: ${port.targetPort}`);
    }
    for (const policy of nearby(name, "NetworkPolicy")) {
      assert.ok(selects(policy.spec.podSelector.matchLabels, labels), name);
      const allowed = policy.spec.ingress.flatMap((rule) => rule.ports.map((port) => port.port));
      assert.deepEqual(allowed.sort(), [...ports].sort(), `${name}: every port is somebody's to reach`);
    }
    for (const budget of rendered[name].filter((object) => object.kind === "PodDisruptionBudget")) {
      assert.ok(selects(budget.spec.selector.matchLabels, labels), name);
    }
    for (const scaler of rendered[name].filter((object) => object.kind === "HorizontalPodAutoscaler")) {
      assert.equal(scaler.spec.scaleTargetRef.name, deployment.metadata.name, name);
      assert.equal(deployment.spec.replicas, undefined, `${name}: the autoscaler's to set`);
    }
  }
});

test("a canary is none of the stable pods, and behind the same Services", () => {
  const [stable] = rendered["overlays/production"].filter((object) => object.kind === "Deployment");
  const [canary] = rendered["overlays/canary"].filter((object) => object.kind === "Deployment");
  assert.notEqual(canary.metadata.name, stable.metadata.name);
  assert.ok(!selects(stable.spec.selector.matchLabels, podOf(canary).metadata.labels));
  assert.ok(!selects(canary.spec.selector.matchLabels, podOf(stable).metadata.labels));
  assert.equal(podOf(canary).metadata.labels.track, "canary");
  assert.notEqual(containerOf(canary).image, containerOf(stable).image);
});

// Numbers of a configuration, such as drain_timeout_ms; the last one of a name.
const numberIn = (config, name) => Number(config.match(new RegExp(`^\\s*${name}: (\\d+)`, "m"))?.[1]);
const configOf = (name, deployment) => {
  const wanted = podOf(deployment).spec.volumes.find((volume) => volume.name === "config").configMap.name;
  const map = rendered[name].find((object) => object.kind === "ConfigMap" && object.metadata.name === wanted);
  assert.ok(map, `${name}: ${wanted}`);
  return map.data["signalbook.textproto"];
};

test("times, ports and threads are those of the configuration", () => {
  for (const [name, deployment] of each("Deployment")) {
    const config = configOf(name, deployment);
    const container = containerOf(deployment);
    const preStop = Number(container.lifecycle.preStop.exec.command[1]);
    const drain = (numberIn(config, "drain_timeout_ms") + numberIn(config, "model_timeout_ms")) / 1000;
    assert.ok(podOf(deployment).spec.terminationGracePeriodSeconds >= preStop + drain + 5, name);
    const listens = [...config.matchAll(/"0\.0\.0\.0:(\d+)"/g)].map((match) => Number(match[1]));
    assert.deepEqual(listens.sort(), container.ports.map((port) => port.containerPort).sort(), name);
    for (const scaler of rendered[name].filter((object) => object.kind === "HorizontalPodAutoscaler")) {
      const wanted = Number(scaler.spec.metrics.find((metric) => metric.type === "Pods").pods.target.averageValue);
      assert.ok(wanted < numberIn(config, "model_workers"), name);
    }
  }
});

test("pods and image agree", () => {
  const dockerfile = readFileSync(path.join(root, "deploy/docker/Dockerfile"), "utf8");
  for (const [name, deployment] of each("Deployment")) {
    const { runAsUser, runAsGroup } = podOf(deployment).spec.securityContext;
    assert.match(dockerfile, new RegExp(`^USER ${runAsUser}:${runAsGroup}$`, "m"), name);
    assert.match(dockerfile, new RegExp(`^EXPOSE ${containerOf(deployment).ports.map((port) => port.containerPort).join(" ")}$`, "m"), name);
  }
});

test("the server takes every configuration", () => {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
    "-subj", "/CN=signalbook-test", "-keyout", path.join(folder, "tls.key"), "-out", path.join(folder, "tls.crt")], { stdio: "ignore" });
  writeFileSync(path.join(folder, "ca.crt"), readFileSync(path.join(folder, "tls.crt")));
  for (const [name, deployment] of each("Deployment")) {
    const file = path.join(folder, "signalbook.textproto");
    writeFileSync(file, configOf(name, deployment).replaceAll("/etc/signalbook-tls", folder));
    const result = spawnSync(SIGNALBOOK, ["serve", "--check", "--config", file], { encoding: "utf8" });
    assert.equal(result.status, 0, `${name}: ${result.stderr}`);
  }
});

// The autoscaler, its adapter, alerts and the dashboard ask for names; nobody would miss a misspelt one.
test("every metric that is asked for is one that servers have", () => {
  const sources = execFileSync("grep", ["-rhoE", '"signalbook_[a-z_]+"', path.join(root, "service")], { encoding: "utf8" });
  const known = new Set(sources.match(/signalbook_[a-z_]+/g));
  const files = ["deploy/kubernetes/prometheus-adapter.yaml", "deploy/kubernetes/base/autoscaler.yaml"]
    .concat(readdirSync(path.join(root, "deploy/prometheus")).map((file) => `deploy/prometheus/${file}`));
  let asked = 0;
  for (const file of files) {
    const text = readFileSync(path.join(root, file), "utf8").replaceAll(/^\s*#.*$/gm, "");
    for (const [name] of text.matchAll(/(?<![:\w])signalbook_[a-z_]+/g)) {
      assert.ok(known.has(name) || known.has(name.replace(/_(bucket|count|sum)$/, "")), `${file}: ${name}`);
      ++asked;
    }
  }
  assert.ok(asked > 20);
});
