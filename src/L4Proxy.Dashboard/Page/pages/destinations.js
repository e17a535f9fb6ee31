// Where connections go, how it is there, and what an operator says of it.

import { html, useMemo, useState } from '../vendor/preact.js';
import { path, send } from '../api.js';
import { setQuery, useData, useShell, useStream } from '../hooks.js';
import { bothWays, count, moment, rate } from '../ui/format.js';
import { Confirm, Failure, Health, Link, Page } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const refresh = 2000;

export function Destinations({ query }) {
  const cluster = query.get('cluster') ?? '';
  const { data, error, reload } = useData('/destinations', { every: refresh });
  const traffic = useStream('/traffic?watch');
  const [asked, setAsked] = useState(null);
  const rows = useMemo(() => (data ?? []).filter((item) => item.cluster.includes(cluster)), [data, cluster]);
  const columns = useMemo(() => columnsOf(new Map((traffic?.destinations ?? []).map((item) => [keyOf(item), item])), setAsked), [traffic]);
  return html`
    <${Page} title="Destinations">
      <${Failure} error=${error} />
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Cluster<input type="search" value=${cluster} onInput=${(event) => setQuery({ cluster: event.target.value.trim() })} /></label>
        <p role="status">${data ? `${count(rows.length)} of ${count(data.length)}` : 'Reading…'}</p>
      </form>
      <${Table} label="Destinations" columns=${columns} rows=${rows} keyOf=${keyOf} empty="There is no destination." />
      ${asked && html`<${Drain} item=${asked} onDone=${() => setAsked(null)} onChanged=${reload} />`}
    <//>`;
}

const keyOf = (item) => `${item.cluster}/${item.id}`;

const columnsOf = (flows, onDrain) => [
  { id: 'cluster', title: 'Cluster', value: (item) => item.cluster },
  { id: 'id', title: 'Destination', value: (item) => item.id },
  { id: 'address', title: 'Address', value: (item) => item.address, cell: (item) => html`<code>${item.address}</code>` },
  { id: 'health', title: 'Health', value: (item) => item.health, cell: (item) => html`<${Health} of=${item.health ?? 'removed'} />` },
  { id: 'why', title: 'Why', value: (item) => whyOf(item), cell: (item) => html`<span title=${item.probedAt ? `probed ${moment(item.probedAt)}` : ''}>${whyOf(item)}</span>` },
  { id: 'weight', title: 'Weight', numeric: true, value: (item) => item.weight, cell: (item) => `${item.weight ?? ''}${item.weightPercent < 100 ? ` · ${item.weightPercent} %` : ''}${item.weightOverride === undefined ? '' : ' (said here)'}` },
  { id: 'active', title: 'Connections', numeric: true, value: (item) => item.activeConnections ?? 0, cell: (item) => html`<${Link} parts=${['connections']} query=${{ cluster: item.cluster, destination: item.id }}>${count(item.activeConnections)}<//>` },
  { id: 'rate', title: 'Now', numeric: true, value: (item) => bothWays(flows.get(keyOf(item))), cell: (item) => rate(bothWays(flows.get(keyOf(item)))) },
  { id: 'drain', title: 'Drain', cell: (item) => html`<button type="button" class="small" onClick=${() => onDrain(item)}>${item.drained ? 'Undrain' : 'Drain'}<span class="unseen"> ${keyOf(item)}</span></button>` },
];

export const whyOf = (item) => [item.drained && 'drained here', item.downReason ?? item.probeFailure ?? item.lastFailure, item.avoidedFor && `avoided for ${item.avoidedFor.replace(/\..*/, '')}`].filter(Boolean).join(', ');

function Drain({ item, onDone, onChanged }) {
  const { say } = useShell();
  const verb = item.drained ? 'undrain' : 'drain';
  const change = async () => {
    onDone();
    try {
      await send('POST', `/destinations${path(item.cluster, item.id)}/${verb}${item.overrideOwner ? `?owner=${encodeURIComponent(item.overrideOwner)}` : ''}`);
      say(item.drained ? `${keyOf(item)} takes connections again.` : `${keyOf(item)} gets nothing new.`);
      onChanged();
    } catch (error) {
      say(error.message);
    }
  };
  return html`
    <${Confirm} title="${item.drained ? 'Undrain' : 'Drain'} ${keyOf(item)}?" action=${item.drained ? 'Undrain' : 'Drain'} onConfirm=${change} onCancel=${onDone}>
      <p>${item.drained ? 'It is picked again.' : 'It gets nothing new; what is connected goes on for the cluster’s DrainTimeout. This counts in the whole fleet, until it is taken back.'}</p>
    <//>`;
}
