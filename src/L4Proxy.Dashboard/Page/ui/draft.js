// A route as a form has it, with the endpoint and the cluster of its own, which have its name; and back.

import { namesOf, plain, portOf, protocolOf, tlsOf } from './config.js';

export const empty = {
  id: '', protocol: 'tls', passthrough: true, names: '', certificate: '', key: '', listen: 'endpoint', endpoints: [], port: '', pool: '', target: 'new', cluster: '', addresses: '', owner: '', rest: {},
  endpoint: null, ownCluster: null, etags: {},
};

/**
 * The form of a route that there is.
 * @param route What the API answers.
 * @param endpoint The endpoint of its name, if there is one that can be changed; as the API answers it.
 * @param cluster The cluster of its name, likewise.
 */
export function draftOf(route, endpoints, endpoint, cluster) {
  const draft = { ...empty, ...fieldsOf(plain(route), endpoints), id: route.id, owner: route.owner ?? '', target: 'cluster' };
  if (endpoint && draft.endpoints.length === 1 && draft.endpoints[0] === endpoint.id)
    Object.assign(draft, { endpoint: plain(endpoint), listen: 'port', port: portOf(endpoint) });
  if (cluster && draft.cluster === cluster.id)
    Object.assign(draft, { ownCluster: plain(cluster), target: 'new', addresses: Object.values(cluster.destinations ?? {}).map((destination) => destination.address).join('\n') });
  return draft;
}

/** What a form shows of a route; `rest` is all of it, for what the form has no field for. */
export function fieldsOf(config, endpoints) {
  return {
    protocol: protocolOf(config, endpoints), passthrough: tlsOf(config, endpoints) !== 'Terminate', names: namesOf(config).join(', '), certificate: config.certificate?.path ?? '', key: config.certificate?.keyPath ?? '',
    endpoints: config.endpoints ?? [], cluster: config.clusterId ?? '', rest: config,
  };
}

const list = (text) => text.split(/[\s,]+/).filter(Boolean);

/** What is to be written: the objects by their kinds, null where there is none of its own. A port out of a pool is not known before. */
export function objectsOf(draft, allocated = null) {
  const port = draft.listen === 'pool' ? allocated : draft.port;
  return {
    endpoint: draft.listen !== 'endpoint' && port ? { id: draft.id, before: draft.endpoint, etag: draft.etags.endpoint, body: { ...draft.endpoint, url: urlOf(draft, port) } } : null,
    cluster: draft.target === 'new' ? { id: draft.id, before: draft.ownCluster, etag: draft.etags.cluster, body: { ...draft.ownCluster, destinations: destinationsOf(draft) } } : null,
    route: { id: draft.id, etag: draft.etags.route, body: routeOf(draft) },
  };
}

function urlOf({ protocol, endpoint }, port) {
  const scheme = protocol === 'udp' ? 'udp' : 'tcp';
  return endpoint?.url?.startsWith(`${scheme}:`) ? endpoint.url.replace(/:[\d-]+\/?$/, `:${port}`) : `${scheme}://*:${port}`;
}

// Those that were there keep their names, and what else is said of them.
function destinationsOf({ addresses, ownCluster }) {
  const before = Object.entries(ownCluster?.destinations ?? {});
  const taken = new Set(before.map(([id]) => id));
  return Object.fromEntries(list(addresses).map((address) => before.find(([, destination]) => destination.address === address) ?? [nextOf(taken), { address }]));
}

function nextOf(taken) {
  let number = 1;
  while (taken.has(`${number}`))
    number++;
  taken.add(`${number}`);
  return `${number}`;
}

function routeOf(draft) {
  const { protocol, rest } = draft;
  const route = { ...rest, endpoints: draft.listen === 'endpoint' ? draft.endpoints : [draft.id], clusterId: draft.target === 'new' ? draft.id : draft.cluster };
  const match = { ...rest.match };
  set(match, 'sni', protocol === 'tls' || protocol === 'http' ? list(draft.names).filter((name) => !match.host?.includes(name)) : []);
  set(route, 'match', Object.keys(match).length > 0 ? match : null);
  set(route, 'mode', protocol === 'http' ? 'L7' : null);
  const terminates = (protocol === 'tls' && !draft.passthrough) || (protocol === 'http' && draft.certificate !== '');
  set(route, 'tls', terminates ? 'Terminate' : rest.tls === 'Terminate' ? null : rest.tls);
  set(route, 'certificate', terminates && draft.certificate ? { ...rest.certificate, path: draft.certificate, ...(draft.key && { keyPath: draft.key }) } : null);
  set(route, 'clusterId', route.clusterId);
  return route;
}

function set(target, name, value) {
  if (value === null || value === undefined || value.length === 0)
    delete target[name];
  else
    target[name] = value;
}

const fields = [[/^\$\.(match|tls)\b/, 'names'], [/^\$\.(clusterId|destinations)\b/, 'target'], [/^\$\.(url|endpoints)\b/, 'listen'], [/^\$\.certificate\b/, 'certificate']];
// What is against something that is there has no path in what was sent.
const settings = [[/^L4Proxy:Endpoints:/, 'listen'], [/^L4Proxy:Clusters:/, 'target']];
const found = (of, text) => of.find(([pattern]) => pattern.test(text ?? ''))?.[1];

/** The field of the form that an error is about. */
export const fieldOf = (error) => error.field ?? found(fields, error.path) ?? found(settings, error.setting) ?? 'form';
