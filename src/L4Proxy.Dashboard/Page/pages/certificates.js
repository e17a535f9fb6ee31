// The certificates that clients are shown, and when they expire.

import { html } from '../vendor/preact.js';
import { useData } from '../hooks.js';
import { day, some } from '../ui/format.js';
import { Failure, Link, Page, Tag } from '../ui/parts.js';
import { Table } from '../ui/table.js';

const soon = 30;
const millisecondsADay = 86_400_000;
const refresh = 60_000;

export function Certificates() {
  const { data, error } = useData('/certificates', { every: refresh });
  return html`
    <${Page} title="Certificates">
      <${Failure} error=${error} />
      <${Table} label="Certificates" columns=${columns} rows=${data ?? []} keyOf=${(item) => item.setting} sort=${{ id: 'notAfter', down: false }} empty="TLS ends nowhere here by a certificate of L4Proxy’s configuration." />
    <//>`;
}

export const daysLeft = (item) => Math.floor((new Date(item.notAfter) - Date.now()) / millisecondsADay);

const usedBy = (item) => ['route', 'endpoint', 'cluster'].filter((kind) => item[kind]).map((kind) => `${kind} ${item[kind]}`).join();

const columns = [
  { id: 'names', title: 'Names', value: (item) => (item.names ?? []).join(' '), cell: (item) => html`<span title=${(item.names ?? []).join('\n')}>${some(item.names ?? [])}</span>` },
  { id: 'notAfter', title: 'Expires', value: (item) => item.notAfter, cell: (item) => (item.notAfter ? html`${day(item.notAfter)} <${Expiry} item=${item} />` : '') },
  { id: 'used', title: 'Used by', value: usedBy, cell: (item) => (item.route ? html`<${Link} parts=${['routes', item.route]}>${usedBy(item)}<//>` : usedBy(item)) },
  { id: 'issuer', title: 'Issuer', value: (item) => item.issuer },
  { id: 'path', title: 'File', value: (item) => item.path, cell: (item) => html`<code title=${item.thumbprint}>${item.path}</code>` },
  { id: 'setting', title: 'Setting', value: (item) => item.setting, cell: (item) => html`<code>${item.setting}</code>` },
  { id: 'warning', title: 'Warning', value: (item) => item.error ?? item.warning ?? '' },
];

function Expiry({ item }) {
  const days = daysLeft(item);
  return html`<${Tag} tone=${days < 0 ? 'bad' : days < soon ? 'warn' : 'good'}>${days < 0 ? 'expired' : `${days} days`}<//>`;
}
