// Makes a route, or changes one: with an endpoint and a cluster of its own where it needs them. What is wrong is said while it is typed.

import { html, useEffect, useMemo, useState } from '../vendor/preact.js';
import { get, path, send } from '../api.js';
import { goTo, useData, useSettled, useShell } from '../hooks.js';
import { byId, isStored, schemeOf } from '../ui/config.js';
import { draftOf, empty, fieldOf, fieldsOf, objectsOf } from '../ui/draft.js';
import { Failure, Field, Findings, Link, Page } from '../ui/parts.js';
import { check, save } from '../ui/saving.js';

const typing = 350;
const protocols = [['tcp', 'TCP'], ['tls', 'TLS'], ['udp', 'UDP'], ['http', 'HTTP']];

/** Of a route that there is (`id`), or of a new one, perhaps like another (`from`). */
export function RouteForm({ id = null, from = null }) {
  const { data: endpoints, error } = useData('/endpoints');
  const [start, setStart] = useState(null);
  const [failure, setFailure] = useState(null);
  // Once: what is typed is not to be lost to somebody else's change; saving says so then.
  useEffect(() => {
    if (!endpoints || start)
      return;
    if (!id && !from) {
      setStart({ draft: { ...empty, listen: endpoints.length > 0 ? 'endpoint' : 'port' }, route: null });
      return;
    }
    open(id ?? from, endpoints, id === null).then(setStart, setFailure);
  }, [endpoints]);
  return html`
    <${Page} title=${id ? `Edit route ${id}` : 'New route'}>
      <${Failure} error=${error ?? failure} />
      ${start && html`<${Form} ...${start} endpoints=${endpoints} />`}
    <//>`;
}

async function open(id, endpoints, isCopy) {
  const { body: route, etag } = await send('GET', `/routes${path(id)}`);
  const known = byId(endpoints);
  if (isCopy)
    return { draft: { ...draftOf(route, known), id: '', owner: '' }, route: null };
  const [listed] = await get(`/clusters?name=${encodeURIComponent(id)}`);
  const [endpoint, cluster] = await Promise.all([read('endpoints', known.get(id)), read('clusters', listed)]);
  return { draft: { ...draftOf(route, known, endpoint.body, cluster.body), etags: { route: etag, endpoint: endpoint.etag, cluster: cluster.etag } }, route };
}

/** What may be a route's own, as it is now: by its entity tag saving sees whether somebody has changed it meanwhile. */
const read = async (kind, item) => (item && isStored(item) ? send('GET', `/${kind}${path(item.id)}`) : { body: null, etag: null });

function Form({ draft: first, route, endpoints }) {
  const { say } = useShell();
  const [draft, setDraft] = useState(first);
  const [trial, setTrial] = useState(null);
  const [failure, setFailure] = useState(null);
  const { found, isOld } = useCheck(draft);
  const change = (part) => setDraft({ ...draft, ...part });
  // What is missing is said to who wants to save, and not while the rest is still being typed.
  const errors = (found?.errors ?? []).filter((error) => !error.isLack || trial);
  const errorsOf = (field) => [...new Set(errors.filter((error) => fieldOf(error) === field).map((error) => error.detail))];
  const submit = async (event) => {
    event.preventDefault();
    setFailure(null);
    try {
      const { revision } = await save(draft);
      say(`Route ${draft.id} is in force${revision ? `, as revision ${revision}` : ''}.`);
      goTo(['routes', draft.id]);
    } catch (error) {
      setFailure(error);
    }
  };
  return html`
    ${route && !isStored(route) && html`<p class="note warn">It comes from ${route.source}, and can be changed only there.</p>`}
    <form onSubmit=${submit} novalidate>
      <${What} draft=${draft} change=${change} errorsOf=${errorsOf} isNew=${route === null} />
      <${Where} draft=${draft} change=${change} errorsOf=${errorsOf} endpoints=${endpoints} />
      <${Whither} draft=${draft} change=${change} errorsOf=${errorsOf} />
      <${AsJson} draft=${draft} change=${change} endpoints=${endpoints} />
      <div aria-live="polite">
        <${Findings} items=${errors.filter((error) => fieldOf(error) === 'form')} label="What is wrong" />
        <${Findings} items=${found?.warnings ?? []} tone="warn" label="What is odd" />
        <${Failure} error=${failure} />
        ${failure?.errors && html`<${Findings} items=${failure.errors} label="Why it was not saved" />`}
      </div>
      <div class="actions">
        <button class="primary" disabled=${isOld || !found || found.errors.length > 0}>Save</button>
        <button type="button" onClick=${async () => setTrial({ ...await check(draft), objects: objectsOf(draft) })}>Dry run</button>
        <${Link} class="button" parts=${route ? ['routes', route.id] : ['routes']}>Cancel<//>
      </div>
    </form>
    ${trial && html`<${Trial} trial=${trial} isNew=${route === null} />`}`;
}

