import type {Kind, Name, Position} from './types';

/** A rectangle of tiles of one zoom, ends included. */
export interface TileRange {
  z: number;
  x: [number, number];
  y: [number, number];
}

/** A grid that an event tells of; its outlines where it was redrawn and they are not too long to tell. */
export interface ToldGrid {
  id: number;
  code: string;
  name?: Name;
  tier: string;
  kind: Kind;
  change: 'created' | 'changed' | 'retired';
  redrawn: boolean;
  before?: GeoJSON.Geometry;
  after?: GeoJSON.Geometry;
  /** A point well inside its new outline, where its name stands. */
  interior?: Position;
}

/** What the service tells when a territory has changed. */
export interface RevisionEvent {
  territory: number;
  /** The plan whose grids changed, such as a draft; else the plan in force. */
  plan: number;
  revision: number;
  /** More changed than is told: everything is to be taken anew. */
  reload?: boolean;
  /** How many records besides grids changed, by their sort. */
  records?: Record<string, number>;
  /** The tiles that may show the change. */
  tiles?: TileRange[];
  /** The plan in force then. */
  in_force?: number;
  /** When it was done. */
  at?: string;
  grids?: ToldGrid[];
  /** How many more changed than are told. */
  grids_left_out?: number;
  /** What was done; none in the first event after coming anew. */
  op?: string;
}

/** Whether an open plan may look different after the event: grids of other drafts are not its business. */
export const concerns = (event: RevisionEvent, plan: number): boolean =>
  event.plan === plan || event.reload === true || event.op === undefined || event.records !== undefined;

/** Who has a plan open, and on how many pages. */
export interface Visitor {
  name: string;
  pages: number;
}

/** How long to wait before a stream that was refused is asked for again, milliseconds. */
const AGAIN_MS = 5000;

/**
 * Follows the revisions of a territory after the one given; returns how to stop. A lost connection
 * comes back by itself, and what was missed is told then. While the page is
 * hidden nothing is followed: browsers allow six connections to one service,
 * and a forgotten tab must not hold one. Who names a plan counts as present there.
 */
export function followRevisions(
  territory: number,
  since: number,
  tell: {revision: (event: RevisionEvent) => void; connected: (connected: boolean) => void; present?: (people: Visitor[]) => void},
  plan?: number,
): () => void {
  let stream: EventSource | null = null;
  let heard = since;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  };
  const open = () => {
    close();
    stream = new EventSource(`/v1/events?territory=${territory}&since=${heard}${plan === undefined ? '' : `&plan=${plan}`}`);
    stream.addEventListener('presence', (e) => tell.present?.((JSON.parse(e.data) as {people: Visitor[]}).people));
    stream.addEventListener('open', () => tell.connected(true));
    stream.addEventListener('revision', (e) => {
      const event = JSON.parse(e.data) as RevisionEvent;
      heard = event.revision;
      tell.revision(event);
    });
    stream.addEventListener('error', () => {
      tell.connected(false);
      // After a refusal the browser gives up; after a lost connection it does not.
      if (stream?.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    });
  };
  const look = () => (document.hidden ? close() : open());
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    close();
  };
}
