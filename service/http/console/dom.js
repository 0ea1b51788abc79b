// Builds elements. Text only ever becomes text nodes: there is no way here to pass markup.

// h("a.button", {href: "#/"}, "Home"). Properties: on… functions are listeners, `dataset` an object, booleans
// switch an attribute, `value` is the property; null and undefined are left out. Children: nodes, texts,
// numbers, lists of them; null, undefined and false are left out.
export function h(spec, ...rest) {
  const [tag, ...classes] = spec.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  if (isProperties(rest[0])) setProperties(element, rest.shift());
  append(element, rest);
  return element;
}

function isProperties(value) {
  return (
    value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Node)
  );
}

function setProperties(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'dataset') {
      Object.assign(element.dataset, value);
    } else if (name === 'value') {
      element.value = value;
    } else if (name === 'class') {
      element.classList.add(...value.split(' ').filter(Boolean));
    } else if (typeof value === 'boolean' && !name.startsWith('aria-')) {
      element.toggleAttribute(name, value);
    } else {
      element.setAttribute(name, value);
    }
  }
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

// Text of people or of a table: kept apart from the text around it, in its own direction. `lang` chooses
// fonts and voices: "es", "zh-Hant".
export function people(text, lang) {
  return h('bdi', { dir: 'auto', lang: lang || null }, text);
}

// A picture of an emoji, for sighted people; its name stands beside it.
export function emoji(sequence, size = '') {
  return h('span.emoji', { class: size, 'aria-hidden': 'true' }, sequence || '');
}

export function hidden(text) {
  return h('span.visually-hidden', text);
}

export function chip(text, tone = '', title) {
  return h('span.chip', { class: tone, title }, text);
}

let lastId = 0;
export function newId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

// A control with its label above, an optional hint below, and a place for what is wrong with it.
export function field(label, control, { hint, required, optional, wide } = {}) {
  control.id ||= newId('field');
  const hintId = `${control.id}-hint`;
  const errorId = `${control.id}-error`;
  control.setAttribute('aria-describedby', `${hint ? `${hintId} ` : ''}${errorId}`);
  if (required) control.setAttribute('aria-required', 'true');
  return h(
    'div.field',
    { class: wide ? 'wide' : '' },
    h('label', { for: control.id }, label, optional && h('span.optional', ' optional')),
    control,
    hint && h('p.hint', { id: hintId }, hint),
    h('p.field-error', { id: errorId, hidden: true }),
  );
}

// Says below a control what is wrong with it; empty: nothing is.
export function setFieldError(control, message) {
  const place = document.getElementById(`${control.id}-error`);
  if (place) {
    place.textContent = message;
    place.hidden = !message;
  }
  if (message) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

export function select(options, value, properties = {}) {
  const control = h(
    'select',
    properties,
    options.map(([optionValue, label]) => h('option', { value: optionValue }, label)),
  );
  control.value = value ?? '';
  if (control.selectedIndex < 0 && options.length) control.selectedIndex = 0;
  return control;
}

export function check(label, checked, properties = {}) {
  const box = h('input', { type: 'checkbox', ...properties });
  box.checked = Boolean(checked);
  const element = h('label.check', box, h('span', label));
  return { box, element };
}

export function button(label, onclick, tone = '', properties = {}) {
  return h('button.button', { type: 'button', class: tone, onclick, ...properties }, label);
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const kSteps = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
];

// "5 minutes ago" up to a week, then the date; the exact time in the tooltip.
export function time(timestamp) {
  if (!timestamp) return h('span.muted', '–');
  const date = new Date(timestamp);
  return h('time', { datetime: timestamp, title: dateTime.format(date) }, ago(date));
}

function ago(date) {
  let amount = (date.getTime() - Date.now()) / 1000;
  if (Math.abs(amount) < 10) return 'just now';
  for (const [unit, limit] of kSteps) {
    if (Math.abs(amount) < limit) return relative.format(Math.round(amount), unit);
    amount /= limit;
  }
  return dateTime.format(date);
}

// A stretch of time in milliseconds: "2 min 5 s".
export function duration(milliseconds) {
  const seconds = Math.round(Number(milliseconds) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86400)
    return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

const number = new Intl.NumberFormat('en');
export function count(value) {
  return number.format(Number(value ?? 0));
}

export function plural(value, one, many = `${one}s`) {
  return `${count(value)} ${Number(value) === 1 ? one : many}`;
}

export function debounce(action, milliseconds) {
  let timer;
  const later = (...args) => {
    later.cancel();
    timer = setTimeout(() => action(...args), milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

export function offerDownload(bytes, fileName, mediaType) {
  const url = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
  const anchor = h('a', { href: url, download: fileName, hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
