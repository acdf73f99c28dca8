import {useWords} from '../i18n/context';
import {LANGS, OWN_NAME, type Lang} from '../i18n/dictionary';

/** Both languages by their own names; the one spoken is pressed in. */
export function LanguageSwitch({lang, onLang}: {lang: Lang; onLang: (lang: Lang) => void}) {
  const {t} = useWords();
  return (
    <div class="switch" role="group" aria-label={t('app.language')}>
      {LANGS.map((l) => (
        <button key={l} type="button" class="switch-item" lang={l} aria-pressed={l === lang} onClick={() => onLang(l)}>
          {OWN_NAME[l]}
        </button>
      ))}
    </div>
  );
}
