// The door.
import { field, h, replace } from './dom.js';
import { errorBox } from './feedback.js';

// `problem`: why an earlier token was refused.
export function drawSignIn(app, { problem, done }) {
  document.title = 'Sign in · Signalbook';
  const token = h('input', {
    type: 'password',
    name: 'token',
    autocomplete: 'current-password',
    spellcheck: 'false',
    autocapitalize: 'off',
    required: true,
  });
  const submit = h('button.button.primary', { type: 'submit' }, 'Sign in');
  const form = h(
    'form.card.sign-in',
    { novalidate: true },
    h(
      'div.brand-large',
      h('img', { src: 'icon.svg', alt: '', width: '44', height: '44' }),
      h('h1', 'Signalbook'),
    ),
    h('p.muted', 'What emoji and flags are called, and who says so.'),
    problem && errorBox(problem),
    field('Access token', token, {
      hint: 'It stays in this tab and is forgotten when you close it.',
    }),
    submit,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const value = token.value.trim();
    if (!value) {
      token.focus();
      return;
    }
    submit.disabled = true;
    await done(value);
    submit.disabled = false;
  });
  replace(app, h('main.center', { id: 'main' }, form));
  token.focus();
}
