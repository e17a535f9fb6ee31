// One route: what it is, where it leads, and what became of it.

import { html, useState } from '../vendor/preact.js';
import { path, send } from '../api.js';
import { goTo, useData, useShell } from '../hooks.js';
import { byId, endpointsOf, isStored, namesOf, plain, portOf, protocolOf, tlsOf } from '../ui/config.js';
import { Changes } from './history.js';
import { Confirm, Failure, Health, Link, Page } from '../ui/parts.js';

export function RoutePage({ id }) {
  const { data: route, error } = useData(`/routes${path(id)}`);
  const { data: endpoints } = useData('/endpoints');
  const { data: destinations } = useData(route?.clusterId ? `/destinations?cluster=${encodeURIComponent(route.clusterId)}` : null);
  const [isLeaving, setLeaving] = useState(false);
  return html`
    <${Page} title="Route ${id}" actions=${route && html`
      ${isStored(route) && html`<${Link} class="button" parts=${['routes', id, 'edit']}>Edit<//>`}
      <${Link} class="button" parts=${['routes', 'new']} query=${{ from: id }}>Copy<//>
      ${isStored(route) && html`<button type="button" class="danger" onClick=${() => setLeaving(true)}>Delete…</button>`}`}>
      <${Failure} error=${error} />
      ${route && endpoints && html`<${Facts} route=${route} endpoints=${byId(endpoints)} destinations=${destinations ?? []} />`}
      ${route && html`<h2>As configured</h2><pre tabindex="0" aria-label="The route as JSON">${JSON.stringify(plain(route), null, 2)}</pre>`}
      <h2>History</h2>
      <${Changes} of="route/${id}" />
      ${isLeaving && html`<${Delete} route=${route} onDone=${() => setLeaving(false)} />`}
    <//>`;
}

function Facts({ route, endpoints, destinations }) {
  const { data: pools } = useData('/pools');
  const ids = endpointsOf(route, endpoints);
  return html`
    <dl class="facts">
      <dt>Protocol</dt><dd>${protocolOf(route, endpoints)}</dd>
      <dt>TLS</dt><dd>${tlsOf(route, endpoints) ?? 'none that it knows of'}</dd>
      <dt>Names</dt><dd>${namesOf(route).join(', ') || 'any'}</dd>
      <dt>Listens on</dt><dd>${ids.map((id) => `${id} (${endpoints.get(id)?.url ?? 'shared with HTTP'})`).join(', ')}</dd>
      <dt>External port</dt><dd>${ids.map((id) => portOf(endpoints.get(id))).filter(Boolean).join(', ') || 'that of the host'}<${Allocated} pools=${pools ?? []} route=${route.id} /></dd>
      <dt>Cluster</dt><dd>${route.clusterId ? html`<${Link} parts=${['destinations']} query=${{ cluster: route.clusterId }}>${route.clusterId}<//>` : 'none'}</dd>
      <dt>Destinations</dt><dd>${destinations.map((item) => html`<span key=${item.id}>${item.address} <${Health} of=${item.health} /> </span>`)}</dd>
      <dt>Owner</dt><dd>${route.owner ?? 'nobody: it can be changed only where it comes from'}</dd>
      <dt>Source</dt><dd>${route.source}${route.hides?.length > 0 ? `, and counts before ${route.hides.join(', ')}` : ''}</dd>
      <dt>Connections</dt><dd><${Link} parts=${['connections']} query=${{ route: route.id }}>those of the moment<//></dd>
    </dl>`;
}

const Allocated = ({ pools, route }) => pools.map((pool) => html`<${FromPool} key=${pool.id} pool=${pool.id} route=${route} />`);

function FromPool({ pool, route }) {
  const { data } = useData(`/pools${path(pool)}/allocations`);
  return (data ?? []).filter((item) => item.route === route).map((item) => html` <span key=${item.port} class="tag">${item.port} from pool ${pool}</span>`);
}

function Delete({ route, onDone }) {
  const { say } = useShell();
  const [error, setError] = useState(null);
  const remove = async () => {
    try {
      const owner = encodeURIComponent(route.owner);
      await send('DELETE', `/routes${path(route.id)}?owner=${owner}`);
      // In this order: what somebody else uses, or has, the API leaves.
      for (const kind of ownOf(route))
        await send('DELETE', `/${kind}${path(route.id)}?owner=${owner}`).catch(() => {});
      say(`Route ${route.id} was deleted.`);
      goTo(['routes']);
    } catch (failure) {
      setError(failure);
    }
  };
  return html`
    <${Confirm} title="Delete route ${route.id}?" action="Delete" onConfirm=${remove} onCancel=${onDone}>
      <p>It takes no new connection from then on. An endpoint and a cluster of its name go with it where nothing else uses them, and a port that it was given out of a pool goes back there.</p>
      <${Failure} error=${error} />
    <//>`;
}

/** The kinds of what has the name of a route, as the form makes it. */
const ownOf = (route) => [route.endpoints?.join() === route.id && 'endpoints', route.clusterId === route.id && 'clusters'].filter(Boolean);
