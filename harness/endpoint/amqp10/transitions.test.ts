import { describe, expect, test } from 'vitest';
import { type Performative, protocolHeaders } from '../../wire/amqp10/codec.ts';
import { Link } from './link.ts';
import { Progress } from './progress.ts';
import { attached, attachOf, beginOf, frame, joined, opened, openOctets, recorded } from './recorded.test-kit.ts';
import { Session } from './session.ts';
import {
  type ConnectionState,
  type ConnectionStep,
  connectionTransitions,
  type Direction,
  discards,
  type LinkState,
  type LinkStep,
  linkTransitions,
  type SessionState,
  type SessionStep,
  sessionTransitions,
} from './transitions.ts';

type Row = Readonly<Partial<Record<Direction, Readonly<Record<string, string>>>>>;

/** Every step of a table. */
const stepsOf = (table: object): readonly (readonly [from: string, direction: Direction, step: string, to: string])[] =>
  (Object.entries(table) as [string, Row][]).flatMap(([from, row]) =>
    (Object.entries(row) as [Direction, Readonly<Record<string, string>>][]).flatMap(([direction, steps]) =>
      Object.entries(steps).map(([step, to]) => [from, direction, step, to] as const),
    ),
  );

/** The states that can be reached from one. */
function reachable(table: object, from: string): ReadonlySet<string> {
  const found = new Set([from]);
  for (const state of found) for (const [start, , , to] of stepsOf(table)) if (start === state) found.add(to);
  return found;
}

describe.each([
  ['connection', connectionTransitions, 'START', 'END'],
  ['session', sessionTransitions, 'UNMAPPED', 'UNMAPPED'],
  ['link', linkTransitions, 'DETACHED', 'DETACHED'],
] as const)('the table of a %s', (_, table, first, last) => {
  test('leads from its first state to each, and from each to its end', () => {
    expect([...reachable(table, first)].sort()).toEqual(Object.keys(table).sort());
    for (const state of Object.keys(table)) expect([...reachable(table, state)], state).toContain(last);
  });

  test('leaves a state that discards only by what the peer sends', () => {
    for (const [from, direction, , to] of stepsOf(table)) if (discards(from as never) && from !== to) expect(direction).toBe('received');
  });
});

describe('is followed', () => {
  test.each(stepsOf(connectionTransitions))('by a connection: %s, %s %s: %s', (from, direction, step, to) => {
    const progress = new Progress('client', () => {});
    progress.state = from as ConnectionState;
    progress.follow(direction, step as ConnectionStep);
    expect(progress.state).toBe(to);
  });

  test.each(stepsOf(sessionTransitions))('by a session: %s, %s %s: %s', (from, direction, step, to) => {
    const session = new Session();
    session.state = from as SessionState;
    session.follow(direction, step as SessionStep);
    expect(session.state).toBe(to);
  });

  test.each(stepsOf(linkTransitions))('by a link: %s, %s %s: %s', (from, direction, step, to) => {
    const link = new Link(new Session(), 'l', 'sender');
    link.state = from as LinkState;
    link.follow(direction, step as LinkStep);
    expect(link.state).toBe(to);
  });
});

const error = { type: 'error', condition: 'amqp:internal-error' } as const;

/** Performatives sent (by us) and received on one session, and the states that they lead to. */
const walks: readonly (readonly [name: string, walk: readonly (readonly [Direction, Performative, SessionState])[]])[] = [
  [
    'begun and ended by us',
    [
      ['sent', beginOf(), 'BEGIN_SENT'],
      ['received', beginOf({ remoteChannel: 0 }), 'MAPPED'],
      ['sent', { type: 'end' }, 'END_SENT'],
      ['received', { type: 'end' }, 'UNMAPPED'],
    ],
  ],
  [
    'begun and ended by the peer',
    [
      ['received', beginOf(), 'BEGIN_RCVD'],
      ['sent', beginOf({ remoteChannel: 0 }), 'MAPPED'],
      ['received', { type: 'end' }, 'END_RCVD'],
      ['sent', { type: 'end' }, 'UNMAPPED'],
    ],
  ],
  [
    'ended before it was answered',
    [
      ['sent', beginOf(), 'BEGIN_SENT'],
      ['sent', { type: 'end' }, 'END_SENT'],
      ['received', beginOf({ remoteChannel: 0 }), 'END_SENT'],
      ['received', { type: 'end' }, 'UNMAPPED'],
    ],
  ],
  [
    'ended by the peer before we answered',
    [
      ['received', beginOf(), 'BEGIN_RCVD'],
      ['received', { type: 'end', error }, 'END_RCVD'],
      ['sent', beginOf({ remoteChannel: 0 }), 'END_RCVD'],
      ['sent', { type: 'end' }, 'UNMAPPED'],
    ],
  ],
  [
    'ended with an error',
    [
      ['sent', beginOf(), 'BEGIN_SENT'],
      ['received', beginOf({ remoteChannel: 0 }), 'MAPPED'],
      ['sent', { type: 'end', error }, 'DISCARDING'],
      ['received', attachOf('sender'), 'DISCARDING'],
      ['received', { type: 'end' }, 'UNMAPPED'],
    ],
  ],
];

