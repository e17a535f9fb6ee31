// What is wrong, in one list: the configuration, destinations, certificates, the store, and limits that were hit.

import { html, useContext, useMemo } from '../vendor/preact.js';
import { Problematic, useData } from '../hooks.js';
import { count } from '../ui/format.js';
import { Link, Page, Tag } from '../ui/parts.js';
import { daysLeft } from './certificates.js';
import { whyOf } from './destinations.js';

const refresh = 5000;
const seldom = 30_000;
const soon = 14;

const limits = {
  ConnectionLimitReached: 'connections were refused: Limits:MaxConnections', ClientLimitReached: 'connections were refused: Limits:MaxConnectionsPerClient',
  ConnectionRateReached: 'connections were refused: Limits:ConnectionRate', DestinationsFull: 'connections found every destination at its MaxConnections',
  QueueFull: 'connections found the queue of their cluster full', QueueTimeout: 'connections waited in vain in the queue of their cluster',
  PrefaceTooLarge: 'connections said more than MaxPrefaceBytes before a route was found', PrefaceTimeout: 'connections said too little within PrefaceTimeout', FirewallDenied: 'connections were denied by a firewall',
};

/** All that is wrong now; of limits, what the last hour had. The shell asks, for all pages. */
export function useFindings() {
  const { data: status } = useData('/status', { every: refresh });
  const { data: destinations } = useData('/destinations', { every: refresh });
  const { data: certificates } = useData('/certificates', { every: seldom });
  const { data: history } = useData('/history', { every: seldom });
  return useMemo(() => [
    ...storeOf(status), ...findingsOf(status?.errors, 'bad', 'Configuration, refused'), ...findingsOf(status?.warnings, 'warn', 'Configuration'),
    ...destinationsOf(destinations ?? []), ...certificatesOf(certificates ?? []), ...limitsOf(history?.samples ?? []),
  ], [status, destinations, certificates, history]);
}

export function Problems() {
  const problems = useContext(Problematic);
  return html`
    <${Page} title="Problems">
      ${problems.length === 0 ? html`<p class="note good">Nothing is wrong.</p>` : html`
        <div class="table" tabindex="0" role="region" aria-label="Problems"><table>
          <thead><tr><th scope="col">What</th><th scope="col">Where</th><th scope="col">Why</th></tr></thead>
          <tbody>${problems.map((problem) => html`
            <tr key=${problem.what + problem.where + problem.why}>
              <td><${Tag} tone=${problem.tone}>${problem.what}<//></td>
              <td>${problem.parts ? html`<${Link} parts=${problem.parts} query=${problem.query}><code>${problem.where}</code><//>` : html`<code>${problem.where}</code>`}</td>
              <td class="whole">${problem.why}</td>
            </tr>`)}
          </tbody>
        </table></div>`}
    <//>`;
}

const storeOf = (status) => (status?.store.problem ? [{ tone: 'bad', what: 'Store', where: status.store.name, why: status.store.problem }] : []);

const findingsOf = (items = [], tone, what) => items.map((item) => ({ tone, what, where: item.setting ?? item.path ?? '', why: item.detail, parts: routeOf(item.setting) }));

function routeOf(setting) {
  const id = /^L4Proxy:Routes:([^:]+)/.exec(setting ?? '')?.[1];
  return id ? ['routes', id] : null;
}

const destinationsOf = (items) => items.filter((item) => item.health !== 'healthy').map((item) => ({
  tone: ['draining', 'maintenance', 'disabled', 'removed'].includes(item.health) ? 'warn' : 'bad', what: `Destination ${item.health}`, where: `${item.cluster}/${item.id}`, why: whyOf(item), parts: ['destinations'], query: { cluster: item.cluster },
}));

const certificatesOf = (items) => items.filter((item) => item.error || item.warning || daysLeft(item) < soon).map((item) => ({
  tone: item.error || daysLeft(item) < 0 ? 'bad' : 'warn', what: 'Certificate', where: item.setting, parts: ['certificates'],
  why: item.error ?? item.warning ?? (daysLeft(item) < 0 ? 'It has expired.' : `It expires in ${daysLeft(item)} days.`),
}));

function limitsOf(samples) {
  const hits = new Map();
  samples.forEach((sample) => Object.entries(sample.endings ?? {}).forEach(([reason, number]) => hits.set(reason, (hits.get(reason) ?? 0) + number)));
  return Object.entries(limits).filter(([reason]) => hits.has(reason)).map(([reason, text]) => ({ tone: 'warn', what: 'Limit', where: reason, why: `In the last hour ${count(hits.get(reason))} ${text}.` }));
}
