// What a proposal, a change or a refusal is about: the picture, the key, the locale.
import { emoji, h, people } from './dom.js';
import { kTables, scopeLabel } from './labels.js';
import { entryLink, parseEntry } from './router.js';

// "1F1E8-1F1E6" → 🇨🇦; empty if it is no key of a sequence. Without U+FE0F, which pictures do not need.
export function sequenceOf(key) {
  if (!/^[0-9A-F]{2,6}(-[0-9A-F]{2,6})*$/.test(key ?? '')) return '';
  const points = key.split('-').map((part) => parseInt(part, 16));
  return points.every((p) => p > 0 && p <= 0x10ffff) ? String.fromCodePoint(...points) : '';
}

// 🇨🇦 → "1F1E8-1F1E6".
export function keyOf(sequence) {
  return Array.from(sequence, (c) => c.codePointAt(0))
    .filter((point) => point !== 0xfe0f)
    .map((point) => point.toString(16).toUpperCase().padStart(4, '0'))
    .join('-');
}

export function picture(entry, size) {
  const { table, key } = parseEntry(entry) ?? {};
  return table === 'names' ? emoji(sequenceOf(key), size) : null;
}

// One line that names an entry; a link to it, or to `href`.
export function subject(entry, href = entryLink(entry)) {
  const { table, scope, key } = parseEntry(entry) ?? { table: '', scope: '', key: entry };
  return h(
    'span.subject',
    picture(entry, 'inline'),
    h('a.strong', { href }, table === 'names' ? h('code', key) : people(key)),
    h('span.muted', table === 'names' ? '' : `${kTables[table]?.one ?? ''} · `, scopeLabel(scope)),
  );
}
