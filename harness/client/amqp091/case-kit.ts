import type { Conversation, Filter, FrameSeam, Passing, Rewrite, Rewritten } from '../../saboteur/fault.ts';
import type { ContentMethodName, Method, MethodName } from '../../spec/amqp091/classes.ts';
import type { DutyId } from '../../spec/catalogue.ts';
import { dutyOf } from '../../spec/ledger.ts';
import { isAnswer091 } from '../../spec/rule.ts';
import type { Frame } from '../../wire/amqp091/codec.ts';
import type { ClientReaction, ClientScene, ClientStep, ObservedCase, PlayedCase } from '../client-case.ts';

/** What differs from case to case; the rest comes from its first duty. */
export interface CaseSpec extends Partial<Omit<PlayedCase, 'id' | 'seam'>> {
  readonly title: string;
  readonly duties: readonly [DutyId, ...DutyId[]];
  readonly needs: ClientStep;
  /** A filter for one connection that departs once, and says so. */
  readonly departs: Departs;
}

/** Makes the filter of one connection. */
export type Departs = (scene: ClientScene) => Filter;

const prefix = 'amqp091/client/';
/** How long a client may take to come through its opening. */
const openingMs = 5_000;

/** What the catalogue has a client answer to a breach of this duty, as reactions. */
export function answersOf(duty: DutyId): readonly ClientReaction[] {
  return (dutyOf(duty).duty.answers ?? []).flatMap((answer): readonly ClientReaction[] => {
    if (!isAnswer091(answer)) return [];
    if (answer.kind === 'connection-close' || answer.kind === 'channel-close')
      return [{ kind: 'closes', scope: answer.kind === 'channel-close' ? 'channel' : 'connection', codes: [String(answer.code)] }];
    if (answer.kind === 'method') return [{ kind: 'says', name: answer.method }];
    return [{ kind: answer.kind === 'discarded' ? 'goes-on' : 'drops' }];
  });
}

/** A case whose departure breaks a rule: legal is what the catalogue has the client answer, unless the case says so by itself. */
export function breach(id: string, { departs, ...spec }: CaseSpec): PlayedCase {
  const [first, ...rest] = spec.legal ?? spec.duties.flatMap(duty => answersOf(duty));
  if (first === undefined) throw new RangeError(`${id}: its duties name no answer`);
  return {
    level: dutyOf(spec.duties[0]).duty.level,
    lawful: false,
    trigger: triggers[spec.needs],
    ...spec,
    id: `${prefix}${id}`,
    legal: [first, ...rest],
    seam: scene => ({ kind: 'frames', wholeFrames: true, start: () => departs(scene) }),
  };
}

/** A case in which all is legal: the client goes on, unless the case says so otherwise. */
export function lawful(id: string, spec: CaseSpec): PlayedCase {
  const opening = spec.needs === 'connect' ? ({ stayMs: openingMs, until: 'channel' } as const) : {};
  return breach(id, { legal: [{ kind: 'goes-on' }], lawful: true, ...opening, ...spec });
}

/** A case that is judged by what the client sends while nothing departs. */
export function observed(id: string, { title, duties, needs }: Pick<CaseSpec, 'title' | 'duties' | 'needs'>): ObservedCase {
  return { id: `${prefix}${id}`, title, duties, needs, level: dutyOf(duties[0]).duty.level, legal: [{ kind: 'goes-on' }], observes: duties };
}

const triggers: Readonly<Record<ClientStep, string>> = {
  connect: 'a connection',
  open: 'an open connection',
  channel: 'an open channel',
  declare: 'a declare',
  publish: 'a publish',
  consume: 'a delivery to a consumer',
  settle: 'an acknowledgement',
  close: 'a close of the client',
};

/** What a trigger makes of a passing: `false` leaves it as it is, and waits on. */
type Departure<P> = (passing: P, at: Conversation, scene: ClientScene) => Rewritten | false;

type FrameOf<P> = Extract<Passing, { readonly what: 'frame' }> & P;
export type MethodPassing<N extends MethodName = MethodName> = FrameOf<{ readonly frame: { readonly type: 'method'; readonly method: Method<N> } }>;

function isMethod<N extends MethodName>(passing: Passing, direction: Passing['direction'], names: readonly MethodName[]): passing is MethodPassing<N> {
  return passing.direction === direction && passing.what === 'frame' && passing.frame.type === 'method' && names.includes(passing.frame.method.name);
}

