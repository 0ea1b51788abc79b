// Writes every_sequence/LOCALE.tsv: each RGI sequence and what it has to be called in that locale.
//
// A second opinion of the book compiler: this file knows data/README.md ("Which row counts") and the tables,
// and nothing of translator/. Where the two read the rules differently, the check goes red.
//
//   node tests/corpora/every_sequence.mjs            writes them, in the tree
//   node tests/corpora/every_sequence.mjs --check    exits 1 and names the files that would change
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const DATA = join(HERE, '..', '..', 'data');

// All of them inherit from root alone, which has no names: one locale's tables say everything.
const LOCALES = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'ja', 'pt', 'ru', 'zh', 'zh-Hant'];

const TONES = ['1F3FB', '1F3FC', '1F3FD', '1F3FE', '1F3FF'];

// Two people or two hands with a tone each are a ZWJ sequence, which without tones is no sequence at all:
// the character for both is what they are tones of.
const PAIRS = {
  '1F468-200D-1F430-200D-1F468': '1F46F-200D-2642',  // men with bunny ears
  '1F469-200D-1F430-200D-1F469': '1F46F-200D-2640',
  '1F9D1-200D-1F430-200D-1F9D1': '1F46F',
  '1F468-200D-1F91D-200D-1F468': '1F46C',  // holding hands
  '1F469-200D-1F91D-200D-1F469': '1F46D',
  '1F469-200D-1F91D-200D-1F468': '1F46B',
  '1F468-200D-1FAEF-200D-1F468': '1F93C-200D-2642',  // wrestling
  '1F469-200D-1FAEF-200D-1F469': '1F93C-200D-2640',
  '1F9D1-200D-1FAEF-200D-1F9D1': '1F93C',
  '1F9D1-200D-2764-200D-1F48B-200D-1F9D1': '1F48F',  // kiss
  '1F9D1-200D-2764-200D-1F9D1': '1F491',             // couple with heart
  '1FAF1-200D-1FAF2': '1F91D',                       // handshake
};

function rows(path) {
  const file = join(DATA, path);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('# ')).map((line) => line.split('\t'));
}

const textOf = (key) => String.fromCodePoint(...key.split('-').map((hex) => parseInt(hex, 16)));

const fill = (pattern, first, second) =>
    pattern.replace(/\{([01])\}/g, (_, which) => which === '0' ? first : second);

// "1F1E8-1F1E6" → "CA", "1F3F4-E0067-…-E007F" → "gbeng"
function placeOf(key, kind) {
  const points = key.split('-').map((hex) => parseInt(hex, 16));
  if (kind === 'flag') return points.map((c) => String.fromCharCode(c - 0x1F1E6 + 65)).join('');
  return points.slice(1, -1).map((c) => String.fromCharCode(c - 0xE0000)).join('');
}

class Locale {
  constructor(tag, sequences) {
    this.sequences = sequences;
    this.curated = new Map(rows(`curated/${tag}.tsv`).map((row) => [row[0], row[1]]));
    this.names = new Map(rows(`cldr/names/${tag}.tsv`).map((row) => [row[0], row[1]]));
    const usual = rows(`cldr/territories/${tag}.tsv`).filter((row) => row[1] === '');
    this.places = new Map([
      ...usual.map((row) => [row[0], row[2]]),
      ...rows(`cldr/subdivisions/${tag}.tsv`).map((row) => [row[0], row[1]]),
    ]);
    this.labels = new Map([...rows('cldr/labels.tsv'), ...rows('tones.tsv')]
                              .filter((row) => row[0] === tag)
                              .map((row) => [row[1], row[2]]));
  }

  // undefined: it has none. '!blocked': it must stay a picture.
  nameOf(key) {
    return this.curated.get(key) || this.toned(key) || this.ofPlace(key) || this.names.get(key) ||
        this.keycap(key) || this.facingRight(key);
  }

  // "thumbs up, medium skin". A blocked sequence takes its tones along.
  toned(key) {
    const points = key.split('-');
    const tones = points.filter((point) => TONES.includes(point));
    if (tones.length === 0 || points.length === 1 || !this.labels.has('toned')) return undefined;
    const bare = points.filter((point) => !TONES.includes(point)).join('-');
    const base = PAIRS[bare] ?? bare;
    const name = this.sequences.has(base) ? this.nameOf(base) : undefined;
    if (name === undefined || name === '!blocked') return name;
    const words = [...new Set(tones)].map((tone) => this.labels.get(tone));
    const skin = words.length === 1 ? words[0] : fill(this.labels.get('two_tones'), ...words);
    return fill(this.labels.get('toned'), name, skin);
  }

  ofPlace(key) {
    const kind = this.sequences.get(key).kind;
    return kind === 'flag' || kind === 'tag_flag' ? this.places.get(placeOf(key, kind)) : undefined;
  }

  // CLDR leaves out what equals English: put together as the keycap 1 is.
  keycap(key) {
    const one = this.names.get('0031-20E3');
    if (one === undefined) return undefined;
    if (key === '1F51F') return one.replace('1', '10');
    return key.endsWith('-20E3') ? one.replace('1', textOf(key)[0]) : undefined;
  }

  facingRight(key) {
    const pattern = this.labels.get('facing-right');
    if (!key.endsWith('-200D-27A1') || pattern === undefined) return undefined;
    const base = this.nameOf(key.slice(0, -'-200D-27A1'.length));
    return base === undefined || base === '!blocked' ? undefined : fill(pattern, base, '');
  }
}

function corpus(tag, sequences) {
  const from = tag === 'en' ? 'es' : 'en';
  const locale = new Locale(tag, sequences);
  const lines = [
    `# What each RGI sequence of Emoji 18.0 is called in ${tag}: emoji mode NAME, a message that is it alone.`,
    '# Written by ../every_sequence.mjs from the tables of data/; not by the book compiler, which it checks.',
    ['id', 'source', 'from', 'to', 'emoji', 'text', 'verdict', 'reasons'].join('\t'),
  ];
  for (const [key, sequence] of sequences) {
    const source = textOf(sequence.fullyQualified);
    const name = locale.nameOf(key);
    const answer = name === undefined ? [source, 'refused', 'NOT_ALLOWLISTED'] :
        name === '!blocked'           ? [source, 'refused', 'BLOCKED'] :
                                        [name, 'translated', ''];
    // A name's own "\" would be an escape.
    answer[0] = answer[0].replaceAll('\\', '\\\\');
    lines.push([`${tag}/${key}`, source, from, tag, 'name', ...answer].join('\t'));
  }
  return lines.join('\n') + '\n';
}

const sequences = new Map(
    rows('emoji/sequences.tsv').map((row) => [row[0], {fullyQualified: row[1], kind: row[2]}]));
const checking = process.argv.includes('--check');
let changed = 0;
for (const tag of LOCALES) {
  const path = join(HERE, 'every_sequence', `${tag}.tsv`);
  const text = corpus(tag, sequences);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  ++changed;
  if (checking) {
    console.error(`${path} is not what the tables say; run node tests/corpora/every_sequence.mjs`);
  } else {
    writeFileSync(path, text);
  }
}
process.exitCode = checking && changed > 0 ? 1 : 0;
