import {useWords} from '../../i18n/context';
import type {Redraw} from './useRedraw';

/** Name and owner of the dedicated grid that is being drawn; both must be said. */
export function CarveForm({redraw: {carving, carve, finish}}: {redraw: Redraw}) {
  const {t} = useWords();
  return (
    <form
      class="redraw-form"
      onSubmit={(e) => {
        e.preventDefault();
        finish();
      }}
    >
      <label>
        {t('carve.name')}
        <input class="field" value={carving.name} required maxLength={60} onInput={(e) => carve({...carving, name: e.currentTarget.value})} />
      </label>
      <label>
        {t('carve.owner')}
        <input class="field" value={carving.owner} required maxLength={60} onInput={(e) => carve({...carving, owner: e.currentTarget.value})} />
      </label>
      <button type="submit" class="button is-main">{t('carve.make')}</button>
    </form>
  );
}
