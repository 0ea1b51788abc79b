// A proposal: what it changes, what the checks and people say of it, and what one may do with it.
import { ApiError, call } from './api.js';
import {
  button,
  check,
  chip,
  field,
  h,
  newId,
  people,
  replace,
  setFieldError,
  time,
} from './dom.js';
import { rowDiff } from './diff.js';
import { editor } from './editor.js';
import { forgetList } from './entries.js';
import { announce, ask, errorBox, toast } from './feedback.js';
import { findingList, warningRules } from './findings.js';
import { kStates, scopeLanguage } from './labels.js';
import { link, parseEntry, proposalLink } from './router.js';
import { canDecide, canPropose } from './shell.js';
import { refreshCounts, state } from './state.js';
import { subject } from './subject.js';

// Why the caller may not approve it; empty: they may.
export function obstacle(proposal) {
  const me = state.caller.name;
  if (!canDecide()) return 'Approving takes the role of an approver.';
  if (proposal.emergency && proposal.author === me)
    return 'You blocked it: somebody else has to look.';
  if (proposal.author === me || proposal.editors?.includes(me))
    return 'You wrote this: somebody else has to approve it.';
  if (proposal.approvals?.some((a) => a.approver === me))
    return 'You approved it: one more person has to.';
  if (proposal.outdated) return 'The row has changed since: its author has to save it again.';
  if (proposal.findings?.some((f) => f.error)) return 'A check blocks it.';
  return '';
}

export function proposalDiff(proposal) {
  const { scope } = parseEntry(proposal.entry) ?? { scope: '' };
  if (proposal.reset) {
    return [
      h('p', h('strong', 'Back to the book: '), 'the moderated row is dropped.'),
      proposal.before &&
        rowDiff(proposal.before, undefined, {
          lang: scopeLanguage(scope),
          none: 'What the book says',
        }),
    ];
  }
  return rowDiff(proposal.before, proposal.row, { lang: scopeLanguage(scope), none: 'No row' });
}

// A box for each rule that warns; all must be ticked. Returns the element and what reads it.
export function acknowledgements(rules) {
  const boxes = [];
  const element = h('fieldset', { hidden: true }, h('legend', 'Warnings'));
  const add = (more) => {
    for (const rule of more.filter((r) => !boxes.some((b) => b.rule === r))) {
      boxes.push({ rule, ...check(['I have looked at ', h('code', rule)], false) });
      element.append(boxes.at(-1).element);
    }
    element.hidden = boxes.length === 0;
  };
  add(rules);
  return {
    element,
    add,
    any: () => boxes.length > 0,
    all: () => boxes.every((b) => b.box.checked),
    rules: () => boxes.filter((b) => b.box.checked).map((b) => b.rule),
    first: () => boxes.find((b) => !b.box.checked)?.box,
  };
}

