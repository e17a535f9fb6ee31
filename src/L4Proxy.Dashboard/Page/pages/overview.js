// What there is, and what goes through it now.

import { html, useContext, useMemo } from '../vendor/preact.js';
import { Problematic, useData, useStream } from '../hooks.js';
import { count, rate } from '../ui/format.js';
import { Failure, Page, Tile } from '../ui/parts.js';
import { Picture } from '../ui/picture.js';

const refresh = 5000;

export function Overview() {
  const { data: endpoints, error } = useData('/endpoints');
  const { data: routes } = useData('/routes');
  const { data: clusters } = useData('/clusters');
  const { data: destinations } = useData('/destinations', { every: refresh });
  const traffic = useStream('/traffic?watch');
  const problems = useContext(Problematic);
  const isThere = endpoints && routes && clusters && destinations;
  const healthy = destinations?.filter((destination) => destination.health === 'healthy').length;
  const picture = useMemo(() => (isThere ? { endpoints, routes, clusters, destinations } : null), [endpoints, routes, clusters, destinations]);
  return html`
    <${Page} title="Overview">
      <${Failure} error=${error} />
      <dl class="tiles">
        <${Tile} label="Connections" value=${traffic ? count(traffic.connections) : '–'} parts=${['connections']} />
        <${Tile} label="New a second" value=${traffic ? count(Math.round(traffic.openedPerSecond)) : '–'} />
        <${Tile} label="Up" value=${traffic ? rate(traffic.bytesUpPerSecond) : '–'} parts=${['traffic']} />
        <${Tile} label="Down" value=${traffic ? rate(traffic.bytesDownPerSecond) : '–'} parts=${['traffic']} />
        <${Tile} label="Routes" value=${routes ? count(routes.length) : '–'} parts=${['routes']} />
        <${Tile} label="Healthy destinations" value=${destinations ? `${count(healthy)} of ${count(destinations.length)}` : '–'} tone=${destinations && healthy < destinations.length ? 'warn' : ''} parts=${['destinations']} />
        <${Tile} label="Problems" value=${count(problems.length)} tone=${problems.length > 0 ? 'bad' : ''} parts=${['problems']} />
      </dl>
      ${picture && (routes.length + endpoints.length > 0
        ? html`<${Picture} ...${picture} traffic=${traffic} />`
        : html`<p class="note">Nothing is configured yet. <a href="#/routes/new">Make a route</a>.</p>`)}
    <//>`;
}
