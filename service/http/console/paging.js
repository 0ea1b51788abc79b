// Lists that are read page by page.
import { call } from './api.js';
import { button, count, h, replace } from './dom.js';
import { empty, errorBox, fill } from './feedback.js';

// Fills `place` with what a List method answers: `item(one, first)` is what stands in `list` for each of
// answer[items], `first` being the first of all; `frame(list, total)` is what is shown, with a button for the next
// page below it. `none`: the words for a list without items.
export function fillPaged(place, { method, request, items, list, item, frame, none, signal }) {
  let pageToken = '';
  let first;
  const more = h('div');
  const read = async () => {
    const answer = await call(method, { ...request, pageToken }, { signal });
    const page = answer[items] ?? [];
    first ??= page[0];
    for (const one of page) list.append(item(one, first));
    pageToken = answer.nextPageToken ?? '';
    replace(more, pageToken && button(`Show more of ${count(answer.totalSize)}`, next));
    return answer;
  };
  const next = () => read().catch((error) => replace(more, errorBox(error, next)));
  return fill(
    place,
    async () => {
      const { totalSize = 0 } = await read();
      return first ? [frame(list, totalSize), more] : empty(...none);
    },
    { signal },
  );
}

// The same as a table with these headings.
export function fillTable(place, { kind, headings, ...options }) {
  return fillPaged(place, {
    ...options,
    list: h('tbody'),
    frame: (body) =>
      h(
        'table.list',
        { class: kind },
        h(
          'thead',
          h(
            'tr',
            headings.map((text) => h('th', { scope: 'col' }, text)),
          ),
        ),
        body,
      ),
  });
}
