import type { Violation } from '../wire/decoded.ts';
import type { Reaction } from './conclusion.ts';
import { describeSeen, describeText, describeWait } from './expectation.ts';
import type { Seen, WaitKind } from './peer.ts';
import { type Ending, type Finding, Stop } from './stop.ts';

/** A peer's octets that no script asked for and the standard forbids. */
export function breachFinding({ rule, detail, offset }: Violation): Finding {
  return {
    rule,
    reaction: `breach of ${rule}`,
    sentence: `The peer broke ${rule} at octet ${offset} of what it sent: ${detail}.`,
    ending: { kind: 'open' },
  };
}

/** How the conversation stands after this was seen. */
export function endingAfter(seen: Seen | undefined): Ending {
  if (seen?.kind === 'ended') return { kind: seen.how };
  if (seen?.kind !== 'method') return { kind: 'open' };
  const { name, args } = seen.method;
  if (name === 'connection.close') return { kind: 'connection-closed', code: args.replyCode, text: args.replyText };
  if (name === 'channel.close') return { kind: 'channel-closed', code: args.replyCode, text: args.replyText };
  return { kind: 'open' };
}

/** Something else came than what was expected. `writing`: octets of ours were under way when the stream was reset. */
export function unexpected(expected: string, seen: Seen, writing: boolean): Stop {
  const close = seen.kind === 'method' && (seen.method.name === 'connection.close' || seen.method.name === 'channel.close') ? seen.method.args : undefined;
  const cut = seen.kind === 'ended' && seen.how === 'reset' && writing;
  return otherThan(expected, { reaction: describeSeen(seen), text: close?.replyText ?? '', ending: endingAfter(seen), cut });
}

/** The same in either protocol's words. */
export function otherThan(expected: string, { reaction, text, ending, cut }: Omit<Reaction, 'answer'>): Stop {
  return new Stop({ kind: cut ? 'cut' : 'failed', reaction, sentence: `Expected ${expected}, got ${reaction}${describeText(text)}.`, ending });
}

/** Nothing came. */
export function silence(expected: string, wait: WaitKind, waitedMs: number): Stop {
  const sentence = `Expected ${expected} within ${describeWait(waitedMs)}, got silence.`;
  return new Stop({ kind: 'silent', wait, waitedMs, reaction: 'silence', sentence, ending: { kind: 'silence' } });
}
