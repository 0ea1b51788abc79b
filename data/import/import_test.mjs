// npm test --prefix data/import
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { defectOf } from './defects.mjs';
import { isInstalled, json } from './sources.mjs';
import { keyOf, sortByBytes } from './tables.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const data = path.dirname(path.resolve(here));
const read = (...parts) => readFileSync(path.join(...parts), 'utf8');

const files = (root) => ['cldr', 'dialects', 'emoji'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.join(folder, name)).filter((name) => name.endsWith('.tsv'))).sort();

const lines = (name) => read(data, name).split('\n').slice(0, -1)
  .filter((line) => !line.startsWith('# '));
const rows = (name) => lines(name).map((line) => line.split('\t'));
const sequences = rows('emoji/sequences.tsv');
const ofKind = (kind) => sequences.filter((row) => row[2] === kind);

test('the lock file pins exact versions with checksums and names no registry', () => {
  const text = read(here, 'package-lock.json');
  const { dependencies } = JSON.parse(read(here, 'package.json'));
  const { packages } = JSON.parse(text);
  assert.doesNotMatch(text, /"resolved"/);
  for (const [name, version] of Object.entries(dependencies)) {
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.equal(packages[`node_modules/${name}`].version, version);
  }
  for (const [name, entry] of Object.entries(packages)) {
    if (name !== '') assert.match(entry.integrity, /^sha512-/, name);
  }
});

test('the counts of Emoji 18.0', () => {
  assert.equal(sequences.length, 3972);
  assert.equal(sequences.length - ofKind('component').length, 3963);
  assert.equal(ofKind('flag').length, 259);
  assert.equal(ofKind('tag_flag').length, 3);
  assert.equal(ofKind('keycap').length, 12);
  assert.equal(ofKind('presentation').length, 207);
  assert.equal(ofKind('zwj').length, 1614);
  assert.equal(rows('emoji/regions.tsv').filter((row) => row[1] !== 'deprecated').length, 259);
});

test('every table has a header and distinct rows sorted by their bytes', () => {
  for (const name of [...files(data), 'joins.tsv']) {
    const header = read(data, name).split('\n').filter((line) => line.startsWith('# '));
    for (const word of ['Columns', 'Source', 'Licence', 'Command']) {
      assert.ok(header.some((line) => line.startsWith(`# ${word}: `)), `${name}: ${word}`);
    }
    const columns = header.find((line) => line.startsWith('# Columns: ')).split(', ').length;
    assert.deepEqual(lines(name), sortByBytes([...new Set(lines(name))]), name);
    for (const row of rows(name)) assert.equal(row.length, columns, `${name}: ${row}`);
  }
});

test('keys are in normal form and known', () => {
  const known = new Set(sequences.map(([key]) => key));
  for (const [key, full] of sequences) assert.equal(key, full.replaceAll('-FE0F', ''));
  for (const name of files(data).filter((file) => file.startsWith('cldr/names/'))) {
    for (const [key] of rows(name)) assert.ok(known.has(key), `${name}: ${key}`);
  }
  assert.equal(keyOf('❤\uFE0F'), '2764');
});

test('regions that imply another script inherit from it', () => {
  const parents = new Map(rows('cldr/locales.tsv'));
  for (const [locale, parent] of [['zh-TW', 'zh-Hant-TW'], ['zh-Hant-TW', 'zh-Hant'],
    ['zh-Hant', 'root'], ['zh-Hant-HK', 'zh-Hant'], ['es-AR', 'es-419'], ['es-419', 'es'],
    ['pt-AO', 'pt-PT'], ['en-GB', 'en-001'], ['nb', 'no'], ['sr-Latn', 'root'], ['root', '']]) {
    assert.equal(parents.get(locale), parent, locale);
  }
});

test('defects of names', () => {
  const keys = new Set(sequences.map(([key]) => key));
  const couple = '1F468-200D-2764-200D-1F468';
  for (const [locale, key, names, defect] of [
    ['te', '1F9D4', ['పురుషుడు', 'గడ్డం'], 'several-names'],
    ['ru', '1F3C3-200D-27A1', ['человек бежит: , направленные вправо'], 'missing-part'],
    ['uk', '1F1E8-1F1E6', ['прапор:'], 'trailing-colon'],
    ['uk', couple, ['чоловік і жінка із серцем між ними'], 'same-sex-as-man-and-woman'],
    ['uk', '1F491', ['чоловік і жінка із серцем між ними'], 'neutral-as-gendered'],
    ['ky', '2B50', ['⭐'], 'names-itself'],
    ['yue', '1F1F8-1F1FF', ['旗：史瓦濟蘭'], 'outdated'],
    ['sv', '1F1E7-1F1F1', ['flagga: S:t Barthélemy'], ''],
    ['uk', '1F46B', ['жінка й чоловік, що тримаються за руки'], ''],
  ]) {
    assert.equal(defectOf(locale, key, names, keys), defect, `${locale} ${key}`);
  }
});

// Two sources of CLDR that people translate apart: what a flag's label says, and what the region is
// called. They differ where one of them has a typing error (Burmese) or a capital (Canadian French).
test('labels of flags hold the names of their regions', () => {
  const flagKey = (code) => [...code]
    .map((letter) => (letter.charCodeAt(0) - 0x41 + 0x1f1e6).toString(16).toUpperCase()).join('-');
  const differing = {};
  let compared = 0;
  for (const file of files(data).filter((name) => name.startsWith('cldr/territories/'))) {
    const labels = file.replace('territories', 'names');
    if (!files(data).includes(labels)) continue;
    const labelOf = new Map(rows(labels));
    const namesOf = new Map();
    for (const [code, , name] of rows(file)) {
      namesOf.set(code, [...namesOf.get(code) ?? [], name]);
    }
    for (const [code, names] of namesOf) {
      const label = labelOf.get(flagKey(code));
      if (!label) continue;
      compared++;
      if (!names.some((name) => label.includes(name))) (differing[path.basename(file, '.tsv')] ??= []).push(code);
    }
  }
  assert.ok(compared > 28000, `${compared} compared`);
  assert.deepEqual(differing, {
    'fr-CA': ['IO'],
    my: ['AE', 'CA', 'GD', 'GP', 'GT', 'MQ', 'MX', 'NI', 'VU'],
  });
});

test('English names are those of Emojibase', (t) => {
  if (!isInstalled()) return t.skip('run npm ci --prefix data/import first');
  const names = new Map(rows('cldr/names/en.tsv'));
  let compared = 0;
  for (const { hexcode, label } of json('emojibase-data', 'en', 'data.json')) {
    const name = names.get(hexcode.split('-').filter((point) => point !== 'FE0F').join('-'));
    if (!name) continue;
    assert.equal(name, label, hexcode);
    compared++;
  }
  assert.ok(compared > 1900, `${compared} compared`);
});

test('an import reproduces the committed tables', (t) => {
  if (!isInstalled()) return t.skip('run npm ci --prefix data/import first');
  const out = mkdtempSync(path.join(tmpdir(), 'signalbook-import-'));
  try {
    const run = spawnSync(process.execPath, [path.join(here, 'import.mjs'), '--out', out],
      { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    // Written by hand, beside what is imported.
    const imported = files(data).filter((name) => name !== path.join('dialects', 'wechat.tsv'));
    assert.deepEqual(files(out), imported);
    for (const name of files(out)) assert.equal(read(out, name), read(data, name), name);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
