// A table of thousands of rows of which only those in sight are there. Rows may come later than their number.
import { append, h, replace } from './dom.js';

// Rows drawn above and below what is in sight.
const kSpare = 10;

export class VirtualTable {
  #rows = []; // entries; holes where not loaded yet
  #total = 0;
  #active = 0;
  #drawn = new Map(); // index → element
  #rowHeight = 56;
  #scheduled = false;

  // `columns`: [{label, kind, cell(entry)}]; the kind is its class. `href` gives an entry's address, `open` goes
  // there; `label` names the table.
  constructor({ label, columns, kind, href, open }) {
    this.columns = columns;
    this.href = href;
    this.open = open;
    this.space = h('div.grid-space', { role: 'rowgroup' });
    this.head = h(
      'div.grid-row.grid-head',
      { role: 'row', 'aria-rowindex': '1' },
      columns.map((column) => h('div', { role: 'columnheader', class: column.kind }, column.label)),
    );
    this.element = h(
      'div.grid',
      { role: 'grid', class: kind, 'aria-label': label, 'aria-colcount': columns.length },
      h('div', { role: 'rowgroup', class: 'grid-head-group' }, this.head),
      this.space,
    );
    this.element.addEventListener('scroll', () => this.#schedule(), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusin', (event) => {
      const row = event.target.closest('.grid-row[data-index]');
      if (row) this.#activate(Number(row.dataset.index));
    });
    this.resizing = new ResizeObserver(() => this.#measure());
    this.resizing.observe(this.element);
  }

  get active() {
    return this.#active;
  }

  get total() {
    return this.#total;
  }

  entry(index = this.#active) {
    return this.#rows[index];
  }

  // Starts anew with rows from the first on.
  reset(total) {
    this.#rows = [];
    this.#active = 0;
    this.#total = total;
    this.element.setAttribute('aria-rowcount', total + 1);
    this.element.scrollTop = 0;
    this.#redraw();
  }

  // Shows rows that were read before, where one had been.
  restore({ rows, total, active, top }) {
    this.#rows = rows;
    this.#total = total;
    this.#active = active;
    this.element.setAttribute('aria-rowcount', total + 1);
    this.#redraw();
    this.element.scrollTop = top;
  }

  snapshot() {
    return {
      rows: this.#rows,
      total: this.#total,
      active: this.#active,
      top: this.element.scrollTop,
    };
  }

  add(offset, entries) {
    entries.forEach((entry, i) => (this.#rows[offset + i] = entry));
    for (const [index, row] of this.#drawn) {
      if (index >= offset && index < offset + entries.length) this.#fill(row, index);
    }
    this.#schedule();
  }

  move(step) {
    this.focus(Math.min(Math.max(this.#active + step, 0), this.#total - 1));
  }

  focus(index = this.#active) {
    if (!this.#total) return;
    this.#activate(index);
    this.#show(index);
    this.#draw();
    this.#drawn.get(index)?.focus({ preventScroll: true });
  }

  #activate(index) {
    if (index === this.#active) return;
    this.#drawn.get(this.#active)?.setAttribute('tabindex', '-1');
    this.#active = index;
    this.#drawn.get(index)?.setAttribute('tabindex', '0');
  }

  #show(index) {
    const view = this.element;
    const headHeight = this.head.offsetHeight;
    const top = index * this.#rowHeight;
    if (top < view.scrollTop) view.scrollTop = top;
    const bottom = top + this.#rowHeight + headHeight;
    if (bottom > view.scrollTop + view.clientHeight) view.scrollTop = bottom - view.clientHeight;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input')) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#rowHeight) - 2);
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.#total,
      End: this.#total,
    };
    if (event.key in steps) {
      event.preventDefault();
      this.move(steps[event.key]);
    } else if (event.key === 'Enter' && !event.target.closest('a') && this.entry()) {
      event.preventDefault();
      this.open(this.entry());
    }
  }

  #readHeight() {
    return (
      parseFloat(getComputedStyle(this.element).getPropertyValue('--row-height')) || this.#rowHeight
    );
  }

  #measure() {
    if (this.#readHeight() !== this.#rowHeight) this.#redraw();
    this.#schedule();
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  #redraw() {
    const focused = this.space.contains(document.activeElement);
    this.#rowHeight = this.#readHeight();
    this.space.replaceChildren();
    this.#drawn.clear();
    this.space.style.height = `${this.#total * this.#rowHeight}px`;
    this.#draw();
    if (focused) this.#drawn.get(this.#active)?.focus({ preventScroll: true });
  }

  #draw() {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / this.#rowHeight) - kSpare);
    const last = Math.min(
      this.#total,
      Math.ceil((scrollTop + clientHeight) / this.#rowHeight) + kSpare,
    );
    for (const [index, row] of this.#drawn) {
      // The active row stays, or the focus would be lost.
      if ((index < first || index >= last) && index !== this.#active) {
        row.remove();
        this.#drawn.delete(index);
      }
    }
    for (let index = first; index < last; index += 1) this.#place(index);
    if (this.#total) this.#place(this.#active);
  }

  #place(index) {
    if (this.#drawn.has(index)) return;
    const row = h('div.grid-row', {
      role: 'row',
      'aria-rowindex': index + 2,
      tabindex: index === this.#active ? '0' : '-1',
      dataset: { index },
    });
    row.style.transform = `translateY(${index * this.#rowHeight}px)`;
    this.#fill(row, index);
    this.#drawn.set(index, row);
    // In order, so that a screen reader meets them so.
    let next = null;
    for (const [other, element] of this.#drawn) {
      if (other > index && (next === null || other < Number(next.dataset.index))) next = element;
    }
    this.space.insertBefore(row, next);
  }

  #fill(row, index) {
    const entry = this.#rows[index];
    if (!entry) {
      row.classList.add('waiting');
      replace(
        row,
        this.columns.map((column) =>
          h('div', { role: 'gridcell', class: column.kind }, h('span.skeleton')),
        ),
      );
      return;
    }
    row.classList.remove('waiting');
    replace(
      row,
      this.columns.map((column) =>
        append(h('div', { role: 'gridcell', class: column.kind }), [
          column.cell(entry, this.href(entry)),
        ]),
      ),
    );
  }
}
