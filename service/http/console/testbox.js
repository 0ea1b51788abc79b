// What happens to a message: piece by piece, which row hit, what was refused and why; now, and with a proposal.
import { call } from './api.js';
import { check, chip, field, h, people, replace, select, setFieldError } from './dom.js';
import { announce, errorBox, loading, sentence } from './feedback.js';
import {
  kLicences,
  kVerdicts,
  marketLabel,
  reasonLabel,
  scopeLabel,
  scopeLanguage,
} from './labels.js';
import { entryLink, entryName, link, parseEntry } from './router.js';
import { state } from './state.js';
import { keyOf } from './subject.js';

const kDialects = ['github', 'slack', 'discord', 'emojibase', 'wechat', 'emoticons'];
const kModes = [
  ['EMOJI_MODE_NAME', 'Emoji become names'],
  ['EMOJI_MODE_KEEP_AND_NAME', 'Emoji stay, names follow'],
  ['EMOJI_MODE_KEEP', 'Emoji stay'],
];
const kPolicies = [
  ['POLICY_GUARDED', 'Guarded: models through the gate'],
  ['POLICY_STRICT', 'Strict: approved rows only'],
];

// What was asked last; coming back finds it again.
let remembered = {
  text: '',
  from: '',
  to: '',
  mode: 'EMOJI_MODE_NAME',
  policy: 'POLICY_GUARDED',
  market: '',
  dialects: [],
};

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();
// Ranges are bytes of UTF-8.
function slice(bytes, range) {
  return fromUtf8.decode(bytes.subarray(range?.begin ?? 0, range?.end ?? 0));
}

// The row that licenses a piece, or would, as a link; "join/space" and the like are no rows that people edit.
function rowOf(piece, content, from, to) {
  const { key = '', locale = to, source = '' } = piece.entry ?? {};
  let name = '';
  if (piece.refusal && piece.kind === 'KIND_EMOJI') {
    name = entryName('names', to, keyOf(content));
  } else if (key.startsWith('phrase/')) {
    const [, pair] = /^phrases\/(.+)$/.exec(source) ?? [];
    name = entryName('phrases', pair?.replace('/', '>') ?? `${from}>${locale}`, key.slice(7));
  } else if (key && !key.includes('/')) {
    const [, market] = /^(?:markets|moderated)\/(.+)$/.exec(source) ?? [];
    name = entryName('names', market ? `${locale}@${market}` : locale, key);
  }
  if (!name) return null;
  return h('a', { href: entryLink(name) }, people(name.replace(/^entries\/(names|phrases):/, '')));
}

function pieceTable(translation, content, from, to) {
  const source = utf8.encode(content);
  const target = utf8.encode(translation.translatedText ?? '');
  return h(
    'table.list.pieces',
    h(
      'thead',
      h(
        'tr',
        ['From', 'To', 'Licence', 'Row or model', 'Refused because'].map((t) =>
          h('th', { scope: 'col' }, t),
        ),
      ),
    ),
    h(
      'tbody',
      (translation.pieces ?? []).map((piece) => {
        const licence = kLicences[piece.licence];
        const refusal = piece.refusal;
        return h(
          'tr',
          { class: refusal ? 'refused' : '' },
          h('td', people(slice(source, piece.sourceRange) || '–')),
          h('td', people(slice(target, piece.targetRange) || '–')),
          h('td', h('span.licence', { class: licence?.tone ?? '' }, licence?.label ?? '–')),
          h(
            'td',
            rowOf(piece, slice(source, piece.sourceRange), from, to),
            piece.entry?.source && h('span.muted.small', ` ${piece.entry.source}`),
            piece.model?.name && h('bdi', `${piece.model.name} ${piece.model.version ?? ''}`),
          ),
          h(
            'td',
            refusal && [
              h('strong', reasonLabel(refusal.reason)),
              refusal.rule && [' ', h('code', refusal.rule)],
              refusal.detail && h('p.small.muted', sentence(refusal.detail)),
            ],
          ),
        );
      }),
    ),
  );
}

function spans(translation, lang) {
  const target = utf8.encode(translation.translatedText ?? '');
  const text = h('p.translation', { dir: 'auto', lang: lang || null });
  for (const piece of translation.pieces ?? []) {
    const part = slice(target, piece.targetRange);
    if (!part) continue;
    const licence = kLicences[piece.licence];
    const refusal = piece.refusal ? `, refused: ${reasonLabel(piece.refusal.reason)}` : '';
    text.append(
      h(
        'span.licence',
        {
          class: `${licence?.tone ?? ''} ${piece.refusal ? 'refused' : ''}`,
          title: `${licence?.label ?? ''}: ${licence?.about ?? ''}${refusal}`,
        },
        part,
      ),
    );
  }
  return text;
}

function answerCard(heading, basis, answer, index, content, from, to) {
  const translation = answer?.translations?.[index];
  if (!translation) return null;
  const verdict = kVerdicts[translation.verdict] ?? { label: '–', tone: '' };
  const source = from || translation.detectedLanguageCode || 'en';
  return h(
    'section.card',
    { 'aria-label': heading },
    h(
      'div.proposal-head',
      h('h3', heading),
      chip(verdict.label, verdict.tone),
      translation.detectedLanguageCode &&
        h('span.muted.small', `detected: ${scopeLabel(translation.detectedLanguageCode)}`),
      h('span.muted.small', basis),
    ),
    spans(translation, to),
    h(
      'details',
      { open: true },
      h('summary', 'Pieces'),
      h('div.scroll-x', pieceTable(translation, content, source, to)),
    ),
  );
}

