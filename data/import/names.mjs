// What CLDR calls things: data/cldr/names, territories, subdivisions, labels.tsv, quarantine.tsv.
import { check, json, npm } from './sources.mjs';
import { SKIN_TONE, UNICODE, fromHex, keyOf, plain, toHex } from './tables.mjs';
import { defectOf, placeDefectOf } from './defects.mjs';

const RESTS_ON_PARENT = [
  'A sub-locale holds only what differs from its parent (cldr/locales.tsv).',
];

// The names of a locale as CLDR has them, unresolved: key → {names, keywords}.
export function annotationsOf(locale) {
  const found = new Map();
  for (const [folder, property] of [
    ['cldr-annotations-full/annotations', 'annotations'],
    ['cldr-annotations-derived-full/annotationsDerived', 'annotationsDerived'],
  ]) {
    const file = json(folder, locale, 'annotations.json');
    for (const [text, entry] of Object.entries(file?.[property].annotations ?? {})) {
      const key = keyOf(text);
      check(!found.has(key), `${locale}: two names for ${key}`);
      const keywords = (entry.default ?? []).map(plain).filter(Boolean);
      found.set(key, { names: (entry.tts ?? []).map(plain), keywords: [...new Set(keywords)] });
    }
  }
  return found;
}

export function importNames(tables, locales, keys, regions, subdivisions) {
  const quarantine = [];
  const served = new Map();
  tables.clear('cldr/names');
  for (const locale of locales) {
    const rows = [];
    const found = annotationsOf(locale);
    for (const [key, { names, keywords }] of found) {
      if (!keys.has(key) && !isFlag(key, regions, subdivisions)) continue;
      const defect = names.length > 0 ? defectOf(locale, key, names, keys) : '';
      if (defect) {
        quarantine.push([locale, key, names.join(' | '), defect]);
        continue;
      }
      const own = isComposed(key, keywords, found) ? [] : keywords;
      if (names.length > 0 || own.length > 0) rows.push([key, names[0] ?? '', own.join(' | ')]);
    }
    served.set(locale, rows);
    if (rows.length === 0) continue;
    tables.write(`cldr/names/${locale}.tsv`, {
      what: [
        `What CLDR calls a sequence in ${locale}: a label for search and speech, not chat prose.`,
        ...RESTS_ON_PARENT,
        'An empty name or an empty list of keywords is inherited from the parent as well. Keywords of',
        'a sequence with skin tones stand here only if the sequence without them has others.',
      ],
      columns: ['key', 'name', 'keywords'],
      source: npm('cldr-annotations-full', 'cldr-annotations-derived-full'),
      licence: UNICODE,
    }, rows);
  }
  return { served, quarantine };
}

// Whether the keywords of a sequence with skin tones are only those of the sequence without them and
// of the tones: CLDR composes them, and they would be half of all bytes here.
function isComposed(key, keywords, found) {
  const tones = [...key.matchAll(SKIN_TONE)].map(([tone]) => tone.slice(1));
  if (tones.length === 0) return false;
  const parts = [key.replace(SKIN_TONE, ''), ...tones].map((part) => found.get(part));
  const known = new Set(parts.flatMap((part) => [...part?.names ?? [], ...part?.keywords ?? []]));
  return keywords.every((keyword) => known.has(keyword));
}

// A valid flag that is not RGI may have a name as well.
function isFlag(key, regions, subdivisions) {
  const points = [...fromHex(key)].map((c) => c.codePointAt(0));
  if (points.length === 2 && points.every((p) => p >= 0x1f1e6 && p <= 0x1f1ff)) {
    return regions.has(String.fromCharCode(...points.map((p) => p - 0x1f1e6 + 0x41)));
  }
  if (points[0] === 0x1f3f4 && points.at(-1) === 0xe007f) {
    return subdivisions.has(String.fromCharCode(...points.slice(1, -1).map((p) => p - 0xe0000)));
  }
  return false;
}

// cldr-localenames-full and cldr-subdivisions-full are resolved, so what equals the parent is
// dropped here. What a parent has and a sub-locale lacks (subdivisions of sw-KE) is inherited.
const territoriesOf = (locale) => json('cldr-localenames-full', 'main', locale, 'territories.json')
  ?.main[locale].localeDisplayNames.territories ?? null;

