// What the page says back: notices, questions, errors, and the same for those who listen.
import { append, button, h, newId, replace } from './dom.js';

export function announce(text) {
  const place = document.getElementById('announcer');
  place.textContent = '';
  // A live region is read when it changes: not if the same text is put back at once.
  setTimeout(() => (place.textContent = text), 50);
}

const kToastMs = 8000;

// A notice at the edge that leaves by itself, unless it is looked at. `action`: {label, run} or {label, href}.
export function toast(text, { tone = 'good', action } = {}) {
  const element = h('div.toast', { class: tone });
  const close = () => element.remove();
  const act =
    action &&
    (action.href
      ? h('a.button.quiet', { href: action.href, onclick: close }, action.label)
      : button(
          action.label,
          () => {
            close();
            action.run();
          },
          'quiet',
        ));
  append(element, [
    h('span', text),
    act,
    button('×', close, 'icon', { 'aria-label': 'Close this notice' }),
  ]);
  document.getElementById('toasts').append(element);
  announce(text);
  let timer = setTimeout(close, kToastMs);
  const stay = () => clearTimeout(timer);
  const leave = () => {
    stay();
    timer = setTimeout(close, kToastMs / 2);
  };
  for (const event of ['mouseenter', 'focusin']) element.addEventListener(event, stay);
  for (const event of ['mouseleave', 'focusout']) element.addEventListener(event, leave);
}

// What to do about an error, by its reason; the server's message says what and where.
const kAdvice = {
  CREDENTIALS_MISSING: 'Sign in again.',
  CREDENTIALS_UNKNOWN: 'Check the token, or ask your administrator for a new one.',
  ROLE_TOO_LOW: 'Somebody with that role has to do it.',
  OWN_PROPOSAL: 'Ask another approver to look at it.',
  ROW_CHANGED:
    'Somebody changed the row meanwhile. Load it again and compare; your text stays here.',
  PROPOSAL_CHANGED:
    'The proposal was edited or commented on meanwhile. Load it again, then decide.',
  PROPOSAL_CLOSED: 'It is decided already. Load the page again to see how.',
  ALREADY_APPROVED: 'Your approval counts already; it waits for another person.',
  STORE_UNAVAILABLE: 'Translation goes on with the last revision. Try again in a moment.',
  MODERATION_DISABLED: 'This server runs without a store. Ask whoever runs it.',
};

// Trying again gives the same answer.
const kFinal = [
  'invalid_argument',
  'permission_denied',
  'failed_precondition',
  'not_found',
  'unimplemented',
];

export function advice(error) {
  if (error.code === 'unreachable')
    return 'Check the connection and try again; nothing was lost here.';
  return kAdvice[error.reason] ?? '';
}

// An error where it arose. `retry` is what the button does; none without it.
export function errorBox(error, retry, label = 'Try again') {
  if (error.name !== 'ApiError') console.error(error);
  const hint = advice(error);
  // Most messages hold what their violations say.
  const violations = (error.violations ?? []).filter((v) => !error.message.includes(v.description));
  const mayHelp = !kFinal.includes(error.code);
  return h(
    'div.notice.bad',
    { role: 'alert' },
    h('strong', sentence(error.message)),
    hint && h('p', hint),
    violations.length > 0 &&
      h(
        'ul',
        violations.map((v) =>
          h('li', v.field ? h('code', v.field) : null, v.field ? ': ' : '', v.description),
        ),
      ),
    retry && mayHelp && button(error.code === 'aborted' ? 'Load again' : label, retry, 'small'),
  );
}

export function sentence(text) {
  const trimmed = (text ?? '').trim();
  // Not the names of resources and fields: "entries/names:es:…", "row.text: …".
  const begun = /^[a-z]+[ ,;]/.test(trimmed)
    ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
    : trimmed;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

export function loading(text = 'Loading…') {
  return h('div.loading', { role: 'status' }, h('span.spinner', { 'aria-hidden': 'true' }), text);
}

export function empty(title, text, ...actions) {
  return h('div.empty', h('p.empty-title', title), text && h('p', text), actions);
}

// Fills `place` with what `load` gives, with a word while it is loading and an error box that tries again.
export async function fill(place, load, { signal, text } = {}) {
  replace(place, loading(text));
  try {
    const content = await load();
    if (!signal?.aborted) replace(place, content);
  } catch (error) {
    if (signal?.aborted || error.name === 'AbortError') return;
    replace(
      place,
      errorBox(error, () => fill(place, load, { signal, text })),
    );
  }
}

// Asks before something is done. `run` does it, and is given the form's controls; what it throws is shown in
// the dialog, which stays open. Returns what `run` returned, or undefined when it was called off.
export function ask({
  title,
  body = [],
  confirm,
  tone = 'primary',
  wide = false,
  tells = false,
  run,
}) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const titleId = newId('dialog');
    const errors = h('div');
    const go = h('button.button', { type: 'submit', class: tone }, confirm);
    const cancel = !tells && button('Cancel', () => dialog.close());
    const form = h(
      'form',
      { novalidate: true },
      h('h2', { id: titleId, tabindex: '-1' }, title),
      h('div.dialog-body', body),
      errors,
      h('div.actions', cancel, go),
    );
    const dialog = h('dialog', { 'aria-labelledby': titleId, class: wide ? 'wide' : '' }, form);
    let result;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (go.disabled) return;
      go.disabled = true;
      errors.replaceChildren();
      try {
        result = await run(dialog);
        if (result !== false) dialog.close();
      } catch (error) {
        replace(errors, errorBox(error));
      }
      go.disabled = false;
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(result === false ? undefined : result);
    });
    document.body.append(dialog);
    dialog.showModal();
    // What is long is read from its start.
    const first = wide ? form.querySelector('h2') : form.querySelector('textarea, input, select');
    (tells ? go : (first ?? go)).focus();
  });
}

// A dialog that only tells.
export function show({ title, body, wide }) {
  return ask({ title, body, wide, tells: true, confirm: 'Close', run: () => true });
}
