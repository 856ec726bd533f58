import type { Case } from '../../harness/interop/scene.ts';
import { contentCases } from './contents.ts';
import { patternCases } from './patterns.ts';
import { settlingCases } from './settling.ts';

/** Everything that pairs of clients show. Cases of one id say for different kinds of pairs what is the same there. */
export const interopCases: readonly Case[] = [...settlingCases, ...contentCases, ...patternCases];
