// Follows deploy/docker/Dockerfile without a container engine: each stage is a Debian root of its own in which its steps
// run, and the last one is started as an engine would: as its user, on a read-only root, in namespaces of its own, its
// health check beside it. Root, Debian's mirror and debootstrap are needed; the full build takes twenty minutes.
//
//   sudo tests/deploy/dockerfile.sh                     every step
//   sudo tests/deploy/dockerfile.sh --prebuilt BUILD    the stage `build` is what `cmake --install BUILD` gives
//
// What an engine adds is not tried: layers and their cache, seccomp profiles, cgroups, networks.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DockerfileParser } from "dockerfile-ast";

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), "../..");
const prebuilt = process.argv[2] === "--prebuilt" ? path.resolve(process.argv[3]) : null;
const cache = path.join(root, "build/roots");
mkdirSync(cache, { recursive: true });
const work = mkdtempSync(path.join(cache, "dockerfile-"));
const say = (text) => process.stdout.write(`${text}\n`);
const sh = (command, args, options) => execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options });

// A fresh debian:bookworm-slim, near enough: Debian's smallest root, unpacked from a copy after the first time.
function freshRoot(name) {
  const archive = path.join(cache, "bookworm.tar");
  if (!existsSync(archive)) {
    const folder = path.join(work, "bootstrap");
    const mirror = execFileSync("apt-cache", ["policy", "base-files"], { encoding: "utf8" }).match(/https?:\/\/\S+/)?.[0];
    sh("debootstrap", ["--variant=minbase", "bookworm", folder, ...(mirror ? [mirror] : [])]);
    sh("tar", ["-C", folder, "-cf", `${archive}.part`, "."]);
    sh("mv", [`${archive}.part`, archive]);
    rmSync(folder, { recursive: true });
  }
  const folder = path.join(work, name);
  mkdirSync(folder);
  sh("tar", ["-C", folder, "-xf", archive]);
  // How this machine reaches Debian is how its roots do.
  for (const file of ["etc/resolv.conf", "etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/apt.conf.d", "etc/apt/keyrings",
    "etc/ssl/certs", "usr/local/share/ca-certificates"]) {
    if (existsSync(`/${file}`)) cpSync(`/${file}`, path.join(folder, file), { recursive: true, dereference: true });
  }
  return folder;
}

const instructions = DockerfileParser.parse(readFileSync(path.join(root, "deploy/docker/Dockerfile"), "utf8")).getInstructions();
const stages = {};
let stage = null;
const json = (instruction) => JSON.parse(instruction.getArgumentsContent());

function copyInto(instruction) {
  const from = instruction.getFlags().find((flag) => flag.getName() === "from");
  const args = instruction.getArguments().map((argument) => argument.getValue());
  const target = args.pop();
  const base = from ? stages[from.getValue()].folder : root;
  for (const source of args) {
    const found = path.join(base, source);
    const place = path.join(stage.folder, path.resolve(stage.workdir, target));
    mkdirSync(path.dirname(place), { recursive: true });
    // As Docker does: a folder's content goes into the target.
    cpSync(found, place, { recursive: statSync(found).isDirectory(), verbatimSymlinks: true,
      filter: (file) => path.basename(file) !== "node_modules" });
  }
}

function run(text) {
  // A new process namespace, so that nothing a step starts outlives it; what is mounted ends with its own.
  sh("unshare", ["--mount", "--pid", "--fork", "--kill-child", "sh", "-ec",
    'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; shift; exec "$@"', "sh", stage.folder,
    "chroot", stage.folder, "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
    ...stage.shell, `cd ${stage.workdir} && ${text}`]);
}

