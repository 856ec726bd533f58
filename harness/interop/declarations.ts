import type { InteropDeclaration, InteropResult } from '../check/record-interop.ts';
import type { InteropDeviation } from '../target/profile.ts';
import { concerns } from './client-faults.ts';
import { type ClientName, clientRow } from './clients.ts';
import { deviationOf } from './judged.ts';

const isJudged = ({ outcome }: InteropResult): boolean => outcome !== 'unsupported' && outcome !== 'not-run';
const failed = ({ outcome }: InteropResult): boolean => outcome !== 'pass';

/** What became of all that was declared, of the broker and of the clients, as far as exchanges were played of which it speaks. */
export function declarationsOf(results: readonly InteropResult[], deviations: readonly InteropDeviation[], clients: readonly ClientName[]) {
  const broker = deviations.map((deviation): InteropDeclaration => {
    const own = results.filter(result => deviationOf(result, deviations) === deviation);
    const judged = own.filter(isJudged);
    const state = judged.length === 0 ? 'unjudged' : judged.some(({ surprise, outcome }) => surprise && outcome === 'pass') ? 'stale' : 'met';
    return { ...deviation, state, judged: judged.length, failed: judged.filter(failed).length };
  });
  const known = clients.flatMap(name =>
    (clientRow(name).faults ?? []).map((fault): InteropDeclaration => {
      const { cases, as, reason, source } = fault;
      const judged = results.filter(result => concerns(name, fault, result) && isJudged(result));
      const shown = judged.filter(({ outcome }) => outcome === 'client').length;
      const state = judged.length === 0 ? 'unjudged' : shown === 0 ? 'unseen' : 'met';
      return { cases, client: { name, as }, reason, source, state, judged: judged.length, failed: shown };
    }),
  );
  return [...broker, ...known];
}
