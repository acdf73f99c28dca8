import {lazily} from '../lazy';

/** Files in and out, fetched when their tab is opened. */
export const Files = lazily(() => import('./Files').then((m) => m.Files));

/** The import wizard alone, for a service that has no territory yet. */
export const ImportWizard = lazily(() => import('./ImportWizard').then((m) => m.ImportWizard));