for (const instruction of instructions) {
  const keyword = instruction.getKeyword();
  const text = instruction.getArgumentsContent() ?? "";
  if (keyword === "FROM") {
    assert.equal(instruction.getImage(), "debian:bookworm-slim");
    const name = instruction.getBuildStage() ?? "last";
    stage = stages[name] = { name, folder: path.join(work, name), shell: ["/bin/sh", "-c"], workdir: "/", skipped: name === "build" && prebuilt };
    say(`── ${name}${stage.skipped ? ": prebuilt" : ""}`);
    if (!stage.skipped) {
      freshRoot(name);
    } else {
      const prefix = path.join(stage.folder, "opt/signalbook");
      sh("cmake", ["--install", prebuilt, "--prefix", "/opt/signalbook", "--strip"],
        { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DESTDIR: stage.folder } });
      writeFileSync(path.join(prefix, "runtime_packages"),
        execFileSync(path.join(root, "deploy/docker/runtime_packages.sh"), [path.join(prefix, "bin/signalbook")]));
    }
    continue;
  }
  if (stage.skipped) continue;
  if (keyword === "RUN" || keyword === "COPY") say(`${keyword} ${text.replace(/\s+/g, " ").slice(0, 110)}`);
  if (keyword === "RUN") run(text.replace(/\\\n/g, " "));
  else if (keyword === "COPY") copyInto(instruction);
  else if (keyword === "SHELL") stage.shell = json(instruction);
  else if (keyword === "WORKDIR") mkdirSync(path.join(stage.folder, (stage.workdir = text)), { recursive: true });
  else if (keyword === "USER") stage.user = text;
  else if (keyword === "ENTRYPOINT") stage.entrypoint = json(instruction);
  else if (keyword === "CMD") stage.command = json(instruction);
  else if (keyword === "HEALTHCHECK") stage.health = JSON.parse(text.slice(text.indexOf("CMD") + 3));
  else assert.ok(["EXPOSE", "STOPSIGNAL"].includes(keyword), `${keyword} is not known here`);
}

// The container: process 1 is the entry point; a network with nothing but loopback; a root that nobody can write to.
const { folder, user, entrypoint, command, health } = stage;
const size = execFileSync("du", ["-sm", "--exclude=proc", folder], { encoding: "utf8" }).split("\t")[0];
say(`── started as ${user} on a read-only root of ${size} MB`);
const container = spawn("unshare", ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-ec",
  `ip link set lo up; mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; mount -t proc proc "$1/proc"
   mount -t tmpfs tmpfs "$1/tmp"; mount --bind /dev "$1/dev"; folder=$1 user=$2; shift 2
   exec chroot --userspec="$user" "$folder" env -i PATH=/usr/local/bin:/usr/bin:/bin "$@"`,
  "sh", folder, user, ...entrypoint, ...command], { stdio: ["ignore", "pipe", "inherit"] });
const ended = new Promise((resolve) => { container.on("exit", (code, signal) => resolve(code ?? signal)); });
const inside = (words) => {
  const [pid] = execFileSync("pgrep", ["-P", String(container.pid)], { encoding: "utf8" }).split("\n");
  return spawnSync("nsenter", ["--target", pid, "--mount", "--pid", "--net", "chroot", `--userspec=${user}`, folder,
    "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", ...words], { encoding: "utf8" });
};
try {
  let output = "";
  await new Promise((resolve, reject) => {
    container.stdout.on("data", (bytes) => { output += bytes; if (/^metrics on/m.test(output)) resolve(); });
    ended.then((code) => reject(new Error(`it ended with ${code} before it was ready: ${output}`)));
  });
  say(output.trim());
  const check = inside(health);
  assert.equal(check.status, 0, check.stdout + check.stderr);
  say(`health: ${check.stdout.trim()}`);
  const translated = inside(["signalbook", "translate", "--server", "127.0.0.1:50051", "--from", "en", "--to", "es", "I love 🇨🇦!"]);
  assert.equal(translated.stdout, "Quiero 🇨🇦!\n", translated.stderr);
  say(`translates: ${translated.stdout.trim()}`);
  assert.notEqual(inside(["touch", "/usr/local/bin/x"]).status, 0, "the root can be written to");
  assert.notEqual(inside(["touch", "/etc/signalbook/x"]).status, 0);
  assert.equal(inside(["id", "-u"]).stdout, `${user.split(":")[0]}\n`);
  const [first] = execFileSync("pgrep", ["-P", String(container.pid)], { encoding: "utf8" }).split("\n");
  process.kill(Number(first), "SIGTERM");
  assert.equal(await ended, 0, "SIGTERM to process 1 ends it well");
  say("stopped by SIGTERM with 0");
} finally {
  if (container.exitCode === null) container.kill("SIGKILL");
  await ended;
  rmSync(work, { recursive: true, force: true });
}
say("1 passed, 0 failed");
