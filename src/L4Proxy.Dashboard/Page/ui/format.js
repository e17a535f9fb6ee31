// How numbers, times and names are shown.

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const ages = [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]];

const none = '–';

export const count = (number) => number?.toLocaleString('en') ?? none;

export function bytes(number) {
  if (number === null || number === undefined)
    return none;
  let unit = 0;
  let left = number;
  while (left >= 1000 && unit < units.length - 1) {
    left /= 1000;
    unit++;
  }
  return `${unit === 0 || left >= 100 ? Math.round(left) : left.toFixed(1)} ${units[unit]}`;
}

export const rate = (number) => (number === null || number === undefined ? none : `${bytes(number)}/s`);

export const milliseconds = (number) => (number === null || number === undefined ? none : `${number >= 100 ? Math.round(number) : number.toFixed(number >= 10 ? 1 : 2)} ms`);

/** What goes both ways in a second; of nothing, 0. */
export const bothWays = (flow) => (flow ? flow.bytesUpPerSecond + flow.bytesDownPerSecond : 0);

export const perSecond = (number) => number?.toLocaleString('en', { maximumFractionDigits: 1 }) ?? none;

/** How long ago a time is, in its largest unit and the next. */
export function age(time, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - new Date(time)) / 1000));
  const first = ages.findIndex(([, length]) => seconds >= length);
  if (first < 0)
    return '0 s';
  return ages.slice(first, first + 2).map(([unit, length], i) => [Math.floor((i === 0 ? seconds : seconds % ages[first][1]) / length), unit])
    .filter(([number], i) => i === 0 || number > 0).map(([number, unit]) => `${number} ${unit}`).join(' ');
}

export const moment = (time) => new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const day = (time) => new Date(time).toLocaleDateString('en-GB', { dateStyle: 'medium' });

/** A list that stops before it gets long. */
export const some = (names, most = 3) => (names.length > most ? `${names.slice(0, most).join(', ')} and ${count(names.length - most)} more` : names.join(', '));
