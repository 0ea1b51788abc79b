// A row that is not in the book yet: a phrase, a guard, a term.
import { field, h, people, replace, select, setFieldError } from './dom.js';
import { editor } from './editor.js';
import { forgetList } from './entries.js';
import { kTables, scopeLabel } from './labels.js';
import { entryName, go, link, proposalLink } from './router.js';
import { state } from './state.js';

export async function show({ root, path, query, signal, title }) {
  const [, slug, scope] = path;
  const about = kTables[slug] ?? kTables.phrases;
  title(`New ${about.one}`);
  const kHints = {
    phrases: 'As it is matched: lower case, without punctuation around it.',
    guards: 'The concept that the pattern tells of.',
    terms: 'The term that must never leave.',
  };
  const given = query.get('key') ?? '';
  const key =
    slug === 'guards'
      ? select(
          (state.overview?.concepts ?? []).map((c) => [c, c]),
          given,
        )
      : h('input', { type: 'text', value: given, dir: 'auto' });
  const place = h('div');
  const next = h('button.button.primary', { type: 'submit' }, 'Go on');
  const form = h(
    'form.card',
    { novalidate: true },
    field(slug === 'guards' ? 'Concept' : slug === 'terms' ? 'Term' : 'Phrase', key, {
      hint: kHints[slug],
      wide: true,
    }),
    h('div.actions', next),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const value = key.value.trim();
    setFieldError(key, value ? '' : 'Say which.');
    if (!value) {
      key.focus();
      return;
    }
    const row = slug === 'terms' ? { text: value } : {};
    const edit = editor({
      entry: entryName(slug, scope, value),
      row,
      signal,
      done: (proposal) => {
        forgetList();
        go(proposal ? proposalLink(proposal.name) : link(['entries', slug, scope]));
      },
      cancel: () => replace(place),
    });
    replace(place, h('h2', people(value)), edit);
    edit.focusFirst();
  });
  replace(
    root,
    h('a.back', { href: link(['entries', slug, scope]) }, `${about.label} · ${scopeLabel(scope)}`),
    h('h1', { tabindex: '-1' }, `New ${about.one} `, h('span.h1-scope', scopeLabel(scope))),
    form,
    place,
  );
}
