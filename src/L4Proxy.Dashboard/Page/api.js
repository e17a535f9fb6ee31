// The admin API: calls, and streams of events. Streams are fetched: an EventSource cannot send a token.

const { api: root, token: asksForToken } = document.documentElement.dataset;
const kept = 'l4proxy-token';
const firstPause = 500;
const longestPause = 10_000;

let token = asksForToken === 'true' ? sessionStorage.getItem(kept) : null;
let onSignedOut = () => {};

export const docs = root.replace(/\/v1$/, '/docs');
export const isSignedIn = () => asksForToken !== 'true' || token !== null;
export const whenSignedOut = (callback) => { onSignedOut = callback; };

/** What the API answers where it does not do what it is asked for (RFC 9457). */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? `It answered ${status}.`);
    this.status = status;
    this.errors = problem?.errors ?? [];
  }
}

/** Tries a token, and keeps it for as long as the tab is open. */
export async function signIn(text) {
  token = text;
  try {
    await get('/status');
    sessionStorage.setItem(kept, text);
  } catch (error) {
    token = null;
    throw error;
  }
}

export function signOut() {
  token = null;
  sessionStorage.removeItem(kept);
  onSignedOut();
}

/** Asks, and has the status, the body and the ETag of the answer. */
export async function send(method, path, body, headers = {}) {
  const response = await ask(method, path, { body: body === undefined ? undefined : JSON.stringify(body), headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers } });
  const text = await response.text();
  return { status: response.status, etag: response.headers.get('ETag'), revision: response.headers.get('L4Proxy-Revision'), body: text ? JSON.parse(text) : null };
}

export const get = async (path) => (await send('GET', path)).body;

/** One path of a name that may hold anything. */
export const path = (...parts) => parts.map((part) => `/${encodeURIComponent(part)}`).join('');

/**
 * Follows a stream until what it returns is called. After a break it begins anew, and so does what it tells. While nobody sees the page it rests: browsers have six connections to a host of
 * HTTP/1.1, for all their tabs together.
 * @param {(name: string, data: any) => void} onEvent
 * @param {(isOpen: boolean) => void} onState
 */
export function watch(path, onEvent, onState = () => {}) {
  const stop = new AbortController();
  follow(path, onEvent, onState, stop.signal);
  return () => stop.abort();
}

async function follow(path, onEvent, onState, signal) {
  let pause = firstPause;
  while (!signal.aborted) {
    await untilSeen();
    const seen = whileSeen(signal);
    try {
      const response = await ask('GET', path, { signal: seen });
      pause = firstPause;
      onState(true);
      await read(response.body, (name, data) => signal.aborted || onEvent(name, data));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401)
        return;
    }
    if (seen.aborted)
      continue;
    onState(false);
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    pause = Math.min(2 * pause, longestPause);
  }
}

const isSeen = () => document.visibilityState === 'visible';

function untilSeen() {
  return isSeen() ? Promise.resolve() : new Promise((resolve) => { document.addEventListener('visibilitychange', () => resolve(untilSeen()), { once: true }); });
}

function whileSeen(signal) {
  const hidden = new AbortController();
  document.addEventListener('visibilitychange', () => hidden.abort(), { once: true, signal });
  return AbortSignal.any([signal, hidden.signal]);
}

async function read(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done)
      return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      let name = null;
      let data = null;
      for (const line of block.split('\n')) {
        if (line.startsWith('event: '))
          name = line.slice(7);
        else if (line.startsWith('data: '))
          data = line.slice(6);
      }
      if (name !== null && data !== null)
        onEvent(name, JSON.parse(data));
    }
  }
}

async function ask(method, path, { body, headers = {}, signal } = {}) {
  const response = await fetch(root + path, {
    method, body, signal, cache: 'no-store', credentials: 'same-origin', headers: token === null ? headers : { Authorization: `Bearer ${token}`, ...headers },
  });
  if (response.ok)
    return response;
  if (response.status === 401 && asksForToken === 'true')
    signOut();
  throw new ApiError(response.status, await problemOf(response));
}

async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return response.status === 404 ? { detail: `There is no admin API at ${root}: map it with MapL4ProxyApi().` } : null;
  }
}
