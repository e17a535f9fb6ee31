// A picture of endpoints, routes, clusters and destinations, and of what goes through them. Of many, those with most traffic are drawn.

import { html, useMemo } from '../vendor/preact.js';
import { to } from '../hooks.js';
import { byId, endpointsOf, namesOf } from './config.js';
import { bothWays, count, rate, some } from './format.js';
import { toneOf } from './parts.js';

const mostRoutes = 14;
const mostOthers = 20;
const width = 1360;
const box = { width: 250, height: 44, gap: 12 };
const top = 40;
const titles = ['Endpoints', 'Routes', 'Clusters', 'Destinations'];

export function Picture({ endpoints, routes, clusters, destinations, traffic }) {
  const graph = useMemo(() => graphOf(endpoints, routes, clusters, destinations, traffic), [endpoints, routes, clusters, destinations, traffic]);
  const flows = useMemo(() => flowsOf(traffic), [traffic]);
  const height = top + Math.max(...graph.columns.map((column) => column.length), 1) * (box.height + box.gap) + (graph.more.some(Boolean) ? 24 : 0);
  return html`
    <div class="picture" tabindex="0" role="region" aria-label="Endpoints, routes, clusters and destinations">
      <svg viewBox="0 0 ${width} ${height}">
        ${graph.edges.map((edge) => html`<${Edge} key=${edge.id} edge=${edge} flow=${flows.get(edge.flow)} />`)}
        ${graph.columns.map((nodes, column) => html`
          <g key=${column}>
            <text class="column" x=${leftOf(column)} y="22">${titles[column]}</text>
            ${nodes.map((node) => html`<${Node} key=${node.id} node=${node} flow=${flows.get(node.id)} />`)}
            ${graph.more[column] > 0 && html`<text class="quiet" x=${leftOf(column)} y=${height - 8}>and ${count(graph.more[column])} more</text>`}
          </g>`)}
      </svg>
    </div>`;
}

function Node({ node, flow }) {
  const busy = flow && (flow.connections > 0 || bothWays(flow) > 0);
  const state = busy ? `${count(flow.connections)} open, ${rate(bothWays(flow))}` : node.state;
  const said = [node.text, state].filter(Boolean).join(', ');
  // What does not fit is cut off as it is drawn, and not as it is read out.
  return html`
    <a href=${node.href} class=${node.tone ?? ''} aria-label="${node.kind} ${[node.name, said].filter(Boolean).join(', ')}">
      <rect x=${node.x} y=${node.y} width=${box.width} height=${box.height} rx="7" />
      <svg x=${node.x} y=${node.y} width=${box.width - 6} height=${box.height}>
        <text x="10" y="18">${node.name}</text>${' '}
        <text class="quiet" x="10" y="35">${said}</text>
      </svg>
    </a>`;
}

function Edge({ edge: { from, to: end }, flow }) {
  const [x1, y1, x2, y2] = [from.x + box.width, from.y + box.height / 2, end.x, end.y + box.height / 2];
  const bytes = bothWays(flow);
  const middle = (x1 + x2) / 2;
  return html`<path class="edge ${bytes > 0 ? 'busy' : ''}" d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}" stroke-width=${bytes > 0 ? 1.5 + Math.min(7, Math.log10(1 + bytes)) : 1.5} />`;
}

const leftOf = (column) => 10 + column * ((width - box.width - 20) / 3);

/** Rates by the id of a node. */
function flowsOf(traffic) {
  const flows = new Map();
  for (const kind of ['endpoints', 'routes', 'clusters'])
    traffic?.[kind].forEach((item) => flows.set(`${kind}/${item.id}`, item));
  traffic?.destinations.forEach((item) => flows.set(`destinations/${item.cluster}/${item.id}`, item));
  return flows;
}

function graphOf(endpoints, routes, clusters, destinations, traffic) {
  const known = byId(endpoints);
  const shown = busiest(routes, traffic, mostRoutes);
  const used = (ids, all) => [...new Set([...ids, ...all])].slice(0, mostOthers);
  const endpointIds = used(shown.flatMap((route) => endpointsOf(route, known)), endpoints.map((endpoint) => endpoint.id));
  const clusterIds = used(shown.map((route) => route.clusterId).filter(Boolean), clusters.map((cluster) => cluster.id));
  const targets = clusterIds.flatMap((id) => destinations.filter((destination) => destination.cluster === id)).slice(0, mostOthers);
  const columns = [
    endpointIds.map((id) => ({ id: `endpoints/${id}`, kind: 'Endpoint', name: id, text: known.get(id)?.url ?? 'shared with HTTP', href: to(['connections'], { endpoint: id }) })),
    shown.map((route) => ({ id: `routes/${route.id}`, kind: 'Route', name: route.id, text: some(namesOf(route), 1) || (route.mode === 'L7' ? 'HTTP' : ''), href: to(['routes', route.id]) })),
    clusterIds.map((id) => ({ id: `clusters/${id}`, kind: 'Cluster', name: id, text: clusters.find((cluster) => cluster.id === id)?.loadBalancingPolicy ?? '', href: to(['destinations'], { cluster: id }) })),
    targets.map((target) => ({
      id: `destinations/${target.cluster}/${target.id}`, kind: 'Destination', name: target.address ?? target.id, text: target.id, state: target.health === 'healthy' ? '' : target.health, tone: toneOf(target.health),
      href: to(['destinations'], { cluster: target.cluster }),
    })),
  ].map((nodes, column) => nodes.map((node, row) => ({ ...node, x: leftOf(column), y: top + row * (box.height + box.gap) })));
  return { columns, edges: edgesOf(byId(columns.flat()), shown, targets, known), more: [endpoints.length, routes.length, clusters.length, destinations.length].map((number, column) => Math.max(0, number - columns[column].length)) };
}

function busiest(routes, traffic, most) {
  const flows = byId(traffic?.routes);
  const weight = (route) => (flows.has(route.id) ? 1 + bothWays(flows.get(route.id)) : 0);
  // By name those that are drawn: they do not jump with every second's traffic.
  return routes.map((route) => [weight(route), route]).sort(([a], [b]) => b - a).slice(0, most).map(([, route]) => route).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function edgesOf(nodes, routes, targets, endpoints) {
  const edges = [];
  const join = (from, end, flow) => nodes.has(from) && nodes.has(end) && edges.push({ id: `${from} ${end}`, from: nodes.get(from), to: nodes.get(end), flow });
  for (const route of routes) {
    endpointsOf(route, endpoints).forEach((id) => join(`endpoints/${id}`, `routes/${route.id}`, `routes/${route.id}`));
    join(`routes/${route.id}`, `clusters/${route.clusterId}`, `routes/${route.id}`);
  }
  targets.forEach((target) => join(`clusters/${target.cluster}`, `destinations/${target.cluster}/${target.id}`, `destinations/${target.cluster}/${target.id}`));
  return edges;
}
