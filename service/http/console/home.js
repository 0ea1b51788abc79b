// The first page: what waits for somebody.
import { chip, count, h, people, plural, replace, time } from './dom.js';
import { call } from './api.js';
import { empty, fill } from './feedback.js';
import { kRevisionKinds, scopeLabel } from './labels.js';
import { link } from './router.js';
import { queues } from './shell.js';
import { refreshCounts, state, watch } from './state.js';

function cards(list) {
  return h(
    'ul.queue-cards',
    list.map(([name, label, about, href]) => {
      const value = state.overview.queues?.[name] ?? 0;
      return h(
        'li',
        h(
          'a.card.queue-card',
          { href, class: value ? '' : 'done' },
          h('span.queue-count', count(value)),
          h('span.queue-label', label),
          h('span.muted', about),
        ),
      );
    }),
  );
}

export async function show({ root, title, signal }) {
  title('Queues');
  const { overview } = state;
  const all = h('div');
  const mine = h('section');
  watch(() => {
    if (!state.overview) return;
    replace(all, cards(queues().all));
    replace(mine, h('h2', scopeLabel(state.scope)), cards(queues().locale));
  }, signal);
  refreshCounts();
  const recent = h('div');
  const book = overview.book ?? {};
  replace(
    root,
    h('h1', { tabindex: '-1' }, 'What waits for somebody'),
    h(
      'p.lead',
      `Revision ${overview.revision ?? 0} on top of the book `,
      h('span.nowrap', `${book.name ?? ''} ${book.version ?? ''}`),
      book.hash && [' ', h('code', { title: book.hash }, book.hash.slice(0, 8))],
      '.',
    ),
    h('section', h('h2', 'All locales'), all),
    mine,
    h('section', h('h2', 'Latest revisions'), recent),
  );
  await fill(
    recent,
    async () => {
      const { revisions = [] } = await call('ListRevisions', { pageSize: 5 }, { signal });
      if (!revisions.length) return empty('Nothing was changed yet', 'The book alone counts.');
      return h(
        'ul.plain-list',
        revisions.map((revision) =>
          h(
            'li.line',
            h('a', { href: link(['revisions', revision.number]) }, `Revision ${revision.number}`),
            chip(kRevisionKinds[revision.kind]?.label, kRevisionKinds[revision.kind]?.tone),
            h('span', people(revision.reason ?? '')),
            h(
              'span.muted',
              people(revision.author),
              ' · ',
              plural(revision.changes?.length ?? 0, 'row'),
              ' · ',
              time(revision.time),
            ),
          ),
        ),
      );
    },
    { signal },
  );
}
