// How often a row was served: before a change and since.
import { call } from './api.js';
import { count, h, plural } from './dom.js';
import { scopeLabel } from './labels.js';

export async function impact(entry, signal) {
  const { counts = [], total = 0 } = await call('GetImpact', { entry }, { signal });
  if (!counts.length) return h('p.muted', 'Not served yet.');
  const byRevision = new Map();
  const most = Math.max(...counts.map((c) => Number(c.count ?? 0)), 1);
  for (const item of counts) {
    const revision = item.revision ?? '0';
    byRevision.set(revision, [...(byRevision.get(revision) ?? []), item]);
  }
  const sorted = [...byRevision].sort((a, b) => Number(b[0]) - Number(a[0]));
  return [
    h('p', h('strong', plural(total, 'time')), ' served in all.'),
    sorted.map(([revision, items]) => [
      h('h3', revision === '0' ? 'With the book alone' : `With revision ${revision}`),
      h(
        'table.bars',
        h(
          'tbody',
          items.map((item) =>
            h(
              'tr',
              h('th', { scope: 'row' }, scopeLabel(item.targetLanguageCode ?? '')),
              h(
                'td',
                h('meter', { min: 0, max: most, value: item.count ?? 0, 'aria-hidden': 'true' }),
              ),
              h('td.number', count(item.count)),
            ),
          ),
        ),
      ),
    ]),
  ];
}