function legend() {
  return h(
    'ul.legend',
    { 'aria-label': 'Colours' },
    Object.values(kLicences).map((l) =>
      h('li', h('span.licence', { class: l.tone }, l.label), ` ${l.about}`),
    ),
    h('li', h('span.licence.copy.refused', 'Refused'), ' a copy in place of something better'),
  );
}

async function proposalChoices(chosen, signal) {
  const { proposals = [] } = await call(
    'ListProposals',
    { states: ['PROPOSAL_STATE_OPEN'], pageSize: 200 },
    { signal },
  );
  const options = proposals.map((p) => [
    p.name,
    `${p.name.replace('proposals/', '#')} · ${parseEntry(p.entry)?.scope} · ${p.row?.text ?? (p.row?.blocked ? 'block' : 'reset')}`,
  ]);
  if (chosen && !options.some(([value]) => value === chosen)) options.push([chosen, chosen]);
  return [['', 'As it is now only'], ...options];
}

export async function show({ root, query, signal, title }) {
  title('Test box');
  const saved = remembered;
  const wanted = query.get('proposal') ?? '';
  const proposal = wanted ? await call('GetProposal', { name: wanted }, { signal }) : null;
  const about = proposal && parseEntry(proposal.entry);
  const [target, market] =
    about?.table === 'names'
      ? about.scope.split('@')
      : [about?.scope.split('>')[1] ?? state.scope.split('@')[0], ''];
  const text = h('textarea', { rows: 4, dir: 'auto', value: saved.text });
  if (about?.table === 'names') {
    const { entry } = await call('GetEntry', { name: proposal.entry }, { signal });
    text.value = `I love ${entry.sequence ?? ''}!`;
  } else if (about?.table === 'phrases') {
    text.value = about.key;
  }
  const locales = (state.overview?.locales ?? []).map((l) => [l, `${scopeLabel(l)} · ${l}`]);
  const from = select(
    [['', 'Detect the language'], ...locales],
    about ? (about.scope.includes('>') ? about.scope.split('>')[0] : 'en') : saved.from,
  );
  const to = select(locales, about ? target : saved.to || state.scope.split('@')[0]);
  const mode = select(kModes, saved.mode);
  const policy = select(kPolicies, saved.policy);
  const markets = select(
    [
      ['', 'No market'],
      ...(state.overview?.markets ?? []).map((m) => [m, `${marketLabel(m)} · ${m}`]),
    ],
    about ? market : saved.market,
  );
  const compare = select(await proposalChoices(wanted, signal), wanted);
  if (signal.aborted) return;
  const dialects = kDialects.map((d) => ({ name: d, ...check(d, saved.dialects.includes(d)) }));
  const result = h('div.results', { 'aria-live': 'polite' });
  const submit = h('button.button.primary', { type: 'submit' }, 'Try it');
  const form = h(
    'form.card',
    { novalidate: true },
    field('Message', text, { wide: true, hint: 'One a line, at most 16. Nothing of it is kept.' }),
    h(
      'div.form-grid',
      field('From', from),
      field('To', to),
      field('Emoji', mode),
      field('Policy', policy),
      field('Market', markets),
      field('Beside it, with', compare, { hint: 'An open proposal, as if it were approved.' }),
    ),
    h(
      'details',
      h('summary', 'Shortcodes to recognise'),
      h(
        'div.filter-row',
        dialects.map((d) => d.element),
      ),
    ),
    h('div.actions', submit),
  );

  const run = async () => {
    const contents = text.value.split('\n').filter((line) => line.trim());
    const problem = !contents.length
      ? 'Write or paste a message.'
      : contents.length > 16
        ? 'At most 16 lines.'
        : '';
    setFieldError(text, problem);
    if (problem) return text.focus();
    remembered = {
      text: text.value,
      from: from.value,
      to: to.value,
      mode: mode.value,
      policy: policy.value,
      market: markets.value,
      dialects: dialects.filter((d) => d.box.checked).map((d) => d.name),
    };
    submit.disabled = true;
    replace(result, loading('Translating…'));
    try {
      const answer = await call(
        'PreviewTranslation',
        {
          request: {
            contents,
            sourceLanguageCode: from.value,
            targetLanguageCode: to.value,
            emojiMode: mode.value,
            policy: policy.value,
            market: markets.value,
            dialects: remembered.dialects,
          },
          proposals: compare.value ? [compare.value] : [],
        },
        { signal },
      );
      const language = scopeLanguage(to.value);
      replace(
        result,
        legend(),
        contents.map((content, i) =>
          h(
            'section.message',
            contents.length > 1 && h('h2', people(content)),
            h(
              'div',
              { class: compare.value ? 'two-columns' : '' },
              answerCard(
                compare.value ? 'Now' : 'Translation',
                answer.now?.revision ? `revision ${answer.now.revision}` : 'the book alone',
                answer.now,
                i,
                content,
                from.value,
                language,
              ),
              compare.value &&
                answerCard('With the proposal', '', answer.then, i, content, from.value, language),
            ),
          ),
        ),
      );
      announce(
        `Translated: ${answer.now?.translations?.map((t) => t.translatedText).join('. ') ?? ''}`,
      );
    } catch (error) {
      if (signal.aborted) return undefined;
      replace(result, errorBox(error, run));
    }
    submit.disabled = false;
    return undefined;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
  replace(
    root,
    h('h1', { tabindex: '-1' }, 'Test box'),
    h('p.lead', 'Paste a message and see what every stretch of its translation rests on.'),
    proposal &&
      h(
        'p',
        'Beside: ',
        h('a', { href: link(wanted.split('/')) }, wanted.replace('proposals/', 'proposal ')),
      ),
    form,
    result,
  );
  if (proposal) run();
}
