// Rows out to a file and back in.
import { call, fromBase64, toBase64 } from './api.js';
import {
  check,
  field,
  h,
  people,
  plural,
  offerDownload,
  replace,
  select,
  setFieldError,
} from './dom.js';
import { toastProposed } from './editor.js';
import { forgetList } from './entries.js';
import { announce, errorBox, loading, toast } from './feedback.js';
import { findingList } from './findings.js';
import { kTables, scopeLabel } from './labels.js';
import { proposalDiff } from './proposal_card.js';
import { link } from './router.js';
import { canPropose } from './shell.js';
import { refreshCounts, state } from './state.js';
import { subject } from './subject.js';

const kFormats = {
  EXCHANGE_FORMAT_CSV: ['CSV, for spreadsheets', /\.csv$/i],
  EXCHANGE_FORMAT_JSON_LINES: ['JSON lines', /\.(jsonl|ndjson|json)$/i],
  EXCHANGE_FORMAT_TBX: ['TBX, for terminology tools', /\.tbx$/i],
  EXCHANGE_FORMAT_TMX: ['TMX, for translation memories', /\.tmx$/i],
  EXCHANGE_FORMAT_XLIFF: ['XLIFF 2.1, for translators', /\.(xlf|xliff)$/i],
};
const kMostBytes = 4 * 1024 * 1024;
const kShown = 100;

const formats = () => Object.entries(kFormats).map(([value, [label]]) => [value, label]);

function exportForm() {
  const table = select(
    Object.entries(kTables).map(([slug, t]) => [slug, t.label]),
    'names',
  );
  const scope = h('input', {
    type: 'text',
    value: state.scope,
    spellcheck: 'false',
    list: 'export-scopes',
  });
  const format = select(formats(), 'EXCHANGE_FORMAT_CSV');
  const all = check('Also rows of the book and inherited ones', true);
  const scopes = h('datalist', { id: 'export-scopes' });
  const offer = () =>
    replace(
      scopes,
      (table.value === 'phrases'
        ? (state.overview?.phraseScopes ?? [])
        : (state.overview?.locales ?? [])
      ).map((value) => h('option', { value }, scopeLabel(value))),
    );
  table.addEventListener('change', () => {
    scope.value =
      table.value === 'phrases' ? (state.overview?.phraseScopes?.[0] ?? 'en>es') : state.scope;
    offer();
  });
  offer();
  const result = h('div');
  const submit = h('button.button.primary', { type: 'submit' }, 'Save the file');
  const form = h(
    'form.card',
    { novalidate: true },
    h('h2', 'Export'),
    h(
      'div.form-grid',
      field('Table', table),
      field('Scope', scope, { hint: '“es”, “es@CN” for a market, “en>es” for phrases' }),
      field('Format', format),
    ),
    scopes,
    all.element,
    result,
    h('div.actions', submit),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    replace(result, loading('Writing the file…'));
    try {
      const answer = await call('ExportEntries', {
        table: kTables[table.value].value,
        scope: scope.value.trim(),
        format: format.value,
        all: all.box.checked,
      });
      offerDownload(
        fromBase64(answer.content ?? ''),
        answer.fileName ?? 'entries',
        answer.mediaType ?? 'application/octet-stream',
      );
      replace(
        result,
        h('p.good-line', `✓ ${answer.fileName}: ${plural(answer.rows ?? 0, 'row')}.`),
      );
      announce(`Saved ${answer.fileName}`);
    } catch (error) {
      replace(result, errorBox(error));
    }
    submit.disabled = false;
  });
  return form;
}

