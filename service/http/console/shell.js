// The frame around every page: navigation with the queues, the locale worked on, who is signed in.
import { button, chip, count, field, h, replace, select } from './dom.js';
import { errorBox } from './feedback.js';
import { showKeys } from './keys.js';
import { kRoles, kTables, marketLabel, scopeLabel } from './labels.js';
import { go, link, parse } from './router.js';
import { can, setScope, state, watch } from './state.js';

// The queues: name in GetOverview, label, what it means, where it leads. Those of a locale first.
export function queues() {
  const names = (query) => link(['entries', 'names', state.scope], query);
  const version = state.overview?.emojiVersion ?? '';
  return {
    locale: [
      [
        'missing',
        'Missing',
        'No name yet: the emoji is kept as it is',
        names({ origin: 'ORIGIN_MISSING' }),
      ],
      ['new', `New in Emoji ${version}`, 'Added by the newest version', names({ from: version })],
      ['failing', 'Failing a check', 'A check found something', names({ failing: true })],
      ['sensitive', 'Sensitive', 'Changes take two approvals', names({ sensitive: true })],
      ['proposed', 'With proposals', 'Somebody wants a change', names({ proposed: true })],
    ],
    all: [
      ['open', 'Open proposals', 'Wait for an approver', link(['proposals'])],
      [
        'disputed',
        'Disputed',
        'Discussed, or more than one for a row',
        link(['proposals'], { disputed: true }),
      ],
      [
        'emergency',
        'Emergency',
        'Blocked already, wait for a second pair of eyes',
        link(['proposals'], { emergency: true }),
      ],
      [
        'refused',
        'Refused in traffic',
        'What people sent and could not be translated',
        link(['refusals']),
      ],
      [
        'upstream',
        'Changed upstream',
        'The book says something else than when it was moderated',
        link(['upstream']),
      ],
    ],
  };
}

function navLink(href, label, extra) {
  return h('a.nav-link', { href }, h('span', label), extra);
}

function navGroup(title, links) {
  return h(
    'div.nav-group',
    h('h2', title),
    h(
      'ul',
      links.map((item) => h('li', item)),
    ),
  );
}

function queueLinks(list) {
  const counts = state.overview?.queues ?? {};
  return list.map(([name, label, about, href]) => {
    const value = counts[name] ?? 0;
    const element = navLink(
      href,
      label,
      h('span.count', { class: value ? '' : 'zero' }, count(value)),
    );
    element.title = about;
    return element;
  });
}

function navigation() {
  const { scope, overview } = state;
  const phrases = overview?.phraseScopes ?? [];
  const locale = scope.split('@')[0];
  const phraseScope =
    phrases.find((s) => s === `en>${locale}`) ??
    phrases.find((s) => s.endsWith(`>${locale}`)) ??
    phrases[0] ??
    `en>${locale}`;
  const tableScopes = { names: scope, phrases: phraseScope, guards: locale, terms: locale };
  const { locale: mine, all } = queues();
  return [
    navGroup(scopeLabel(scope), queueLinks(mine)),
    navGroup('All locales', queueLinks(all)),
    navGroup(
      'Tables',
      Object.entries(kTables).map(([slug, table]) =>
        navLink(link(['entries', slug, tableScopes[slug]]), table.label),
      ),
    ),
    navGroup('Tools', [
      navLink(link(['test']), 'Test box'),
      navLink(link(['exchange']), 'Import and export'),
      navLink(link(['revisions']), 'Revisions', h('span.count.quiet', overview?.revision ?? '0')),
      navLink(link(['audit']), 'Audit log'),
    ]),
  ];
}

function chooser() {
  const { overview } = state;
  const [locale, market = ''] = state.scope.split('@');
  const locales = [...new Set([locale, ...(overview?.locales ?? [])])]
    .map((code) => [code, `${scopeLabel(code)} · ${code}`])
    .sort((a, b) => a[1].localeCompare(b[1], 'en'));
  const markets = [
    ['', 'No market'],
    ...(overview?.markets ?? []).map((code) => [code, `${marketLabel(code)} · ${code}`]),
  ];
  const localeSelect = select(locales, locale);
  const marketSelect = select(markets, market);
  const error = h('div');
  const change = async () => {
    const scope = localeSelect.value + (marketSelect.value ? `@${marketSelect.value}` : '');
    try {
      await setScope(scope);
      const { path } = parse();
      // Stays where one is: the same table or the same key, in the other locale.
      if (path[0] !== 'entries') return;
      if (path[1] === 'names') go(link(['entries', 'names', scope, ...path.slice(3)]));
      else if (path[1] !== 'phrases') go(link(['entries', path[1], localeSelect.value]));
    } catch (problem) {
      replace(error, errorBox(problem, change));
    }
  };
  localeSelect.addEventListener('change', change);
  marketSelect.addEventListener('change', change);
  return [h('div.chooser', field('Locale', localeSelect), field('Market', marketSelect)), error];
}

