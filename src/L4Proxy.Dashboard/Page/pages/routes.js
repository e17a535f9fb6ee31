// All routes, wherever they come from.

import { html, useMemo, useState } from '../vendor/preact.js';
import { useData, useSettled, useStream } from '../hooks.js';
import { byId, endpointsOf, namesOf, portOf, protocolOf, tlsOf } from '../ui/config.js';
import { count, some } from '../ui/format.js';
import { Failure, Link, Page } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const typing = 150;

export function Routes() {
  const { data: routes, error } = useData('/routes');
  const { data: endpoints } = useData('/endpoints');
  const [text, setText] = useState('');
  const traffic = useStream('/traffic?watch');
  const known = useMemo(() => byId(endpoints), [endpoints]);
  const rows = useMemo(() => (routes ?? []).map((route) => rowOf(route, known)), [routes, known]);
  const wanted = useSettled(text.trim().toLowerCase(), typing);
  const found = useMemo(() => (wanted ? rows.filter((row) => row.words.includes(wanted)) : rows), [rows, wanted]);
  const columns = useMemo(() => columnsOf(byId(traffic?.routes)), [traffic]);
  return html`
    <${Page} title="Routes" actions=${html`<${Link} class="button primary" parts=${['routes', 'new']}>New route<//>`}>
      <${Failure} error=${error} />
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Find<input type="search" value=${text} onInput=${(event) => setText(event.target.value)} placeholder="name, host, port, cluster, owner" /></label>
        <p role="status">${routes ? `${count(found.length)} of ${count(rows.length)}` : 'Reading…'}</p>
      </form>
      <${Table} label="Routes" columns=${columns} rows=${found} keyOf=${(row) => row.id} empty="There is no such route." />
    <//>`;
}

function rowOf(route, endpoints) {
  const ids = endpointsOf(route, endpoints);
  const row = {
    id: route.id, protocol: protocolOf(route, endpoints), tls: tlsOf(route, endpoints), names: namesOf(route), endpoints: ids,
    ports: ids.map((id) => portOf(endpoints.get(id))).filter(Boolean), cluster: route.clusterId ?? '', owner: route.owner ?? '', source: route.source,
  };
  return { ...row, words: [row.id, row.protocol, row.tls, ...row.names, ...row.endpoints, ...row.ports, row.cluster, row.owner, row.source].join(' ').toLowerCase() };
}

const columnsOf = (flows) => [
  { id: 'id', title: 'Route', value: (row) => row.id, cell: (row) => html`<${Link} parts=${['routes', row.id]}>${row.id}<//>` },
  { id: 'protocol', title: 'Protocol', value: (row) => row.protocol },
  { id: 'tls', title: 'TLS', value: (row) => row.tls, cell: (row) => row.tls?.toLowerCase() ?? '' },
  { id: 'names', title: 'Names', value: (row) => row.names.join(' '), cell: (row) => html`<span title=${row.names.slice(0, 50).join('\n')}>${some(row.names)}</span>` },
  { id: 'endpoints', title: 'Endpoints', value: (row) => row.endpoints.join(' '), cell: (row) => some(row.endpoints) },
  { id: 'ports', title: 'Ports', value: (row) => Number(row.ports[0]?.split('-')[0] ?? 0), cell: (row) => some(row.ports) },
  { id: 'cluster', title: 'Cluster', value: (row) => row.cluster },
  { id: 'owner', title: 'Owner', value: (row) => row.owner || row.source, cell: (row) => html`<span title=${row.source}>${row.owner || 'configuration'}</span>` },
  { id: 'connections', title: 'Connections', numeric: true, value: (row) => flows.get(row.id)?.connections ?? 0 },
];
