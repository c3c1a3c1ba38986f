import { useCallback, useEffect, useState } from 'react';
import { Age } from './components/moment.tsx';
import { ThemeChoice } from './components/theme.tsx';
import { readSession, signOut } from './feed/client.ts';
import { useSystem, type System } from './feed/use-system.ts';
import { Batch } from './pages/batch.tsx';
import { Batches } from './pages/batches.tsx';
import { Groups } from './pages/groups.tsx';
import { Login } from './pages/login.tsx';
import { Money } from './pages/money.tsx';
import { Overview } from './pages/overview.tsx';
import { RequestPage } from './pages/request.tsx';
import { Requests } from './pages/requests.tsx';
import { Settings } from './pages/settings.tsx';
import { Workers } from './pages/workers.tsx';
import { pages, type Place } from './route/place.ts';
import { Link, NavigationProvider, useNavigation } from './route/use-place.tsx';
import { formatCount } from './text/format.ts';

type Session = 'cookie' | 'open' | 'none' | 'unknown' | 'unreachable';

/** The dashboard, once whoever looks is known. */
export function App() {
  const [session, setSession] = useState<Session>('unknown');
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    readSession(abort.signal).then(setSession, () => {
      if (abort.signal.aborted) return;
      setSession('unreachable');
      timer = setTimeout(() => setTurn((count) => count + 1), 2000);
    });
    return () => {
      abort.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [turn]);
  const onSignedOut = useCallback(() => setSession('none'), []);

  switch (session) {
    case 'unknown':
      return <main className="waiting">Loading…</main>;
    case 'unreachable':
      return (
        <main className="waiting" role="alert">
          The gateway cannot be reached; it is tried again.
        </main>
      );
    case 'none':
      return <Login onSignedIn={() => setTurn((count) => count + 1)} />;
    case 'cookie':
    case 'open':
      return (
        <NavigationProvider>
          <Frame canSignOut={session === 'cookie'} onSignedOut={onSignedOut} />
        </NavigationProvider>
      );
  }
}

interface FrameProps {
  readonly canSignOut: boolean;
  readonly onSignedOut: () => void;
}

function Frame({ canSignOut, onSignedOut }: FrameProps) {
  const system = useSystem(onSignedOut);
  const { place } = useNavigation();
  const title = place.id ?? place.page;
  useEffect(() => {
    document.title = `${title.slice(0, 20)} · batch-gpt`;
  }, [title]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="top">
        <Link to={{ page: 'overview' }} className="brand">
          batch-gpt
        </Link>
        <nav aria-label="Pages of the dashboard">
          {pages.map((page) => (
            <Link key={page} to={{ page }} aria-current={place.page === page ? 'page' : undefined}>
              {page}
              <Badge page={page} system={system} />
            </Link>
          ))}
        </nav>
        <span className="tools">
          <Live system={system} />
          <ThemeChoice />
          {canSignOut && (
            <button type="button" onClick={() => void signOut().then(onSignedOut)}>
              Sign out
            </button>
          )}
        </span>
      </header>
      <main id="main" tabIndex={-1}>
        <h1 className="hidden">{title}</h1>
        <Warnings system={system} />
        <Page place={place} system={system} />
      </main>
    </>
  );
}

function Page({
  place: { page, id },
  system: { snapshot, samples },
}: {
  readonly place: Place;
  readonly system: System;
}) {
  if (page === 'batches') return id === null ? <Batches /> : <Batch id={id} />;
  if (page === 'requests') return id === null ? <Requests /> : <RequestPage id={id} />;
  if (page === 'settings') return <Settings />;
  if (snapshot === null) return <p className="empty">Loading…</p>;
  switch (page) {
    case 'overview':
      return <Overview snapshot={snapshot} samples={samples} />;
    case 'groups':
      return <Groups snapshot={snapshot} />;
    case 'workers':
      return <Workers snapshot={snapshot} />;
    case 'money':
      return <Money snapshot={snapshot} />;
  }
}

function Badge({ page, system: { snapshot } }: { readonly page: string; readonly system: System }) {
  if (snapshot === null) return null;
  const counts: Readonly<Record<string, number>> = { groups: snapshot.groups.length, batches: snapshot.batches.open };
  const count = counts[page] ?? 0;
  return count === 0 ? null : <span className="badge">{formatCount(count)}</span>;
}

const linkWords = { connecting: 'connecting', live: 'live', lost: 'offline', 'signed out': 'signed out' } as const;

function Live({ system: { link } }: { readonly system: System }) {
  return (
    <span className="live" data-link={link} role="status">
      {linkWords[link]}
    </span>
  );
}

function Warnings({ system: { link, snapshot } }: { readonly system: System }) {
  if (link === 'lost') {
    return (
      <p className="trouble" role="alert">
        The gateway is not heard; it is tried again.{' '}
        {snapshot !== null && (
          <>
            What is shown is <Age at={snapshot.at} /> old.
          </>
        )}
      </p>
    );
  }
  const staleSince = snapshot?.stale_since ?? null;
  if (staleSince !== null) {
    return (
      <p className="trouble" role="alert">
        The store has not answered for <Age at={staleSince} />: what comes from it is as it was then.
      </p>
    );
  }
  if (snapshot !== null && !snapshot.dependencies.redis.up) {
    return (
      <p className="trouble" role="alert">
        Redis is away: requests are accepted all the same, and batches start later.
      </p>
    );
  }
  return null;
}
