// What checks say of a row.
import { chip, h } from './dom.js';

export function findingList(findings = []) {
  if (!findings.length) return null;
  const sorted = [...findings].sort((a, b) => Number(b.error ?? false) - Number(a.error ?? false));
  return h(
    'ul.findings',
    sorted.map((finding) =>
      h(
        'li',
        { class: finding.error ? 'bad' : 'warn' },
        chip(finding.error ? 'Error' : 'Warning', finding.error ? 'bad' : 'warn'),
        h('span', finding.message, ' ', h('code', finding.rule)),
      ),
    ),
  );
}

export function warningRules(findings = []) {
  return [...new Set(findings.filter((f) => !f.error).map((f) => f.rule))];
}
