// Checks and writes what a form makes. The API says what is right; here is nothing but the order.

import { ApiError, get, path, send } from '../api.js';
import { plain } from './config.js';
import { objectsOf } from './draft.js';

const many = { endpoint: 'endpoints', cluster: 'clusters', route: 'routes' };
const order = ['cluster', 'endpoint', 'route'];

/** What the API would say: each error, and each warning. */
export async function check(draft) {
  const objects = objectsOf(draft, draft.listen === 'pool' ? await freePortOf(draft.pool) : null);
  const found = { errors: missing(draft, objects), warnings: [], status: null };
  if (found.errors.length > 0)
    return found;
  const made = order.filter((kind) => kind !== 'route' && objects[kind]);
  for (const kind of made)
    await collect(found, () => write(kind, objects[kind], draft.owner, { isTrial: true, isNew: true }));
  if (made.length === 0)
    await collect(found, () => write('route', objects.route, draft.owner, { isTrial: true }));
  else
    await collect(found, () => validate(objects));
  return found;
}

// What the API cannot say, for it is not asked without.
function missing(draft, objects) {
  const lacks = [
    [draft.id === '', 'id', 'It needs a name.'], [draft.listen === 'port' && draft.port === '', 'listen', 'It needs a port.'], [draft.listen === 'pool' && draft.pool === '', 'listen', 'It needs a pool.'],
    [draft.listen === 'pool' && draft.pool !== '' && !objects.endpoint, 'listen', 'The pool has no free port.'], [draft.listen === 'endpoint' && draft.endpoints.length === 0, 'listen', 'It needs an endpoint.'],
    [draft.target === 'new' && draft.addresses.trim() === '', 'target', 'It needs an address.'],
  ];
  return lacks.filter(([lack]) => lack).map(([, field, detail]) => ({ field, detail }));
}

async function collect(found, ask) {
  try {
    const answer = await ask();
    found.status = answer.status;
    found.warnings.push(...(answer.body?.warnings ?? []));
  } catch (error) {
    if (!(error instanceof ApiError))
      throw error;
    found.errors.push(...(error.errors.length > 0 ? error.errors : [{ detail: error.message }]));
  }
}

/** A route whose endpoint or cluster is not there yet is checked together with them, and with those that are. */
async function validate(objects) {
  const configuration = { endpoints: {}, clusters: {}, routes: { [objects.route.id]: objects.route.body } };
  if (objects.endpoint)
    configuration.endpoints[objects.endpoint.id] = objects.endpoint.body;
  if (objects.cluster)
    configuration.clusters[objects.cluster.id] = objects.cluster.body;
  await Promise.all((objects.route.body.endpoints ?? []).map((id) => add(configuration.endpoints, 'endpoints', id)));
  await add(configuration.clusters, 'clusters', objects.route.body.clusterId);
  const { status, body } = await send('POST', '/validate', configuration);
  const root = `$.routes['${objects.route.id}']`;
  const own = (items) => items.filter((item) => item.path?.includes('routes')).map((item) => ({ ...item, path: `$${item.path.replace(root, '').replace(`$.routes.${objects.route.id}`, '')}` }));
  if (own(body.errors).length > 0)
    throw new ApiError(400, { detail: 'The route cannot be so.', errors: own(body.errors) });
  return { status, body: { warnings: own(body.warnings) } };
}

async function add(known, kind, id) {
  if (id && !known[id]) {
    const item = await get(`/${kind}${path(id)}`).catch(() => null);
    if (item)
      known[id] = plain(item);
  }
}

/** Writes all of it; where one thing cannot be written, what was made for it before goes again. */
export async function save(draft, etag) {
  const made = [];
  try {
    const allocated = draft.listen === 'pool' ? await allocate(draft, made) : null;
    const objects = objectsOf(draft, allocated);
    let answer;
    for (const kind of order.filter((kind) => objects[kind])) {
      const isNew = kind !== 'route' || etag === null;
      answer = await write(kind, objects[kind], draft.owner, { isNew, etag: kind === 'route' ? etag : null });
      if (isNew)
        made.push(`/${many[kind]}${path(objects[kind].id)}`);
    }
    return answer;
  } catch (error) {
    for (const what of made.reverse())
      await send('DELETE', ownedBy(what, draft.owner)).catch(() => {});
    throw error;
  }
}

async function allocate(draft, made) {
  const { status, body } = await send('POST', ownedBy(`/pools${path(draft.pool)}/allocations`, draft.owner), { route: draft.id });
  if (status === 201)
    made.push(`/pools${path(draft.pool, body.port)}`.replace(/\/(\d+)$/, '/allocations/$1'));
  return body.port;
}

async function freePortOf(pool) {
  if (!pool)
    return null;
  const { body } = await send('POST', `/pools${path(pool)}/allocations?dryRun=true`, { route: 'preview' }).catch(() => ({ body: null }));
  return body?.port ?? null;
}

const ownedBy = (what, owner) => (owner ? `${what}?owner=${encodeURIComponent(owner)}` : what);

function write(kind, { id, body }, owner, { isTrial = false, isNew = false, etag = null }) {
  const query = new URLSearchParams({ ...(isTrial && { dryRun: 'true' }), ...(owner && { owner }) }).toString();
  const headers = etag ? { 'If-Match': etag } : isNew ? { 'If-None-Match': '*' } : {};
  return send('PUT', `/${many[kind]}${path(id)}${query ? `?${query}` : ''}`, body, headers);
}
