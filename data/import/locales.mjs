// data/cldr/locales.tsv and aliases.tsv: where a locale inherits from.
import { check, folders, json, npm } from './sources.mjs';
import { UNICODE } from './tables.mjs';

const supplemental = (name) => json('cldr-core', 'supplemental', `${name}.json`).supplemental;

// The parent of a locale: parentLocales, then "another script than the likely one inherits from
// root", then truncation. A region that implies another script comes before truncation:
// zh-TW → zh-Hant-TW → zh-Hant, never zh.
export class Locales {
  #likely = supplemental('likelySubtags').likelySubtags;
  #parents = supplemental('parentLocales').parentLocales.parentLocale;
  #scripts = json('cldr-core', 'scriptMetadata.json').scriptMetadata;

  parent(locale) {
    if (locale === 'root') return '';
    if (this.#parents[locale]) return this.#parents[locale].replace(/^und$/, 'root');
    const { language, script, region } = parse(locale);
    if (!script && region && this.#scriptOf(language, region) !== this.#scriptOf(language)) {
      return locale.replace(language, `${language}-${this.#scriptOf(language, region)}`);
    }
    if (locale === `${language}-${script}`) {
      return script === this.#scriptOf(language) ? language : 'root';
    }
    return locale.includes('-') ? locale.slice(0, locale.lastIndexOf('-')) : 'root';
  }

  // From the parent up to root, root itself included.
  ancestors = (locale) => {
    const parent = this.parent(locale);
    return parent ? [parent, ...this.ancestors(parent)] : [];
  };

  script(locale) {
    const { language, script, region } = parse(locale);
    return script || this.#scriptOf(language, region);
  }

  direction(locale) {
    return this.#scripts[this.script(locale)]?.rtl === 'YES' ? 'rtl' : 'ltr';
  }

  #scriptOf(language, region = '') {
    const likely = this.#likely[`${language}-${region}`] ?? this.#likely[language];
    return likely ? parse(likely).script : '';
  }

  // All locales that CLDR has data for or a parent for, regions that imply another script, and
  // their ancestors.
  all() {
    const available = json('cldr-core', 'availableLocales.json').availableLocales.full;
    const annotated = folders('cldr-annotations-full', 'annotations');
    const start = new Set([...available, ...annotated, ...Object.keys(this.#parents)]);
    start.delete('und');
    const languages = new Set([...start].map((locale) => parse(locale).language));
    for (const from of Object.keys(this.#likely)) {
      const { language, script, region } = parse(from);
      if (languages.has(language) && !script && region &&
        this.#scriptOf(language, region) !== this.#scriptOf(language)) start.add(from);
    }
    for (const locale of [...start]) this.ancestors(locale).forEach((l) => start.add(l));
    return [...start];
  }

  likely = () => Object.entries(this.#likely).filter(([from]) => !from.startsWith('und'));
}

function parse(locale) {
  const [language, ...rest] = locale.split('-');
  const script = rest.find((part) => /^[A-Z][a-z]{3}$/.test(part)) ?? '';
  const region = rest.find((part) => /^([A-Z]{2}|[0-9]{3})$/.test(part)) ?? '';
  return { language, script, region };
}

export function importLocales(tables, locales) {
  const rows = locales.all().map((locale) => [
    locale, locales.parent(locale), locales.direction(locale), locales.script(locale),
  ]);
  check(rows.some(([locale]) => locale === 'root'), 'no root locale');
  tables.write('cldr/locales.tsv', {
    what: [
      'Locales and where each inherits from; root has no parent. Another locale',
      'inherits by its likely subtags (cldr/aliases.tsv), then by truncation.',
      'Script: ISO 15924, the usual script of the locale.',
    ],
    columns: ['locale', 'parent', 'direction', 'script'],
    source: npm('cldr-core', 'cldr-annotations-full'),
    licence: UNICODE,
  }, rows);
}

export function importAliases(tables, locales) {
  const aliases = supplemental('aliases').metadata.alias.languageAlias;
  // Simple ones only: one replacement, no private use, nothing that rests on "und".
  const simple = Object.entries(aliases)
    .map(([from, { _replacement: to }]) => ['language', from, to])
    .filter(([, from, to]) => ![from, to].some((tag) => /\s|-x-|^und\b/.test(tag)));
  const likely = locales.likely().map(([from, to]) => ['likely', from, to]);
  tables.write('cldr/aliases.tsv', {
    what: [
      'Kind language: a code that another one replaces (tl is fil). Kind likely: the likely script',
      'and region of a locale that does not say them (zh-TW is zh-Hant-TW).',
    ],
    columns: ['kind', 'from', 'to'],
    source: npm('cldr-core'),
    licence: UNICODE,
  }, [...simple, ...likely]);
}
