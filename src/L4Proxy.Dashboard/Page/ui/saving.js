// Checks and writes what a form makes. What is right, the API says; here is nothing but the order.

import { ApiError, get, path, send } from '../api.js';
import { plain } from './config.js';
import { objectsOf } from './draft.js';

const many = { endpoint: 'endpoints', cluster: 'clusters', route: 'routes' };

/**
 * What the API would say of it.
 * @returns {Promise<{ errors: any[], warnings: any[] }>} Each is as the API has it; what is missing has a field, and `isLack`.
 */
export async function check(draft) {
  const objects = objectsOf(draft, draft.listen === 'pool' ? await freePortOf(draft.pool) : null);
  const found = { errors: missing(draft, objects), warnings: [] };
  if (found.errors.length > 0)
    return found;
  const own = ['cluster', 'endpoint'].filter((kind) => objects[kind]);
  for (const kind of own)
    await collect(found, () => put(kind, objects[kind], draft.owner, { isTrial: true }));
  // The API's trial of a route knows nothing of what is not there yet.
  await collect(found, () => (own.length === 0 ? put('route', objects.route, draft.owner, { isTrial: true }) : validate(objects)));
  return found;
}

function missing(draft, { endpoint }) {
  const { listen } = draft;
  return [
    [draft.id === '', 'id', 'It needs a name.'],
    [listen === 'endpoint' && draft.endpoints.length === 0, 'listen', 'It needs an endpoint.'],
    [listen === 'port' && draft.port === '', 'listen', 'It needs a port.'],
    [listen === 'pool' && draft.pool === '', 'listen', 'It needs a pool.'],
    [listen === 'pool' && draft.pool !== '' && !endpoint, 'listen', 'The pool has no free port.'],
    [draft.target === 'new' && draft.addresses.trim() === '', 'target', 'It needs an address.'],
  ].filter(([isLack]) => isLack).map(([, field, detail]) => ({ field, detail, isLack: true }));
}

async function collect(found, ask) {
  try {
    found.warnings.push(...((await ask()).body?.warnings ?? []));
  } catch (error) {
    if (!(error instanceof ApiError))
      throw error;
    // A name that is none is refused as a whole.
    found.errors.push(...(error.errors.length > 0 ? error.errors : [{ field: error.status === 400 ? 'id' : undefined, detail: error.message }]));
  }
}

/** Checks a route together with what is made for it, and with what it names beside that. */
async function validate({ endpoint, cluster, route }) {
  const endpoints = endpoint ? { [endpoint.id]: endpoint.body } : {};
  const clusters = cluster ? { [cluster.id]: cluster.body } : {};
  await Promise.all([
    ...(route.body.endpoints ?? []).map((id) => add(endpoints, 'endpoints', id)), add(clusters, 'clusters', route.body.clusterId),
  ]);
  const { body } = await send('POST', '/validate', { endpoints, clusters, routes: { [route.id]: route.body } });
  const root = `L4Proxy:Routes:${route.id}`;
  const own = (items) => items.filter((item) => item.setting?.startsWith(root)).map((item) => ({ ...item, path: item.path?.replace(/^\$\.routes(\.[^.[]+|\[[^\]]+\])/, '$$') }));
  if (own(body.errors).length > 0)
    throw new ApiError(400, { detail: 'The route cannot be so.', errors: own(body.errors) });
  return { body: { warnings: own(body.warnings) } };
}

async function add(known, kind, id) {
  if (!id || known[id])
    return;
  const [item] = await get(`/${kind}?name=${encodeURIComponent(id)}`);
  if (item)
    known[id] = plain(item);
}

/** Writes all of it, the route last; where something cannot be written, all is again as it was. */
export async function save(draft) {
  const undo = [];
  try {
    const objects = objectsOf(draft, draft.listen === 'pool' ? await allocate(draft, undo) : null);
    for (const kind of ['cluster', 'endpoint'].filter((kind) => objects[kind] && isChanged(objects[kind]))) {
      await put(kind, objects[kind], draft.owner);
      undo.push(() => takeBack(kind, objects[kind], draft.owner));
    }
    return await put('route', objects.route, draft.owner);
  } catch (error) {
    for (const step of undo.reverse())
      await step().catch(() => {});
    throw error;
  }
}

const isChanged = ({ before, body }) => JSON.stringify(before) !== JSON.stringify(body);

const takeBack = (kind, { id, before }, owner) => (before ? send('PUT', addressOf(kind, id, { owner }), before) : send('DELETE', addressOf(kind, id, { owner })));

async function allocate({ id, pool, owner }, undo) {
  const { status, body } = await send('POST', `/pools${path(pool)}/allocations${queryOf({ owner })}`, { route: id });
  if (status === 201)
    undo.push(() => send('DELETE', `/pools${path(pool)}/allocations${path(body.port)}${queryOf({ owner })}`));
  return body.port;
}

async function freePortOf(pool) {
  if (!pool)
    return null;
  const answer = await send('POST', `/pools${path(pool)}/allocations?dryRun=true`, { route: 'preview' }).catch(() => null);
  return answer?.body.port ?? null;
}

/** What was not there before has to be new, and what was has to be as it was: nobody else's is replaced. A trial says what is wrong with it, and not yet who was first. */
function put(kind, { id, etag, body }, owner, { isTrial = false } = {}) {
  const headers = !etag ? { 'If-None-Match': '*' } : isTrial ? {} : { 'If-Match': etag };
  return send('PUT', addressOf(kind, id, { dryRun: isTrial && 'true', owner }), body, headers).catch((error) => { throw error.status === 412 ? conflict(kind, id, isTrial, etag) : error; });
}

function conflict(kind, id, isTrial, etag) {
  const detail = etag ? 'Somebody else has changed it since it was opened here, and nothing was saved: open it again to see how it is now.' : `The ${kind} '${id}' is there already.`;
  return new ApiError(412, { detail, errors: isTrial ? [{ field: 'id', detail }] : [] });
}

const addressOf = (kind, id, query) => `/${many[kind]}${path(id)}${queryOf(query)}`;

function queryOf(query) {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return given && `?${given}`;
}