describe('a session of a machine', () => {
  test.each(walks)('that is %s', (_, walk) => {
    const it = recorded({ role: 'client', automatic: { ending: false } });
    it.machine.start(0);
    it.machine.open(0);
    it.machine.receive(joined(protocolHeaders.amqp, openOctets), 0);
    let session: { readonly state: SessionState } | undefined;
    for (const [direction, what, state] of walk) {
      if (direction === 'received') it.machine.receive(frame(what, 0), 0);
      else session = it.machine.send(0, what, 0).session ?? session;
      session ??= it.events.flatMap(event => (event.kind === 'session-begun' ? [event.session] : []))[0];
      expect([what.type, session?.state]).toEqual([what.type, state]);
    }
    expect(it.heard().filter(kind => kind === 'session-over' || kind.startsWith('violation'))).toEqual(['session-over']);
  });

  test('may begin anew on a channel whose end is not answered yet', () => {
    const it = opened({ role: 'server', automatic: { ending: false } });
    it.machine.receive(frame(beginOf(), 3), 0);
    it.machine.receive(frame({ type: 'end' }, 3), 0);
    it.machine.receive(frame(beginOf(), 3), 0);
    expect(it.heard().filter(kind => kind !== 'session-over')).toEqual(['session-begun', 'session-ended', 'session-begun']);
  });
});

describe('a link of a machine', () => {
  test('that both detach at once is gone', () => {
    const it = attached({ role: 'server' });
    it.machine.detach(it.receiver, 0);
    expect(it.receiver.state).toBe('DETACH_SENT');
    it.machine.receive(frame({ type: 'detach', handle: 0, closed: true }, 1), 0);
    expect([it.receiver.state, it.said(), [...it.session.links].length]).toEqual(['DETACHED', ['0 detach'], 1]);
    expect(it.heard()).toEqual(['link-over', 'link-detached']);
  });

  test('that is refused has no terminus, and is detached with the error', () => {
    const it = recorded({ role: 'server' }, (event, { machine }) => {
      if (event.kind === 'opened') machine.open(0);
      if (event.kind === 'link-attached') machine.refuseLink(event.link, { type: 'error', condition: 'amqp:not-found' }, 0);
    });
    it.machine.receive(Buffer.from('414d515000010000', 'hex'), 0);
    for (const [what, channel] of [
      [{ type: 'open', containerId: 'c' }, 0],
      [beginOf(), 0],
      [attachOf('sender'), 0],
    ] as const)
      it.machine.receive(frame(what, channel), 0);
    expect(it.performatives().slice(1)).toMatchObject([
      { type: 'begin', remoteChannel: 0 },
      { type: 'attach', role: 'receiver', target: undefined },
      { type: 'detach', closed: true, error: { condition: 'amqp:not-found' } },
    ]);
  });

  test('that was detached and not closed keeps its deliveries', () => {
    const it = attached({ role: 'server' });
    it.machine.receive(frame({ type: 'transfer', handle: 0, deliveryId: 0, deliveryTag: Uint8Array.of(1), messageFormat: 0 }, 1), 0);
    it.machine.receive(frame({ type: 'detach', handle: 0 }, 1), 0);
    expect(it.performatives()).toMatchObject([{ type: 'detach', closed: undefined }]);
    expect([...it.receiver.unsettled].map(({ deliveryId }) => deliveryId)).toEqual([0]);
    it.machine.receive(frame({ type: 'disposition', role: 'sender', first: 0, settled: true }, 1), 0);
    expect(it.events.at(-1)).toMatchObject({ kind: 'disposition', deliveries: [{ deliveryId: 0 }] });
  });
});
