import type { MethodName } from './amqp091/classes.ts';
import type { ReplyCode } from './amqp091/constants.ts';
import type { Answer, Level, Reading, Source } from './rule.ts';

/** Short words in which the rule tables are written; each gives one part of a `Rule`. */

export const xml = (path: string): Source => ({ kind: 'xml', path });
export const text = (section: string): Source => ({ kind: 'text', section });
export const grammar = (production: string): Source => ({ kind: 'grammar', production });
export const errata = (item: number): Source => ({ kind: 'errata', item });
export const extension = (document: string, url: string): Source => ({ kind: 'extension', document, url });

/** connection.close with this code. */
export const connectionClose = (code: ReplyCode, reading: Reading = 'text'): Answer => ({ kind: 'connection-close', code, reading });
/** channel.close with this code. */
export const channelClose = (code: ReplyCode, reading: Reading = 'text'): Answer => ({ kind: 'channel-close', code, reading });
/** An ordinary method: the conversation goes on. */
export const reply = (method: MethodName, reading: Reading = 'text'): Answer => ({ kind: 'method', method, reading });
/** Nothing visible: the conversation goes on. */
export const discarded = (reading: Reading = 'text'): Answer => ({ kind: 'discarded', reading });
export const bareClose: Answer = { kind: 'bare-close', reading: 'text' };
export const headerThenClose: Answer = { kind: 'header-then-close', reading: 'text' };

type Shown<L extends Level, S extends 'wire' | 'indirect'> = { readonly level: L; readonly shown: S; readonly answers?: readonly [Answer, ...Answer[]] };
type Hidden<L extends Level> = { readonly level: L; readonly shown: 'untestable'; readonly reason: string };

function shown<L extends Level, S extends 'wire' | 'indirect'>(level: L, how: S, answers: readonly Answer[]): Shown<L, S> {
  const [first, ...rest] = answers;
  return first === undefined ? { level, shown: how } : { level, shown: how, answers: [first, ...rest] };
}

/** A duty whose breach is seen in the octets themselves. */
export const wire = <const L extends Level>(level: L, ...answers: readonly Answer[]): Shown<L, 'wire'> => shown(level, 'wire', answers);
/** A duty whose breach is seen by what follows from it. */
export const indirect = <const L extends Level>(level: L, ...answers: readonly Answer[]): Shown<L, 'indirect'> => shown(level, 'indirect', answers);
/** A duty whose breach no peer can see; `reason` says why. */
export const untestable = <const L extends Level>(level: L, reason: string): Hidden<L> => ({ level, shown: 'untestable', reason });
