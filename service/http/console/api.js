// Calls ModerationService by the Connect protocol: unary, JSON. The contract is
// proto/signalbook/v1/moderation.proto; fields that have their default are not there in an answer.

const kService = '/signalbook.v1.ModerationService/';
const kTokenKey = 'signalbook.token';

// An error of the service. `reason` is ErrorInfo's ("OWN_PROPOSAL"), `violations` those of BadRequest
// ({field, description}); `code` "unreachable" if no answer came.
export class ApiError extends Error {
  constructor({ code, message, reason = '', metadata = {}, violations = [] }) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.metadata = metadata;
    this.violations = violations;
  }
}

let token = '';
try {
  token = sessionStorage.getItem(kTokenKey) ?? '';
} catch {
  // Without storage the token lives as long as the page.
}

export function hasToken() {
  return token !== '';
}

export function setToken(value) {
  token = value;
  try {
    if (value) sessionStorage.setItem(kTokenKey, value);
    else sessionStorage.removeItem(kTokenKey);
  } catch {
    // As above.
  }
}

let whenRefused = () => {};
// Called when the token turns out not to be good any more.
export function onCredentialsRefused(action) {
  whenRefused = action;
}

export async function call(method, request = {}, { signal } = {}) {
  let response;
  try {
    response = await fetch(kService + method, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(request),
      signal,
      cache: 'no-store',
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError({ code: 'unreachable', message: 'The server does not answer.' });
  }
  let body = null;
  try {
    body = await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
  }
  if (response.ok && body) return body;
  const error = toError(response.status, body);
  if (error.code === 'unauthenticated') whenRefused(error);
  throw error;
}

function toError(status, body) {
  if (!body || !body.code) {
    return new ApiError({
      code: 'unknown',
      message: `The server answered with HTTP status ${status} and not as agreed.`,
    });
  }
  const details = body.details ?? [];
  const info = details.find((d) => d.type === 'google.rpc.ErrorInfo')?.debug ?? {};
  const request = details.find((d) => d.type === 'google.rpc.BadRequest')?.debug ?? {};
  return new ApiError({
    code: body.code,
    message: body.message || 'The server gave no reason.',
    reason: info.reason,
    metadata: info.metadata,
    violations: request.fieldViolations,
  });
}

// The pages of a list, one after the other: `for await (const {items, answer} of pages(…))`.
export async function* pages(method, request, items, { signal } = {}) {
  let pageToken = '';
  do {
    const answer = await call(method, { ...request, pageToken }, { signal });
    yield { items: answer[items] ?? [], answer };
    pageToken = answer.nextPageToken ?? '';
  } while (pageToken);
}

export function toBase64(bytes) {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 32768) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 32768));
  }
  return btoa(binary);
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
