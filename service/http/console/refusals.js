// What people sent and could not be translated, most frequent first, and the row that would settle it.
import { count, emoji, field, h, hidden, people, replace, select, time } from './dom.js';
import { setPageKeys } from './keys.js';
import { kReasons, reasonLabel, scopeLabel } from './labels.js';
import { fillTable } from './paging.js';
import { entryLink, go, link } from './router.js';
import { state } from './state.js';
import { sequenceOf } from './subject.js';

// Where a moderator would settle it: the entry the service names, else the table that the reason points to.
function settle(refusal) {
  if (refusal.entry) return { href: entryLink(refusal.entry), label: 'Open the row' };
  const table = kReasons[refusal.reason]?.[1];
  const locale = refusal.targetLanguageCode;
  if (!table || !locale) return null;
  if (table === 'phrases') {
    const scope = `${refusal.sourceLanguageCode || 'en'}>${locale}`;
    return { href: link(['new', 'phrases', scope]), label: 'Add a phrase' };
  }
  return {
    href: link(['entries', table, locale], { q: refusal.rule ?? refusal.key }),
    label: table === 'guards' ? 'Open the guards' : 'Open the table',
  };
}

function item(refusal, most) {
  const way = settle(refusal);
  return h(
    'tr',
    { tabindex: '-1', dataset: { href: way?.href ?? '' } },
    h('td.picture', refusal.key ? emoji(sequenceOf(refusal.key)) : ''),
    h(
      'td.what',
      h('strong', reasonLabel(refusal.reason)),
      h(
        'p.small.muted',
        [
          refusal.rule && h('code', refusal.rule),
          refusal.key && h('code', refusal.key),
          refusal.model && [' by ', h('bdi', refusal.model)],
        ]
          .filter(Boolean)
          .map((part, i) => [i > 0 && ' ', part]),
      ),
      refusal.samples?.length > 0 &&
        h(
          'details',
          h('summary', 'Messages'),
          h(
            'ul.samples',
            refusal.samples.map((s) => h('li', people(s))),
          ),
        ),
    ),
    h(
      'td.locales',
      refusal.sourceLanguageCode ? `${scopeLabel(refusal.sourceLanguageCode)} → ` : '',
      scopeLabel(refusal.targetLanguageCode ?? ''),
    ),
    h(
      'td.number',
      h('meter', { min: 0, max: most, value: refusal.count ?? 0, 'aria-hidden': 'true' }),
      count(refusal.count),
      hidden(' times'),
    ),
    h('td.when', time(refusal.lastTime)),
    h('td.way', way && h('a.button.small', { href: way.href }, way.label)),
  );
}

export async function show({ root, query, signal, title }) {
  title('Refused in traffic');
  const locales = [
    ['', 'All locales'],
    ...(state.overview?.locales ?? []).map((l) => [l, `${scopeLabel(l)} · ${l}`]),
  ];
  const reason = select(
    [['', 'All reasons'], ...Object.keys(kReasons).map((r) => [r, reasonLabel(r)])],
    query.get('reason'),
  );
  const locale = select(locales, query.get('locale'));
  const change = () => go(link(['refusals'], { reason: reason.value, locale: locale.value }));
  reason.addEventListener('change', change);
  locale.addEventListener('change', change);
  const place = h('div');
  replace(
    root,
    h('h1', { tabindex: '-1' }, 'Refused in traffic'),
    h(
      'p.lead',
      'What people sent and could not be translated. The top of this list is where a fix helps most.',
    ),
    h('div.filter-row', { role: 'search' }, field('Reason', reason), field('Into', locale)),
    place,
  );

  await fillTable(place, {
    method: 'ListRefusals',
    request: {
      ...(reason.value && { reason: reason.value }),
      targetLanguageCode: locale.value,
      pageSize: 100,
    },
    items: 'refusals',
    item: (refusal, first) => item(refusal, Number(first.count ?? 1)),
    kind: 'refusals',
    headings: ['Emoji', 'Why', 'Languages', 'Times', 'Last', 'What to do'],
    none: ['Nothing was refused', 'Or nobody sent anything yet. Counts arrive within seconds.'],
    signal,
  });

  const rows = () => [...place.querySelectorAll('tbody tr')];
  const at = () => rows().indexOf(document.activeElement?.closest('tr'));
  const move = (step) => rows()[Math.min(Math.max(at() + step, 0), rows().length - 1)]?.focus();
  setPageKeys([
    ['j ↓', 'Next row', () => move(1)],
    ['k ↑', 'Row before', () => move(-1)],
    [
      'Enter',
      'Open what would settle it',
      () => {
        const active = document.activeElement;
        if (active?.matches('a, button, summary')) active.click();
        else if (rows()[at()]?.dataset.href) go(rows()[at()].dataset.href);
      },
    ],
  ]);
}
