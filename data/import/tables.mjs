// The form of a table: a header, then rows sorted by their bytes (data/README.md).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { check } from './sources.mjs';

export const COMMAND = 'npm ci --prefix data/import && node data/import/import.mjs';
export const UNICODE = 'Unicode-3.0 (data/LICENSES/Unicode-3.0.txt)';

// In a key, the modifier of a person or a hand.
export const SKIN_TONE = /-1F3F[B-F]/g;

const VARIATION_SELECTOR_16 = 0xfe0f;

export const toHex = (text) =>
  [...text].map((c) => c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')).join('-');

export const fromHex = (hex) =>
  String.fromCodePoint(...hex.split('-').map((digits) => parseInt(digits, 16)));

// The key of a sequence: its code points without U+FE0F (data/README.md).
export const keyOf = (text) =>
  toHex([...text].filter((c) => c.codePointAt(0) !== VARIATION_SELECTOR_16).join(''));

// A text of CLDR as it may stand in a sentence: NFC, without the invisible hints for line breaks
// (U+200B, in Khmer) and direction (U+200E, U+200F, in Persian) that assume a line of their own; the
// service isolates a name where direction asks for it. U+200C and U+200D are spelling and stay.
export const plain = (text) => text.normalize('NFC').replace(/[\u200B\u200E\u200F]/g, '').trim();

export const sortByBytes = (lines) =>
  lines.map((line) => [Buffer.from(line), line])
    .sort(([a], [b]) => Buffer.compare(a, b))
    .map(([, line]) => line);

export class Tables {
  #root;
  written = [];

  constructor(root) {
    this.#root = root;
  }

  // Tables of a locale that is no longer imported must not stay behind.
  clear(folder) {
    rmSync(path.join(this.#root, folder), { recursive: true, force: true });
  }

  write(name, { what, columns, source, licence }, rows) {
    const header = [
      ...what,
      `Columns: ${columns.join(', ')}`,
      `Source: ${source}`,
      `Licence: ${licence}`,
      `Command: ${COMMAND}`,
    ].map((line) => `# ${line}`);
    const lines = rows.map((row) => {
      check(row.length === columns.length, `${name}: a row has ${row.length} cells: ${row}`);
      for (const cell of row) {
        check(!/[\t\r\n]/.test(cell), `${name}: TAB or line break in a cell: ${row}`);
        check(cell === cell.trim(), `${name}: white space around a cell: ${row}`);
      }
      return row.join('\t');
    });
    const sorted = sortByBytes(lines);
    sorted.forEach((line, i) => check(line !== sorted[i - 1], `${name}: row twice: ${line}`));
    const file = path.join(this.#root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, [...header, ...sorted, ''].join('\n'));
    this.written.push({ name, rows: rows.length });
  }
}
