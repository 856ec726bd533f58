import type { Conversation10, Filter10, FrameSeam10, Passing10, Rewritten10 } from '../../saboteur/fault10.ts';
import { bodyOf, piece10 } from '../../saboteur/rewrites10.ts';
import type { DutyId } from '../../spec/catalogue.ts';
import { dutyOf } from '../../spec/ledger.ts';
import type { Answer, Level } from '../../spec/rule.ts';
import type { ClientReaction, ClientScene, ClientStep, PlayedCase } from '../client-case.ts';

/** How a case is written: what is left out follows from the rest. */
export interface Row10 {
  /** Behind `amqp10/client/`. */
  readonly id: string;
  readonly title: string;
  readonly duties: PlayedCase['duties'];
  /** Left out: that of the first duty. */
  readonly level?: Level;
  readonly needs: ClientStep;
  /** Left out: what `needs` says. */
  readonly trigger?: string;
  /** Left out: what the catalogue has the client answer by its first duty; where that names nothing, it goes on. */
  readonly legal?: PlayedCase['legal'];
  /** Left out: whether going on is the one legal reaction. */
  readonly lawful?: boolean;
  readonly owes?: string;
  readonly stayMs?: number;
  readonly until?: ClientStep;
  readonly ends?: true;
  readonly cut?: (offset: number) => number;
  readonly seam: (scene: ClientScene) => FrameSeam10;
}

export const goesOn: ClientReaction = { kind: 'goes-on' };
export const drops: ClientReaction = { kind: 'drops' };
export const closes = (scope: 'connection' | 'session' | 'link', ...codes: readonly string[]): ClientReaction => ({
  kind: 'closes',
  scope,
  ...(codes.length > 0 && { codes }),
});
/** It gives up, at whatever scope and for whatever reason: where the standard leaves it free. */
export const givesUp = [closes('link'), closes('session'), closes('connection'), drops] as const;
/** What answers an end or a detach with an error of the client's own; without one it is `owes` that tells. */
export const answersEnd = [closes('session'), closes('connection')] as const;
export const answersDetach = [closes('link'), ...answersEnd] as const;

const triggers: Readonly<Record<ClientStep, string>> = {
  connect: 'a connection',
  open: 'an open',
  channel: 'a session',
  declare: 'a link',
  publish: 'a message of its own',
  consume: 'a message that it takes',
  settle: 'the outcome of a message',
  close: 'a close of its own',
};

function reactionOf(answer: Answer): readonly ClientReaction[] {
  switch (answer.kind) {
    case 'close':
    case 'end':
    case 'detach': {
      const scope = ({ close: 'connection', end: 'session', detach: 'link' } as const)[answer.kind];
      return [closes(scope, ...(answer.condition === 'any' ? [] : [answer.condition]))];
    }
    case 'bare-close':
    case 'header-then-close':
      return [drops];
    case 'outcome':
      return [{ kind: 'says', name: 'disposition', codes: [answer.outcome] }];
    default:
      return [goesOn];
  }
}

/** What a client may answer by the catalogue; one that names nothing goes on. A SHOULD is not kept by going on either: that is what its level tells. */
function answersOf(duty: DutyId): PlayedCase['legal'] {
  const [first, ...rest] = (dutyOf(duty).duty.answers ?? []).flatMap(reactionOf);
  return first === undefined ? [goesOn] : [first, ...rest];
}

export function case10({ id, level, trigger, legal, lawful, ...row }: Row10): PlayedCase {
  const [duty] = row.duties;
  const may = legal ?? answersOf(duty);
  return {
    ...row,
    id: `amqp10/client/${id}`,
    level: level ?? dutyOf(duty).duty.level,
    trigger: trigger ?? triggers[row.needs],
    legal: may,
    lawful: lawful ?? may.every(({ kind }) => kind === 'goes-on'),
  };
}

/** What becomes of all that passes behind the departure. */
export type Behind = (scene: ClientScene) => Filter10;

/** The rest goes on as it comes. */
export const onwards: Behind = () => () => 'pass';

/** What the case itself has ended, so that the client's own frame of that name is the answer. */
type Said = 'detach' | 'end' | 'close';

/** The broker is left out: neither hears the other any more, but for the broker's close at the end of a case. What the client ends is answered in kind, unless the case has ended it itself. */
export function alone(said?: Said): Behind {
  return () => (seen, at) => {
    const body = bodyOf(seen);
    if (seen.what === 'end') return 'pass';
    if (seen.direction === 'to-client') return body?.type === 'close' && said !== 'close' ? 'pass' : {};
    if (body?.type === 'close' && at.closed['to-client']) return 'pass';
    return answered(seen, at, said);
  };
}

function answered(seen: Passing10, at: Conversation10, said: Said | undefined): Rewritten10 {
  const body = bodyOf(seen);
  const { channel } = seen;
  if (body?.type === 'close') return { ...(said !== 'close' && { back: [piece10({ type: 'close' }, 0)] }), finish: 'end' };
  const session = at.session('to-server', channel);
  const back = session?.channels['to-client'];
  if (back === undefined) return {};
  if (body?.type === 'end' && said !== 'end') return { back: [piece10({ type: 'end' }, back)] };
  if (body?.type !== 'detach' || said === 'detach') return {};
  const handle = at.link('to-server', channel, body.handle)?.handles['to-client'];
  return handle === undefined ? {} : { back: [piece10({ type: 'detach', handle, closed: body.closed }, back)] };
}

/** Departs where this seam strikes first; then what is behind. */
export function departs(seam: FrameSeam10 | ((scene: ClientScene) => FrameSeam10), behind: Behind = onwards): (scene: ClientScene) => FrameSeam10 {
  return scene => ({
    kind: 'frames10',
    start: () => {
      const strike = (typeof seam === 'function' ? seam(scene) : seam).start();
      const then = behind(scene);
      let departed = false;
      return (seen, at) => {
        if (departed) return then(seen, at);
        if (scene.over) return 'pass';
        const wanted = strike(seen, at);
        if (wanted === 'pass' || wanted === 'hold') return wanted;
        departed = true;
        scene.departed();
        return wanted;
      };
    },
  });
}

/** Rewrites as often as it likes, from the first time that it strikes on: what is legal all the time. */
export function throughout(seam: FrameSeam10 | ((scene: ClientScene) => FrameSeam10)): (scene: ClientScene) => FrameSeam10 {
  return scene => ({
    kind: 'frames10',
    start: () => {
      const filter = (typeof seam === 'function' ? seam(scene) : seam).start();
      return (seen, at) => {
        const wanted = filter(seen, at);
        if (typeof wanted === 'object') scene.departed();
        return wanted;
      };
    },
  });
}

type Body = NonNullable<ReturnType<typeof bodyOf>>;

/** As `behind`, and the client owes what this is true of. One that closes the connection owes nothing any more. */
export function owing(behind: Behind, is: (body: Body, at: Conversation10, channel: number) => boolean): Behind {
  return scene => {
    const then = behind(scene);
    return (seen, at) => {
      const body = seen.direction === 'to-server' ? bodyOf(seen) : undefined;
      if (body !== undefined && is(body, at, seen.channel)) scene.met();
      return then(seen, at);
    };
  };
}
