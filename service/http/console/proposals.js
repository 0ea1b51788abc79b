// Proposals of all locales; many can be decided in one go.
import { ApiError, call } from './api.js';
import {
  button,
  check,
  chip,
  field,
  h,
  hidden,
  people,
  plural,
  replace,
  select,
  setFieldError,
  time,
} from './dom.js';
import { forgetList } from './entries.js';
import { ask, show as tell } from './feedback.js';
import { findingList, warningRules } from './findings.js';
import { setPageKeys } from './keys.js';
import { kStates } from './labels.js';
import { fillPaged } from './paging.js';
import { acknowledgements, decide, obstacle, proposalDiff } from './proposal_card.js';
import { go, link, proposalLink } from './router.js';
import { canDecide } from './shell.js';
import { refreshCounts, state } from './state.js';
import { subject } from './subject.js';

// Most that BatchDecideProposals takes.
const kMostAtOnce = 100;
const kPageSize = 50;

function filters(query, change) {
  const states = select(
    [
      ['PROPOSAL_STATE_OPEN', 'Open'],
      ['', 'All'],
      ...Object.entries(kStates)
        .filter(([value]) => value !== 'PROPOSAL_STATE_OPEN')
        .map(([value, s]) => [value, s.label]),
    ],
    query.has('state') ? query.get('state') : 'PROPOSAL_STATE_OPEN',
    { 'aria-label': 'State' },
  );
  const author = h('input', {
    type: 'search',
    'aria-label': 'Author',
    placeholder: 'Author',
    value: query.get('author') ?? '',
  });
  const disputed = check('Disputed', query.has('disputed'));
  const emergency = check('Emergency', query.has('emergency'));
  const now = () =>
    change({
      state: states.value === 'PROPOSAL_STATE_OPEN' ? '' : states.value || 'all',
      author: author.value.trim(),
      disputed: disputed.box.checked,
      emergency: emergency.box.checked,
    });
  for (const control of [states, author, disputed.box, emergency.box])
    control.addEventListener('change', now);
  return h(
    'div.filter-row',
    { role: 'search' },
    states,
    author,
    disputed.element,
    emergency.element,
  );
}

function requestOf(query) {
  const wanted = query.get('state') ?? 'PROPOSAL_STATE_OPEN';
  return {
    states: kStates[wanted] ? [wanted] : [],
    author: query.get('author') ?? '',
    disputed: query.has('disputed'),
    emergency: query.has('emergency'),
    pageSize: kPageSize,
  };
}

function preview(list) {
  return h(
    'ul.preview',
    list.map((p) =>
      h(
        'li',
        h('p.small', subject(p.entry), ' · ', h('bdi', p.author)),
        proposalDiff(p),
        findingList(p.findings),
      ),
    ),
  );
}

async function decideMany(chosen, what, again) {
  const approve = what === 'approve';
  const possible = approve
    ? chosen.filter((p) => !obstacle(p))
    : chosen.filter((p) => p.author !== state.caller.name);
  const left = chosen.length - possible.length;
  if (!possible.length) {
    return tell({
      title: 'None of these is yours to decide',
      body: h('p', approve ? obstacle(chosen[0]) : 'You wrote them: withdraw them instead.'),
    });
  }
  const warnings = acknowledgements(
    approve ? [...new Set(possible.flatMap((p) => warningRules(p.findings)))] : [],
  );
  const needed = !approve || warnings.any();
  const reason = h('textarea', { rows: 2, dir: 'auto' });
  const answer = await ask({
    title: `${approve ? 'Approve' : 'Reject'} ${plural(possible.length, 'proposal')}?`,
    wide: true,
    confirm: `${approve ? 'Approve' : 'Reject'} ${possible.length}`,
    tone: approve ? 'primary' : 'danger',
    body: [
      left > 0 &&
        h(
          'p.notice.warn',
          `${plural(left, 'proposal')} of your choice cannot be decided by you and ${left === 1 ? 'is' : 'are'} left out.`,
        ),
      preview(possible),
      warnings.element,
      field(approve ? 'Remark' : 'Reason', reason, { required: needed, optional: !needed }),
    ],
    run: async () => {
      if (!warnings.all()) {
        warnings.first().focus();
        throw new ApiError({ message: 'Look at every warning and tick it' });
      }
      if (needed && !reason.value.trim()) {
        setFieldError(reason, 'Say why.');
        reason.focus();
        return false;
      }
      const items = possible.map((p) => ({
        name: p.name,
        contentHash: p.contentHash,
        reason: reason.value.trim(),
        ...(approve && {
          acknowledgedRules: warnings
            .rules()
            .filter((rule) => warningRules(p.findings).includes(rule)),
        }),
      }));
      return call('BatchDecideProposals', { [what]: items });
    },
  });
  if (!answer) return undefined;
  refreshCounts();
  forgetList();
  const decisions = answer.decisions ?? [];
  const failed = decisions.filter((d) => !d.proposal);
  await tell({
    title: failed.length
      ? `${decisions.length - failed.length} done, ${failed.length} not`
      : `All ${decisions.length} done`,
    wide: true,
    body: h(
      'ul.results',
      decisions.map((d) =>
        h(
          'li',
          chip(
            d.proposal
              ? approve
                ? d.proposal.state === 'PROPOSAL_STATE_APPROVED'
                  ? 'Approved'
                  : 'Waits for one more'
                : 'Rejected'
              : 'Not done',
            d.proposal ? 'good' : 'bad',
          ),
          h('a', { href: proposalLink(d.name) }, d.name.replace('proposals/', 'Proposal ')),
          h(
            'span',
            d.proposal ? (d.proposal.revision ? `revision ${d.proposal.revision}` : '') : d.message,
          ),
        ),
      ),
    ),
  });
  return again();
}

