// A route as a form has it, with the endpoint and the cluster that are made with it; and back.

import { namesOf, plain, protocolOf, tlsOf } from './config.js';

export const empty = {
  id: '', protocol: 'tls', passthrough: true, names: '', certificate: '', key: '', listen: 'endpoint', endpoints: [], port: '', pool: '', target: 'new', cluster: '', addresses: '', owner: '', rest: {},
};

/** The form of a route that there is. */
export function draftOf(route, endpoints) {
  return {
    ...empty, ...fieldsOf(plain(route), endpoints), id: route.id, owner: route.owner ?? '', target: 'cluster',
  };
}

/** What a form shows of a route; `rest` is all of it, for what the form has no field for. */
export function fieldsOf(config, endpoints) {
  return {
    protocol: protocolOf(config, endpoints), passthrough: tlsOf(config, endpoints) !== 'Terminate', names: namesOf(config).join(', '), certificate: config.certificate?.path ?? '', key: config.certificate?.keyPath ?? '',
    endpoints: config.endpoints ?? [], cluster: config.clusterId ?? '', rest: config,
  };
}

export const list = (text) => text.split(/[\s,]+/).filter(Boolean);

const isNew = (draft) => draft.listen !== 'endpoint';

/** What is to be written: the objects by their kinds, null where nothing is made. A port out of a pool is not known before. */
export function objectsOf(draft, allocated = null) {
  const port = draft.listen === 'pool' ? allocated : draft.port;
  return {
    endpoint: isNew(draft) && port ? { id: draft.id, body: { url: `${draft.protocol === 'udp' ? 'udp' : 'tcp'}://*:${port}` } } : null,
    cluster: draft.target === 'new' ? { id: draft.id, body: { destinations: Object.fromEntries(list(draft.addresses).map((address, i) => [`${i + 1}`, { address }])) } } : null,
    route: { id: draft.id, body: routeOf(draft) },
  };
}

function routeOf(draft) {
  const { protocol, rest } = draft;
  const route = { ...rest, endpoints: isNew(draft) ? [draft.id] : draft.endpoints, clusterId: draft.target === 'new' ? draft.id : draft.cluster };
  const match = { ...rest.match };
  set(match, 'sni', protocol === 'tls' || protocol === 'http' ? list(draft.names).filter((name) => !match.host?.includes(name)) : []);
  set(route, 'match', Object.keys(match).length > 0 ? match : null);
  set(route, 'mode', protocol === 'http' ? 'L7' : null);
  const terminates = (protocol === 'tls' && !draft.passthrough) || (protocol === 'http' && draft.certificate !== '');
  set(route, 'tls', terminates ? 'Terminate' : rest.tls === 'Terminate' ? null : rest.tls);
  set(route, 'certificate', terminates && draft.certificate ? { ...rest.certificate, path: draft.certificate, ...(draft.key && { keyPath: draft.key }) } : null);
  if (!route.clusterId)
    delete route.clusterId;
  return route;
}

function set(target, name, value) {
  if (value === null || value === undefined || value.length === 0)
    delete target[name];
  else
    target[name] = value;
}

const fields = [
  [/^\$\.(match|match\.sni.*)$/, 'names'], [/^\$\.match\b/, 'names'], [/^\$\.clusterId/, 'target'], [/^\$\.destinations/, 'target'], [/^\$\.url/, 'listen'], [/^\$\.endpoints/, 'listen'], [/^\$\.certificate/, 'certificate'], [/^\$\.tls/, 'names'],
];

/** The field of the form that an error is about. */
export const fieldOf = (error) => fields.find(([path]) => path.test(error.path ?? ''))?.[1] ?? 'form';
