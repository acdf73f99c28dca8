import type {Lang} from '../../i18n/dictionary';

/** What the readers of files say, in Chinese; the service says it in English. */
const REASONS: readonly [RegExp, string][] = [
  [/^is empty$/, '为空'],
  [/^"(.*)" is no whole number$/, '“$1”不是整数'],
  [/^"(.*)" is no number( of degrees)?$/, '“$1”不是数字'],
  [/^(\S+) is negative$/, '$1 是负数'],
  [/^(\S+) is absurd; (\S+) is the most$/, '$1 不合理，最大为 $2'],
  [/^"(.*)" is no day such as .*$/, '“$1”不是日期，应如 2025-06-30'],
  [/^"(.*)" is neither true nor false$/, '“$1”不是“是”或“否”'],
  [/^"(.*)" is unknown; use (.*)$/, '“$1”不可用，应为 $2'],
  [/^no grid of a tier above has the code "(.*)"$/, '上级没有编码为“$1”的网格'],
  [/^names no parent and has no ground to find it by$/, '未写上级，也没有边界可以据以查找'],
  [/^stands twice$/, '重复'],
  [/^the place is missing$/, '缺少位置'],
  [/^there is no tier "(.*)"$/, '没有层级“$1”'],
  [/^looks like an identity number.*$/, '像是身份证号码，不予保存；请改用其他编号'],
  [/^no such property; there are (.*)$/, '没有这个属性，现有：$1'],
  [/^must be at least 1$/, '至少为 1'],
  [/^a second grid of tier 0; (.*) is the territory$/, '顶层只能有一个，已有 $1'],
];

/** A reason in the person's language; one there are no words for stays as the service says it. */
export function inWords(reason: string, lang: Lang): string {
  if (lang === 'en') return reason;
  const found = REASONS.find(([pattern]) => pattern.test(reason));
  return found ? reason.replace(found[0], found[1]) : reason;
}
