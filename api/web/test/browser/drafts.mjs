import assert from 'node:assert/strict';
import {ask} from './known.mjs';

/** Writes to the service as a planner's page does; returns what it answers. */
export async function send(base, method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: {'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID()},
    ...(body !== undefined && {body: JSON.stringify(body)}),
  });
  const text = await response.text();
  return {status: response.status, revision: Number(response.headers.get('Gridmap-Revision')), body: text ? JSON.parse(text) : null, text};
}

/** As send, and it must succeed. */
export async function done(base, method, path, body) {
  const answer = await send(base, method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** Makes a draft of the plan in force; returns its id. */
export async function makeDraft(base, plan, name) {
  const {body} = await done(base, 'POST', '/v1/plans', {territory: plan.territory.id, from: plan.id, name});
  return body.id;
}

/** Every grid of a tier, with its ground. */
export async function gridsOf(base, plan, query) {
  const all = [];
  for (let path = `/v1/plans/${plan}/grids?kind=general&drawn=true&geometry=full&limit=500&${query}`; path; ) {
    const page = await ask(base, path);
    all.push(...page.grids);
    path = page.next;
  }
  return all;
}

/** Takes a draft through review and filing into force; returns the revision of it. */
export async function publish(base, draft) {
  let last;
  for (const to of ['reviewed', 'filed', 'in_force']) last = await done(base, 'POST', `/v1/plans/${draft}/state`, {to});
  return last.body.revision;
}

/** Splits the first grid that takes it; returns the grid, the line and the answer. */
export async function splitOne(base, draft, grids, across) {
  for (const grid of grids) {
    const line = across(grid);
    const answer = line && (await send(base, 'POST', `/v1/plans/${draft}/edits?geometry=none`, {op: 'split', grid: grid.id, line: {type: 'LineString', coordinates: line}}));
    if (answer?.status === 200) return {grid, line, answer: answer.body};
  }
  return assert.fail('no grid can be split');
}

/**
 * Redraws at least so many grids: each takes a corner of a sibling with whom it shares a border, so that nobody is
 * new and nobody is gone. Returns their ids.
 */
export async function redraw(base, draft, grids, least) {
  const changed = new Set();
  for (const [i, giver] of grids.entries()) {
    for (const taker of grids.slice(i + 1)) {
      if (changed.size >= least) return changed;
      const at = taker.parent === giver.parent && (!changed.has(giver.id) || !changed.has(taker.id)) && sharedPoint(giver, taker);
      if (!at) continue;
      for (const part of [4, 10, 25, 60]) {
        const region = square(at, giver.bounds, part);
        const answer = await send(base, 'POST', `/v1/plans/${draft}/edits`, {op: 'transfer', to: taker.id, from: [giver.id], region});
        if (answer.status !== 200) continue; // it reached over the edge of the village: a smaller one may not
        changed.add(giver.id).add(taker.id);
        break;
      }
    }
  }
  return changed;
}

/** A square around a point, of a part of a box's size. */
function square([x, y], [west, south, east, north], part) {
  const [w, h] = [(east - west) / part, (north - south) / part];
  return {type: 'Polygon', coordinates: [[[x - w, y - h], [x + w, y - h], [x + w, y + h], [x - w, y + h], [x - w, y - h]]]};
}

const points = ({geometry: g}) => (g.type === 'Polygon' ? [g.coordinates] : g.coordinates).flat(2);

/** The corners of a common border, from west to east. */
export function commonPoints(a, b) {
  const of = new Set(points(b).map(String));
  return points(a).filter((p) => of.has(String(p))).sort((p, q) => p[0] - q[0] || p[1] - q[1]);
}

/** A point in the middle of a common border. */
function sharedPoint(a, b) {
  const common = commonPoints(a, b);
  return common[Math.floor(common.length / 2)];
}
