import { createHash } from 'node:crypto';
import { type CaseHead, writeCase } from '../../fuzz/case-text.ts';
import type { FuzzFinding, FuzzProtocol, Severity } from '../../fuzz/finding.ts';
import type { PlayedCase } from '../client-case.ts';
import type { Played } from '../stage.ts';
import { judgePlay } from '../verdicts.ts';
import type { Sent } from './fuzz-case.ts';
import type { Place } from './input.ts';

/** What a client did that no client may do, whatever it is sent. */
export interface Misdeed {
  readonly severity: Severity;
  readonly title: string;
  readonly reaction: string;
}

/** Judges a play of a departure that was drawn; undefined: nothing to say against it. */
export function misdeedIn(played: Played, law: PlayedCase, sent: Sent | undefined): Misdeed | undefined {
  const { outcome, reaction, message = '' } = judgePlay(played, law, new Set());
  if (reaction === 'crash') return { severity: 'crash', reaction: 'death', title: message };
  if (sent === undefined || outcome !== 'fail') return wrongCode(played);
  if (reaction === 'balloon') return { severity: 'balloon', reaction, title: message };
  if (reaction === 'silence')
    return isAsked(played) && sent.legible
      ? { severity: 'hang', reaction, title: 'It does not answer any more when the broker closes the connection.' }
      : played.aftermath === 'lingers'
        ? { severity: 'hang', reaction: 'lingers', title: message }
        : undefined;
  return played.aftermath === 'lingers' ? { severity: 'hang', reaction: 'lingers', title: message } : undefined;
}

/** Whether its connection was open, so that a close of the broker's was due an answer. */
function isAsked({ departed, events, barrier }: Played): boolean {
  return (
    barrier !== undefined &&
    events.some((event, at) => at <= barrier && event.kind === 'step' && event.step === 'open' && event.connection === departed?.connection)
  );
}

function wrongCode({ events, departed }: Played): Misdeed | undefined {
  const wrong = events.find((event, at) => at >= (departed?.index ?? 0) && event.kind === 'broke' && event.duty.includes('.close.reply-code'));
  return wrong?.kind === 'broke'
    ? { severity: 'wrong code', reaction: 'closes with a code that is not defined', title: `It breaks the law: ${wrong.detail}.` }
    : undefined;
}

/** The finding, and the text that plays it again. */
export function findingOf(
  { severity, title, reaction }: Misdeed,
  sent: Sent,
  {
    frame,
    where,
    protocol,
    seed,
    index,
    target,
  }: Place & { readonly protocol: FuzzProtocol; readonly seed: number; readonly index: number; readonly target: string },
): FuzzFinding {
  const { octets, state, departures } = sent;
  const departure = departures.join(', ');
  const digest = createHash('sha256').update([protocol, severity, departure, state, reaction].join('\t')).digest('hex').slice(0, 8);
  const id = `${severity.replaceAll(' ', '-')}-${digest}`;
  const said = { severity, title, reaction, state, departure, seed, index };
  const head: CaseHead = { id, subject: 'client', protocol, target, ...said };
  const note = `${where} frame ${frame} of the server, ${state}`;
  return { id, subject: 'client', protocol, ...said, text: writeCase(head, [{ kind: 'send', octets, holes: [], cuts: [], note, departure }]) };
}

/** Where a case's octets go, as its note says. */
export function placeIn(note: string): Place | undefined {
  const [, where, frame] = /^(in place of|behind) frame (\d+)/.exec(note) ?? [];
  return where === undefined ? undefined : { where: where === 'behind' ? 'behind' : 'in place of', frame: Number(frame) };
}
