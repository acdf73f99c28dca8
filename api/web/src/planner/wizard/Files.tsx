import type {Plan} from '../../api/types';
import {ExportLinks} from '../exports/ExportLinks';
import {ImportWizard, type WizardProps} from './ImportWizard';

/** Files of the plan out, and files of a territory in. */
export function Files({plan, tier, ...wizard}: WizardProps & {plan: Plan; tier: string | null}) {
  return (
    <div class="files">
      <ExportLinks plan={plan} tier={tier} what={['check', 'figures', 'report', 'grids']} />
      <ImportWizard {...wizard} />
    </div>
  );
}
