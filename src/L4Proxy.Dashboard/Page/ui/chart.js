// A chart over time. What it shows is said in words as well.

import { html, useEffect, useMemo, useRef } from '../vendor/preact.js';
import uPlot from '../vendor/uplot.js';

const height = 190;
const dark = matchMedia('(prefers-color-scheme: dark)');

/** Lines over the same times (seconds), each with a label and values; null is nothing known. `format` writes a value. */
export function Chart({ title, times, series, format }) {
  const box = useRef();
  const plot = useRef(null);
  const data = useMemo(() => [times, ...series.map((one) => one.values)], [times, series]);
  useEffect(() => {
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(box.current, series, format), data, box.current);
    };
    draw();
    const sizes = new ResizeObserver(() => plot.current.setSize({ width: box.current.clientWidth, height }));
    sizes.observe(box.current);
    dark.addEventListener('change', draw);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      dark.removeEventListener('change', draw);
      plot.current.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current.setData(data), [data]);
  return html`
    <figure class="chart">
      <figcaption><h2>${title}</h2><p>${series.map((one) => `${one.label} ${format(lastOf(one.values))} now, ${format(mostOf(one.values))} at most`).join('; ')}</p></figcaption>
      <div ref=${box} role="img" aria-label="${title}, a line chart of the last hour"></div>
    </figure>`;
}

const known = (values) => values.filter((value) => value !== null);
const lastOf = (values) => known(values).at(-1) ?? null;
const mostOf = (values) => known(values).reduce((most, value) => (most === null || value > most ? value : most), null);

const clock = (seconds) => new Date(1000 * seconds).toLocaleTimeString('en-GB');

function optionsOf(box, series, format) {
  // By way of a colour: what a variable holds may be light-dark(), which a canvas does not know.
  const of = (name) => {
    box.style.color = `var(${name})`;
    const { color } = getComputedStyle(box);
    box.style.color = '';
    return color;
  };
  const axis = { stroke: of('--quiet'), grid: { stroke: of('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  return {
    width: box.clientWidth, height, cursor: { y: false }, legend: { live: true },
    scales: { y: { range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [{ ...axis, space: 75, values: (_, ticks) => ticks.map(clock) }, { ...axis, size: 72, values: (_, ticks) => ticks.map(format) }],
    series: [{ label: 'Time', value: (_, time) => (time === null ? '–' : clock(time)) }, ...series.map((one, i) => ({
      label: one.label, stroke: of(`--series-${i + 1}`), width: 1.5, dash: i === 2 ? [4, 3] : undefined, points: { show: false }, value: (_, value) => format(value),
    }))],
  };
}
