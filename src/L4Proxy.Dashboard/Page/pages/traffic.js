// How much goes through, now and over the last hour, and who makes most of it.

import { html, useMemo } from '../vendor/preact.js';
import { useData, useStream } from '../hooks.js';
import { Chart } from '../ui/chart.js';
import { count, milliseconds, perSecond, rate } from '../ui/format.js';
import { Failure, Link, Page } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const refresh = 5000;

export function Traffic() {
  const { data: history, error } = useData('/history', { every: refresh });
  return html`
    <${Page} title="Traffic">
      <${Failure} error=${error} />
      ${history && html`<${Charts} history=${history} />`}
      <${Talkers} />
    <//>`;
}

function Charts({ history: { every, samples } }) {
  const times = useMemo(() => samples.map((sample) => Date.parse(sample.at) / 1000), [samples]);
  // Of a busy machine the samples are not as long as each other.
  const seconds = (i) => (i > 0 && times[i] > times[i - 1] ? times[i] - times[i - 1] : every);
  const values = (of) => samples.map((sample, i) => of(sample, seconds(i)));
  const charts = useMemo(() => [
    ['Connections and flows', count, [['open', values((sample) => sample.connections)]]],
    ['New connections a second', perSecond, [['opened', values((sample, length) => sample.opened / length)], ['failed', values((sample, length) => failuresOf(sample) / length)]]],
    ['Bytes a second', rate, [['up', values((sample, length) => sample.bytesUp / length)], ['down', values((sample, length) => sample.bytesDown / length)]]],
    ['Time to connect to a destination', milliseconds, ['p50', 'p95', 'p99'].map((name) => [name, values((sample) => sample.connect?.[name] ?? null)])],
  ].map(([title, format, series]) => ({ title, format, series: series.map(([label, line]) => ({ label, values: line })) })), [samples]);
  return html`<div class="columns">${charts.map((chart) => html`<${Chart} key=${chart.title} times=${times} ...${chart} />`)}</div>`;
}

// How connections end that did what they were for.
const fine = new Set(['Completed', 'HandedToHttp', 'IdleTimeout', 'ClientReset', 'ClientClosedEarly', 'Shutdown', 'CancelForwarded', 'EndedByMiddleware']);

function failuresOf(sample) {
  return Object.entries(sample.endings ?? {}).reduce((sum, [reason, number]) => (fine.has(reason) ? sum : sum + number), 0);
}

const numbers = [
  { id: 'connections', title: 'Connections', numeric: true, value: (row) => row.connections, cell: (row) => count(row.connections) },
  { id: 'up', title: 'Up', numeric: true, value: (row) => row.bytesUpPerSecond, cell: (row) => rate(row.bytesUpPerSecond) },
  { id: 'down', title: 'Down', numeric: true, value: (row) => row.bytesDownPerSecond, cell: (row) => rate(row.bytesDownPerSecond) },
];

const lists = [
  ['Clients', 'clients', { id: 'name', title: 'Address', value: (row) => row.address, cell: (row) => html`<${Link} parts=${['connections']} query=${{ client: row.address }}>${row.address}<//>` }],
  ['Names', 'names', { id: 'name', title: 'Server name', value: (row) => row.sni, cell: (row) => html`<${Link} parts=${['connections']} query=${{ sni: row.sni }}>${row.sni}<//>` }],
  ['Routes', 'routes', { id: 'name', title: 'Route', value: (row) => row.id, cell: (row) => html`<${Link} parts=${['routes', row.id]}>${row.id}<//>` }],
  ['Destinations', 'destinations', {
    id: 'name', title: 'Destination', value: (row) => `${row.cluster}/${row.id}`,
    cell: (row) => html`<${Link} parts=${['connections']} query=${{ cluster: row.cluster, destination: row.id }}>${row.cluster}/${row.id}<//>`,
  }],
];

function Talkers() {
  const traffic = useStream('/traffic?watch');
  return html`
    <h2>Who talks most</h2>
    <div class="columns">
      ${lists.map(([title, list, name]) => html`
        <section key=${list} aria-label=${title}>
          <h3>${title}</h3>
          <${Table} label="${title} by traffic" columns=${[name, ...numbers]} rows=${traffic?.[list] ?? []} keyOf=${name.value} sort=${{ id: 'down', down: true }} empty="Nobody, at the moment." />
        </section>`)}
    </div>`;
}
