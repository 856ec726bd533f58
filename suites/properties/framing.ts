import fc from 'fast-check';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { ProbeConnection } from '../../harness/probe/peer.ts';
import type { MethodName } from '../../harness/spec/amqp091/classes.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { bodyFrame, headerFrame, heartbeatFrame, methodFrame, pattern, publishFrame } from '../amqp091/frames.ts';
import { type Heard, nextHeard } from './dialogue.ts';
import { type Cut, cut, merged, pieces, told } from './pieces.ts';

/** What a client may say without waiting for anything; each on one of two channels. */
type Saying =
  | { readonly say: 'publish'; readonly on: 1 | 2; readonly size: number; readonly chunk: number }
  | { readonly say: 'qos' | 'flow' | 'declare'; readonly on: 1 | 2 }
  | { readonly say: 'heartbeat'; readonly on: 0 };

interface Case {
  readonly sayings: readonly Saying[];
  /** Of each frame in its turn: whether the other channel goes first. */
  readonly turns: readonly boolean[];
  readonly cuts: readonly [Cut, Cut, Cut];
}

const on = fc.constantFrom(1 as const, 2 as const);
const saying: fc.Arbitrary<Saying> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ say: fc.constant('publish' as const), on, size: fc.nat(300), chunk: fc.integer({ min: 20, max: 200 }) }) },
  { weight: 3, arbitrary: fc.record({ say: fc.constantFrom('qos', 'flow', 'declare'), on }) },
  { weight: 1, arbitrary: fc.constant({ say: 'heartbeat' as const, on: 0 as const }) },
);

function framesOf(given: Saying, queue: string): readonly Uint8Array[] {
  switch (given.say) {
    case 'publish': {
      const body = pattern(given.size);
      const chunks = Array.from({ length: Math.ceil(given.size / given.chunk) }, (_, index) => body.subarray(index * given.chunk, (index + 1) * given.chunk));
      return [publishFrame(given.on, queue), headerFrame(given.on, { bodySize: given.size }), ...chunks.map(chunk => bodyFrame(given.on, chunk))];
    }
    case 'qos':
      return [methodFrame(given.on, 'basic.qos', { prefetchCount: 10 })];
    case 'flow':
      return [methodFrame(given.on, 'channel.flow', { active: true })];
    case 'declare':
      return [methodFrame(given.on, 'exchange.declare', { exchange: 'amq.direct', type: 'direct', passive: true })];
    case 'heartbeat':
      return [heartbeatFrame()];
  }
}

const replies: Readonly<Partial<Record<Saying['say'], MethodName>>> = { qos: 'basic.qos-ok', flow: 'channel.flow-ok', declare: 'exchange.declare-ok' };

/** A reply, and the channel on which it has to come. */
type Due = readonly [channel: number, name: MethodName];

class Cutting {
  readonly #play: Play;
  readonly #connection: ProbeConnection;
  readonly #cuts: Case['cuts'];

  constructor(play: Play, cuts: Case['cuts']) {
    this.#play = play;
    this.#connection = play.connection;
    this.#cuts = cuts;
  }

  send(octets: Uint8Array, stage: 0 | 1 | 2, what: string): void {
    const cutInto = pieces(octets, this.#cuts[stage]);
    this.#play.step(`send ${what}: ${octets.length} octets in pieces of ${cutInto.map(piece => piece.length).join(', ')}`);
    for (const piece of cutInto) this.#connection.sendBytes(piece);
  }

  /** Hears until these have come, each list in its order; `content` are the sizes of the bodies that come. */
  async hear(due: readonly Due[], bodies: readonly number[]): Promise<void> {
    const open = [...due];
    const sizes: number[] = [];
    while (open.length > 0 || sizes.length < bodies.length) this.#take(await nextHeard(this.#play), open, sizes);
    const [came, wanted] = [[...sizes].sort(), [...bodies].sort()];
    const sentence = `Bodies of ${wanted.join(', ')} octets were published, and bodies of ${came.join(', ')} came.`;
    this.#play.require(came.join() === wanted.join(), { what: 'other messages came than were sent', sentence });
  }

  #take({ channel, method, arrival }: Heard, open: Due[], sizes: number[]): void {
    if (arrival !== undefined) {
      const intact = Buffer.compare(arrival.body, pattern(arrival.body.length)) === 0;
      this.#play.require(intact, { what: 'a changed body', sentence: `A body of ${arrival.body.length} octets came back changed.` });
      sizes.push(arrival.body.length);
      return;
    }
    const next = open.findIndex(each => each[0] === channel);
    const expected = open[next]?.[1] ?? 'nothing';
    const sentence = `Expected ${expected} on channel ${channel}, got ${method.name}.`;
    this.#play.require(expected === method.name, { what: 'another answer than the request wants', sentence });
    open.splice(next, 1);
  }
}

function worded(given: Saying): string {
  return given.say === 'publish' ? `publish ${given.size} octets on ${given.on}` : given.say === 'heartbeat' ? 'heartbeat' : `${given.say} on ${given.on}`;
}

/** Any legal conversation, cut anywhere, has the same effect. */
export const framingModel: Model<Case> = {
  cases: fc.record({
    sayings: fc.array(saying, { maxLength: 10, size: 'max' }),
    turns: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
    cuts: fc.tuple(cut, cut, cut),
  }),
  ownConnection: true,
  connect: (peer, { cuts }) => peer.connection({ cut: octets => pieces(octets, cuts[0]) }),
  async play(play, { sayings, turns, cuts }) {
    const { connection } = play;
    const cutting = new Cutting(play, cuts);
    const queue = play.name('q1');
    play.step(`handshake, each method in pieces ${told(cuts[0])}`);
    const openings = [1, 2].map(channel => methodFrame(channel, 'channel.open'));
    cutting.send(joined(...openings, methodFrame(1, 'queue.declare', { queue, exclusive: true })), 1, 'channel.open on 1 and 2, declare queue q1 on 1');
    const opened = [1, 2].map((channel): Due => [channel, 'channel.open-ok']);
    await cutting.hear([...opened, [1, 'queue.declare-ok']], []);
    const lane = (channel: number) => sayings.filter(each => each.on === channel || (channel === 1 && each.on === 0)).flatMap(each => framesOf(each, queue));
    const consume = methodFrame(1, 'basic.consume', { queue, consumerTag: 't1', noAck: true });
    cutting.send(merged([[...lane(1), consume], lane(2)], turns), 2, [...sayings.map(worded), 'consume on 1'].join(', '));
    const answers = sayings.flatMap((each): readonly Due[] => {
      const reply = replies[each.say];
      return reply === undefined ? [] : [[each.on, reply]];
    });
    const sizes = sayings.flatMap(each => (each.say === 'publish' ? [each.size] : []));
    await cutting.hear([...answers, [1, 'basic.consume-ok']], sizes);
    await connection.close();
  },
};
