import {ApiError} from '../../api/client';
import {useWords} from '../../i18n/context';
import {SeverityMark, unreachable} from '../parts';
import type {Tool} from '../model/tools';

/** Why the service refused, place by place, and what to do about it. */
export function Refusal({refusal, tool, onClose}: {refusal: ApiError; tool: Tool; onClose: () => void}) {
  const {t, lang, known} = useWords();
  const {message, findings, changed} = refusal.problem;
  const said = (m: {zh: string; en: string}) => (lang === 'en' ? m.en : m.zh);
  const told = (findings?.features ?? []).flatMap(({properties}) => (properties?.message ? [said(properties.message)] : []));
  const why = message ? said(message) : refusal.message;
  return (
    <section class="refusal" role="alert">
      <h2><SeverityMark severity="error" silent /> {t(unreachable(refusal) ? 'refused.unsent' : 'refused.title')}</h2>
      {!unreachable(refusal) && !told.includes(why) && <p>{why}</p>}
      {told.length > 0 && (
        <ul class="refusal-places">
          {[...new Set(told)].map((text) => <li key={text}>{text}</li>)}
        </ul>
      )}
      {changed && (
        <ul class="refusal-places">
          {changed.since.map((c) => (
            <li key={c.revision}>{t('refused.since', {by: c.by, op: known(`op.${c.op}`, c.op), revision: c.revision})}</li>
          ))}
        </ul>
      )}
      <p class="refusal-advice">{known(adviceOf(refusal, tool), t('advice.other'))}</p>
      <button type="button" class="button" onClick={onClose}>{t('refused.close')}</button>
    </section>
  );
}

/** The key of what to do: by the kind of refusal, or by the tool where the edit itself is at fault. */
function adviceOf({status, problem: {type = ''}}: ApiError, tool: Tool): string {
  const kind = type.replace('/problems/', '');
  if (status === 0) return 'advice.unsent';
  return kind === 'edit' || kind === 'topology' ? `advice.${tool}` : `advice.${kind}`;
}