function listItem(proposal, chosen, changed) {
  const open = proposal.state === 'PROPOSAL_STATE_OPEN';
  const box =
    open &&
    canDecide() &&
    h('input', {
      type: 'checkbox',
      'aria-label': `Choose ${proposal.name}`,
      dataset: { name: proposal.name },
    });
  if (box) {
    box.addEventListener('change', () => {
      if (box.checked) chosen.set(proposal.name, proposal);
      else chosen.delete(proposal.name);
      changed();
    });
  }
  const warnings = proposal.findings?.filter((f) => !f.error).length ?? 0;
  const errors = (proposal.findings?.length ?? 0) - warnings;
  return h(
    'li.card.proposal-item',
    { tabindex: '-1', dataset: { name: proposal.name } },
    h('div.choose', box || null),
    h(
      'div.proposal-body',
      h(
        'div.proposal-head',
        subject(proposal.entry, proposalLink(proposal.name)),
        !open && chip(kStates[proposal.state]?.label, kStates[proposal.state]?.tone),
        proposal.emergency && chip('Emergency', 'bad'),
        proposal.outdated && open && chip('Outdated', 'bad'),
        errors > 0 && chip(plural(errors, 'error'), 'bad'),
        warnings > 0 && chip(plural(warnings, 'warning'), 'warn'),
        proposal.approvalsRequired > 1 &&
          open &&
          chip(
            `${proposal.approvals?.length ?? 0} of ${proposal.approvalsRequired} approvals`,
            'quiet',
          ),
        proposal.comments?.length > 0 && chip(plural(proposal.comments.length, 'comment'), 'quiet'),
      ),
      proposalDiff(proposal),
      h(
        'p.small.muted',
        h('bdi', proposal.author),
        ' · ',
        time(proposal.createTime),
        proposal.reason && [' · ', people(proposal.reason)],
      ),
    ),
  );
}

export async function show({ root, query, signal, title, again }) {
  const name = query.has('emergency')
    ? 'Emergency blocks'
    : query.has('disputed')
      ? 'Disputed proposals'
      : 'Proposals';
  title(name);
  const chosen = new Map();
  const place = h('div');
  const bar = h('div.bulk-bar', { role: 'region', 'aria-label': 'Chosen proposals', hidden: true });
  const boxes = () => [...place.querySelectorAll('input[type=checkbox]')];
  const loaded = new Map();
  const choose = (wanted) => {
    chosen.clear();
    for (const box of boxes()) {
      box.checked = wanted(loaded.get(box.dataset.name)) && chosen.size < kMostAtOnce;
      if (box.checked) chosen.set(box.dataset.name, loaded.get(box.dataset.name));
    }
    changed();
  };
  const changed = () => {
    bar.hidden = chosen.size === 0;
    const over = chosen.size > kMostAtOnce;
    replace(
      bar,
      h('strong', `${chosen.size} chosen`),
      over && h('span.bad-line', `At most ${kMostAtOnce} at once`),
      button('Approve…', () => decideMany([...chosen.values()], 'approve', again), 'primary', {
        disabled: over,
      }),
      button('Reject…', () => decideMany([...chosen.values()], 'reject', again), 'danger-quiet', {
        disabled: over,
      }),
      button('None', () => choose(() => false), 'quiet'),
    );
  };
  replace(
    root,
    h('h1', { tabindex: '-1' }, name),
    h(
      'p.lead',
      query.has('emergency')
        ? 'In force already. Approved, they stay; rejected, they are undone.'
        : query.has('disputed')
          ? 'Discussed by others, or more than one for the same row.'
          : 'Newest first.',
    ),
    filters(query, (values) => go(link(['proposals'], values))),
    canDecide() &&
      h(
        'div.filter-row',
        button('Choose all I may approve', () => choose((p) => !obstacle(p)), 'small'),
        button(
          'Only those without a warning',
          () => choose((p) => !obstacle(p) && !p.findings?.length),
          'small',
        ),
      ),
    place,
    bar,
  );

  const list = h('ul.proposal-list');
  await fillPaged(place, {
    method: 'ListProposals',
    request: requestOf(query),
    items: 'proposals',
    list,
    item: (proposal) => {
      loaded.set(proposal.name, proposal);
      return listItem(proposal, chosen, changed);
    },
    frame: (all, total) => [hidden(plural(total, 'proposal')), all],
    none: ['Nothing waits here', 'All that was proposed is decided.'],
    signal,
  });

  const items = () => [...list.querySelectorAll('.proposal-item')];
  const at = () => items().indexOf(document.activeElement?.closest('.proposal-item'));
  const current = () => loaded.get(items()[at()]?.dataset.name);
  const move = (step) => items()[Math.min(Math.max(at() + step, 0), items().length - 1)]?.focus();
  setPageKeys([
    ['j ↓', 'Next proposal', () => move(1)],
    ['k ↑', 'Proposal before', () => move(-1)],
    ['Enter', 'Open the proposal', () => current() && go(proposalLink(current().name))],
    ['x', 'Choose it', () => items()[at()]?.querySelector('input')?.click()],
    ['a', 'Approve it', () => current() && decide(current(), 'approve', again)],
    ['r', 'Reject it', () => current() && decide(current(), 'reject', again)],
  ]);
}
