// data/dialects/: how chat programs write emoji in plain text. wechat.tsv is written by hand.
import { check, json, npm } from './sources.mjs';
import { keyOf } from './tables.mjs';

const MIT = 'MIT (data/LICENSES/MIT.txt)';

// Preset of emojibase-data → what stands in the header.
const PRESETS = {
  discord: ['joypixels', 'JoyPixels names, from which those of Discord descend'],
  emojibase: ['emojibase', 'names of Emojibase'],
  github: ['github', 'names of GitHub'],
  slack: ['iamcal', 'names of emoji-data, which Slack uses'],
};

// Emoticons that are more often something else, even between blanks: a drive ("D:"), a number in a list
// ("8)"), a product or a kiss ("XP", "xo").
const AMBIGUOUS = /^(?:\p{L}+|\p{L}:|\d\S)$/u;
const LETTERS_THAT_ARE_NONE = ['xD', 'XD'];

export function importDialects(tables, keys) {
  const counts = {};
  for (const [dialect, [preset, what]] of Object.entries(PRESETS)) {
    const codes = json('emojibase-data', 'en', 'shortcodes', `${preset}.json`);
    const rows = [];
    for (const [hex, names] of Object.entries(codes)) {
      const key = hex.split('-').filter((point) => point !== 'FE0F').join('-');
      if (!keys.has(key)) continue;
      for (const name of [names].flat()) rows.push([`:${name}:`, key, '']);
    }
    counts[dialect] = write(tables, dialect, `Shortcodes of the dialect ${dialect}: ${what}.`, rows);
  }
  const rows = json('emojibase-data', 'en', 'data.json')
    .filter(({ emoticon }) => emoticon)
    .flatMap(({ emoji, emoticon }) => [emoticon].flat().map((code) => [code, keyOf(emoji), '']))
    .flatMap(withNose)
    .filter(([code]) => LETTERS_THAT_ARE_NONE.includes(code) || !AMBIGUOUS.test(code));
  counts.emoticons = write(tables, 'emoticons',
    'Emoticons, found only between white space. What is more often something else is left out.',
    rows);
  return counts;
}

// ":)" is written ":-)" as well.
const withNose = ([code, key, note]) => (/^[:;]\S$/.test(code)
  ? [[code, key, note], [`${code[0]}-${code[1]}`, key, note]] : [[code, key, note]]);

function write(tables, dialect, what, rows) {
  const keyOfCode = new Map();
  for (const [code, key] of rows) {
    check(!keyOfCode.has(code), `${dialect}: ${code} is ${keyOfCode.get(code)} and ${key}`);
    keyOfCode.set(code, key);
  }
  tables.write(`dialects/${dialect}.tsv`, {
    what: [what],
    columns: ['code', 'key', 'note'],
    source: npm('emojibase-data'),
    licence: MIT,
  }, rows);
  return rows.length;
}
