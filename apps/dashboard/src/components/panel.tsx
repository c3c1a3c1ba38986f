import { type ReactNode } from 'react';

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page under a heading of its own. */
export function Panel({ title, aside, children }: PanelProps) {
  return (
    <section className="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** A number that matters, with its name and a word about it. */
export function Figure(props: { readonly name: string; readonly value: ReactNode; readonly note?: ReactNode }) {
  return (
    <div className="figure">
      <dt>{props.name}</dt>
      <dd>
        <span className="value">{props.value}</span>
        {props.note !== undefined && <span className="note">{props.note}</span>}
      </dd>
    </div>
  );
}

/** Facts of one thing, name by name. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
