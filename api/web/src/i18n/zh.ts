import {common} from './zh/common';
import {compare} from './zh/compare';
import {desk} from './zh/desk';
import {measure} from './zh/measure';
import {planner} from './zh/planner';
import {phone} from './zh/phone';
import {publicPage} from './zh/public';
import {wall} from './zh/wall';

/** Chinese, the field's own words, a file for each page. The keys of this dictionary are the keys of every other. */
export const zh = {
  ...common,
  ...planner,
  ...desk,
  ...measure,
  ...compare,
  ...wall,
  ...publicPage,
  ...phone,
} as const;
