import {useEffect, useRef} from 'preact/hooks';
import type {Plan} from '../api/types';
import {useWords} from '../i18n/context';

/** All tiers of the plan with their counts; the chosen one is drawn on the map. */
export function TierSwitch({plan, tier, onTier}: {plan: Plan; tier: string | null; onTier: (code: string) => void}) {
  const {t, name, number} = useWords();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone the tiers are one row that scrolls: the chosen one is brought into it.
    list.current?.querySelector(':checked')?.parentElement?.scrollIntoView({block: 'nearest', inline: 'nearest'});
  }, [tier]);
  const dedicated = plan.overlays.dedicated ?? 0;
  return (
    <fieldset class="tiers">
      <legend>{t('tier.title')}</legend>
      <div class="tier-list" ref={list}>
        {plan.tiers.map((row) => (
          <label class="tier" key={row.code} title={row.undrawn > 0 ? t('tier.undrawn', {n: row.undrawn}) : undefined}>
            <input type="radio" name="tier" value={row.code} checked={row.code === tier} onChange={() => onTier(row.code)} />
            <span class="tier-name">{name(row.name)}</span>
            {row.class === 'grid' && !row.complete && <span class="tier-note">{t('tier.partial')}</span>}
            <span class="tier-count">{number(row.count)}</span>
          </label>
        ))}
        {dedicated > 0 && (
          <p class="tier tier-overlay">
            <span class="swatch swatch-dedicated" aria-hidden="true" />
            <span class="tier-name">{t('tier.dedicated')}</span>
            <span class="tier-count">{number(dedicated)}</span>
          </p>
        )}
      </div>
    </fieldset>
  );
}
