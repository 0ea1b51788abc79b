// What an entry's page shows beside what can be done with it.
import { chip, emoji, h, people, time } from './dom.js';
import { rowDiff, rowSummary } from './diff.js';
import { kOrigins, scopeLabel, scopeLanguage } from './labels.js';
import { entryLink, entryName, link, parseEntry, proposalLink } from './router.js';

export function facts(detail) {
  const { entry } = detail;
  const pairs = [
    detail.codePoints && ['Code points', h('code', detail.codePoints)],
    entry.sequence && [
      'Fully qualified',
      h(
        'span',
        emoji(entry.sequence, 'inline'),
        ' ',
        h(
          'code',
          Array.from(
            entry.sequence,
            (c) => `U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
          ).join(' '),
        ),
      ),
    ],
    ['Key', h('code', entry.key)],
    entry.group && [
      'Group',
      h(
        'a',
        { href: link(['entries', 'names', entry.scope], { group: entry.group }) },
        entry.group,
      ),
    ],
    entry.emojiVersion && ['Emoji version', entry.emojiVersion],
    ['Source', entry.source || '–'],
    [
      'Revision',
      entry.revision && entry.revision !== '0'
        ? h('a', { href: link(['revisions', entry.revision]) }, entry.revision)
        : 'none: as in the book',
    ],
  ].filter(Boolean);
  return h(
    'dl.facts',
    pairs.map(([label, value]) => h('div', h('dt', label), h('dd', value))),
  );
}

export function whereFrom(entry) {
  const origin = kOrigins[entry.origin] ?? kOrigins.ORIGIN_MISSING;
  const inherited = entry.origin === 'ORIGIN_INHERITED' && entry.originScope;
  return h(
    'p.where',
    chip(origin.label, origin.tone),
    ' ',
    origin.about,
    inherited && [
      ' Here it is ',
      h(
        'a',
        { href: entryLink(entryName(parseEntry(entry.name).table, entry.originScope, entry.key)) },
        scopeLabel(entry.originScope),
      ),
      '. A change here leaves that one as it is.',
    ],
  );
}

export function elsewhere(entry, list = []) {
  if (!list.length) return null;
  const language = (scope) => scope.split(/[-@]/)[0];
  const related = (scope) => !scope.includes('@') && language(scope) === language(entry.scope);
  const groups = [
    ['', list.filter((e) => e.scope === 'en')],
    ['Same language', list.filter((e) => e.scope !== 'en' && related(e.scope))],
    ['Markets', list.filter((e) => e.scope.includes('@'))],
    [
      'Other locales',
      list.filter((e) => e.scope !== 'en' && !related(e.scope) && !e.scope.includes('@')),
    ],
  ];
  const items = (entries) =>
    h(
      'ul.name-list',
      entries.map((e) =>
        h(
          'li',
          h('a', { href: entryLink(e.name) }, scopeLabel(e.scope)),
          rowSummary(e.row, scopeLanguage(e.scope), 'Missing'),
        ),
      ),
    );
  return h(
    'section.card',
    h('h2', 'Names elsewhere'),
    groups
      .filter(([, entries]) => entries.length)
      .map(([label, entries]) =>
        entries.length > 12
          ? h('details', h('summary', `${label} (${entries.length})`), items(entries))
          : [label && h('h3', label), items(entries)],
      ),
  );
}

// A longer family is folded.
const kShownFamily = 12;

export function family(entry, list = []) {
  if (!list.some((e) => e.name !== entry.name)) return null;
  const all = list.some((e) => e.name === entry.name) ? list : [entry, ...list];
  const member = (e) =>
    h(
      'li',
      h(
        'a',
        { href: entryLink(e.name), 'aria-current': e.name === entry.name ? 'true' : null },
        emoji(e.sequence),
        h('span', rowSummary(e.row, scopeLanguage(e.scope), 'Missing')),
      ),
    );
  return h(
    'section.card',
    h('h2', 'Family'),
    h('p.muted.small', 'The same with and without skin tones.'),
    h('ul.family', all.slice(0, kShownFamily).map(member)),
    all.length > kShownFamily &&
      h(
        'details',
        h('summary', `${all.length - kShownFamily} more`),
        h('ul.family', all.slice(kShownFamily).map(member)),
      ),
  );
}

export function history(changes = [], lang) {
  if (!changes.length) return h('p.muted', 'Nobody changed it: it stands as in the book.');
  return h(
    'ol.history',
    changes.map((change) =>
      h(
        'li',
        h(
          'div.history-head',
          h('a', { href: link(['revisions', change.revision]) }, `Revision ${change.revision}`),
          time(change.time),
        ),
        rowDiff(change.before, change.after, { lang }),
        change.reason && h('p.quote', people(change.reason)),
        h(
          'p.muted.small',
          'Proposed by ',
          h('bdi', change.author),
          change.approvers?.length
            ? [', approved by ', change.approvers.map((name, i) => [i > 0 && ', ', h('bdi', name)])]
            : '',
          change.proposal && [' · ', h('a', { href: proposalLink(change.proposal) }, 'Discussion')],
        ),
      ),
    ),
  );
}
