import {lazily} from '../lazy';

/** What can be done about a finding; fetched when the first finding is opened. */
export const FindingActs = lazily(() => import('./FindingActs').then((m) => m.FindingActs));

/** What became of it. */
export const MendStatus = lazily(() => import('./FindingActs').then((m) => m.MendStatus));
