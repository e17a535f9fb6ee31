// Small parts that pages share.

import { html, useEffect, useRef } from '../vendor/preact.js';
import { to } from '../hooks.js';

const tones = { healthy: 'good', refusing: 'bad', ejected: 'bad', down: 'bad', draining: 'warn', maintenance: 'warn', disabled: 'calm', removed: 'calm' };

/** A page: its heading has the focus when it is opened, so that a screen reader begins there. */
export function Page({ title, actions, children }) {
  const heading = useRef();
  useEffect(() => {
    document.title = `${title} · L4Proxy`;
    heading.current.focus({ preventScroll: true });
  }, [title]);
  return html`<div class="head"><h1 tabindex="-1" ref=${heading}>${title}</h1><div class="actions">${actions}</div></div>${children}`;
}

export const Link = ({ parts, query, children, ...rest }) => html`<a href=${to(parts, query)} ...${rest}>${children}</a>`;

/** How a state of health is coloured. */
export const toneOf = (health) => tones[health] ?? 'calm';

export const Health = ({ of }) => html`<span class="tag ${toneOf(of)}">${of}</span>`;

export const Tag = ({ tone = 'calm', children }) => html`<span class="tag ${tone}">${children}</span>`;

export const Tile = ({ label, value, tone = '', parts }) => html`
  <div class="tile ${tone}"><dt>${parts ? html`<${Link} parts=${parts}>${label}<//>` : label}</dt><dd>${value}</dd></div>`;

/** What went wrong with what a page asks the API for. */
export const Failure = ({ error }) => error && html`<p class="note bad" role="alert">${error.message}</p>`;

/** Errors and warnings, each with where it is. */
export const Findings = ({ items, tone = 'bad', label }) => items.length > 0 && html`
  <ul class="findings ${tone}" aria-label=${label}>
    ${items.map((item) => html`<li key=${`${item.setting ?? item.path}${item.detail}`}>${(item.setting ?? item.path) && html`<code>${item.setting ?? item.path}</code> `}${item.detail}</li>`)}
  </ul>`;

/** A field of a form with its label, a hint, and what is wrong with it. */
export function Field({ id, label, hint, errors = [], children }) {
  const described = [hint && `${id}-hint`, errors.length > 0 && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return html`
    <div class="field ${errors.length > 0 ? 'wrong' : ''}">
      <label for=${id}>${label}</label>
      ${children({ id, 'aria-describedby': described, 'aria-invalid': errors.length > 0 })}
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      ${errors.length > 0 && html`<p class="error" id="${id}-error">${errors.join(' ')}</p>`}
    </div>`;
}

/** A question before something that cannot be taken back; it closes by its buttons and by Escape. */
export function Confirm({ title, action, onConfirm, onCancel, children }) {
  const dialog = useRef();
  // Closing it gives the focus back to where it was.
  useEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => shown.close();
  }, []);
  return html`
    <dialog ref=${dialog} aria-labelledby="confirm-title" onClose=${onCancel}>
      <h2 id="confirm-title">${title}</h2>
      ${children}
      <div class="actions">
        <button type="button" onClick=${onCancel}>Cancel</button>
        <button type="button" class="danger" onClick=${onConfirm}>${action}</button>
      </div>
    </dialog>`;
}
