import './exports.css';
import {useState} from 'preact/hooks';
import {refusal} from '../../api/client';
import type {Plan} from '../../api/types';
import {useWords} from '../../i18n/context';
import {exportsOf, joined, nextOf, type Export, type ExportGroup} from './exports';

interface Props {
  plan: Plan;
  tier: string | null;
  what: readonly ExportGroup[];
}

/** Buttons that take what is on the screen out as files. */
export function ExportLinks({plan, tier, what}: Props) {
  const {t, lang} = useWords();
  const [failed, setFailed] = useState<string | null>(null);
  const all = exportsOf(plan.id, tier, lang).filter((e) => what.includes(e.group));
  return (
    <section class="exports" aria-label={t('export.title')}>
      <h2>{t('export.title')}</h2>
      <ul>
        {all.map((e) => (
          <li key={e.file}>
            {e.paged ? (
              <button type="button" class="button" data-export={e.file} onClick={() => void save(e).then(setFailed)}>{t(`export.${e.group}`)} · {e.form}</button>
            ) : (
              <a class="button" href={e.href} download={e.file} data-export={e.file}>{t(`export.${e.group}`)} · {e.form}</a>
            )}
          </li>
        ))}
      </ul>
      {failed && <p class="warn-text" role="alert">{failed}</p>}
    </section>
  );
}

/** Puts the pages together and saves them; returns why not, or null. */
async function save({href, file}: Export): Promise<string | null> {
  const pages: GeoJSON.FeatureCollection[] = [];
  try {
    for (let next: string | null = href; next; ) {
      const response: Response = await fetch(next);
      if (!response.ok) throw await refusal(response);
      pages.push((await response.json()) as GeoJSON.FeatureCollection);
      next = nextOf(response.headers.get('Link'));
    }
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
  const url = URL.createObjectURL(new Blob([JSON.stringify(joined(pages))], {type: 'application/geo+json'}));
  const link = Object.assign(document.createElement('a'), {href: url, download: file});
  link.click();
  URL.revokeObjectURL(url);
  return null;
}
