// Judges what a package says it is made of, with CycloneDX' own schema, and against what is there.
//
//   sbom.mjs SBOM DATA      of signalbook-book: each table of the folder DATA stands in it, with its hash and a licence
//   sbom.mjs SBOM PROGRAM   of signalbook: each library that PROGRAM asks for belongs to a package in it
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";

const [sbomFile, subject] = process.argv.slice(2);
const text = readFileSync(sbomFile, "utf8");
const sbom = JSON.parse(text);
const findings = [];

const error = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
if (error) findings.push(`the schema of CycloneDX 1.6: ${JSON.stringify(error)}`);
// A judge that lets everything pass looks the same as one that works.
const wrong = text.replace('"alg": "SHA-256"', '"alg": "SHA"');
if (!(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(wrong))) {
  findings.push("the schema accepts a hash that is none");
}

const components = new Map(sbom.components.map((component) => [component.name, component]));
let seen = 0;
if (statSync(subject).isDirectory()) {
  for (const name of readdirSync(subject, { recursive: true })) {
    if (!name.endsWith(".tsv")) continue;
    ++seen;
    const component = components.get(`data/${name}`);
    const hash = createHash("sha256").update(readFileSync(`${subject}/${name}`)).digest("hex");
    if (component?.hashes[0].content !== hash) findings.push(`data/${name}: not there, or with another hash`);
    if (!component?.licenses.length) findings.push(`data/${name}: no licence`);
  }
} else {
  const needed = execFileSync("readelf", ["-d", subject], { encoding: "utf8" }).matchAll(/NEEDED.*\[(.*)\]/g);
  const loaded = execFileSync("ldd", [subject], { encoding: "utf8" });
  for (const [, library] of needed) {
    ++seen;
    const path = loaded.match(`${library.replaceAll("+", "\\+")} => (\\S+)`)?.[1] ?? `/lib64/${library}`;
    const real = realpathSync(path);
    const owner = [real, real.replace(/^\/usr/, "")].map((name) => {
      try {
        return execFileSync("dpkg", ["-S", name], { encoding: "utf8", stdio: "pipe" }).split(":")[0];
      } catch {
        return undefined;
      }
    }).find(Boolean);
    if (components.get(owner)?.properties[1].value !== "linked") findings.push(`${library} of ${owner}: not there`);
  }
}
if (seen === 0) findings.push(`${subject}: nothing to compare with`);
for (const finding of findings) console.error(`${sbomFile}: ${finding}`);
console.log(`${sbomFile.split("/").pop()}: ${components.size} components, ${seen} compared`);
process.exit(findings.length ? 1 : 0);
