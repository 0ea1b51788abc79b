// Who did what, in a log that shows when it was tampered with.
import { call, pages } from './api.js';
import { button, field, h, offerDownload, people, plural, replace, time } from './dom.js';
import { errorBox, fill, toast } from './feedback.js';
import { fillTable } from './paging.js';
import { go, link, proposalLink, entryLink } from './router.js';

const kActions = [
  'proposal.create',
  'proposal.update',
  'proposal.comment',
  'proposal.withdraw',
  'proposal.approve',
  'proposal.reject',
  'entry.block',
  'revision.apply',
];

function resourceLink(resource = '') {
  const [kind, number] = resource.split('/');
  if (kind === 'proposals') return h('a', { href: proposalLink(resource) }, resource);
  if (kind === 'revisions') return h('a', { href: link(['revisions', number]) }, resource);
  if (kind === 'entries') return h('a', { href: entryLink(resource) }, people(resource));
  return people(resource);
}

function pretty(detail) {
  try {
    return JSON.stringify(JSON.parse(detail), null, 2);
  } catch {
    return detail;
  }
}

function item(event) {
  return h(
    'tr',
    h('td.number', event.number),
    h('td', time(event.time)),
    h('td', h('bdi', event.actor)),
    h('td', h('code', event.action)),
    h(
      'td.resource',
      resourceLink(event.resource),
      h(
        'details',
        h('summary', 'Details'),
        event.detail && h('pre', people(pretty(event.detail))),
        h(
          'dl.facts',
          h('div', h('dt', 'Hash'), h('dd', h('code.break', event.hash))),
          h('div', h('dt', 'Of the one before'), h('dd', h('code.break', event.previousHash))),
        ),
      ),
    ),
  );
}

async function verify(place) {
  await fill(
    place,
    async () => {
      const answer = await call('VerifyAuditLog');
      if (!answer.intact) {
        return h(
          'div.notice.bad',
          { role: 'alert' },
          h(
            'strong',
            Number(answer.defectNumber ?? 0)
              ? `The log is broken at event ${answer.defectNumber}.`
              : 'The log and the tables do not agree.',
          ),
          h('p', answer.defect ?? ''),
          h('p', 'Keep a copy of the database as it is, and tell whoever runs the server.'),
        );
      }
      return h(
        'div.notice.good',
        { role: 'status' },
        h(
          'strong',
          `Intact: ${plural(answer.events ?? 0, 'event')}, each follows from the one before.`,
        ),
        h('p', 'Head hash: ', h('code.break', answer.headHash)),
        h('p.small', 'Keep it elsewhere: that the end was cut off shows only by comparing.'),
      );
    },
    { text: 'Reading the whole log…' },
  );
}

async function download(filter) {
  const lines = [];
  for await (const { items } of pages(
    'ListAuditEvents',
    { ...filter, ascending: true, pageSize: 1000 },
    'events',
  )) {
    for (const event of items) lines.push(JSON.stringify(event));
  }
  offerDownload(
    new TextEncoder().encode(`${lines.join('\n')}\n`),
    'audit.jsonl',
    'application/jsonl',
  );
  toast(`${plural(lines.length, 'event')} saved.`);
}

export async function show({ root, query, signal, title }) {
  title('Audit log');
  const actor = h('input', {
    type: 'search',
    value: query.get('actor') ?? '',
    autocomplete: 'off',
  });
  const resource = h('input', {
    type: 'text',
    value: query.get('resource') ?? '',
    placeholder: 'proposals/17',
  });
  const action = h('input', {
    type: 'text',
    value: query.get('action') ?? '',
    list: 'audit-actions',
  });
  const form = h(
    'form.filter-row',
    { role: 'search', novalidate: true },
    field('Who', actor),
    field('What', action),
    field('On what', resource),
    h(
      'datalist',
      { id: 'audit-actions' },
      kActions.map((a) => h('option', { value: a })),
    ),
    h('button.button', { type: 'submit' }, 'Filter'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    go(
      link(['audit'], {
        actor: actor.value.trim(),
        resource: resource.value.trim(),
        action: action.value.trim(),
      }),
    );
  });
  const filter = { actor: actor.value, resource: resource.value, action: action.value };
  const verdict = h('div');
  const place = h('div');
  replace(
    root,
    h(
      'div.page-head',
      h(
        'div',
        h('h1', { tabindex: '-1' }, 'Audit log'),
        h('p.lead', 'Each event carries the hash of the one before.'),
      ),
      h(
        'div.actions',
        button('Verify', () => verify(verdict), 'primary'),
        button('Save as JSON lines', () =>
          download(filter).catch((error) => replace(verdict, errorBox(error))),
        ),
      ),
    ),
    verdict,
    form,
    place,
  );
  await fillTable(place, {
    method: 'ListAuditEvents',
    request: { ...filter, pageSize: 100 },
    items: 'events',
    item,
    kind: 'audit',
    headings: ['No.', 'When', 'Who', 'What', 'On what'],
    none: ['No such event', 'Nothing in the log matches.'],
    signal,
  });
}
