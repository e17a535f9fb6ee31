// The connections and flows of the moment, which can be ended here.

import { html, useEffect, useMemo, useRef, useState } from '../vendor/preact.js';
import { path, send, watch } from '../api.js';
import { setQuery, useInterval, useShell } from '../hooks.js';
import { age, bytes, count, moment, rate } from '../ui/format.js';
import { Confirm, Link, Page } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const filters = [['endpoint', 'Endpoint'], ['route', 'Route'], ['cluster', 'Cluster'], ['destination', 'Destination'], ['client', 'Client or network'], ['sni', 'Server name']];
const every = 1000;

export function Connections({ query }) {
  const filter = Object.fromEntries([...filters.map(([name]) => name), 'protocol'].map((name) => [name, query.get(name) ?? '']));
  const asked = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();
  const { rows, isWhole } = useConnections(asked);
  const [victim, setVictim] = useState(null);
  const columns = useMemo(() => columnsOf(setVictim), []);
  return html`
    <${Page} title="Connections" actions=${html`<button type="button" class="danger" disabled=${!asked || rows.length === 0} onClick=${() => setVictim({ all: asked, count: rows.length })}>End all that match…</button>`}>
      <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
        <label>Protocol
          <select value=${filter.protocol} onChange=${(event) => setQuery({ protocol: event.target.value })}><option value="">any</option><option value="tcp">tcp</option><option value="udp">udp</option></select>
        </label>
        ${filters.map(([name, label]) => html`<${Filter} key=${name} label=${label} value=${filter[name]} onChange=${(value) => setQuery({ [name]: value })} />`)}
      </form>
      <p>${isWhole ? `${count(rows.length)} ${rows.length === 1 ? 'connection' : 'connections'}${asked ? (rows.length === 1 ? ' that matches' : ' that match') : ''}` : 'Reading…'}</p>
      <${Table} label="Connections" columns=${columns} rows=${rows} keyOf=${(row) => row.id} sort=${{ id: 'since', down: true }} empty="Nobody is connected." />
      ${victim && html`<${End} victim=${victim} onDone=${() => setVictim(null)} />`}
    <//>`;
}

/** What is typed is kept here until it is done: the page is drawn every second. */
function Filter({ label, value, onChange }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return html`<label>${label}<input value=${text} onInput=${(event) => setText(event.target.value)} onChange=${() => onChange(text.trim())} /></label>`;
}

function End({ victim, onDone }) {
  const { say } = useShell();
  const end = async () => {
    onDone();
    try {
      const { body } = await send('DELETE', victim.all ? `/connections?${victim.all}` : `/connections${path(victim.id)}`);
      say(victim.all ? `${count(body?.killed ?? victim.count)} connections were ended.` : `Connection ${victim.id} was ended.`);
    } catch (error) {
      say(error.message);
    }
  };
  return html`
    <${Confirm} title=${victim.all ? `End ${count(victim.count)} connections?` : `End connection ${victim.id}?`} action="End" onConfirm=${end} onCancel=${onDone}>
      <p>${victim.all ? html`All that match <code>${decodeURIComponent(victim.all)}</code> at that moment` : html`<code>${victim.client ?? 'Its client'}</code> to <code>${victim.upstream ?? victim.endpoint}</code>`}: both sides see a reset.</p>
    <//>`;
}

const place = (parts, query, text) => text && html`<${Link} parts=${parts} query=${query}>${text}<//>`;

const columnsOf = (onEnd) => [
  { id: 'id', title: 'Id', numeric: true, value: (row) => row.id },
  { id: 'protocol', title: 'Protocol', value: (row) => row.protocol },
  { id: 'client', title: 'Client', value: (row) => row.client },
  { id: 'endpoint', title: 'Endpoint', value: (row) => row.endpoint },
  { id: 'sni', title: 'Server name', value: (row) => row.sni },
  { id: 'route', title: 'Route', value: (row) => row.route, cell: (row) => place(['routes', row.route ?? ''], {}, row.route) },
  { id: 'destination', title: 'Destination', value: (row) => (row.destination ? `${row.cluster}/${row.destination}` : ''), cell: (row) => row.destination && html`<span title=${row.upstream}>${row.cluster}/${row.destination}</span>` },
  { id: 'up', title: 'Up', numeric: true, value: (row) => row.bytesUp, cell: (row) => html`<span title=${rate(row.upRate)}>${bytes(row.bytesUp)}</span>` },
  { id: 'down', title: 'Down', numeric: true, value: (row) => row.bytesDown, cell: (row) => html`<span title=${rate(row.downRate)}>${bytes(row.bytesDown)}</span>` },
  { id: 'rate', title: 'Now', numeric: true, value: (row) => row.upRate + row.downRate, cell: (row) => (row.upRate + row.downRate > 0 ? rate(row.upRate + row.downRate) : '') },
  { id: 'since', title: 'Age', numeric: true, value: (row) => Date.parse(row.since), cell: (row) => html`<span title=${moment(row.since)}>${age(row.since)}</span>` },
  { id: 'end', title: 'End it', cell: (row) => html`<button type="button" class="small" onClick=${() => onEnd(row)}>End<span class="unseen"> connection ${row.id}</span></button>` },
];

/** Those of the moment, drawn once a second however much happens in between. */
function useConnections(asked) {
  const [state, setState] = useState({ rows: [], isWhole: false });
  const known = useRef(new Map());
  const whole = useRef(false);
  useEffect(() => {
    known.current = new Map();
    whole.current = false;
    const draw = () => setState({ rows: [...known.current.values()], isWhole: whole.current });
    draw();
    return watch(`/connections?watch${asked ? `&${asked}` : ''}`, (name, data) => {
      follow(known.current, name, data);
      if (name === 'ready') {
        whole.current = true;
        draw();
      }
    }, (isOpen) => isOpen && known.current.clear());
  }, [asked]);
  useInterval(() => {
    setState({ rows: [...known.current.values()].map(current), isWhole: whole.current });
  }, every);
  return state;
}

function follow(known, name, data) {
  switch (name) {
    case 'reset':
      known.clear();
      break;
    case 'closed':
      known.delete(data.id);
      break;
    case 'snapshot':
    case 'opened':
    case 'changed': {
      const before = known.get(data.id);
      known.set(data.id, { ...data, upRate: data.bytesUp - (before?.bytesUp ?? data.bytesUp), downRate: data.bytesDown - (before?.bytesDown ?? data.bytesDown), at: Date.now() });
      break;
    }
  }
}

// Of one that has said nothing for two looks there is no news: nothing moves.
const current = (row) => (row.upRate + row.downRate > 0 && Date.now() - row.at > 2 * every ? Object.assign(row, { upRate: 0, downRate: 0 }) : row);