// Asks for the decision: "approve" or "reject". `again` shows the page anew afterwards.
export async function decide(proposal, what, again) {
  const approve = what === 'approve';
  const reasonWhyNot = approve
    ? obstacle(proposal)
    : !canDecide()
      ? 'Rejecting takes the role of an approver.'
      : proposal.author === state.caller.name
        ? 'You proposed it: withdraw it instead.'
        : '';
  if (reasonWhyNot) {
    toast(reasonWhyNot, { tone: 'warn' });
    return undefined;
  }
  const rules = approve ? warningRules(proposal.findings) : [];
  const warnings = acknowledgements(rules);
  const reason = h('textarea', { rows: 2, dir: 'auto' });
  const needed = () => !approve || warnings.any();
  const left = (proposal.approvalsRequired ?? 1) - (proposal.approvals?.length ?? 0);
  const consequence = !approve
    ? proposal.emergency
      ? 'The block is undone at once: the row counts again.'
      : 'Nothing changes in what is served.'
    : proposal.emergency
      ? 'The block stays.'
      : left > 1
        ? `One approval of ${proposal.approvalsRequired}: it counts once somebody else approves too.`
        : 'It counts on every server from this moment on.';
  return ask({
    title: approve ? 'Approve this?' : 'Reject this?',
    confirm: approve ? 'Approve' : 'Reject',
    tone: approve ? 'primary' : 'danger',
    body: [
      h(
        'p',
        subject(proposal.entry),
        h('span.muted', ' · proposed by ', h('bdi', proposal.author)),
      ),
      h('div.card.inset', proposalDiff(proposal)),
      approve && findingList(proposal.findings),
      warnings.element,
      field(approve ? 'Remark' : 'Reason', reason, {
        required: needed(),
        optional: !needed(),
        hint: approve
          ? warnings.any() && 'Why the warnings are all right.'
          : 'The author reads it.',
      }),
      h('p', consequence),
    ],
    run: async () => {
      if (!warnings.all()) {
        warnings.first().focus();
        throw new ApiError({
          message: 'Look at every warning and tick it, or reject the proposal',
        });
      }
      if (needed() && !reason.value.trim()) {
        setFieldError(reason, 'Say why.');
        reason.focus();
        return false;
      }
      const text = reason.value.trim();
      const { name, contentHash } = proposal;
      let result;
      try {
        result = approve
          ? await call('ApproveProposal', {
              name,
              contentHash,
              reason: text,
              acknowledgedRules: warnings.rules(),
            })
          : await call('RejectProposal', { name, contentHash, reason: text });
      } catch (error) {
        // Other rows have changed since it was read: the checks warn of more.
        if (error.reason === 'WARNINGS_NOT_ACKNOWLEDGED') {
          warnings.add((error.metadata.rules ?? '').split(' ').filter(Boolean));
        }
        throw error;
      }
      tellDecided(result);
      refreshCounts();
      forgetList();
      again(result);
      return result;
    },
  });
}

function tellDecided({ state: decided, revision, emergency }) {
  if (decided === 'PROPOSAL_STATE_REJECTED') return toast('Rejected.');
  if (decided === 'PROPOSAL_STATE_OPEN') {
    return toast('Your approval counts. It waits for one more.');
  }
  if (emergency) return toast('Approved. The block stays.');
  return toast(`Approved. Revision ${revision} is live.`, {
    action: { label: 'See the revision', href: link(['revisions', revision]) },
  });
}

function withdraw(proposal, again) {
  const reason = h('textarea', { rows: 2, dir: 'auto' });
  return ask({
    title: 'Withdraw this?',
    confirm: 'Withdraw',
    body: [field('Reason', reason, { optional: true })],
    run: async () => {
      const result = await call('WithdrawProposal', {
        name: proposal.name,
        reason: reason.value.trim() || 'Withdrawn by its author.',
        etag: proposal.etag,
      });
      toast('Withdrawn.');
      refreshCounts();
      forgetList();
      again(result);
      return result;
    },
  });
}

function discussion(proposal, redraw) {
  const text = h('textarea', { rows: 2, dir: 'auto', id: newId('comment') });
  const errors = h('div');
  const form =
    canPropose() &&
    h(
      'form.comment-form',
      { novalidate: true },
      h('label.visually-hidden', { for: text.id }, 'Comment'),
      text,
      errors,
      h('button.button.small', { type: 'submit' }, 'Comment'),
    );
  text.placeholder = 'Say something about it';
  form &&
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const value = text.value.trim();
      if (!value) return text.focus();
      errors.replaceChildren();
      try {
        const changed = await call('CommentOnProposal', { name: proposal.name, text: value });
        announce('Your comment is there.');
        redraw(changed);
      } catch (error) {
        replace(errors, errorBox(error));
      }
      return undefined;
    });
  const comments = proposal.comments ?? [];
  return h(
    'div.discussion',
    comments.length > 0 &&
      h(
        'ol.comments',
        comments.map((comment) =>
          h(
            'li',
            h('p.small.muted', h('strong', h('bdi', comment.author)), ' · ', time(comment.time)),
            h('p', people(comment.text)),
          ),
        ),
      ),
    form,
  );
}

