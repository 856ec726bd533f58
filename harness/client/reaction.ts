import type { ClientEvent, ClientReaction, ClosingScope, PlayedCase } from './client-case.ts';

/** What a client did about a departure. `met`: what the case has it owe. `refused`: the broker ended it, for what it sent or did not. `silence`: nothing at all, not even when it was asked to end the connection. */
export type Reaction =
  | { readonly kind: 'closes'; readonly scope: ClosingScope; readonly code: string | undefined }
  /** `asked`: only when the broker closed the connection. */
  | { readonly kind: 'drops'; readonly how: 'eof' | 'reset'; readonly asked?: true }
  | { readonly kind: 'says'; readonly name: string }
  | { readonly kind: 'met' | 'goes-on' | 'refused' | 'silence' };

/** Where the departure stands among the events, and on which connection. */
export interface Moment {
  readonly connection: number;
  /** Events before it are not a reaction. */
  readonly index: number;
}

export interface ReadingOptions {
  /** From this event on the broker asks for the end of the connection; undefined: not yet. */
  readonly barrier: number | undefined;
  /** Whether the connection was open when that was asked: else no answer is due, and the client got nowhere. */
  readonly opened: boolean;
}

/** What the events show so far; undefined: nothing that decides. */
export function reactionIn(
  events: readonly ClientEvent[],
  { connection, index }: Moment,
  { legal, ends, farewell: owed }: Pick<PlayedCase, 'legal' | 'ends' | 'farewell'>,
  { barrier, opened }: ReadingOptions,
): Reaction | undefined {
  const met = events.some((event, at) => at >= index && event.kind === 'met' && event.connection === connection);
  let said: Reaction | undefined = met ? { kind: 'met' } : undefined;
  for (let at = index; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined || !('connection' in event) || event.connection !== connection) continue;
    if (event.kind === 'ended') {
      const asked = barrier !== undefined && at >= barrier;
      if (said !== undefined) return said;
      if (ends === true) return { kind: 'goes-on' };
      if (asked && (!opened || event.ours === true)) return { kind: 'silence' };
      if (event.ours === true) return { kind: 'refused' };
      const free = asked && owed !== true && !legal.some(({ kind }) => kind === 'drops');
      return free ? { kind: 'goes-on' } : { kind: 'drops', how: event.how, ...(asked && { asked }) };
    } else if (event.kind === 'said') {
      if (legal.some(each => matches(event, each))) said ??= { kind: 'says', name: event.name };
      if (event.closes !== undefined && event.code !== undefined) return { kind: 'closes', scope: event.closes, code: event.code };
      if (event.closes === 'connection' || event.farewell === true) return said ?? endedInOrder(legal, event, barrier !== undefined && at >= barrier);
    }
  }
  return undefined;
}

/** A close without an error is the end of what goes on; where nothing may go on it is a close that does not say why. */
function endedInOrder(legal: PlayedCase['legal'], { farewell }: Said, asked: boolean): Reaction {
  const gaveUp = farewell !== true && !asked && legal.every(({ kind }) => kind !== 'goes-on');
  return gaveUp ? { kind: 'closes', scope: 'connection', code: undefined } : { kind: 'goes-on' };
}

type Said = Extract<ClientEvent, { readonly kind: 'said' }>;

const matches = ({ name, code }: Said, legal: ClientReaction): boolean =>
  legal.kind === 'says' && legal.name === name && (legal.codes === undefined || legal.codes.includes(code ?? ''));

/** Whether this is one of the legal reactions; only what it owes is, where the case says so. */
export function isLegal(reaction: Reaction, { legal, owes, lawful }: Pick<PlayedCase, 'legal' | 'owes' | 'lawful'>): boolean {
  if (reaction.kind === 'met') return true;
  // Who may go on with what is broken may well be thrown out for it.
  if (reaction.kind === 'refused') return !lawful && legal.some(({ kind }) => kind === 'goes-on');
  return legal.some(each => {
    if (each.kind !== reaction.kind || (owes !== undefined && reaction.kind === 'goes-on')) return false;
    if (each.kind === 'closes' && reaction.kind === 'closes')
      return each.scope === reaction.scope && (each.codes === undefined || each.codes.includes(reaction.code ?? ''));
    return each.kind !== 'says' || (reaction.kind === 'says' && each.name === reaction.name);
  });
}

/** In the words of records, without anything that changes from run to run. */
export function reactionWords(reaction: Reaction): string {
  switch (reaction.kind) {
    case 'closes':
      return `${reaction.scope} closed${reaction.code === undefined ? '' : ` with ${reaction.code}`}`;
    case 'drops':
      return reaction.how === 'reset' ? 'reset without a word' : 'eof without a word';
    case 'says':
      return `answered ${reaction.name}`;
    case 'met':
      return 'did what it owed';
    case 'goes-on':
      return 'went on';
    case 'refused':
      return 'refused by the broker';
    case 'silence':
      return 'silence';
  }
}

/** What would be legal, for people. */
export function legalWords({ legal, owes }: Pick<PlayedCase, 'legal' | 'owes'>): string {
  if (owes !== undefined) return owes;
  const words = legal.map(each => {
    if (each.kind === 'closes') return `close the ${each.scope}${each.codes === undefined ? '' : ` with ${each.codes.join(' or ')}`}`;
    if (each.kind === 'says') return `answer ${each.name}`;
    return each.kind === 'drops' ? 'close the socket' : 'go on';
  });
  return [...new Set(words)].join(', or ');
}

/** What came, as a sentence without its end. */
export function reactionSentence(reaction: Reaction): string {
  switch (reaction.kind) {
    case 'closes':
      return `it closed the ${reaction.scope} with ${reaction.code ?? 'no error'}`;
    case 'drops':
      if (reaction.asked === true) return 'it closed the socket without an answer when the broker closed the connection';
      return reaction.how === 'reset' ? 'it reset the socket without a word' : 'it closed the socket without a word';
    case 'says':
      return `it answered ${reaction.name}`;
    case 'met':
      return 'it did so';
    case 'goes-on':
      return 'it went on as if nothing had been';
    case 'refused':
      return 'the broker had to end the connection, for what the client sent or did not send';
    case 'silence':
      return 'it did nothing, and did not answer when the broker asked for the end';
  }
}
