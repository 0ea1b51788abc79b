// What was in force when: the revisions, what differs between two, and the way back.
import { call } from './api.js';
import {
  button,
  check,
  chip,
  duration,
  field,
  h,
  people,
  plural,
  replace,
  setFieldError,
  time,
} from './dom.js';
import { rowDiff } from './diff.js';
import { forgetList } from './entries.js';
import { ask, errorBox, fill, loading, toast } from './feedback.js';
import { kRevisionKinds, scopeLanguage } from './labels.js';
import { fillPaged } from './paging.js';
import { go, link, parseEntry, proposalLink } from './router.js';
import { canDecide } from './shell.js';
import { can, refreshCounts, state } from './state.js';
import { subject } from './subject.js';

const kShownChanges = 5;

export function changeList(changes = [], most = Infinity) {
  if (!changes.length) return h('p.muted', 'No row differs.');
  const item = (change) => {
    const { scope } = parseEntry(change.entry) ?? { scope: '' };
    return h(
      'li',
      h('p', subject(change.entry)),
      rowDiff(change.before, change.after, { lang: scopeLanguage(scope), none: 'As in the book' }),
    );
  };
  return [
    h('ul.changes', changes.slice(0, most).map(item)),
    changes.length > most &&
      h(
        'details',
        h('summary', `${changes.length - most} more`),
        h('ul.changes', changes.slice(most).map(item)),
      ),
  ];
}

// Goes back to the rows of `number`, after showing what that changes.
function rollBack(number, again) {
  const reason = h('textarea', { rows: 2, dir: 'auto' });
  const undo = check('Undo emergency blocks too', false);
  const preview = h('div', { 'aria-live': 'polite' });
  const request = () => ({ revision: String(number), undoEmergencyBlocks: undo.box.checked });
  const look = async () => {
    replace(preview, loading('Working out what would change…'));
    try {
      const answer = await call('RollBack', { ...request(), validateOnly: true });
      replace(
        preview,
        h('p', h('strong', plural(answer.revision?.changes?.length ?? 0, 'row'), ' would change.')),
        changeList(answer.revision?.changes, kShownChanges),
        answer.keptBlocks?.length > 0 &&
          h(
            'p.notice',
            plural(answer.keptBlocks.length, 'emergency block'),
            ' would stay: ',
            answer.keptBlocks.map((name, i) => [
              i > 0 && ', ',
              h('code', name.replace('entries/', '')),
            ]),
          ),
      );
    } catch (error) {
      replace(preview, errorBox(error, look));
    }
  };
  undo.box.addEventListener('change', look);
  look();
  return ask({
    title: number === '0' ? 'Roll back to the book alone?' : `Roll back to revision ${number}?`,
    confirm: 'Roll back',
    tone: 'danger',
    wide: true,
    body: [
      h(
        'p',
        'This makes a new revision with the rows of the old one. It counts on every server at once, and can be rolled back in turn.',
      ),
      preview,
      can('ROLE_ADMINISTRATOR') && undo.element,
      field('Reason', reason, { required: true }),
    ],
    run: async () => {
      if (!reason.value.trim()) {
        setFieldError(reason, 'Say why.');
        reason.focus();
        return false;
      }
      const answer = await call('RollBack', { ...request(), reason: reason.value.trim() });
      toast(`Rolled back: revision ${answer.revision?.number} is live.`);
      refreshCounts();
      forgetList();
      again();
      return answer;
    },
  });
}

function revisionItem(revision, newest, again) {
  const kind = kRevisionKinds[revision.kind] ?? { label: '–', tone: '' };
  const isNewest = revision.number === newest;
  const pick = (name, checked) =>
    h(
      'label.pick',
      h('input', { type: 'radio', name, value: revision.number, checked }),
      name === 'from' ? 'From' : 'To',
    );
  return h(
    'li.card.revision',
    h(
      'div.proposal-head',
      h(
        'h2',
        h('a', { href: link(['revisions', revision.number]) }, `Revision ${revision.number}`),
      ),
      chip(kind.label, kind.tone),
      isNewest && chip('Live', 'accent'),
      h('span.muted.small', h('bdi', revision.author), ' · ', time(revision.time)),
      Number(revision.leadTimeMs ?? 0) > 0 &&
        h(
          'span.muted.small',
          ` · ${duration(revision.leadTimeMs)} from report or proposal to live`,
        ),
    ),
    revision.reason && h('p.quote', people(revision.reason)),
    changeList(revision.changes, kShownChanges),
    h(
      'div.actions',
      pick('from', false),
      pick('to', isNewest),
      revision.proposal &&
        h('a.button.quiet', { href: proposalLink(revision.proposal) }, 'Proposal'),
      canDecide() &&
        !isNewest &&
        button('Roll back to here', () => rollBack(revision.number, again), 'danger-quiet'),
    ),
  );
}

async function showList({ root, signal, title, again }) {
  title('Revisions');
  const place = h('div');
  const compare = h(
    'form.filter-row',
    { novalidate: true },
    h('button.button', { type: 'submit' }, 'Compare the two chosen'),
    canDecide() &&
      button('Roll back to the book alone', () => rollBack('0', again), 'danger-quiet'),
  );
  compare.addEventListener('submit', (event) => {
    event.preventDefault();
    const value = (name) => place.querySelector(`input[name=${name}]:checked`)?.value ?? '0';
    go(link(['revisions', `${value('from')}..${value('to')}`]));
  });
  replace(
    root,
    h('h1', { tabindex: '-1' }, 'Revisions'),
    h(
      'p.lead',
      'Every approval makes one; each translation names the one it was made with. Without a choice for "From" the book alone is compared.',
    ),
    compare,
    place,
  );
  await fillPaged(place, {
    method: 'ListRevisions',
    request: { pageSize: 20 },
    items: 'revisions',
    list: h('ul.proposal-list'),
    item: (revision, newest) => revisionItem(revision, newest.number, again),
    frame: (list) => list,
    none: [
      'Nothing was changed yet',
      'The book alone counts. The first approval makes revision 1.',
    ],
    signal,
  });
}

async function showDiff({ root, path, signal, title, again }) {
  const [from, to] = path[1].includes('..')
    ? path[1].split('..')
    : [String(Math.max(0, Number(path[1]) - 1)), path[1]];
  const label = (number) => (number === '0' ? 'the book alone' : `revision ${number}`);
  const single = !path[1].includes('..');
  const heading = single
    ? `Revision ${to}`
    : `From ${label(from)} to ${to === '0' ? 'the newest' : label(to)}`;
  title(heading);
  const place = h('div');
  replace(
    root,
    h('a.back', { href: link(['revisions']) }, 'Revisions'),
    h('h1', { tabindex: '-1' }, heading),
    h('p.lead', single ? `Against ${label(from)}.` : 'Net, row by row.'),
    place,
    h(
      'div.actions',
      single &&
        canDecide() &&
        button(
          `Roll back to ${label(from)}`,
          () => rollBack(from, () => go(link(['revisions']))),
          'danger-quiet',
        ),
      single &&
        canDecide() &&
        to !== state.overview?.revision &&
        button(`Roll back to ${label(to)}`, () => rollBack(to, again), 'danger-quiet'),
    ),
  );
  await fill(
    place,
    async () => {
      const { changes = [] } = await call('DiffRevisions', { from, to }, { signal });
      return h('div.card', changeList(changes));
    },
    { signal },
  );
}

export function show(view) {
  return view.path.length > 1 ? showDiff(view) : showList(view);
}
