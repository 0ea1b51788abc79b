// Keys that work without a modifier, outside of fields. Pages say which they have; `?` shows them all.
import { check, h } from './dom.js';
import { show } from './feedback.js';

const kGlobal = [
  ['/', 'Search this list'],
  ['?', 'Show these keys'],
  ['Esc', 'Back, or close what is open'],
  ['Ctrl Enter', 'Send the form you are in'],
];

let page = []; // [keys, what it does, action]
export function setPageKeys(keys) {
  page = keys;
}

const kSwitchKey = 'signalbook.keys';
let enabled = true;
try {
  enabled = localStorage.getItem(kSwitchKey) !== 'off';
} catch {
  // On.
}

function setEnabled(value) {
  enabled = value;
  try {
    localStorage.setItem(kSwitchKey, value ? 'on' : 'off');
  } catch {
    // For this page only.
  }
}

export function showKeys() {
  const row = ([keys, what]) =>
    h(
      'div.key-row',
      h(
        'dt',
        keys.split(' ').map((key) => h('kbd', key)),
      ),
      h('dd', what),
    );
  const { box, element } = check('Single keys are on', enabled);
  box.addEventListener('change', () => setEnabled(box.checked));
  return show({
    title: 'Keys',
    body: [
      page.length > 0 && [h('h3', 'On this page'), h('dl.keys', page.map(row))],
      h('h3', 'Everywhere'),
      h('dl.keys', kGlobal.map(row)),
      element,
    ],
  });
}

const kNames = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const target = event.target;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && target.form) {
      event.preventDefault();
      target.form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select')) {
      if (event.key === 'Escape') target.blur();
      return;
    }
    // Escape and arrows are no letters: they stay when single keys are off.
    if (!enabled && event.key.length === 1) return;
    const key = kNames[event.key] ?? event.key;
    const entry = page.find(([keys]) => keys.split(' ').includes(key));
    if (entry) {
      event.preventDefault();
      entry[2](event);
    } else if (key === '/') {
      const search = document.querySelector('#main input[type=search]');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (key === '?') {
      event.preventDefault();
      showKeys();
    } else if (key === 'Esc') {
      if (document.body.classList.contains('nav-open')) document.body.classList.remove('nav-open');
      else history.back();
    }
  });
}
