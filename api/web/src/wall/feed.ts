import {territories} from '../api/client';
import type {RevisionEvent} from '../api/events';
import {heed, patience, QUIET_MS, type Link, type Sign} from './link';

const PROBE_MS = 5000;
/** How long an event may be on its way after the service has said that there is one. */
const GRACE_MS = 3000;

/** What the feed tells of. */
export interface Told {
  revision(event: RevisionEvent): void;
  link(link: Link): void;
}

/**
 * Follows a territory for weeks: every revision after the one given is told, also those of a time without a network.
 * A stream that ends is opened again, and one that is silent is not trusted: the service is asked, and a stream that
 * should have told of a revision is opened anew. Returns how to stop.
 */
export function follow(territory: number, since: number, tell: Told): () => void {
  let link: Link = {live: false, heard: since, sign: Date.now(), tries: 0};
  let stream: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let probe: AbortController | null = null;

  const note = (sign: Sign) => {
    link = heed(link, sign);
    tell.link(link);
  };
  const lose = () => {
    stream?.close();
    stream = null;
    note({is: 'lost'});
    clearTimeout(again);
    again = setTimeout(open, patience(link.tries, Math.random()));
  };
  const open = () => {
    stream?.close();
    stream = new EventSource(`/v1/events?territory=${territory}&since=${link.heard}`);
    stream.addEventListener('open', () => note({is: 'alive', at: Date.now()}));
    stream.addEventListener('findings', () => note({is: 'alive', at: Date.now()}));
    stream.addEventListener('revision', (e) => {
      const event = JSON.parse(e.data) as RevisionEvent;
      if (event.revision > link.heard || event.reload) tell.revision(event);
      note({is: 'alive', at: Date.now(), revision: event.revision});
    });
    stream.addEventListener('error', lose);
  };
  /** An event may be on its way; if it does not come, the stream is dead and does not know it. */
  const patiently = async (revision: number) => {
    await new Promise((done) => setTimeout(done, GRACE_MS));
    if (stream && link.heard < revision) lose();
  };
  const listen = async () => {
    if (!stream || Date.now() - link.sign < QUIET_MS) return;
    probe?.abort();
    probe = new AbortController();
    const {signal} = probe;
    const late = setTimeout(() => probe?.abort(), PROBE_MS);
    try {
      const here = (await territories(signal)).find((t) => t.id === territory);
      if (here && here.revision > link.heard) await patiently(here.revision);
      else note({is: 'alive', at: Date.now()});
    } catch {
      lose();
    } finally {
      clearTimeout(late);
    }
  };
  const watch = setInterval(() => void listen(), QUIET_MS / 4);
  open();
  return () => {
    clearInterval(watch);
    clearTimeout(again);
    probe?.abort();
    stream?.close();
    stream = null;
  };
}
