// What pages are made of beside HTML: data of the API that follows changes, streams, and the place that the address names.

import { createContext, useCallback, useContext, useEffect, useRef, useState } from './vendor/preact.js';
import { get, watch } from './api.js';

/** What the shell knows: how often the configuration has changed, and how to say something. */
export const Shell = createContext({ changes: 0, say: () => {} });

/** What is wrong now. */
export const Problematic = createContext([]);

export const useShell = () => useContext(Shell);

/**
 * What the API answers, asked again when the configuration changes, when the path does, and every so many milliseconds.
 * @returns {{ data: any, error: Error | null, reload: () => void }}
 */
export function useData(path, { every = 0 } = {}) {
  const { changes } = useShell();
  const [state, setState] = useState({ path: null, data: null, error: null });
  const [asked, setAsked] = useState(0);
  const reload = useCallback(() => setAsked((number) => number + 1), []);
  const numbers = useRef({ asked: 0, taken: 0 });
  useEffect(() => {
    if (path === null)
      return undefined;
    let isOver = false;
    let timer = null;
    const number = ++numbers.current.asked;
    // Also where it was asked again meanwhile: what changes faster than it is answered is to be seen, too.
    const take = (next) => {
      if (number > numbers.current.taken) {
        numbers.current.taken = number;
        setState(next);
      }
      timer = every > 0 && !isOver ? setTimeout(reload, every) : null;
    };
    get(path).then((data) => take({ path, data, error: null }), (error) => take((before) => ({ path, data: before.path === path ? before.data : null, error })));
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, changes, asked]);
  return { data: state.path === path ? state.data : null, error: state.path === path ? state.error : null, reload };
}

/** The newest event of a stream; null until there is one. */
export function useStream(path) {
  const [data, setData] = useState(null);
  useEffect(() => watch(path, (_, event) => setData(event)), [path]);
  return data;
}

/** A value that follows another one only when that has not changed for a while. */
export function useSettled(value, milliseconds) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

/** Calls the newest of a function that changes with each drawing, at an interval. */
export function useInterval(callback, milliseconds) {
  const newest = useRef(callback);
  newest.current = callback;
  useEffect(() => {
    const timer = setInterval(() => newest.current(), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}

/** Where the page is: the parts of the path behind the #, and what stands behind its question mark. */
export function usePlace() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return placeOf(hash);
}

/** The same place, with something else behind the question mark. */
export function setQuery(query) {
  const { parts, query: before } = placeOf(location.hash);
  goTo(parts, { ...Object.fromEntries(before), ...query });
}

function placeOf(hash) {
  const [path, query] = hash.replace(/^#\/?/, '').split('?');
  return { parts: path.split('/').filter((part) => part !== '').map(decoded), query: new URLSearchParams(query) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a place. */
export function to(parts, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value);
  return `#/${parts.map(encodeURIComponent).join('/')}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
}

export const goTo = (...place) => { location.hash = to(...place); };
