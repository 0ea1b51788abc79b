// What the whole page knows: who is signed in, which locale is worked on, the counts of the queues.
import { call } from './api.js';
import { kRoles } from './labels.js';

export const state = {
  caller: null, // {name, role}
  scope: 'en', // the locale, with its market: "es@CN"
  overview: null, // of GetOverview, for the locale of `scope`
};

const listeners = new Set();
// Calls `action` now and whenever the state changes, until `signal`.
export function watch(action, signal) {
  listeners.add(action);
  signal?.addEventListener('abort', () => listeners.delete(action));
  action();
}

function changed() {
  for (const action of listeners) action();
}

export function can(role) {
  return (kRoles[state.caller?.role]?.rank ?? 0) >= kRoles[role].rank;
}

export function setCaller(caller) {
  state.caller = caller;
  changed();
}

export function forgetOverview() {
  state.overview = null;
}

const kScopeKey = 'signalbook.scope';

export function rememberedScope() {
  try {
    return localStorage.getItem(kScopeKey) ?? '';
  } catch {
    return '';
  }
}

// Works on another locale from now on; its counts follow.
export async function setScope(scope) {
  if (scope === state.scope && state.overview) return;
  state.scope = scope;
  try {
    localStorage.setItem(kScopeKey, scope);
  } catch {
    // Not remembered.
  }
  await refreshOverview();
}

let latest = 0;
// Reads the counts anew, after anything that may have changed them.
export async function refreshOverview() {
  latest += 1;
  const mine = latest;
  const overview = await call('GetOverview', { scope: state.scope });
  if (mine !== latest) return;
  state.overview = overview;
  changed();
}

// The same in the background: old counts are better than an error in the way.
export function refreshCounts() {
  refreshOverview().catch(() => {});
}
