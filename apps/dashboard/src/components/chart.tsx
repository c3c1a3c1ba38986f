import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** A colour of the style sheet. */
  readonly color: 'one' | 'two' | 'bad';
}

interface ChartProps {
  readonly title: string;
  /** Unix seconds. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}

const height = 132;
/** A minute at least is shown, in seconds. */
const shortest = 60;
/** Where few values are known, each is marked: a line needs two. */
const fewKnown = 12;

/** Lines over time, and the same in words for whoever cannot see them. */
export function Chart({ title, times, series, format }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(null);
  const names = series.map(({ name, color }) => `${name}:${color}`).join('|');
  const show = useRef(format);
  useEffect(() => {
    show.current = format;
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const draw = () => {
      chart.current?.destroy();
      const style = getComputedStyle(element);
      const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
      const axis = { stroke: color('ink-soft'), grid: { stroke: color('line'), width: 1 }, ticks: { show: false } };
      const font = `11px ${style.fontFamily}`;
      chart.current = new UPlot(
        {
          ...{ width: element.clientWidth, height, padding: [8, 4, 0, 0] },
          legend: { show: false },
          cursor: { y: false, points: { size: 6 } },
          scales: {
            x: { range: (_chart, min, max) => [Math.min(min, max - shortest), max] },
            y: { range: (_chart, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
          },
          axes: [
            { ...axis, font, size: 24, space: 64, values: (_chart, ticks) => ticks.map((tick) => timeOf(tick, ticks)) },
            { ...axis, font, size: 68, space: 32, values: (_chart, ticks) => ticks.map((tick) => show.current(tick)) },
          ],
          series: [
            {},
            ...names.split('|').map((each) => {
              const [label = '', which = 'one'] = each.split(':');
              const stroke = color(`chart-${which}`);
              const points = { show: isSparse, size: 5, fill: stroke };
              return { label, stroke, fill: `${stroke}1f`, width: 1.5, points, spanGaps: true };
            }),
          ],
        },
        [[], ...names.split('|').map(() => [])],
        element,
      );
      chart.current.setData(latest.current);
    };
    draw();
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    // Colours are read once: another theme needs another drawing.
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const preference = window.matchMedia('(prefers-color-scheme: dark)');
    preference.addEventListener('change', draw);
    return () => {
      resize.disconnect();
      themes.disconnect();
      preference.removeEventListener('change', draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [names]);

  const data: UPlot.AlignedData = [[...times], ...series.map(({ values }) => [...values])];
  const latest = useRef(data);
  useEffect(() => {
    latest.current = data;
    chart.current?.setData(data);
  });

  return (
    <figure className="chart">
      <figcaption>
        <span>{title}</span>
        <span className="keys">
          {series.map(({ name, values, color }) => (
            <span key={name} className={`key ${color}`}>
              {name} <b>{lastOf(values, format)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={host} className="plot" role="img" aria-label={inWords(title, series, format)} />
    </figure>
  );
}

/** A time on the axis, where the reader is; days where it spans more than two. */
function timeOf(at: number, all: readonly number[]): string {
  const span = (all.at(-1) ?? at) - (all[0] ?? at);
  const date = new Date(at * 1000);
  if (span > 2 * 86_400) return date.toLocaleDateString(undefined, { month: 'short', day: '2-digit' });
  const seconds = span < 180 ? { second: '2-digit' as const } : {};
  return date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', ...seconds, hourCycle: 'h23' });
}

/** Whether a series has few values that are known, for its points. */
const isSparse = (chart: UPlot, index: number): boolean =>
  (chart.data[index] ?? []).filter((value) => typeof value === 'number').length <= fewKnown;

function lastOf(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  return last === undefined ? '–' : format(last);
}

function inWords(title: string, series: readonly Series[], format: (value: number) => string): string {
  const parts = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${name}: nothing yet`;
    return `${name}: ${lastOf(values, format)} now, ${format(Math.max(...known))} at most`;
  });
  return `${title}. ${parts.join('; ')}.`;
}
