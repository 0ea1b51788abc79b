// What differs between two rows or two texts.
import { h, hidden, people } from './dom.js';

// Most cells of a comparison; longer texts are shown as a whole.
const kMostCells = 250_000;

function tokens(text) {
  // Words where there are spaces, else characters as people see them.
  if (/\s/.test(text.trim())) return text.split(/(\s+)/).filter(Boolean);
  if (!Intl.Segmenter) return Array.from(text);
  return Array.from(new Intl.Segmenter().segment(text), (part) => part.segment);
}

// [kind, text]… where kind is "same", "old" or "new"; the longest common subsequence of tokens is the same.
export function compare(before, after) {
  const a = tokens(before);
  const b = tokens(after);
  if (a.length * b.length > kMostCells)
    return [
      ['old', before],
      ['new', after],
    ];
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      length[i * width + j] =
        a[i] === b[j]
          ? length[(i + 1) * width + j + 1] + 1
          : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  const result = [];
  const add = (kind, text) => {
    if (result.at(-1)?.[0] === kind) result.at(-1)[1] += text;
    else result.push([kind, text]);
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add('same', a[i]);
      i += 1;
      j += 1;
    } else if (
      j >= b.length ||
      (i < a.length && length[(i + 1) * width + j] >= length[i * width + j + 1])
    ) {
      add('old', a[i]);
      i += 1;
    } else {
      add('new', b[j]);
      j += 1;
    }
  }
  // Texts that share nothing but spaces are read better whole.
  if (!result.some(([kind, text]) => kind === 'same' && text.trim()))
    return [
      ['old', before],
      ['new', after],
    ];
  return result;
}

function side(parts, kind, lang) {
  const element = people('', lang);
  const marked = parts.some(([part]) => part === 'same');
  for (const [part, text] of parts) {
    if (part === 'same' || (part === kind && !marked)) element.append(text);
    else if (part === kind) element.append(h(kind === 'old' ? 'del' : 'ins', text));
  }
  return element;
}

function line(label, before, after, lang) {
  const parts = compare(before, after);
  return h(
    'div.diff-field',
    label && h('span.diff-label', label),
    h(
      'div.diff-sides',
      before && h('div.diff-old', hidden('before: '), side(parts, 'old', lang)),
      after && h('div.diff-new', hidden('after: '), side(parts, 'new', lang)),
    ),
  );
}

function listLine(label, before = [], after = []) {
  const gone = before.filter((text) => !after.includes(text));
  const come = after.filter((text) => !before.includes(text));
  if (!gone.length && !come.length) return null;
  return h(
    'div.diff-field',
    h('span.diff-label', label),
    h(
      'div.diff-items',
      gone.map((text) => h('del', hidden('no more: '), people(text))),
      come.map((text) => h('ins', hidden('new: '), people(text))),
    ),
  );
}

// What a row says, in one line.
export function rowSummary(row, lang, none = 'no row') {
  if (!row) return h('span.muted', none);
  if (row.blocked) return h('span.blocked', 'Blocked: kept as a picture');
  if (row.removed) return h('span.blocked', 'Removed');
  if (!row.text) return h('span.muted', 'No text');
  return people(row.text, lang);
}

// The change from one row to another, field by field. `none`: what the absence of a row means.
export function rowDiff(before, after, { lang, none = 'The book' } = {}) {
  const stateOf = (row) =>
    !row ? none : row.blocked ? 'Blocked: kept as a picture' : row.removed ? 'Removed' : '';
  const a = stateOf(before);
  const b = stateOf(after);
  const fields = [
    (before?.text !== after?.text || a !== b) &&
      (a || b
        ? h(
            'div.diff-field',
            h(
              'div.diff-sides',
              h(
                'div.diff-old',
                hidden('before: '),
                a ? h('em', a) : people(before.text ?? '', lang),
              ),
              h('div.diff-new', hidden('after: '), b ? h('em', b) : people(after.text ?? '', lang)),
            ),
          )
        : line('', before?.text ?? '', after?.text ?? '', lang)),
    listLine('Alternates', before?.alternates, after?.alternates),
    listLine('Must match', before?.matches, after?.matches),
    listLine('Must not match', before?.doesNotMatch, after?.doesNotMatch),
    (before?.note ?? '') !== (after?.note ?? '') &&
      after &&
      line('Note', before?.note ?? '', after?.note ?? ''),
  ].filter(Boolean);
  return h('div.diff', fields.length ? fields : h('p.muted', 'Says the same.'));
}
