// Writes every imported table below data/ (see README.md). A second run changes nothing.
//
//   npm ci --prefix data/import && node data/import/import.mjs
//     [--out DIR]          instead of data/
//     [--validity DIR]     CLDR 41 validity files (Debian unicode-cldr-core)
//     [--emoji-test FILE]  emoji-test.txt of Emoji 15.0 (Debian unicode-data)
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ImportError, check, checkInstalled, folders } from './sources.mjs';
import { Tables } from './tables.mjs';
import { importCodePoints, importRegions, importSequences, importSubdivisions } from './emoji.mjs';
import { importDialects } from './dialects.mjs';
import { Locales, importAliases, importLocales } from './locales.mjs';
import {
  importLabels, importNames, importSubdivisionNames, importTerritories, writeQuarantine,
} from './names.mjs';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    validity: { type: 'string', default: '/usr/share/unicode/cldr/common/validity' },
    'emoji-test': { type: 'string', default: '/usr/share/unicode/emoji/emoji-test.txt' },
  },
});

// Every locale that CLDR says anything of; und is root, which names nothing.
const ALL_LOCALES = [...new Set([
  ...folders('cldr-annotations-full', 'annotations'),
  ...folders('cldr-annotations-derived-full', 'annotationsDerived'),
  ...folders('cldr-localenames-full', 'main'),
  ...folders('cldr-subdivisions-full', 'subdivisions'),
])].filter((locale) => locale !== 'und').sort();

// How many of the 3972 sequences a locale names, its parents included.
function printCoverage(locales, keys, { served, quarantine }) {
  console.log('locale       own rows   named  missing  quarantined');
  for (const locale of ALL_LOCALES) {
    if (served.get(locale).length === 0) continue;
    const named = new Set();
    for (const one of [locale, ...locales.ancestors(locale)]) {
      for (const [key, name] of served.get(one) ?? []) if (name && keys.has(key)) named.add(key);
    }
    const bad = quarantine.filter(([one]) => one === locale).length;
    console.log([
      locale.padEnd(12), String(served.get(locale).length).padStart(8),
      String(named.size).padStart(7), String(keys.size - named.size).padStart(8),
      String(bad).padStart(12),
    ].join(' '));
  }
}

async function main() {
  checkInstalled();
  const locales = new Locales();
  const tables = new Tables(path.resolve(options.out));
  const keys = await importSequences(tables, options['emoji-test']);
  await importCodePoints(tables);
  const regions = importRegions(tables, options.validity);
  const subdivisions = importSubdivisions(tables, options.validity);
  const names = importNames(tables, ALL_LOCALES, keys, regions, subdivisions);
  const places = importTerritories(tables, ALL_LOCALES, regions, locales.ancestors);
  importSubdivisionNames(tables, ALL_LOCALES, subdivisions, locales.ancestors);
  writeQuarantine(tables, [...names.quarantine, ...places]);
  importLabels(tables, ALL_LOCALES, locales.ancestors);
  importDialects(tables, keys);
  importLocales(tables, locales);
  importAliases(tables, locales);
  for (const { name, rows } of tables.written) console.log(`${String(rows).padStart(6)} ${name}`);
  printCoverage(locales, keys, names);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ImportError)) throw error;
  console.error(`import: ${error.message}`);
  process.exitCode = 1;
}