/** Departs once, where the trigger answers a rewrite. */
export function once(trigger: Departure<Passing>): Departs {
  return scene => {
    let done = false;
    return (passing, at) => {
      const change = !done && trigger(passing, at, scene);
      if (change === false) return 'pass';
      done = true;
      scene.departed();
      return change;
    };
  };
}

/** Departs once, at the first method of this name that the server sends and the change is not false for. */
export function atAnswer<N extends MethodName>(name: N, change: Departure<MethodPassing<N>>): Departs {
  return once((passing, at, scene) => isMethod<N>(passing, 'to-client', [name]) && change(passing, at, scene));
}

/** Departs once, at the first method of this name that the client sends. */
export function atRequest<N extends MethodName>(name: N, change: Departure<MethodPassing<N>>): Departs {
  return once((passing, at, scene) => isMethod<N>(passing, 'to-server', [name]) && change(passing, at, scene));
}

/** Octets or frames behind the first method of this name that the server sends. */
export function behindAnswer<N extends MethodName>(name: N, more: (passing: MethodPassing<N>, at: Conversation) => readonly (Frame | Uint8Array)[]): Departs {
  return atAnswer(name, (passing, at) => ({ send: [passing.bytes, ...more(passing, at)] }));
}

/** A whole content of the server's, as it passes: its method, its header and its body frames. */
export interface ContentPassing {
  readonly channel: number;
  readonly method: Extract<Passing, { readonly what: 'frame' }>;
  readonly header: Extract<Passing, { readonly what: 'frame' }>;
  readonly bodies: readonly Extract<Passing, { readonly what: 'frame' }>[];
}

/** Departs once, in place of the first whole content of this method; what is answered goes on instead of its frames. */
export function inPlaceOf(name: ContentMethodName, change: (content: ContentPassing, at: Conversation, scene: ClientScene) => Rewritten | false): Departs {
  return scene => {
    const underway = new Map<number, Extract<Passing, { readonly what: 'frame' }>[]>();
    let done = false;
    return (passing, at): Rewrite => {
      if (done || passing.direction !== 'to-client' || passing.what !== 'frame' || passing.frame.type === 'heartbeat') return 'pass';
      const { channel, frame } = passing;
      if (frame.type === 'method') {
        underway.delete(channel);
        if (frame.method.name !== name) return 'pass';
        underway.set(channel, [passing]);
        return 'hold';
      }
      const parts = underway.get(channel);
      if (parts === undefined) return 'pass';
      parts.push(passing);
      const [method, header, ...bodies] = parts;
      if (method === undefined || header === undefined || header.frame.type !== 'header') return 'hold';
      const left = bodies.reduce((sum, body) => sum - BigInt(body.frame.type === 'body' ? body.frame.payload.length : 0), header.frame.header.bodySize);
      if (left > 0n) return 'hold';
      underway.delete(channel);
      const rewritten = change({ channel, method, header, bodies }, at, scene);
      if (rewritten === false) return 'pass';
      done = true;
      scene.departed();
      return rewritten;
    };
  };
}

/** The filter of a fault of the saboteur's, which departs where it first rewrites. */
export function fault(seam: FrameSeam): Departs {
  return scene => {
    const filter = seam.start();
    return (passing, at) => {
      const rewrite = filter(passing, at);
      if (typeof rewrite === 'object') scene.departed();
      return rewrite;
    };
  };
}

/** The standard leaves it to the client; that it neither crashes nor hangs is judged in all cases. */
export const anyReaction: readonly [ClientReaction, ...ClientReaction[]] = [
  { kind: 'goes-on' },
  { kind: 'drops' },
  { kind: 'closes', scope: 'connection' },
  { kind: 'closes', scope: 'channel' },
];

/** Where the client is at work: it has been sent so many deliveries, and is about to be sent one more. */
const deliveriesBefore = 2;

/** The next delivery but so many, whichever channel it is on, before its first frame goes out. */
export function atWork(): (passing: Passing) => passing is MethodPassing<'basic.deliver'> {
  let seen = 0;
  return (passing): passing is MethodPassing<'basic.deliver'> => {
    if (passing.direction !== 'to-client' || passing.what !== 'frame' || passing.frame.type !== 'method' || passing.frame.method.name !== 'basic.deliver')
      return false;
    seen += 1;
    return seen > deliveriesBefore;
  };
}
