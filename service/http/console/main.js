// Starts the page: signs in, draws the frame, shows what the address names.
import { call, hasToken, onCredentialsRefused, setToken } from './api.js';
import { h, replace } from './dom.js';
import { announce, errorBox, loading } from './feedback.js';
import { setPageKeys, startKeys } from './keys.js';
import { parse } from './router.js';
import { drawShell } from './shell.js';
import { drawSignIn } from './signin.js';
import { forgetOverview, rememberedScope, setCaller, setScope, state } from './state.js';

import * as audit from './audit.js';
import * as entries from './entries.js';
import * as entry from './entry.js';
import * as exchange from './exchange.js';
import * as home from './home.js';
import * as newRow from './new_row.js';
import * as proposal from './proposal.js';
import * as proposals from './proposals.js';
import * as refusals from './refusals.js';
import * as revisions from './revisions.js';
import * as testbox from './testbox.js';
import * as upstream from './upstream.js';

// The page for an address: the first whose words match; "*" is any word.
const kRoutes = [
  [[], home],
  [['entries', '*', '*'], entries],
  [['entries', '*', '*', '*'], entry],
  [['new', '*', '*'], newRow],
  [['proposals'], proposals],
  [['proposals', '*'], proposal],
  [['refusals'], refusals],
  [['revisions'], revisions],
  [['revisions', '*'], revisions],
  [['audit'], audit],
  [['exchange'], exchange],
  [['test'], testbox],
  [['upstream'], upstream],
];

const app = document.getElementById('app');
let shell = null;
let leaving = new AbortController();

async function showPage() {
  if (!shell) return;
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  setPageKeys([]);
  document.body.classList.remove('nav-open');
  const { path, query } = parse();
  const page = kRoutes.find(
    ([words]) =>
      words.length === path.length && words.every((word, i) => word === '*' || word === path[i]),
  )?.[1];
  // Each page draws into a root of its own: one that answers late draws into nothing.
  const root = h('div.page');
  replace(shell.main, root);
  shell.main.scrollTop = 0;
  shell.markPlace(path, query);
  const title = (text) => {
    document.title = `${text} · Signalbook`;
    announce(text);
  };
  try {
    if (page) {
      await page.show({ root, path, query, signal, title, again: showPage });
    } else {
      title('Not found');
      replace(
        root,
        h('h1', { tabindex: '-1' }, 'There is no such page'),
        h('p', 'The address may be cut off. ', h('a', { href: '#/' }, 'Go to the queues')),
      );
    }
  } catch (error) {
    if (signal.aborted || error.name === 'AbortError') return;
    replace(
      root,
      h('h1', { tabindex: '-1' }, 'This page cannot be shown'),
      errorBox(error, showPage),
    );
  }
  // Who is about to press a button of a notice ("Undo") stays there.
  const elsewhere = !root.contains(document.activeElement);
  if (!signal.aborted && elsewhere && !document.activeElement?.closest('#toasts')) {
    (root.querySelector('[data-focus]') ?? root.querySelector('h1'))?.focus({
      preventScroll: true,
    });
  }
}

async function start() {
  replace(app, h('main.center', { id: 'main' }, loading('Signing in…')));
  try {
    const caller = await call('GetCaller');
    const { path } = parse();
    const named = path[0] === 'entries' && path[1] === 'names' ? path[2] : '';
    setCaller(caller);
    await setScope(named || rememberedScope() || state.scope).catch((error) => {
      // A remembered locale that the book has no more must not keep anybody out.
      if (error.code !== 'invalid_argument') throw error;
      return setScope('en');
    });
    shell = drawShell(app, { signOut });
    await showPage();
  } catch (error) {
    if (error.code === 'unauthenticated') return;
    replace(app, h('main.center', { id: 'main' }, errorBox(error, start)));
  }
}

function signIn(problem) {
  shell = null;
  leaving.abort();
  setPageKeys([]);
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  drawSignIn(app, {
    problem,
    done: (token) => {
      setToken(token);
      return start();
    },
  });
}

function signOut(problem) {
  setToken('');
  setCaller(null);
  forgetOverview();
  signIn(problem);
}

onCredentialsRefused((error) => signOut(error));
window.addEventListener('hashchange', showPage);
document.querySelector('.skip-link').addEventListener('click', (event) => {
  event.preventDefault();
  (document.querySelector('#main h1') ?? document.getElementById('main'))?.focus();
});
startKeys();
if (hasToken()) start();
else signIn();