// `again` shows the page anew once it is decided. `whole`: on a page of its own.
export function proposalCard(proposal, { again, signal, whole }) {
  const open = proposal.state === 'PROPOSAL_STATE_OPEN';
  const me = state.caller.name;
  const mine = proposal.author === me;
  const about = kStates[proposal.state] ?? { label: '–', tone: '' };
  const why = open ? obstacle(proposal) : '';
  const given = proposal.approvals ?? [];
  const edit = h('div');
  const card = h('article.card.proposal', {
    'aria-label': `Proposal ${proposal.name.split('/')[1]}`,
  });
  const redraw = (changed) => {
    const fresh = proposalCard(changed, { again, signal, whole });
    card.replaceWith(fresh);
    fresh.querySelector('.comment-form textarea')?.focus();
  };
  const startEdit = () => {
    replace(
      edit,
      editor({
        entry: proposal.entry,
        proposal,
        signal,
        done: again,
        reload: again,
        cancel: () => replace(edit),
      }),
    );
    edit.firstChild.focusFirst();
  };
  replace(
    card,
    h(
      'div.proposal-head',
      whole
        ? null
        : h(
            'h3',
            h(
              'a',
              { href: proposalLink(proposal.name) },
              `Proposal ${proposal.name.split('/')[1]}`,
            ),
          ),
      chip(about.label, about.tone),
      proposal.emergency && chip('Emergency: in force already', 'bad'),
      proposal.outdated && open && chip('Outdated', 'bad', 'The row has changed since'),
      h(
        'span.muted.small',
        h('bdi', proposal.author),
        ' · ',
        time(proposal.createTime),
        proposal.editors?.some((e) => e !== proposal.author) && [
          ' · edited by ',
          h('bdi', proposal.editors.filter((e) => e !== proposal.author).join(', ')),
        ],
      ),
    ),
    whole && h('p.whole-subject', subject(proposal.entry)),
    proposalDiff(proposal),
    proposal.reason && h('p.quote', people(proposal.reason)),
    findingList(proposal.findings),
    proposal.outdated &&
      open &&
      h(
        'p.notice.warn',
        'The row has changed since this was proposed: it cannot be approved as it is.',
      ),
    given.length > 0 &&
      h(
        'ul.approvals',
        given.map((a) =>
          h(
            'li',
            '✓ approved by ',
            h('bdi', a.approver),
            ' · ',
            time(a.time),
            a.reason && [': ', people(a.reason)],
          ),
        ),
      ),
    open &&
      (proposal.approvalsRequired ?? 1) > 1 &&
      h('p.small', `${given.length} of ${proposal.approvalsRequired} approvals.`),
    proposal.decisionReason &&
      h('p.notice', h('strong', `${about.label}: `), people(proposal.decisionReason)),
    proposal.revision &&
      proposal.revision !== '0' &&
      h(
        'p.small',
        'Made ',
        h('a', { href: link(['revisions', proposal.revision]) }, `revision ${proposal.revision}`),
        '.',
      ),
    open &&
      h(
        'div.actions',
        canDecide() &&
          !why &&
          button('Approve', () => decide(proposal, 'approve', again), 'primary', {
            title: 'Key: a',
          }),
        canDecide() &&
          !mine &&
          button('Reject', () => decide(proposal, 'reject', again), 'danger-quiet', {
            title: 'Key: r',
          }),
        (mine || canPropose()) &&
          !proposal.reset &&
          !proposal.emergency &&
          mine &&
          button('Edit', startEdit),
        mine && !proposal.emergency && button('Withdraw', () => withdraw(proposal, again)),
        h(
          'a.button.quiet',
          { href: link(['test'], { proposal: proposal.name }) },
          'Try it in a message',
        ),
      ),
    open && why && canPropose() && h('p.small.muted', why),
    edit,
    (open || proposal.comments?.length > 0) && discussion(proposal, redraw),
    whole && h('p.small.muted', 'What is approved: ', h('code.break', proposal.contentHash)),
  );
  return card;
}
