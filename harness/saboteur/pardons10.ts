import { type CompositeName, composites } from '../spec/amqp10/composites.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { AmqpError, Performative, PerformativeName } from '../wire/amqp10/codec.ts';
import { heldOpen10, unpunished10 } from './departures10.ts';
import type { Conversation10, FrameSeam10 } from './fault10.ts';
import { answer10, either10, frames10 } from './rewrites10.ts';

export type When10 = (at: Conversation10) => boolean;

/** Whatever the server answers to this, an error or the end of the stream, the client hears nothing of it. */
export function pardoned(when: When10): FrameSeam10 {
  return either10(unpunished10({ when }), heldOpen10(when));
}

/** The number of the composite that the body of a frame claims to be; undefined where none can be made out. */
function codeIn(frame: Uint8Array): number | undefined {
  const start = 4 * (frame[4] ?? 0);
  return frame[start] === 0 && frame[start + 1] === 0x53 ? frame[start + 2] : undefined;
}

/** Whether the client's last frame is this performative, and breaks the wire format by one of these rules, or by any where none is named. */
export function spoilt(names: CompositeName | readonly CompositeName[], ...rules: readonly RuleId[]): When10 {
  const codes = (typeof names === 'string' ? [names] : names).map(name => composites[name].code as number);
  return at => {
    const last = at.previous('to-server');
    if (last?.what !== 'broken' || (rules.length > 0 && !rules.includes(last.violation.rule))) return false;
    return codes.includes(codeIn(last.bytes) ?? -1);
  };
}

/** Whether the client's last frame is this performative, and such a one. */
export function lastIs<N extends PerformativeName>(
  name: N,
  is: (said: Extract<Performative, { type: N }>, at: Conversation10) => boolean = () => true,
): When10 {
  return at => {
    const last = at.previous('to-server');
    if (last?.what !== 'frame' || last.frame.type !== 'amqp' || last.frame.performative?.type !== name) return false;
    return is(last.frame.performative as Extract<Performative, { type: N }>, at);
  };
}

/** The channel of the client's last frame. */
export function lastChannel(at: Conversation10): number {
  return at.previous('to-server')?.channel ?? 0;
}

/** Errors of the server say nothing but their condition. */
export function wordless(name: 'detach' | 'end' | 'close'): FrameSeam10 {
  return answer10<'detach' | 'end' | 'close'>(name, draft => {
    const { error } = draft.fields;
    if (error === undefined) return false;
    const bare: AmqpError = { type: 'error', condition: error.condition };
    return draft.with({ error: bare });
  });
}

/** From when `begins` holds of what passes, nothing of the server reaches the client any more. */
export function mute10(begins: (body: Performative['type'], at: Conversation10, channel: number) => boolean): FrameSeam10 {
  return {
    kind: 'frames10',
    start: () => {
      let silent = false;
      return (seen, at) => {
        if (seen.direction === 'to-server' && seen.what === 'frame' && seen.frame.type === 'amqp' && seen.frame.performative !== undefined)
          silent ||= begins(seen.frame.performative.type, at, seen.channel);
        return silent && seen.direction === 'to-client' ? {} : 'pass';
      };
    },
  };
}

/** An empty frame of the client never arrives. */
export const deafToEmpty: FrameSeam10 = frames10(seen =>
  seen.direction === 'to-server' && seen.what === 'frame' && seen.frame.type === 'amqp' && seen.frame.performative === undefined ? {} : 'pass',
);
