// Moderated rows of all tables and locales under which the book has changed: they stay, or are dropped.
import { chip, count, h, plural, replace } from './dom.js';
import { rowSummary } from './diff.js';
import { scopeLanguage } from './labels.js';
import { fillPaged } from './paging.js';
import { subject } from './subject.js';

function item(entry) {
  return h(
    'li.line',
    subject(entry.name),
    rowSummary(entry.row, scopeLanguage(entry.scope)),
    entry.proposals?.length > 0 && chip(plural(entry.proposals.length, 'proposal'), 'warn'),
    h(
      'span.muted',
      `since revision ${entry.revision} · ${count(entry.hits)} times served in 30 days`,
    ),
  );
}

export async function show({ root, signal, title }) {
  title('Changed upstream');
  const place = h('div');
  replace(
    root,
    h('h1', { tabindex: '-1' }, 'Changed upstream'),
    h(
      'p.lead',
      'The book says something else than when these rows were moderated. They count all the same: compare, then change them, or go back to the book.',
    ),
    place,
  );
  await fillPaged(place, {
    method: 'ListEntries',
    request: { filter: { upstreamChanged: true }, pageSize: 100 },
    items: 'entries',
    list: h('ul.plain-list'),
    item,
    frame: (list) => list,
    none: ['Nothing to compare', 'The book says what it said when the rows were moderated.'],
    signal,
  });
}
