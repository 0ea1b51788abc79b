// One row: what it says, where it comes from, who changed it, what is proposed for it.
import { call } from './api.js';
import { button, chip, emoji, field, h, newId, people, plural, replace } from './dom.js';
import { rowDiff, rowSummary } from './diff.js';
import { editor, hasDraft, toastProposed } from './editor.js';
import { forgetList, lastList, neighbours } from './entries.js';
import { announce, ask, empty, fill, loading, toast } from './feedback.js';
import { elsewhere, facts, family, history, whereFrom } from './entry_parts.js';
import { findingList } from './findings.js';
import { impact } from './impact.js';
import { setPageKeys } from './keys.js';
import { kTables, scopeLabel, scopeLanguage } from './labels.js';
import { decide, proposalCard } from './proposal_card.js';
import { entryLink, entryName, go, link, proposalLink } from './router.js';
import { canDecide, canPropose } from './shell.js';
import { refreshCounts } from './state.js';

// Blocks a row at once.
function block(entry, again) {
  const reason = h('textarea', { rows: 3, dir: 'auto' });
  const reported = h('input', { type: 'datetime-local' });
  return ask({
    title: 'Block this row now?',
    confirm: 'Block now',
    tone: 'danger',
    body: [
      h(
        'p',
        entry.sequence && emoji(entry.sequence, 'inline'),
        ' ',
        entry.name.startsWith('entries/names:')
          ? 'will be kept as a picture'
          : 'will not be translated',
        ' on every server from this moment on. A proposal to confirm it waits for another approver.',
      ),
      field('What happened', reason, { required: true }),
      field('When somebody told of it', reported, {
        optional: true,
        hint: 'The time to the live fix is counted from here. Empty: now.',
      }),
    ],
    run: async () => {
      const made = await call('BlockEntry', {
        entry: entry.name,
        reason: reason.value.trim(),
        ...(reported.value && { reportTime: new Date(reported.value).toISOString() }),
      });
      toast('Blocked. It counts now.', {
        action: { label: 'Open the proposal', href: proposalLink(made.name) },
      });
      refreshCounts();
      forgetList();
      again();
      return made;
    },
  });
}

// Goes back to the book's row.
function reset(entry, bookRow, again) {
  const reason = h('textarea', { rows: 2, dir: 'auto' });
  return ask({
    title: 'Propose what the book says?',
    confirm: 'Propose',
    body: [
      rowDiff(entry.row, bookRow, { lang: scopeLanguage(entry.scope), none: 'No row' }),
      field('Reason', reason, { required: true }),
    ],
    run: async () => {
      const made = await call('CreateProposal', {
        entry: entry.name,
        reset: true,
        reason: reason.value.trim(),
        baseEtag: entry.etag,
      });
      toastProposed([made], again);
      refreshCounts();
      forgetList();
      again();
      return made;
    },
  });
}

