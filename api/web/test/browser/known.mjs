import assert from 'node:assert/strict';

/** Asks the service directly, beside the page. */
export async function ask(base, path) {
  const response = await fetch(base + path);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.json();
}

/**
 * What the stories hold the page against, taken from the service itself: the
 * plan in force, a leaf grid that has people, a point inside it, and what
 * locate answers for that point.
 */
export async function known(base) {
  const {territories} = await ask(base, '/v1/territories');
  const planId = territories.find((t) => t.plan)?.plan.id;
  assert.ok(planId, 'a plan is in force');
  const plan = await ask(base, `/v1/plans/${planId}`);
  const leafTier = plan.tiers.filter((t) => t.count > t.undrawn).at(-1);
  const {grids} = await ask(base, `/v1/plans/${planId}/grids?tier=${leafTier.code}&kind=general&drawn=true&limit=50`);
  let leaf = null;
  for (const {id} of grids) {
    const grid = await ask(base, `/v1/plans/${planId}/grids/${id}?geometry=none`);
    leaf ??= grid;
    if (grid.workers.length > 0) {
      leaf = grid;
      break;
    }
  }
  const [lon, lat] = leaf.interior;
  const located = await ask(base, `/v1/locate?plan=${planId}&lon=${lon}&lat=${lat}`);
  assert.equal(located.chain.at(-1).id, leaf.id, 'the interior point of a leaf lies in the leaf');
  return {plan, leafTier, leaf, located, at: leaf.interior};
}