function themeButton() {
  const kNext = { '': 'light', light: 'dark', dark: '' };
  const kLabels = { '': ['◐', 'as the system'], light: ['☀', 'light'], dark: ['☾', 'dark'] };
  const root = document.documentElement;
  const control = button(
    '',
    () => {
      const next = kNext[root.dataset.theme ?? ''];
      if (next) root.dataset.theme = next;
      else delete root.dataset.theme;
      try {
        localStorage.setItem('signalbook.theme', next);
      } catch {
        // For this page only.
      }
      draw();
    },
    'icon',
  );
  const draw = () => {
    const [sign, label] = kLabels[root.dataset.theme ?? ''];
    replace(control, h('span', { 'aria-hidden': 'true' }, sign));
    control.title = `Theme: ${label}`;
    control.setAttribute('aria-label', `Theme: ${label}. Change`);
  };
  draw();
  return control;
}

// Draws the frame; returns where pages go and how the current one is marked.
export function drawShell(app, { signOut }) {
  const nav = h('nav', { id: 'nav', 'aria-label': 'Queues, tables and tools' });
  const scopes = h('div');
  const { caller } = state;
  const menu = button(
    h('span', { 'aria-hidden': 'true' }, '☰'),
    () => {
      const open = document.body.classList.toggle('nav-open');
      menu.setAttribute('aria-expanded', String(open));
      if (open) nav.querySelector('a')?.focus();
    },
    'icon menu',
    { 'aria-label': 'Navigation', 'aria-controls': 'nav', 'aria-expanded': 'false' },
  );
  const header = h(
    'header.top',
    menu,
    h(
      'a.brand',
      { href: '#/' },
      h('img', { src: 'icon.svg', alt: '', width: '24', height: '24' }),
      'Signalbook',
    ),
    h(
      'div.who',
      h('span.who-name', h('bdi', caller.name)),
      chip(kRoles[caller.role]?.label ?? 'No role', 'accent'),
      button('?', showKeys, 'icon', { 'aria-label': 'Keys', title: 'Keys' }),
      themeButton(),
      button('Sign out', () => signOut(), 'quiet'),
    ),
  );
  const main = h('main', { id: 'main', tabindex: '-1' });
  const backdrop = h('div.backdrop', { onclick: () => document.body.classList.remove('nav-open') });
  replace(app, header, h('div.frame', h('div.side', scopes, nav), backdrop, main));

  let place = { path: [], query: new URLSearchParams() };
  const mark = () => {
    const here = link(place.path, Object.fromEntries(place.query));
    const links = [...nav.querySelectorAll('a')];
    const current =
      links.find((a) => a.getAttribute('href') === here) ??
      links.find(
        (a) =>
          place.path[0] !== 'entries' && a.getAttribute('href') === link(place.path.slice(0, 1)),
      );
    for (const a of links) {
      if (a === current) a.setAttribute('aria-current', 'page');
      else a.removeAttribute('aria-current');
    }
  };
  let drawnFor = null;
  watch(() => {
    if (!state.caller || !nav.isConnected) return;
    replace(nav, navigation());
    const choices = JSON.stringify([state.scope, state.overview?.locales, state.overview?.markets]);
    if (choices !== drawnFor && !scopes.contains(document.activeElement)) {
      drawnFor = choices;
      replace(scopes, chooser());
    }
    mark();
  });
  return {
    main,
    markPlace: (path, query) => {
      place = { path, query };
      menu.setAttribute('aria-expanded', 'false');
      // An address may name another locale than the one worked on.
      const named =
        path[0] === 'entries' && path[1] !== 'phrases' && path[2] !== 'root' ? path[2] : '';
      const locale = state.scope.split('@')[0];
      if (named && named !== (path[1] === 'names' ? state.scope : locale)) {
        setScope(named)
          .then(() => replace(scopes, chooser()))
          .catch(() => {});
      }
      mark();
    },
  };
}

export const canPropose = () => can('ROLE_MODERATOR');
export const canDecide = () => can('ROLE_APPROVER');