export async function show({ root, path, query, signal, title, again }) {
  const [, slug, scope, key] = path;
  const name = entryName(slug, scope, key);
  replace(root, loading());
  const detail = await call('GetEntry', { name }, { signal });
  if (signal.aborted) return;
  const { entry } = detail;
  const lang = scopeLanguage(scope);
  const reload = () => {
    forgetList();
    again();
  };
  title(`${entry.english || entry.key} · ${scopeLabel(scope)}`);

  const edit = h('div');
  const drawEditor = () => {
    if (edit.firstChild) return;
    replace(
      edit,
      editor({
        entry: name,
        row: entry.row,
        etag: entry.etag,
        signal,
        done: reload,
        reload,
        cancel: () => {
          replace(edit);
          editButton?.focus();
        },
      }),
    );
  };
  const openEditor = () => {
    if (!canPropose()) return announce('Your role reads only.');
    drawEditor();
    edit.firstChild.focusFirst();
    edit.scrollIntoView({ block: 'nearest' });
  };
  const editButton = canPropose() && button('Edit', openEditor, 'primary', { title: 'Key: e' });
  const moderated = entry.origin === 'ORIGIN_MODERATED';
  // Lists do not say which are outdated; what the entry is now does.
  const open = (detail.proposals ?? [])
    .filter((p) => p.state === 'PROPOSAL_STATE_OPEN')
    .map((p) => ({ ...p, outdated: p.outdated || (!p.emergency && p.baseEtag !== entry.etag) }));
  const closed = (detail.proposals ?? []).filter((p) => p.state !== 'PROPOSAL_STATE_OPEN');
  const { previous, next, index, total } = neighbours(name);
  const step = (to, label, sign) =>
    h(
      'a.button.icon',
      {
        href: to ? entryLink(to.name) : null,
        'aria-label': label,
        title: label,
        'aria-disabled': to ? null : 'true',
      },
      sign,
    );
  const proposalsId = newId('proposals');
  const impactPlace = h('div');

  replace(
    root,
    h(
      'div.entry-bar',
      h(
        'a.back',
        { href: lastList() ?? link(['entries', slug, scope]) },
        `${kTables[slug]?.label ?? slug} · ${scopeLabel(scope)}`,
      ),
      index !== undefined &&
        h(
          'div.actions',
          h('span.muted.small', `${index + 1} of ${total}`),
          step(previous, 'Entry before (k)', '‹'),
          step(next, 'Next entry (j)', '›'),
        ),
    ),
    h(
      'div.entry-head',
      entry.sequence && h('div.big-picture', emoji(entry.sequence)),
      h(
        'div.entry-title',
        h('p.eyebrow', entry.english ? people(entry.english, 'en') : kTables[slug]?.label),
        h(
          'h1',
          { tabindex: '-1' },
          slug === 'names' ? rowSummary(entry.row, lang, 'Missing') : people(entry.key),
        ),
        slug !== 'names' &&
          h(
            'p.entry-text',
            { class: slug === 'guards' ? 'pattern' : '' },
            rowSummary(entry.row, slug === 'guards' ? '' : lang),
          ),
        h(
          'div.chips',
          entry.sensitive && chip('Sensitive: two approvals', 'quiet'),
          open.length > 0 &&
            h(
              'a.chip.warn',
              {
                href: `#${proposalsId}`,
                onclick: (event) => {
                  event.preventDefault();
                  document.getElementById(proposalsId).focus();
                },
              },
              plural(open.length, 'open proposal'),
            ),
          chip(`${plural(entry.hits ?? 0, 'hit')} in 30 days`, 'quiet'),
        ),
      ),
      h(
        'div.actions.entry-actions',
        editButton,
        moderated &&
          canPropose() &&
          button('Back to the book', () => reset(entry, detail.bookRow, reload)),
        canDecide() &&
          (slug === 'names' || slug === 'phrases') &&
          !entry.row?.blocked &&
          !entry.row?.removed &&
          button('Block now', () => block(entry, reload), 'danger-quiet'),
      ),
    ),
    h(
      'div.columns',
      h(
        'div.column-main',
        edit,
        h(
          'section.card',
          h('h2', 'What counts now'),
          whereFrom(entry),
          entry.row?.alternates?.length > 0 && [
            h('h3', 'Alternates'),
            h(
              'ul.tags',
              entry.row.alternates.map((a) => h('li', people(a, lang))),
            ),
          ],
          entry.row?.matches?.length > 0 && [
            h('h3', 'Must match'),
            h(
              'ul.tags',
              entry.row.matches.map((a) => h('li', people(a, lang))),
            ),
          ],
          entry.row?.doesNotMatch?.length > 0 && [
            h('h3', 'Must not match'),
            h(
              'ul.tags',
              entry.row.doesNotMatch.map((a) => h('li', people(a, lang))),
            ),
          ],
          entry.row?.note && [h('h3', 'Note'), h('p.quote', people(entry.row.note))],
          entry.findings?.length > 0 && [h('h3', 'Checks'), findingList(entry.findings)],
          moderated && [
            h('h3', 'Against the book'),
            rowDiff(detail.bookRow, entry.row, { lang, none: 'No row in the book' }),
          ],
        ),
        open.length > 0 &&
          h(
            'section',
            { id: proposalsId, tabindex: '-1', 'aria-label': 'Open proposals' },
            h('h2', 'Open proposals'),
            open.map((p) => proposalCard(p, { again: reload, signal })),
          ),
        h('section.card', h('h2', 'History'), history(detail.history, lang)),
        closed.length > 0 &&
          h(
            'section',
            h(
              'details',
              h('summary', plural(closed.length, 'earlier proposal')),
              closed.map((p) => proposalCard(p, { again: reload, signal })),
            ),
          ),
      ),
      h(
        'div.column-side',
        h('section.card', h('h2', 'Facts'), facts(detail)),
        elsewhere(entry, detail.elsewhere),
        family(entry, detail.family),
        h('section.card', h('h2', 'Impact'), impactPlace),
        !detail.elsewhere?.length && slug === 'names' && empty('Named nowhere else', ''),
      ),
    ),
  );

  setPageKeys(
    [
      ['e', 'Edit', openEditor],
      open.length > 0 && [
        'a',
        'Approve the first open proposal',
        () => decide(open[0], 'approve', reload),
      ],
      open.length > 0 && [
        'r',
        'Reject the first open proposal',
        () => decide(open[0], 'reject', reload),
      ],
      ['j ↓', 'Next entry of the list', () => next && go(entryLink(next.name))],
      ['k ↑', 'Entry before', () => previous && go(entryLink(previous.name))],
      ['Esc', 'Back to the list', () => go(lastList() ?? link(['entries', slug, scope]))],
    ].filter(Boolean),
  );
  fill(impactPlace, () => impact(name, signal), { signal });
  if (query.has('edit')) openEditor();
  else if (hasDraft(name) && canPropose()) drawEditor();
}