function outcome(answer, done) {
  const { proposals = [], unchanged = 0, problems = [] } = answer;
  const withErrors = proposals.filter((p) => p.findings?.some((f) => f.error)).length;
  return [
    h(
      'p',
      h('strong', plural(proposals.length, 'change')),
      done ? ' proposed, ' : ' would be proposed, ',
      `${plural(unchanged, 'row')} as they are, `,
      problems.length ? h('strong.bad-line', plural(problems.length, 'problem')) : 'no problem',
      '.',
      withErrors > 0 && ` ${plural(withErrors, 'change')} blocked by a check.`,
    ),
    problems.length > 0 &&
      h(
        'table.list',
        h('caption', 'Problems'),
        h(
          'thead',
          h(
            'tr',
            ['Line', 'Row', 'What is wrong'].map((t) => h('th', { scope: 'col' }, t)),
          ),
        ),
        h(
          'tbody',
          problems
            .slice(0, kShown)
            .map((p) =>
              h(
                'tr',
                h('td.number', p.line ?? ''),
                h('td', people(p.entry ?? '')),
                h('td', p.message),
              ),
            ),
        ),
      ),
    problems.length > kShown && h('p.muted', `and ${problems.length - kShown} more`),
    proposals.length > 0 &&
      h(
        'ul.preview',
        proposals
          .slice(0, kShown)
          .map((p) =>
            h('li', h('p.small', subject(p.entry)), proposalDiff(p), findingList(p.findings)),
          ),
      ),
    proposals.length > kShown && h('p.muted', `and ${proposals.length - kShown} more`),
    done &&
      h(
        'p',
        h(
          'a',
          { href: link(['proposals'], { author: state.caller.name }) },
          'See them among the proposals',
        ),
      ),
  ];
}

function importForm(signal) {
  const file = h('input', {
    type: 'file',
    accept: '.csv,.jsonl,.ndjson,.json,.tbx,.tmx,.xlf,.xliff',
  });
  const format = select(formats(), 'EXCHANGE_FORMAT_CSV');
  const reason = h('textarea', { rows: 2, dir: 'auto' });
  const result = h('div', { 'aria-live': 'polite' });
  const look = h('button.button', { type: 'submit' }, 'Look what would change');
  const send = h('button.button.primary', { type: 'button', disabled: true }, 'Propose');
  const changed = () => {
    send.disabled = true;
    result.replaceChildren();
  };
  file.addEventListener('change', () => {
    const name = file.files[0]?.name ?? '';
    const found = Object.entries(kFormats).find(([, [, pattern]]) => pattern.test(name));
    if (found) format.value = found[0];
    setFieldError(file, '');
    changed();
  });
  format.addEventListener('change', changed);
  const form = h(
    'form.card',
    { novalidate: true },
    h('h2', 'Import'),
    h(
      'p.muted',
      'Every row that differs becomes a proposal; nothing changes until somebody approves it.',
    ),
    h(
      'div.form-grid',
      field('File', file, { hint: 'At most 4 MiB and 10,000 rows.' }),
      field('Format', format),
      field('Reason', reason, { wide: true, required: true }),
    ),
    result,
    h('div.actions', look, send),
  );

  async function run(validateOnly) {
    const chosen = file.files[0];
    const problem = !chosen
      ? 'Choose a file.'
      : chosen.size > kMostBytes
        ? 'The file is larger than 4 MiB: split it.'
        : '';
    setFieldError(file, problem);
    if (problem) return file.focus();
    if (!validateOnly && !reason.value.trim()) {
      setFieldError(reason, 'Say why.');
      return reason.focus();
    }
    setFieldError(reason, '');
    look.disabled = true;
    send.disabled = true;
    replace(result, loading(validateOnly ? 'Comparing…' : 'Proposing…'));
    try {
      const content = toBase64(new Uint8Array(await chosen.arrayBuffer()));
      const answer = await call(
        'ImportEntries',
        { format: format.value, content, reason: reason.value.trim(), validateOnly },
        { signal },
      );
      replace(result, outcome(answer, !validateOnly));
      const number = answer.proposals?.length ?? 0;
      send.disabled = !validateOnly || !number;
      send.textContent = number && validateOnly ? `Propose ${plural(number, 'change')}` : 'Propose';
      if (!validateOnly) {
        forgetList();
        refreshCounts();
        if (number && number <= 20) toastProposed(answer.proposals);
        else toast(`${plural(number, 'change')} proposed.`);
      }
    } catch (error) {
      replace(result, errorBox(error));
    }
    look.disabled = false;
    return undefined;
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    run(true);
  });
  send.addEventListener('click', () => run(false));
  return form;
}

export async function show({ root, signal, title }) {
  title('Import and export');
  replace(
    root,
    h('h1', { tabindex: '-1' }, 'Import and export'),
    h('p.lead', 'Edit rows in the tool you know, and bring them back.'),
    h(
      'div.two-columns',
      exportForm(),
      canPropose() ? importForm(signal) : h('p.notice', 'Importing takes the role of a moderator.'),
    ),
  );
}
