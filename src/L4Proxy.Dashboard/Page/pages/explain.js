// Which route a connection would take, and of every other one why not.

import { html, useEffect, useState } from '../vendor/preact.js';
import { send } from '../api.js';
import { useData, useSettled } from '../hooks.js';
import { portOf, schemeOf } from '../ui/config.js';
import { bytes } from '../ui/format.js';
import { Failure, Field, Findings, Link, Page, Tag } from '../ui/parts.js';

const typing = 250;
const mostBytes = 1_000_000;
// pcap in both byte orders, with microseconds and nanoseconds, and pcapng.
const captures = new Set(['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a']);

export function Explain() {
  const { data: endpoints } = useData('/endpoints');
  const [said, setSaid] = useState({ protocol: 'tcp', port: '', sni: '', from: '', more: '' });
  const [packet, setPacket] = useState(null);
  const asked = useSettled(JSON.stringify([textOf(said), packet?.body ?? null]), typing);
  const answer = useAnswer(asked, said.port !== '' || said.more !== '' || packet !== null);
  const change = (name) => (event) => setSaid({ ...said, [name]: event.target.value.trim() });
  const ports = (endpoints ?? []).filter((endpoint) => (schemeOf(endpoint) === 'udp') === (said.protocol === 'udp'));
  return html`
    <${Page} title="Explain">
      <form onSubmit=${(event) => event.preventDefault()}>
        <fieldset>
          <legend>A connection</legend>
          <div class="grid">
            <${Field} id="protocol" label="Protocol">${(field) => html`<select ...${field} value=${said.protocol} onChange=${change('protocol')}><option value="tcp">tcp</option><option value="udp">udp</option></select>`}<//>
            <${Field} id="port" label="Port" hint="That it comes to.">
              ${(field) => html`<input ...${field} inputmode="numeric" list="ports" autocomplete="off" value=${said.port} onInput=${change('port')} />
                <datalist id="ports">${ports.map((endpoint) => html`<option key=${endpoint.id} value=${portOf(endpoint).split('-')[0]}>${endpoint.id}</option>`)}</datalist>`}
            <//>
            <${Field} id="sni" label="Server name" hint="What its TLS asks for, if it is TLS.">${(field) => html`<input ...${field} autocomplete="off" spellcheck=${false} value=${said.sni} disabled=${packet !== null} onInput=${change('sni')} />`}<//>
            <${Field} id="from" label="Client’s address">${(field) => html`<input ...${field} autocomplete="off" spellcheck=${false} value=${said.from} onInput=${change('from')} />`}<//>
            <${Field} id="more" label="More" hint="As behind --explain: alpn=h2 mqtt.clientid=x host=a.example.com">${(field) => html`<input ...${field} autocomplete="off" spellcheck=${false} value=${said.more} onInput=${change('more')} />`}<//>
          </div>
          <${Drop} packet=${packet} onPacket=${setPacket} />
        </fieldset>
      </form>
      <div aria-live="polite">${answer && html`<${Answer} ...${answer} />`}</div>
    <//>`;
}

const textOf = ({ protocol, port, sni, from, more }) => [protocol, port, sni && `sni=${sni}`, from && `from=${from}`, more].filter(Boolean).join(' ');

function useAnswer(asked, isAsked) {
  const [answer, setAnswer] = useState(null);
  useEffect(() => {
    if (!isAsked) {
      setAnswer(null);
      return undefined;
    }
    let isOver = false;
    const [connection, packet] = JSON.parse(asked);
    send('POST', '/explain', { connection, ...packet }).then(
      ({ body }) => isOver || setAnswer({ explanation: body }), (error) => isOver || setAnswer({ error }));
    return () => { isOver = true; };
  }, [asked, isAsked]);
  return answer;
}

/** A file with what the client said first: dropped here, or chosen. */
function Drop({ packet, onPacket }) {
  const [isOver, setOver] = useState(false);
  const [error, setError] = useState(null);
  const take = async (file) => {
    if (!file)
      return;
    try {
      onPacket(await packetOf(file));
      setError(null);
    } catch (failure) {
      setError(failure);
    }
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return html`
    <div class="drop ${isOver ? 'over' : ''}" onDragOver=${(event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
      <label for="packet">Drop what the client said first, or choose a file: raw bytes, a pcap or a pcapng</label>
      <input id="packet" type="file" onChange=${(event) => take(event.target.files[0])} />
      ${packet && html`<p>${packet.name}, ${bytes(packet.size)} <button type="button" class="small" onClick=${() => onPacket(null)}>Take it out</button></p>`}
      <${Failure} error=${error} />
    </div>`;
}

async function packetOf(file) {
  if (file.size > mostBytes)
    throw new Error(`${file.name} is longer than ${bytes(mostBytes)}.`);
  const content = new Uint8Array(await file.arrayBuffer());
  const text = btoa(Array.from(content, (byte) => String.fromCharCode(byte)).join(''));
  const magic = Array.from(content.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { name: file.name, size: file.size, body: captures.has(magic) ? { capture: text } : { firstBytes: [text] } };
}

function Answer({ explanation, error }) {
  if (error)
    return html`<${Failure} error=${error} />`;
  const { outcome, summary, notes, routes } = explanation;
  return html`
    <h2>What becomes of it</h2>
    <p class="note ${outcome === 'proxied' || outcome === 'http' ? 'good' : 'warn'}">${summary}</p>
    <${Findings} items=${notes.map((detail) => ({ detail }))} tone="warn" label="Notes" />
    ${routes.length > 0 && html`
      <h2>Every route of the endpoint, in their order</h2>
      <div class="table" tabindex="0" role="region" aria-label="Routes in their order"><table>
        <thead><tr><th scope="col">Route</th><th scope="col">Standing</th><th scope="col">Why</th></tr></thead>
        <tbody>${routes.map((route) => html`
          <tr key=${route.id}><td><${Link} parts=${['routes', route.id]}>${route.id}<//></td><td><${Tag} tone=${route.standing === 'wins' ? 'good' : 'calm'}>${route.standing}<//></td><td class="whole">${route.reason}</td></tr>`)}
        </tbody>
      </table></div>`}`;
}
