// The rows of a table in a locale.
import { pages } from './api.js';
import {
  button,
  check,
  chip,
  count,
  debounce,
  emoji,
  h,
  hidden,
  people,
  plural,
  replace,
  select,
} from './dom.js';
import { announce, empty, errorBox } from './feedback.js';
import { setPageKeys } from './keys.js';
import { kGroups, kOrigins, kTables, scopeLabel, scopeLanguage } from './labels.js';
import { entryLink, go, link, rewrite } from './router.js';
import { rowSummary } from './diff.js';
import { canPropose } from './shell.js';
import { state } from './state.js';
import { VirtualTable } from './table.js';

// The list shown last: to come back to where one was, and to go from entry to entry.
let last = null; // {address, table: snapshot}

// The entries before and after `name` in the list shown last.
export function neighbours(name) {
  const rows = last?.table.rows ?? [];
  const index = rows.findIndex((entry) => entry?.name === name);
  return index < 0
    ? {}
    : { previous: rows[index - 1], next: rows[index + 1], index, total: last.table.total };
}

export function lastList() {
  return last?.address;
}

// What was read before may have changed.
export function forgetList() {
  if (last) last.stale = true;
}

function states(entry) {
  const errors = entry.findings?.filter((f) => f.error).length ?? 0;
  const warnings = (entry.findings?.length ?? 0) - errors;
  const proposals = entry.proposals?.length ?? 0;
  const title = entry.findings?.map((f) => f.message).join('\n');
  return [
    entry.row?.blocked && chip('Blocked', 'bad'),
    proposals > 0 && chip(plural(proposals, 'proposal'), 'warn'),
    errors > 0 && chip(plural(errors, 'error'), 'bad', title),
    warnings > 0 && chip(plural(warnings, 'warning'), 'warn', title),
    entry.sensitive && chip('Sensitive', 'quiet', 'Changes take two approvals'),
  ];
}

function columns(slug, lang) {
  const hits = {
    label: 'Hits',
    kind: 'hits',
    cell: (e) => [count(e.hits), hidden(' times served in 30 days')],
  };
  const origin = {
    label: 'Source',
    kind: 'origin',
    cell: (e) => [
      chip(kOrigins[e.origin]?.label ?? '–', kOrigins[e.origin]?.tone),
      h(
        'span.small.muted',
        e.origin === 'ORIGIN_INHERITED' ? `from ${e.originScope}` : (e.source ?? ''),
      ),
    ],
  };
  const state = { label: 'State', kind: 'state', cell: states };
  if (slug === 'names') {
    return [
      { label: 'Emoji', kind: 'picture', cell: (e) => emoji(e.sequence) },
      {
        label: 'Name',
        kind: 'text',
        cell: (e, href) => [
          h('a.row-link', { href, tabindex: '-1' }, rowSummary(e.row, lang, 'Missing')),
          e.row?.alternates?.length > 0 &&
            h('span.small.muted', people(e.row.alternates.join(' · '), lang)),
        ],
      },
      {
        label: 'English',
        kind: 'english',
        cell: (e) => [people(e.english ?? '', 'en'), h('code', e.key)],
      },
      origin,
      hits,
      state,
    ];
  }
  return [
    {
      label: slug === 'guards' ? 'Concept' : slug === 'terms' ? 'Term' : 'Phrase',
      kind: 'key',
      cell: (e, href) => h('a.row-link', { href, tabindex: '-1' }, people(e.key)),
    },
    {
      label: slug === 'guards' ? 'Pattern' : 'Text',
      kind: 'text',
      cell: (e) => rowSummary(e.row, lang),
    },
    origin,
    hits,
    state,
  ];
}

// The filter that an address says.
function filterOf(query) {
  return {
    text: query.get('q') ?? '',
    group: query.get('group') ?? '',
    origins: query.get('origin') ? [query.get('origin')] : [],
    emojiVersionFrom: query.get('from') ?? '',
    failing: query.has('failing'),
    proposed: query.has('proposed'),
    sensitive: query.has('sensitive'),
    upstreamChanged: query.has('upstream'),
  };
}

function filterBar(slug, query, change) {
  const search = h('input', {
    type: 'search',
    'aria-label': 'Search in key, text and English name',
    spellcheck: 'false',
    placeholder: slug === 'names' ? 'Search a name, key or paste an emoji' : 'Search',
    value: query.get('q') ?? '',
  });
  const names = slug === 'names';
  const group = select([['', 'All groups'], ...kGroups.map((g) => [g, g])], query.get('group'), {
    'aria-label': 'Group',
  });
  const origin = select(
    [['', 'Any origin'], ...Object.entries(kOrigins).map(([value, o]) => [value, o.label])],
    query.get('origin'),
    { 'aria-label': 'Origin' },
  );
  const version = state.overview?.emojiVersion ?? '';
  const isNew = check(`New in Emoji ${version}`, query.has('from'));
  const toggles = {
    failing: check('Failing a check', query.has('failing')),
    proposed: check('With proposals', query.has('proposed')),
    sensitive: check('Sensitive', query.has('sensitive')),
    upstream: check('Changed upstream', query.has('upstream')),
  };
  const read = () => ({
    q: search.value.trim(),
    group: names ? group.value : '',
    origin: origin.value,
    from: names && isNew.box.checked ? query.get('from') || version : '',
    failing: toggles.failing.box.checked,
    proposed: toggles.proposed.box.checked,
    sensitive: toggles.sensitive.box.checked,
    upstream: toggles.upstream.box.checked,
  });
  const now = () => change(read());
  search.addEventListener('input', debounce(now, 250));
  const clear = button(
    'Clear',
    () => {
      search.value = '';
      for (const control of [group, origin]) control.value = '';
      for (const { box } of [isNew, ...Object.values(toggles)]) box.checked = false;
      now();
      search.focus();
    },
    'quiet small',
  );
  const more = [
    names && group,
    origin,
    names && isNew.element,
    ...Object.values(toggles).map((t) => t.element),
    clear,
  ];
  for (const control of [group, origin, isNew.box, ...Object.values(toggles).map((t) => t.box)]) {
    control.addEventListener('change', now);
  }
  search.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      document.querySelector('.grid-row[tabindex="0"]')?.focus();
    }
  });
  return h(
    'div.filters',
    { role: 'search' },
    search,
    h(
      'details.filter-more',
      { open: matchMedia('(min-width: 700px)').matches },
      h('summary', 'Filters'),
      h('div.filter-row', more),
    ),
  );
}

