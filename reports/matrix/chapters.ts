import type { RunRecord } from '../../harness/check/record.ts';
import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import type { Change } from '../compare.ts';
import { placeOf, ruleIndex } from '../summarize.ts';

/** What a difference means to who moves, the gravest first. */
export const chapterIds = ['dies', 'outlives', 'breaks', 'missing', 'access', 'mistakes', 'should', 'wire', 'otherwise', 'better'] as const;

export type ChapterId = (typeof chapterIds)[number];

/** Read by few: told in a line each, and folded. */
export const folded: ReadonlySet<ChapterId> = new Set(['should', 'wire', 'otherwise', 'better']);

/** Title and lead of each chapter. */
export const chapterWords: Readonly<Record<ChapterId, (names: { readonly from: string; readonly to: string }) => readonly [title: string, lead: string]>> = {
  dies: ({ to }) => [`What ends ${to}`, 'One client that does this takes the broker from all others.'],
  outlives: ({ from, to }) => [`What is otherwise after a restart of ${to}`, `On ${from} these came out of a stop and a kill as they should.`],
  breaks: ({ from, to }) => [
    `What well-behaved applications notice`,
    `${from} does what the standard demands, and applications may rely on it; ${to} does not. Look for each in your own code.`,
  ],
  missing: ({ to }) => [`Features that ${to} lacks`, 'Extensions, or optional in the standard. Of no concern to who does not use them.'],
  access: ({ to }) => [
    'Who gets in, and who may do what',
    `Where ${to} lets pass what is to be refused, permissions protect less than before; the others are refused in another way.`,
  ],
  mistakes: ({ to }) => [
    `Refusals that come otherwise from ${to}`,
    'Felt by error handlers, by start-up code that asks whether a queue is there, and by tests. A connection that is closed instead of a channel takes all its other channels along.',
  ],
  should: () => ['Recommendations no longer followed', 'The standard says SHOULD: an application cannot rely on it anywhere.'],
  wire: () => ['Malformed frames and handshakes', 'No application sends these. They matter to who writes a client library, and to who fears hostile clients.'],
  otherwise: () => ['Other reactions', 'Right on both, or wrong on both, and not the same: felt by code that looks at the very answer.'],
  better: ({ from, to }) => [`What ${to} does better`, `Wrong or missing on ${from}: work-arounds may go, and what relied on the mistake may break.`],
};

/** Areas about what client libraries do for an application. */
const wireAreas: ReadonlySet<string> = new Set([
  'channel',
  'connection',
  'content',
  'fields',
  'framing',
  'header',
  'heartbeat',
  'methods',
  'negotiation',
  'open',
  'start',
]);
const accessAreas: ReadonlySet<string> = new Set(['authentication', 'permission', 'tls', 'user-id', 'virtual-host']);

/** An answer to a client's mistake, rather than something that the broker owes to everybody. */
function isMistake(record: RunRecord, { rule, duties }: VerdictRecord): boolean {
  const own =
    ruleIndex(record)
      .get(rule)
      ?.duties.filter(duty => duties.includes(duty.id)) ?? [];
  return own.length > 0 ? own.every(({ kind }) => kind === 'enforce') : duties.every(duty => duty.endsWith(':enforce'));
}

const died = ({ ending }: VerdictRecord) => ending?.kind === 'peer-died';

/** Where one check that came out otherwise belongs by itself. */
export function chapterOf(record: RunRecord, { kind, before, after }: Change): ChapterId {
  if (kind === 'lost') return 'missing';
  if (died(after) && !died(before)) return 'dies';
  if (kind === 'other-reaction') return 'otherwise';
  if (kind !== 'newly-failing') return 'better';
  const { area } = placeOf(after.check);
  if (area === 'durability') return 'outlives';
  if (after.level !== 'MUST') return 'should';
  if (accessAreas.has(area)) return 'access';
  if (!isMistake(record, after) || !isMistake(record, { ...before, rule: after.rule })) return 'breaks';
  return wireAreas.has(area) ? 'wire' : 'mistakes';
}

/** Where several belong that have one reason: the gravest that must not be missed, else where most of them are. */
export function sharedChapter(chapters: readonly ChapterId[]): ChapterId {
  for (const id of ['dies', 'outlives'] as const) if (chapters.includes(id)) return id;
  const must = chapters.filter(id => id !== 'should');
  const count = (id: ChapterId) => must.filter(each => each === id).length;
  return chapterIds.reduce((best, id) => (count(id) > count(best) ? id : best), must[0] ?? chapters[0] ?? 'otherwise');
}