const subdivisionsOf = (locale) => {
  const folder = ['cldr-subdivisions-full', 'subdivisions', locale];
  // The folder is zh-Hant, the file zh_Hant.json.
  const file = json(...folder, `${locale.replaceAll('-', '_')}.json`) ??
    json(...folder, `${locale}.json`);
  return file?.subdivisions.localeDisplayNames.subdivisions ?? null;
};

function ownEntries(locale, read, ancestors) {
  const own = read(locale);
  if (!own) return [];
  const parent = ancestors(locale).map(read).find(Boolean) ?? {};
  return Object.entries(own).filter(([code, name]) => parent[code] !== name);
}

export function importTerritories(tables, locales, regions, ancestors) {
  const quarantine = [];
  tables.clear('cldr/territories');
  for (const locale of locales) {
    const rows = [];
    for (const [code, name] of ownEntries(locale, territoriesOf, ancestors)) {
      const [, region, alternate = ''] = /^([^-]+)(?:-alt-(.+))?$/.exec(code);
      if (!regions.has(region)) continue;
      const defect = placeDefectOf(plain(name));
      if (defect) quarantine.push([locale, flagKey(region), plain(name), defect]);
      else rows.push([region, alternate, plain(name)]);
    }
    if (rows.length === 0) continue;
    tables.write(`cldr/territories/${locale}.tsv`, {
      what: [
        `What CLDR calls a region in ${locale}. Alternate: empty for the usual name, or short,`,
        'variant, chagos, biot.',
        ...RESTS_ON_PARENT,
      ],
      columns: ['code', 'alternate', 'name'],
      source: npm('cldr-localenames-full'),
      licence: UNICODE,
    }, rows);
  }
  return quarantine;
}

const flagKey = (region) => toHex([...region]
  .map((letter) => String.fromCodePoint(letter.charCodeAt(0) - 0x41 + 0x1f1e6)).join(''));

export function writeQuarantine(tables, rows) {
  tables.write('cldr/quarantine.tsv', {
    what: [
      'Names of CLDR with a known defect (import/defects.mjs). They are not served.',
    ],
    columns: ['locale', 'key', 'name', 'defect'],
    source: npm('cldr-annotations-full', 'cldr-annotations-derived-full', 'cldr-localenames-full'),
    licence: UNICODE,
  }, rows);
}

export function importSubdivisionNames(tables, locales, subdivisions, ancestors) {
  tables.clear('cldr/subdivisions');
  for (const locale of locales) {
    const rows = ownEntries(locale, subdivisionsOf, ancestors)
      .filter(([code]) => subdivisions.has(code))
      .map(([code, name]) => [code, plain(name)]);
    if (rows.length === 0) continue;
    tables.write(`cldr/subdivisions/${locale}.tsv`, {
      what: [`What CLDR calls a subdivision in ${locale}.`, ...RESTS_ON_PARENT],
      columns: ['code', 'name'],
      source: npm('cldr-subdivisions-full'),
      licence: UNICODE,
    }, rows);
  }
}

// What a name may be composed of where CLDR has none: "{flag}: {territory}" and so on.
const LABELS = {
  characterLabelPatterns: ['category-list', 'facing-left', 'facing-right'],
  characterLabels: ['female', 'flag', 'keycap', 'male'],
};

export function importLabels(tables, locales, ancestors) {
  const labelsOf = (locale) => {
    const file = json('cldr-misc-full', 'main', locale, 'characterLabels.json');
    if (!file) return null;
    return Object.fromEntries(Object.entries(LABELS).flatMap(([property, labels]) =>
      labels.map((label) => [label, file.main[locale][property]?.[label]])
        .filter(([, text]) => text)));
  };
  const rows = locales.flatMap((locale) => ownEntries(locale, labelsOf, ancestors)
    .map(([label, text]) => [locale, label, text]));
  tables.write('cldr/labels.tsv', {
    what: [
      'Labels and patterns of which CLDR composes names. {0} and {1} stand for the parts.',
      ...RESTS_ON_PARENT,
    ],
    columns: ['locale', 'label', 'pattern'],
    source: npm('cldr-misc-full'),
    licence: UNICODE,
  }, rows);
}
