// The shell: the way between pages, what is true of the gateway as a whole, and who is signed in.

import { html, render, useCallback, useContext, useEffect, useState } from './vendor/preact.js';
import { docs, isSignedIn, signIn, signOut, watch, whenSignedOut } from './api.js';
import { Problematic, Shell, to, useData, usePlace } from './hooks.js';
import { Field, Page } from './ui/parts.js';
import { Certificates } from './pages/certificates.js';
import { Connections } from './pages/connections.js';
import { Destinations } from './pages/destinations.js';
import { Explain } from './pages/explain.js';
import { History } from './pages/history.js';
import { Overview } from './pages/overview.js';
import { Problems, useFindings } from './pages/problems.js';
import { RouteForm } from './pages/route-form.js';
import { RoutePage } from './pages/route.js';
import { Routes } from './pages/routes.js';
import { Traffic } from './pages/traffic.js';

const pages = [
  ['', 'Overview', Overview],
  ['traffic', 'Traffic', Traffic],
  ['connections', 'Connections', Connections],
  ['routes', 'Routes', Routes],
  ['destinations', 'Destinations', Destinations],
  ['certificates', 'Certificates', Certificates],
  ['explain', 'Explain', Explain],
  ['history', 'History', History],
  ['problems', 'Problems', Problems],
];

// A browser opens the API's own page without one, and is refused.
const hasToken = document.documentElement.dataset.token === 'true';
const themes = ['auto', 'light', 'dark'];
const saidFor = 8000;

function App() {
  const [signedIn, setSignedIn] = useState(isSignedIn());
  useEffect(() => whenSignedOut(() => setSignedIn(false)), []);
  return signedIn ? html`<${Gateway} />` : html`<main id="main"><${SignIn} onDone=${() => setSignedIn(true)} /></main>`;
}

function Gateway() {
  const [changes, setChanges] = useState(0);
  const [isOpen, setIsOpen] = useState(true);
  const [said, setSaid] = useState('');
  const say = useCallback(setSaid, []);
  useEffect(() => watch('/events', (name) => name === 'connections' || setChanges((number) => number + 1), setIsOpen), []);
  useEffect(() => {
    const timer = setTimeout(() => setSaid(''), saidFor);
    return () => clearTimeout(timer);
  }, [said]);
  return html`
    <${Shell.Provider} value=${{ changes, say }}>
      <${Frame} isOpen=${isOpen} />
      <p class="said ${said ? '' : 'silent'}" role="status">${said}</p>
    <//>`;
}

function Frame({ isOpen }) {
  const problems = useFindings();
  return html`
    <${Problematic.Provider} value=${problems}>
      <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); document.querySelector('h1').focus(); }}>Skip to the page</a>
      <${Bar} />
      <main id="main">
        ${!isOpen && html`<p class="note bad" role="alert">The gateway does not answer. What is shown may be old; the page goes on as soon as it is back.</p>`}
        <${Current} />
      </main>
    <//>`;
}

function Bar() {
  const { parts } = usePlace();
  const { data: status } = useData('/status');
  const problems = useContext(Problematic);
  return html`
    <header>
      <a class="brand" href=${to([])}><img src="icon.svg" alt="" width="26" height="26" />L4Proxy</a>
      <nav aria-label="Pages">
        ${pages.map(([part, title]) => html`
          <a key=${part} href=${to(part ? [part] : [])} aria-current=${(parts[0] ?? '') === part ? 'page' : undefined}>
            ${title}${part === 'problems' && problems.length > 0 ? html` <span class="badge">${problems.length}<span class="unseen"> found</span></span>` : ''}
          </a>`)}
      </nav>
      <div class="side">
        ${status?.draining && html`<span class="tag warn">draining</span>`}
        ${hasToken || html`<a href=${docs}>API</a>`}
        <${Theme} />
        ${hasToken && html`<button type="button" onClick=${signOut}>Sign out</button>`}
      </div>
    </header>`;
}

function Theme() {
  const [theme, setTheme] = useState(localStorage.getItem('l4proxy-theme') ?? 'auto');
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem('l4proxy-theme', theme);
  }, [theme]);
  return html`
    <label class="theme"><span class="unseen">Colours</span>
      <select value=${theme} onChange=${(event) => setTheme(event.target.value)}>${themes.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select>
    </label>`;
}

function Current() {
  const { parts: [first = '', second, third], query } = usePlace();
  if (first === 'routes' && second === 'new')
    return html`<${RouteForm} key=${`new ${query.get('from')}`} from=${query.get('from')} />`;
  if (first === 'routes' && second !== undefined)
    return third === 'edit' ? html`<${RouteForm} key=${second} id=${second} />` : html`<${RoutePage} key=${second} id=${second} />`;
  const page = pages.find(([part]) => part === first);
  return page ? html`<${page[2]} query=${query} />` : html`<${Page} title="Nothing is here"><p>There is no page of this address.</p><//>`;
}

function SignIn({ onDone }) {
  const [token, setToken] = useState('');
  const [wrong, setWrong] = useState([]);
  const submit = (event) => {
    event.preventDefault();
    signIn(token).then(onDone, (error) => setWrong([error.status === 401 ? 'The token is wrong.' : error.message]));
  };
  return html`
    <${Page} title="Sign in">
      <form onSubmit=${submit}>
        <${Field} id="token" label="Admin token" hint="The gateway's AdminToken. It is kept until this tab is closed." errors=${wrong}>
          ${(field) => html`<input ...${field} type="password" autocomplete="current-password" required value=${token} onInput=${(event) => setToken(event.target.value)} />`}
        <//>
        <div class="actions"><button class="primary">Sign in</button></div>
      </form>
    <//>`;
}

render(html`<${App} />`, document.body);