/** What the API says of a draft; it is asked when nothing was typed for a moment. */
function useCheck(draft) {
  const settled = useSettled(draft, typing);
  const [state, setState] = useState({ of: null, found: null });
  useEffect(() => {
    let isOver = false;
    check(settled).then((found) => isOver || setState({ of: settled, found }), (error) => isOver || setState({ of: settled, found: { errors: [{ detail: error.message }], warnings: [] } }));
    return () => { isOver = true; };
  }, [settled]);
  return { found: state.found, isOld: state.of !== draft };
}

function What({ draft, change, errorsOf, isNew }) {
  const hasNames = draft.protocol === 'tls' || draft.protocol === 'http';
  const takesCertificate = draft.protocol === 'http' || (draft.protocol === 'tls' && !draft.passthrough);
  return html`
    <fieldset>
      <legend>What it takes</legend>
      <div class="grid">
        <${Field} id="id" label="Name" errors=${errorsOf('id')}>${(field) => html`<input ...${field} required disabled=${!isNew} autocomplete="off" spellcheck=${false} value=${draft.id} onInput=${(event) => change({ id: event.target.value.trim() })} />`}<//>
        <div class="field" role="radiogroup" aria-labelledby="protocol-label">
          <span class="label" id="protocol-label">Protocol</span>
          <div class="choices">${protocols.map(([value, text]) => html`<label key=${value}><input type="radio" name="protocol" value=${value} checked=${draft.protocol === value} onChange=${() => change({ protocol: value })} /> ${text}</label>`)}</div>
        </div>
        ${hasNames && html`
          <${Field} id="names" label="Host names" hint=${draft.protocol === 'tls' ? 'As clients ask for them (SNI), separated by commas; *.example.com for one label in front. None: any TLS and everything else.' : 'Separated by commas.'} errors=${errorsOf('names')}>
            ${(field) => html`<input ...${field} autocomplete="off" spellcheck=${false} value=${draft.names} onInput=${(event) => change({ names: event.target.value })} />`}
          <//>`}
        ${draft.protocol === 'tls' && html`
          <label class="check"><input type="checkbox" role="switch" checked=${draft.passthrough} onChange=${(event) => change({ passthrough: event.target.checked })} /> Pass TLS through: it ends at the destination</label>`}
        ${takesCertificate && html`
          <${Field} id="certificate" label="Certificate" hint="A PEM or PKCS#12 file on the gateway; none is the endpoint’s." errors=${errorsOf('certificate')}>${(field) => html`<input ...${field} autocomplete="off" spellcheck=${false} value=${draft.certificate} onInput=${(event) => change({ certificate: event.target.value.trim() })} />`}<//>
          <${Field} id="key" label="Its key" hint="A PEM file, where it is one of its own.">${(field) => html`<input ...${field} autocomplete="off" spellcheck=${false} value=${draft.key} onInput=${(event) => change({ key: event.target.value.trim() })} />`}<//>`}
      </div>
    </fieldset>`;
}

function Where({ draft, change, errorsOf, endpoints }) {
  const { data: pools } = useData('/pools');
  const protocol = draft.protocol === 'udp' ? 'udp' : 'tcp';
  const fitting = endpoints.filter((endpoint) => (schemeOf(endpoint) === 'udp') === (protocol === 'udp'));
  const choose = (id, isOn) => change({ endpoints: isOn ? [...draft.endpoints, id] : draft.endpoints.filter((other) => other !== id) });
  return html`
    <fieldset aria-describedby="listen-error">
      <legend>Where it listens</legend>
      <div class="choices">
        ${[['endpoint', 'An endpoint that there is'], ['port', 'A new port'], ['pool', 'A port out of a pool']].map(([value, text]) => html`
          <label key=${value}><input type="radio" name="listen" value=${value} checked=${draft.listen === value} disabled=${value === 'pool' && !pools?.length} onChange=${() => change({ listen: value })} /> ${text}</label>`)}
      </div>
      ${draft.listen === 'endpoint' && html`<div class="choices" role="group" aria-label="Endpoints">
        ${fitting.map((endpoint) => html`<label key=${endpoint.id}><input type="checkbox" checked=${draft.endpoints.includes(endpoint.id)} onChange=${(event) => choose(endpoint.id, event.target.checked)} /> ${endpoint.id} <code>${endpoint.url ?? 'shared with HTTP'}</code></label>`)}
        ${fitting.length === 0 && html`<p class="hint">There is none of this protocol.</p>`}
      </div>`}
      ${draft.listen === 'port' && html`<${Field} id="port" label="External port" errors=${errorsOf('listen')}>${(field) => html`<input ...${field} inputmode="numeric" autocomplete="off" value=${draft.port} onInput=${(event) => change({ port: event.target.value.trim() })} />`}<//>`}
      ${draft.listen === 'pool' && html`
        <${Field} id="pool" label="Pool" hint="It gives the lowest free port out when the route is saved, and has it back when the route is deleted." errors=${errorsOf('listen')}>
          ${(field) => html`<select ...${field} value=${draft.pool} onChange=${(event) => change({ pool: event.target.value })}>
            <option value="">choose</option>
            ${(pools ?? []).filter((pool) => pool.protocol === protocol).map((pool) => html`<option key=${pool.id} value=${pool.id}>${pool.id}: ${pool.ports}, ${pool.free} free</option>`)}
          </select>`}
        <//>`}
      ${draft.listen === 'endpoint' && html`<p class="error" id="listen-error">${errorsOf('listen').join(' ')}</p>`}
    </fieldset>`;
}

function Whither({ draft, change, errorsOf }) {
  const { data: clusters } = useData('/clusters');
  return html`
    <fieldset>
      <legend>Where it leads</legend>
      <div class="choices">
        ${[['new', 'Destinations of its own'], ['cluster', 'A cluster that there is']].map(([value, text]) => html`
          <label key=${value}><input type="radio" name="target" value=${value} checked=${draft.target === value} onChange=${() => change({ target: value })} /> ${text}</label>`)}
      </div>
      ${draft.target === 'new' ? html`
        <${Field} id="addresses" label="Addresses" hint="host:port, one a line." errors=${errorsOf('target')}>${(field) => html`<textarea ...${field} rows="3" spellcheck=${false} value=${draft.addresses} onInput=${(event) => change({ addresses: event.target.value })}></textarea>`}<//>` : html`
        <${Field} id="cluster" label="Cluster" errors=${errorsOf('target')}>
          ${(field) => html`<input ...${field} list="clusters" autocomplete="off" spellcheck=${false} value=${draft.cluster} onInput=${(event) => change({ cluster: event.target.value.trim() })} />
            <datalist id="clusters">${(clusters ?? []).slice(0, 1000).map((cluster) => html`<option key=${cluster.id} value=${cluster.id} />`)}</datalist>`}
        <//>`}
    </fieldset>`;
}

/** All of the route, for what the form has no field for. What is typed here is in the fields above as soon as it is JSON. */
function AsJson({ draft, change, endpoints }) {
  const written = useMemo(() => JSON.stringify(objectsOf(draft).route.body, null, 2), [draft]);
  const [text, setText] = useState(null);
  const [wrong, setWrong] = useState([]);
  const type = (value) => {
    setText(value);
    try {
      const config = JSON.parse(value);
      change({ ...fieldsOf(config, byId(endpoints)), ...(draft.listen === 'endpoint' ? {} : { endpoints: draft.endpoints }) });
      setWrong([]);
    } catch (error) {
      setWrong([error.message]);
    }
  };
  return html`
    <details>
      <summary>As JSON</summary>
      <${Field} id="json" label="The route" hint="Every key of a route; docs/configuration.md has them." errors=${wrong}>
        ${(field) => html`<textarea ...${field} rows="14" spellcheck=${false} value=${text ?? written} onInput=${(event) => type(event.target.value)} onBlur=${() => wrong.length > 0 || setText(null)}></textarea>`}
      <//>
    </details>`;
}

function Trial({ trial, isNew }) {
  const { endpoint, cluster, route } = trial.objects;
  const written = { ...(endpoint && { endpoints: { [endpoint.id]: endpoint.body } }), ...(cluster && { clusters: { [cluster.id]: cluster.body } }), routes: { [route.id]: route.body } };
  return html`
    <section aria-label="Dry run" aria-live="polite">
      <h2>Dry run</h2>
      ${trial.errors.length === 0
        ? html`<p class="note good">It would be ${isNew ? 'made' : 'changed'}; nothing was.</p>`
        : html`<p class="note bad">It would be refused.</p><${Findings} items=${trial.errors} label="Why it would be refused" />`}
      <pre tabindex="0" aria-label="What would be written">${JSON.stringify(written, null, 2)}</pre>
    </section>`;
}
