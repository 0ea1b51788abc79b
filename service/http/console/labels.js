// What values of the contract are called on the page.

export const kTables = {
  names: {
    value: 'TABLE_NAMES',
    label: 'Names',
    one: 'name',
    about: 'What an emoji or flag is called',
  },
  phrases: {
    value: 'TABLE_PHRASES',
    label: 'Phrases',
    one: 'phrase',
    about: 'What a whole phrase becomes',
  },
  guards: {
    value: 'TABLE_GUARDS',
    label: 'Guards',
    one: 'guard',
    about: 'Patterns that tell of a guarded concept',
  },
  terms: { value: 'TABLE_TERMS', label: 'Terms', one: 'term', about: 'Terms that never leave' },
};

export const kOrigins = {
  ORIGIN_MISSING: {
    label: 'Missing',
    tone: 'bad',
    about: 'Nothing names it: the emoji is kept as it is.',
  },
  ORIGIN_BOOK: { label: 'Book', tone: '', about: 'The row of the book for this very locale.' },
  ORIGIN_INHERITED: {
    label: 'Inherited',
    tone: '',
    about: 'Taken from a locale that this one inherits from.',
  },
  ORIGIN_MODERATED: {
    label: 'Moderated',
    tone: 'accent',
    about: 'Decided here, on top of the book.',
  },
};

export const kStates = {
  PROPOSAL_STATE_OPEN: { label: 'Open', tone: 'warn' },
  PROPOSAL_STATE_APPROVED: { label: 'Approved', tone: 'good' },
  PROPOSAL_STATE_REJECTED: { label: 'Rejected', tone: 'bad' },
  PROPOSAL_STATE_WITHDRAWN: { label: 'Withdrawn', tone: '' },
};

export const kRevisionKinds = {
  REVISION_KIND_APPROVAL: { label: 'Approval', tone: 'good' },
  REVISION_KIND_EMERGENCY: { label: 'Emergency block', tone: 'bad' },
  REVISION_KIND_ROLL_BACK: { label: 'Roll-back', tone: 'warn' },
};

export const kRoles = {
  ROLE_VIEWER: { label: 'Viewer', rank: 1 },
  ROLE_MODERATOR: { label: 'Moderator', rank: 2 },
  ROLE_APPROVER: { label: 'Approver', rank: 3 },
  ROLE_ADMINISTRATOR: { label: 'Administrator', rank: 4 },
};

export const kGroups = [
  'Smileys & Emotion',
  'People & Body',
  'Animals & Nature',
  'Food & Drink',
  'Travel & Places',
  'Activities',
  'Objects',
  'Symbols',
  'Flags',
];

// Why a piece of a translation may exist.
export const kLicences = {
  LICENCE_BOOK: { label: 'Book', tone: 'book', about: 'an approved name of the book' },
  LICENCE_PHRASE: {
    label: 'Phrase',
    tone: 'phrase',
    about: 'an approved translation of the whole phrase',
  },
  LICENCE_COPY: { label: 'Copy', tone: 'copy', about: 'word for word from the message' },
  LICENCE_MODEL: {
    label: 'Model',
    tone: 'model',
    about: 'proposed by a model, let out by every check',
  },
};

export const kVerdicts = {
  VERDICT_TRANSLATED: { label: 'Translated', tone: 'good' },
  VERDICT_PARTLY_REFUSED: { label: 'Partly refused', tone: 'warn' },
  VERDICT_REFUSED: { label: 'Refused', tone: 'bad' },
  VERDICT_UNCHANGED: { label: 'Nothing to translate', tone: '' },
};

// Why something was refused, and which table a moderator would settle it in ("" if none can).
export const kReasons = {
  REASON_NOT_ALLOWLISTED: ['No approved name in this locale', 'names'],
  REASON_BLOCKED: ['Blocked by moderators', 'names'],
  REASON_GUARDED_CONCEPT: ['Speaks of a guarded concept that the source does not', 'guards'],
  REASON_BLOCKED_TERM: ['Holds a blocked term', 'terms'],
  REASON_STRICT_POLICY: ['Strict policy: only approved phrases leave', 'phrases'],
  REASON_NO_MODEL: ['No model for these languages', 'phrases'],
  REASON_MODEL_UNAVAILABLE: ['The model was missing, crashed or busy', ''],
  REASON_DEADLINE: ['The model did not answer in time', ''],
  REASON_MODEL_FAILED: ['The model did not answer as agreed', ''],
  REASON_UNKNOWN_SEQUENCE: ['Unknown to Unicode', ''],
  REASON_ILL_FORMED: ['Not a valid emoji sequence', ''],
  REASON_INVALID_TEXT: ["The model's text is not valid", ''],
  REASON_EMOJI_INTRODUCED: ['The model brought in an emoji or invisible character', ''],
  REASON_PROTECTED_CHANGED: ['A protected span was lost, doubled or moved', ''],
  REASON_NUMBERS_CHANGED: ['Other numbers than the source', ''],
  REASON_LINK_INTRODUCED: ['The model brought in a link or handle', ''],
  REASON_SCRIPT: ['Letters of another script', ''],
  REASON_LENGTH: ['Far too long or too short', 'phrases'],
  REASON_REPETITION: ['Repeats itself', 'phrases'],
  REASON_UNKNOWN_WORD: ['A word the model does not know', 'phrases'],
  REASON_UNTRANSLATED: ['The model gave the source again', 'phrases'],
  REASON_LANGUAGE: ['In another language than asked for', 'phrases'],
  REASON_CHATTER: ['The model speaks for itself', 'guards'],
  REASON_DETACHED: ['Words that do not follow from the source', 'phrases'],
  REASON_ROUND_TRIP: ['Translated back, it is not the source', 'phrases'],
};

export function reasonLabel(reason) {
  return (
    kReasons[reason]?.[0] ??
    (reason ?? '')
      .replace(/^REASON_/, '')
      .replaceAll('_', ' ')
      .toLowerCase()
  );
}

let languages;
let regions;
try {
  languages = new Intl.DisplayNames(['en'], { type: 'language' });
  regions = new Intl.DisplayNames(['en'], { type: 'region' });
} catch {
  // Codes will do.
}

function displayName(names, code) {
  try {
    return names?.of(code) ?? code;
  } catch {
    return code;
  }
}

// "es@CN" → "Spanish in the market China", "en>es" → "English → Spanish", "root" → "All locales".
export function scopeLabel(scope) {
  if (scope.includes('>')) return scope.split('>').map(scopeLabel).join(' → ');
  const [locale, market] = scope.split('@');
  const name = locale === 'root' ? 'All locales' : displayName(languages, locale);
  return market ? `${name}, market ${marketLabel(market)}` : name;
}

export function marketLabel(market) {
  return market === 'UN' ? 'United Nations' : displayName(regions, market);
}

// The language of a scope's text, for `lang`.
export function scopeLanguage(scope) {
  const locale = scope.split('>').at(-1).split('@')[0];
  return locale === 'root' ? '' : locale;
}

export function tableSlug(value) {
  return Object.keys(kTables).find((slug) => kTables[slug].value === value) ?? 'names';
}
