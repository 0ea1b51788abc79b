// Defects of CLDR names. A row with one is not served: it goes to cldr/quarantine.tsv, where a
// person can see it and write a curated row instead. One function a defect: (locale, key, names)
// → whether the row has it. `names` is the `tts` array; a sound one has one element.
import { SKIN_TONE, fromHex } from './tables.mjs';

// A bar inside the name made two elements of it: which of them is the name, nobody can tell.
const severalNames = (locale, key, names) => names.length > 1;

// "прапор: , …": a part of a composed name is missing.
const missingPart = (locale, key, names) => /[:：]\s*[,，、]|[,，、]\s*[,，、]/.test(names[0]);

const trailingColon = (locale, key, names) => /[:：]\s*$/.test(names[0]);

const namesItself = (locale, key, names) =>
  names[0].replaceAll('\uFE0F', '') === fromHex(key);

// How a locale says "a man and a woman" of every couple, whoever stands in it.
const MAN_AND_WOMAN = {
  uk: /чоловік і жінка/,
  'zh-Hant-HK': /一男一女/,
};

// Words that give a gender to a person who has none.
const GENDERED = {
  ar: /رجل/, // man with turban
  hi: /आदमी/, // man with blond hair, beard, turban, cane
  pt: /homem/, // man: beard
  uk: MAN_AND_WOMAN.uk,
  'zh-Hant': /仙女|兔女郎/, // fairy maiden, bunny girls
  'zh-Hant-HK': /一男一女|男人|兔女郎/,
};

const MAN = '1F468';
const WOMAN = '1F469';
const COUPLE = /^1F46[89]-200D-2764(-200D-1F48B)?-200D-1F46[89]$/;
// Boys, girls, men, women, couples of them, and the signs ♀ and ♂.
const HAS_GENDER = /(^|-)(1F46[6-9]|1F46[B-D]|2640|2642)(-|$)/;
// Kiss and couple with heart say nothing of who the two are.
const NEUTRAL_COUPLE = /^1F48F$|^1F491$/;
const ADULT = /(^|-)1F9D1(-|$)/;

const sameSexAsManAndWoman = (locale, key, names) => {
  const bare = key.replace(SKIN_TONE, '');
  const sameSex = COUPLE.test(bare) && !(bare.includes(MAN) && bare.includes(WOMAN));
  return sameSex && Boolean(MAN_AND_WOMAN[locale]?.test(names[0]));
};

const neutralAsGendered = (locale, key, names, keys) =>
  isNeutralPerson(key, keys) && Boolean(GENDERED[locale]?.test(names[0]));

function isNeutralPerson(key, keys) {
  const bare = key.replace(SKIN_TONE, '');
  if (HAS_GENDER.test(bare)) return false;
  return ADULT.test(bare) || NEUTRAL_COUPLE.test(bare) || keys.has(`${bare}-200D-2640`);
}

// Names that are simply out of date, one by one.
const OUTDATED = {
  yue: ['1F1F8-1F1FF'], // Swaziland; Eswatini since 2018
};
const outdated = (locale, key) => Boolean(OUTDATED[locale]?.includes(key));

const DEFECTS = {
  'several-names': severalNames,
  'missing-part': missingPart,
  'trailing-colon': trailingColon,
  'names-itself': namesItself,
  'same-sex-as-man-and-woman': sameSexAsManAndWoman,
  'neutral-as-gendered': neutralAsGendered,
  outdated,
};

// The defect of a name, or '' for a sound one. `keys`: all known keys.
export function defectOf(locale, key, names, keys) {
  return Object.keys(DEFECTS).find((name) => DEFECTS[name](locale, key, names, keys)) ?? '';
}

// The same for the name of a region. In Sanskrit a colon stands where a visarga belongs.
export const placeDefectOf = (name) => (/[:：]\s*$/.test(name) ? 'trailing-colon' : '');
