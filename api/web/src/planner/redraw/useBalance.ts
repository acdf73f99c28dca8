import {useState} from 'preact/hooks';
import * as api from '../../api/client';
import type {Balance, Plan} from '../../api/types';
import {useRemote, type Remote} from '../remote';

export interface Balanced {
  /** The grids of the drawn tier against its band; null where the tier has none, or no draft is open. */
  readonly remote: Remote<Balance> | null;
  /** Lists more grids. */
  readonly more: () => void;
}

/** Rows listed at first, and each time more are asked for. */
const FEW = 10;
const MORE = 200;

/** How the grids of a draft stand to their band, kept true as the plan moves. */
export function useBalance(plan: Plan | null, tier: string | null, revision: number): Balanced {
  const [limit, setLimit] = useState(FEW);
  const banded = plan?.state === 'draft' && plan.tiers.some((t) => t.code === tier && hasBand(t));
  const remote = useRemote(banded ? `balance/${plan.id}/${tier}/${limit}` : null, revision, (signal) =>
    api.balance(plan?.id ?? 0, {tier: tier ?? '', limit, min_revision: revision || undefined}, signal),
  );
  return {remote: banded ? remote : null, more: () => setLimit(limit + MORE)};
}

const hasBand = ({households, persons_cap}: Plan['tiers'][number]) => households.min > 0 || households.max > 0 || persons_cap > 0;
