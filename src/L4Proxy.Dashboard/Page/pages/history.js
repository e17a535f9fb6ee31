// What was changed by the API, by whom, and when.

import { html, useMemo, useState } from '../vendor/preact.js';
import { useData } from '../hooks.js';
import { moment } from '../ui/format.js';
import { Failure, Link, Page } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const most = 1000;

export function History() {
  const [owner, setOwner] = useState('');
  return html`
    <${Page} title="History">
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Owner<input type="search" value=${owner} onInput=${(event) => setOwner(event.target.value)} /></label>
      </form>
      <${Changes} owner=${owner.trim()} />
    <//>`;
}

/** The last changes: of an object, or of an owner, or all. */
export function Changes({ of = null, owner = '' }) {
  const { data, error } = useData(`/audit?limit=${most}`);
  const rows = useMemo(() => (data ?? []).filter((entry) => (!of || entry.items.some((item) => item.replace(/^-/, '') === of)) && (!owner || entry.actor.includes(owner))), [data, of, owner]);
  return html`
    <${Failure} error=${error} />
    <${Table} label="Changes" columns=${columns} rows=${rows} keyOf=${(entry) => entry.revision} sort=${{ id: 'revision', down: true }} empty=${of ? 'The API has not changed it.' : 'The API has changed nothing.'} />`;
}

const columns = [
  { id: 'revision', title: 'Revision', numeric: true, value: (entry) => entry.revision },
  { id: 'at', title: 'When', value: (entry) => entry.at, cell: (entry) => moment(entry.at) },
  { id: 'actor', title: 'Owner', value: (entry) => entry.actor },
  { id: 'action', title: 'What', value: (entry) => entry.action, cell: (entry) => html`<code>${entry.action}</code>` },
  { id: 'items', title: 'Objects', value: (entry) => entry.items.join(' '), cell: (entry) => entry.items.slice(0, 8).map((item) => html`<${Item} key=${item} item=${item} />`) },
];

function Item({ item }) {
  const [kind, ...id] = item.replace(/^-/, '').split('/');
  const text = item.startsWith('-') ? html`<del>${item.slice(1)}</del>` : item;
  return html`${kind === 'route' && !item.startsWith('-') ? html`<${Link} parts=${['routes', id.join('/')]}>${text}<//>` : text} `;
}
