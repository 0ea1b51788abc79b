// Where every fact comes from: the pinned npm packages and two Debian packages.
// Nothing here decides anything; it only reads, and stops when a source is not the pinned one.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');

export const dependencies =
  JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8')).dependencies;

// "npm cldr-core@48.2.0, npm …", for the headers of the tables.
export const npm = (...names) =>
  names.map((name) => `npm ${name}@${dependencies[name]}`).join(', ');

export class ImportError extends Error {}

export function check(condition, message) {
  if (!condition) throw new ImportError(message);
}

export const isInstalled = () => existsSync(path.join(modules, 'cldr-core', 'package.json'));

export function checkInstalled() {
  for (const [name, version] of Object.entries(dependencies)) {
    const file = path.join(modules, name, 'package.json');
    check(existsSync(file), `${name} is missing; run: npm ci --prefix data/import`);
    const found = JSON.parse(readFileSync(file, 'utf8')).version;
    check(found === version,
      `${name} is ${found}, not the pinned ${version}; run: npm ci --prefix data/import`);
  }
}

// A JSON file of a package, or null when the package has none for this locale.
export function json(...parts) {
  const file = path.join(modules, ...parts);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

// The folders of a package's folder: one a locale.
export const folders = (...parts) => readdirSync(path.join(modules, ...parts)).sort();

const unicode = async (version, ...parts) => {
  const file = path.join(modules, '@unicode', `unicode-${version}`, ...parts);
  return (await import(file)).default;
};

// The sequences of an emoji property, each in its fully-qualified form.
export const emojiSequences = (version, property) =>
  unicode(version, 'Sequence_Property', property, 'index.mjs');

export const codePointsWith = (version, property) =>
  unicode(version, 'Binary_Property', property, 'code-points.mjs');

// emoji-test.txt of Emoji 15.0: [{key form, version, group, subgroup}] for what is RGI.
export function readEmojiTest(file) {
  check(existsSync(file),
    `${file} is missing; install the Debian package unicode-data (15.0) or pass --emoji-test`);
  const rows = [];
  let group = '';
  let subgroup = '';
  const text = readFileSync(file, 'utf8');
  check(/^# Version: 15\.0$/m.test(text), `${file} is not emoji-test.txt of Emoji 15.0`);
  for (const line of text.split('\n')) {
    const heading = /^# (group|subgroup): (.*)$/.exec(line);
    if (heading?.[1] === 'group') group = heading[2];
    if (heading?.[1] === 'subgroup') subgroup = heading[2];
    const row = /^([0-9A-F ]+?) *; (fully-qualified|component) *# \S+ E([0-9.]+) /.exec(line);
    if (row) {
      const hex = row[1].split(' ').join('-');
      rows.push({ hex, version: row[3], group, subgroup });
    }
  }
  return rows;
}

// Status → codes, of a CLDR validity file. `AC~G` stands for AC AD AE AF AG.
export function readValidity(directory, name) {
  const file = path.join(directory, `${name}.xml`);
  check(existsSync(file), `${file} is missing; install the Debian package unicode-cldr-core (41) ` +
    'or pass --validity with the folder of CLDR 41 that holds region.xml');
  const text = readFileSync(file, 'utf8');
  const statuses = {};
  const ids = new RegExp(`<id type='${name}' idStatus='(\\w+)'>(.*?)</id>`, 'gs');
  for (const [, status, body] of text.matchAll(ids)) {
    const codes = body.replace(/<!--.*?-->/gs, '').trim().split(/\s+/);
    statuses[status] = codes.flatMap(expandRange);
  }
  return statuses;
}

function expandRange(token) {
  const match = /^(.*)(.)~(.)$/.exec(token);
  if (!match) return [token];
  const [, prefix, first, last] = match;
  const codes = [];
  for (let c = first.charCodeAt(0); c <= last.charCodeAt(0); c++) {
    codes.push(prefix + String.fromCharCode(c));
  }
  return codes;
}
