// The form that proposes a change of a row, with what the checks say while one types.
import { call } from './api.js';
import {
  button,
  check,
  count,
  debounce,
  field,
  h,
  hidden,
  newId,
  replace,
  setFieldError,
} from './dom.js';
import { announce, errorBox, sentence, toast } from './feedback.js';
import { findingList } from './findings.js';
import { parseEntry, proposalLink } from './router.js';
import { scopeLanguage } from './labels.js';
import { refreshCounts } from './state.js';

const kMostText = 500;
const kMostReason = 2000;
const kCheckAfterMs = 350;

// What was typed and not proposed, by entry or proposal: leaving the page does not lose it.
const drafts = new Map();

export function hasDraft(name) {
  return drafts.has(name);
}

const lines = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function counted(control, most) {
  const place = h('span.counter', { 'aria-hidden': 'true' });
  const draw = () => {
    const length = Array.from(control.value).length;
    place.textContent = `${count(length)} / ${count(most)}`;
    place.classList.toggle('over', length > most);
  };
  control.addEventListener('input', draw);
  draw();
  return place;
}

// `entry`: its resource name; `row`: what to start from; `etag`: what the change is based on. `proposal`: an
// open one that is edited instead of making a new one. `done(proposal)` follows, `cancel` closes the form,
// `reload` shows the page anew when somebody was quicker: the draft is still there.
export function editor(options) {
  const { entry, row = {}, etag = '', proposal, done, cancel, reload, signal } = options;
  const { table, scope } = parseEntry(entry);
  const lang = scopeLanguage(scope);
  const key = proposal?.name ?? entry;
  const draft = drafts.get(key);
  const start = draft?.row ?? proposal?.row ?? row;

  const area = (rows, value, properties = {}) =>
    h('textarea', { rows, value, dir: 'auto', ...properties });
  const text = area(table === 'names' ? 1 : 2, start.text ?? '', {
    lang: table === 'guards' ? null : lang,
    spellcheck: table === 'guards' ? 'false' : 'true',
    class: table === 'guards' ? 'code' : 'big',
  });
  const alternates = area(3, (start.alternates ?? []).join('\n'), { lang });
  const matches = area(3, (start.matches ?? []).join('\n'), { lang });
  const doesNotMatch = area(3, (start.doesNotMatch ?? []).join('\n'), { lang });
  const note = area(1, start.note ?? '');
  const reason = area(2, draft?.reason ?? proposal?.reason ?? '');
  const off =
    table === 'names'
      ? check('Block: never rendered, the emoji stays as it is', start.blocked)
      : check('Remove: there is no such row, whatever the book says', start.removed);

  const read = () => {
    const value = { note: note.value.trim() };
    if (off.box.checked) return { ...value, [table === 'names' ? 'blocked' : 'removed']: true };
    value.text = text.value.trim();
    if (table === 'names') value.alternates = lines(alternates.value);
    if (table === 'guards')
      Object.assign(value, {
        matches: lines(matches.value),
        doesNotMatch: lines(doesNotMatch.value),
      });
    return value;
  };

  const kLabels = { names: 'Name', phrases: 'Translation', guards: 'Pattern (RE2)', terms: 'Term' };
  const textField = field(kLabels[table], text, {
    wide: true,
    hint:
      table === 'names' ? 'As it reads inside a sentence: no article, no label, base form.' : '',
  });
  textField.querySelector('label').append(counted(text, kMostText));
  const contents = h(
    'div.form-grid',
    textField,
    table === 'names' &&
      field('Alternates', alternates, {
        optional: true,
        wide: true,
        hint: 'True names of the same thing, one a line. What leaves is always the name above.',
      }),
    table === 'guards' &&
      field('Must match', matches, { hint: 'One text a line that the pattern must find.' }),
    table === 'guards' &&
      field('Must not match', doesNotMatch, { hint: 'One text a line that it must not find.' }),
  );
  const result = h('div.check-result', { id: newId('checks') });
  const reasonField = field('Reason', reason, {
    required: true,
    wide: true,
    hint: 'Why this is better, for whoever approves it and for the history.',
  });
  reasonField.querySelector('label').append(counted(reason, kMostReason));
  const submit = h(
    'button.button.primary',
    { type: 'submit' },
    proposal ? 'Save the change' : 'Propose',
  );
  const errors = h('div');

  let checking = new AbortController();
  const runChecks = async () => {
    checking.abort();
    checking = new AbortController();
    const mine = checking.signal;
    result.classList.add('busy');
    try {
      const answer = await call(
        'CreateProposal',
        {
          entry,
          row: read(),
          baseEtag: proposal ? '' : etag,
          validateOnly: true,
        },
        { signal: mine },
      );
      if (mine.aborted) return;
      tellChecks(answer.findings ?? []);
    } catch (error) {
      if (mine.aborted) return;
      tellProblem(error);
    }
    result.classList.remove('busy');
  };

  function tellChecks(findings) {
    const failed = findings.some((f) => f.error);
    submit.disabled = failed;
    setFieldError(text, '');
    replace(
      result,
      findings.length ? findingList(findings) : h('p.good-line', '✓ The checks find nothing.'),
    );
    announce(
      findings.length
        ? `The checks: ${findings.map((f) => f.message).join(' ')}`
        : 'The checks find nothing.',
    );
  }

  function tellProblem(error) {
    if (error.reason === 'NOTHING_TO_CHANGE') {
      // Of a proposal, the reason alone may be edited.
      submit.disabled = !proposal;
      replace(result, h('p.muted', sentence(error.message)));
    } else if (error.reason === 'ROW_REFUSED') {
      submit.disabled = true;
      const list = error.violations.map((v) => ({
        error: true,
        rule: v.field,
        message: v.description,
      }));
      replace(result, list.length ? findingList(list) : h('p.bad-line', sentence(error.message)));
      announce(`Refused: ${list.map((f) => f.message).join(' ') || error.message}`);
    } else {
      submit.disabled = false;
      replace(result, errorBox(error, error.reason === 'ROW_CHANGED' ? null : runChecks));
    }
  }

  const checkSoon = debounce(runChecks, kCheckAfterMs);
  const stopChecks = () => {
    checkSoon.cancel();
    checking.abort();
    result.classList.remove('busy');
  };
  const changed = () => {
    contents.hidden = off.box.checked;
    drafts.set(key, { row: read(), reason: reason.value });
    checkSoon();
  };
  for (const control of [text, alternates, matches, doesNotMatch, note])
    control.addEventListener('input', changed);
  off.box.addEventListener('change', changed);
  reason.addEventListener('input', () => {
    if (reason.value.trim()) setFieldError(reason, '');
    drafts.set(key, { row: read(), reason: reason.value });
  });
  contents.hidden = Boolean(off.box.checked);
  signal?.addEventListener('abort', stopChecks);

  const form = h(
    'form.editor.card',
    { novalidate: true, 'aria-label': proposal ? 'Edit the proposal' : 'Propose a change' },
    h('h2', proposal ? 'Edit the proposal' : 'Propose a change'),
    proposal?.approvals?.length > 0 &&
      h('p.notice.warn', 'Approvals given so far are void once you save.'),
    draft &&
      h(
        'p.muted',
        'Your draft from before. ',
        button(
          'Start over',
          () => {
            drafts.delete(key);
            form.replaceWith(editor(options));
          },
          'quiet small',
        ),
      ),
    contents,
    off.element,
    field('Note', note, { optional: true, wide: true, hint: 'Stays with the row.' }),
    h('section', { 'aria-label': 'Checks' }, result),
    reasonField,
    errors,
    h(
      'div.actions',
      cancel &&
        button('Cancel', () => {
          drafts.delete(key);
          cancel();
        }),
      submit,
      h('span.muted.small', h('kbd', 'Ctrl'), ' ', h('kbd', 'Enter'), hidden(' sends')),
    ),
  );

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    if (!reason.value.trim()) {
      setFieldError(reason, 'Say why. One sentence is enough.');
      reason.focus();
      return;
    }
    // What is sent is checked by the server. A check that ends meanwhile would open the button again, and one
    // that begins later would find the change proposed already.
    stopChecks();
    submit.disabled = true;
    errors.replaceChildren();
    try {
      const made = proposal
        ? await call('UpdateProposal', {
            name: proposal.name,
            row: read(),
            reason: reason.value.trim(),
            etag: proposal.etag,
          })
        : await call('CreateProposal', {
            entry,
            row: read(),
            reason: reason.value.trim(),
            baseEtag: etag,
          });
      drafts.delete(key);
      refreshCounts();
      if (proposal) toast('Saved.');
      else toastProposed([made], done);
      done(made);
    } catch (error) {
      replace(errors, errorBox(error, error.code === 'aborted' ? reload : null));
      errors.firstChild.scrollIntoView({ block: 'nearest' });
    }
    submit.disabled = false;
  });
  queueMicrotask(() => {
    if (draft) runChecks();
    else if (proposal) tellChecks(proposal.findings ?? []);
  });
  form.focusFirst = () => (off.box.checked ? off.box : text).focus();
  return form;
}

// Tells that proposals were made, and takes them back if one was too quick.
export function toastProposed(made, after) {
  const label =
    made.length === 1 ? 'Proposed. Somebody else approves it.' : `${made.length} changes proposed.`;
  toast(label, {
    action: {
      label: 'Undo',
      run: async () => {
        try {
          for (const { name } of made)
            await call('WithdrawProposal', { name, reason: 'Undone right after proposing.' });
          toast('Withdrawn.');
          refreshCounts();
          after?.();
        } catch (error) {
          toast(sentence(error.message), {
            tone: 'bad',
            action: { label: 'Open it', href: proposalLink(made[0].name) },
          });
        }
      },
    },
  });
}