function scopeChooser(slug, scope) {
  if (slug === 'names') return null;
  const scopes =
    slug === 'phrases'
      ? (state.overview?.phraseScopes ?? [])
      : ['root', ...(state.overview?.locales ?? [])];
  const control = select(
    [...new Set([scope, ...scopes])].map((s) => [s, `${scopeLabel(s)} · ${s}`]),
    scope,
    {
      'aria-label': slug === 'phrases' ? 'Languages' : 'Locale',
      onchange: () => go(link(['entries', slug, control.value])),
    },
  );
  return control;
}

export async function show({ root, path, query, signal, title }) {
  const [, slug, scope] = path;
  const about = kTables[slug];
  if (!about) {
    title('Not found');
    replace(root, h('h1', { tabindex: '-1' }, 'There is no such table'));
    return;
  }
  title(`${about.label} · ${scopeLabel(scope)}`);
  root.classList.add('fill');
  let address = link(path, Object.fromEntries(query));
  let reading = new AbortController();
  const total = h('span.muted', { 'aria-hidden': 'true' });
  const problem = h('div');
  const table = new VirtualTable({
    label: `${about.label} of ${scopeLabel(scope)}`,
    kind: slug,
    columns: columns(slug, scopeLanguage(scope)),
    href: (entry) => entryLink(entry.name),
    open: (entry) => go(entryLink(entry.name)),
  });

  const keep = () => (last = { address, table: table.snapshot() });
  signal.addEventListener('abort', () => {
    if (table.element.isConnected || table.total) keep();
    table.resizing.disconnect();
    reading.abort();
  });

  const tell = (n) => {
    total.textContent = plural(n, 'row');
    announce(plural(n, 'row'));
  };

  async function read(filter) {
    reading.abort();
    reading = new AbortController();
    const mine = reading.signal;
    problem.replaceChildren();
    let offset = 0;
    try {
      const request = { table: about.value, scope, filter, pageSize: 1000 };
      for await (const { items, answer } of pages('ListEntries', request, 'entries', {
        signal: mine,
      })) {
        if (offset === 0) {
          table.reset(answer.totalSize ?? items.length);
          tell(answer.totalSize ?? 0);
          nothing.hidden = Boolean(answer.totalSize);
          table.element.hidden = !answer.totalSize;
        }
        table.add(offset, items);
        offset += items.length;
      }
    } catch (error) {
      if (mine.aborted) return;
      replace(
        problem,
        errorBox(error, () => read(filter)),
      );
    }
  }

  const nothing = empty(
    'Nothing here',
    'No row matches. That may be good news.',
    slug !== 'names' &&
      canPropose() &&
      h('a.button.primary', { href: link(['new', slug, scope]) }, `Propose a new ${about.one}`),
  );
  nothing.hidden = true;
  const filters = filterBar(slug, query, (values) => {
    address = link(path, values);
    rewrite(address);
    read(filterOf(new URLSearchParams(address.split('?')[1] ?? '')));
  });
  replace(
    root,
    h(
      'div.page-head',
      h(
        'div',
        h('h1', { tabindex: '-1' }, about.label, ' ', h('span.h1-scope', scopeLabel(scope))),
        h('p.lead', about.about, ' · ', total),
      ),
      h(
        'div.actions',
        scopeChooser(slug, scope),
        slug !== 'names' &&
          canPropose() &&
          h('a.button', { href: link(['new', slug, scope]) }, `New ${about.one}`),
      ),
    ),
    filters,
    problem,
    nothing,
    table.element,
  );

  const open = () => table.entry() && go(entryLink(table.entry().name));
  setPageKeys([
    [
      'j ↓',
      'Next row',
      () =>
        table.focus(
          document.activeElement?.closest('.grid-row')
            ? Math.min(table.active + 1, table.total - 1)
            : table.active,
        ),
    ],
    ['k ↑', 'Row before', () => table.move(-1)],
    ['Enter', 'Open the row', open],
    ['e', 'Edit the row', () => table.entry() && go(`${entryLink(table.entry().name)}?edit=1`)],
  ]);

  if (last?.address === address && !last.stale && last.table.rows.length) {
    requestAnimationFrame(() => {
      table.restore(last.table);
      tell(last.table.total);
      table.focus();
      // Goes on where reading was broken off.
      if (last.table.rows.length < last.table.total) read(filterOf(query));
    });
  } else {
    const at = last?.address === address ? last.table : null;
    await read(filterOf(query));
    if (at && !signal.aborted) table.focus(Math.min(at.active, table.total - 1));
  }
}
