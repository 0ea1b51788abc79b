// Addresses: everything stands in the hash, so that a link can be kept and sent: "#/entries/names/es?q=flag".

export function parse(hash = location.hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

// link(["entries", "names", "es"], {q: "flag"}). Empty values are left out.
export function link(path, query = {}) {
  const pairs = Object.entries(query).filter(
    ([, value]) => value !== '' && value !== undefined && value !== false,
  );
  const search = new URLSearchParams(
    pairs.map(([name, value]) => [name, value === true ? '1' : value]),
  );
  return `#/${path.map(encodeURIComponent).join('/')}${pairs.length ? `?${search}` : ''}`;
}

// "entries/names:es@CN:1F1E8-1F1E6" taken apart; the key is all that is left.
export function parseEntry(name) {
  const [, table, scope, key] = /^entries\/([^:]*):([^:]*):(.*)$/s.exec(name ?? '') ?? [];
  return table ? { table, scope, key } : null;
}

export function entryName(table, scope, key) {
  return `entries/${table}:${scope}:${key}`;
}

export function entryLink(name) {
  const entry = parseEntry(name);
  return entry ? link(['entries', entry.table, entry.scope, entry.key]) : '#/';
}

export function proposalLink(name) {
  return link(name.split('/'));
}

export function go(href) {
  location.hash = href;
}

// Changes the address of this page without showing it anew.
export function rewrite(href) {
  history.replaceState(history.state, '', href);
}
