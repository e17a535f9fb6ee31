// What the configuration's objects mean to a reader: pure functions of what the API answers.

/** What the API adds to an object of the configuration. */
const added = new Set(['id', 'owner', 'source', 'revision', 'hides', 'warnings']);

/** The object as the configuration has it. */
export const plain = (item) => Object.fromEntries(Object.entries(item).filter(([name]) => !added.has(name)));

/** Whether it can be changed here: else it is in a file, or somebody else's. */
export const isStored = (item) => item.owner !== undefined;

export const namesOf = (route) => [...(route.match?.sni ?? []), ...(route.match?.host ?? [])];

export const portOf = (endpoint) => /:([\d-]+)\/?$/.exec(endpoint?.url ?? '')?.[1] ?? '';

export const schemeOf = (endpoint) => /^([a-z]+):/.exec(endpoint?.url ?? '')?.[1] ?? 'http';

/** The endpoints that a route applies to: where it names none, every own one of TCP. */
export function endpointsOf(route, endpoints) {
  return route.endpoints ?? [...endpoints.values()].filter((endpoint) => ['tcp', 'tls', 'unix'].includes(schemeOf(endpoint))).map((endpoint) => endpoint.id);
}

/** What a route is about: tcp, udp, tls or http. */
export function protocolOf(route, endpoints) {
  if (route.mode === 'L7')
    return 'http';
  if ((route.endpoints ?? []).some((id) => schemeOf(endpoints.get(id)) === 'udp'))
    return 'udp';
  return tlsOf(route, endpoints) === null ? 'tcp' : 'tls';
}

/** What is done with a client's TLS: Passthrough, Terminate, or null where there is none that it knows of. */
export function tlsOf(route, endpoints) {
  if (route.tls)
    return route.tls;
  if (route.certificate || (route.endpoints ?? []).some((id) => schemeOf(endpoints.get(id)) === 'tls'))
    return 'Terminate';
  return route.match?.sni || route.match?.alpn ? 'Passthrough' : null;
}

export const byId = (items) => new Map((items ?? []).map((item) => [item.id, item]));
