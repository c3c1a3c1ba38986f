import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { StatusError } from '@batch-gpt/status-client';
import { useEffect, useState } from 'react';
import { client } from './client.ts';
import { addSample, noSamples, type Samples } from './samples.ts';

/** What is known of the system, and how fresh that is. */
export interface System {
  /** Null until the first one came. */
  readonly snapshot: OperatorSnapshot | null;
  /** `lost`: what is shown is as it was. `signed out`: the token is asked for again. */
  readonly link: 'connecting' | 'live' | 'lost' | 'signed out';
  readonly samples: Samples;
}

const unknown: System = { snapshot: null, link: 'connecting', samples: noSamples };

/** How often time goes on in charts where nothing changes, in milliseconds. */
const tick = 5000;

/** Follows the gateway for as long as the component is there. */
export function useSystem(onSignedOut: () => void): System {
  const [system, setSystem] = useState(unknown);
  useEffect(() => {
    const abort = new AbortController();
    const take = (snapshot: OperatorSnapshot) =>
      setSystem(({ samples }) => ({ snapshot, link: 'live', samples: addSample(samples, snapshot) }));
    const follow = async () => {
      try {
        for await (const news of client.follow({ signal: abort.signal })) {
          if (news.kind === 'connected') setSystem((known) => ({ ...known, link: 'live' }));
          else if (news.kind === 'lost') setSystem((known) => ({ ...known, link: 'lost' }));
          else if (news.kind === 'snapshot') take(news.snapshot);
        }
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof StatusError && error.isUnauthorized) onSignedOut();
        setSystem((known) => ({ ...known, link: 'signed out' }));
      }
    };
    void follow();
    const timer = setInterval(() => {
      setSystem((known) => {
        const { snapshot, link, samples } = known;
        if (snapshot === null || link !== 'live') return known;
        const now = { ...snapshot, at: Math.max(snapshot.at, (samples.list.at(-1)?.at ?? 0) + tick / 1000) };
        return { ...known, samples: addSample(samples, now) };
      });
    }, tick);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [onSignedOut]);
  return system;
}
