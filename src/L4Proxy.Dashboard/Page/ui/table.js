// A table that is sorted by its heads, and draws only the rows that are in view.

import { html, useLayoutEffect, useMemo, useRef, useState } from '../vendor/preact.js';
import { count } from './format.js';

const rowHeight = 37;
const drawsAll = 150;
const margin = 20;

/** A column has an id and a title, is sorted by its `value` of a row and shows its `cell` of it, or the value; `numeric` is on the right. */
export function Table({ label, columns, rows, keyOf, empty = 'There is nothing here.', sort: first = null }) {
  const [sort, setSort] = useState(first ?? { id: columns[0].id, down: false });
  const [view, setView] = useState({ from: 0, to: drawsAll });
  const box = useRef();
  const sorted = useMemo(() => sortedBy(columns.find((column) => column.id === sort.id), sort.down, rows), [rows, sort]);
  const isWhole = sorted.length <= drawsAll;
  const follow = () => {
    const from = Math.floor(box.current.scrollTop / rowHeight);
    setView({ from: from - margin, to: from + Math.ceil(box.current.clientHeight / rowHeight) + margin });
  };
  useLayoutEffect(follow, [isWhole]);
  const from = isWhole ? 0 : Math.max(0, Math.min(view.from, sorted.length - 1));
  const to = isWhole ? sorted.length : Math.min(view.to, sorted.length);
  return html`
    <div class="table ${isWhole ? '' : 'long'}" ref=${box} onScroll=${isWhole ? undefined : follow} tabindex="0" role="region" aria-label=${label}>
      <table aria-rowcount=${sorted.length + 1}>
        <caption class="unseen">${label}: ${count(sorted.length)}</caption>
        <thead><tr aria-rowindex="1">${columns.map((column) => html`<${Head} key=${column.id} column=${column} sort=${sort} setSort=${setSort} />`)}</tr></thead>
        <tbody>
          ${from > 0 && html`<${Space} rows=${from} columns=${columns.length} />`}
          ${sorted.slice(from, to).map((row, i) => html`
            <tr key=${keyOf(row)} aria-rowindex=${from + i + 2}>
              ${columns.map((column) => html`<td key=${column.id} class=${column.numeric ? 'number' : ''}>${column.cell ? column.cell(row) : column.value(row)}</td>`)}
            </tr>`)}
          ${to < sorted.length && html`<${Space} rows=${sorted.length - to} columns=${columns.length} />`}
        </tbody>
      </table>
      ${sorted.length === 0 && html`<p class="empty">${empty}</p>`}
    </div>`;
}

function Head({ column, sort, setSort }) {
  const isSorted = sort.id === column.id;
  const turn = () => setSort({ id: column.id, down: isSorted ? !sort.down : Boolean(column.numeric) });
  return html`
    <th scope="col" class=${column.numeric ? 'number' : ''} aria-sort=${isSorted ? (sort.down ? 'descending' : 'ascending') : undefined}>
      ${column.value ? html`<button type="button" onClick=${turn}>${column.title}<span aria-hidden="true">${isSorted ? (sort.down ? ' ↓' : ' ↑') : ''}</span></button>` : html`<span class="unseen">${column.title}</span>`}
    </th>`;
}

const Space = ({ rows, columns }) => html`<tr aria-hidden="true"><td colspan=${columns} style=${{ height: `${rows * rowHeight}px`, padding: 0 }}></td></tr>`;

function sortedBy(column, down, rows) {
  if (!column?.value)
    return rows;
  const sign = down ? -1 : 1;
  const keys = new Map(rows.map((row) => [row, column.value(row) ?? '']));
  return [...rows].sort((a, b) => sign * compare(keys.get(a), keys.get(b)));
}

function compare(a, b) {
  if (typeof a === 'number' && typeof b === 'number')
    return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
