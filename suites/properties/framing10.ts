import fc from 'fast-check';
import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Model10 } from '../../harness/fuzz/property.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import { emptyFrame, encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { beginning } from '../amqp10/frames.ts';
import { Hearing } from './hearing10.ts';
import { type Cut, cut, merged, pieces, told } from './pieces.ts';
import { toldWriting, Writer10, type Writing, writing } from './writing10.ts';

type On = 0 | 1;

/** What a client may say without waiting for anything, on one of two sessions. */
type Saying =
  | { readonly say: 'send'; readonly on: On; readonly size: number; readonly chunk: number; readonly settled: boolean }
  | { readonly say: 'link' | 'flow' | 'empty'; readonly on: On };

interface Case {
  readonly sayings: readonly Saying[];
  /** Of each frame in its turn: whether the other session goes first. */
  readonly turns: readonly boolean[];
  readonly cuts: readonly [Cut, Cut, Cut];
  /** Frames are written in these ways, one after another. */
  readonly writings: readonly Writing[];
  /** The largest frame that the client takes. */
  readonly frameSize: number;
}

const on = fc.constantFrom<On>(0, 1);
const saying: fc.Arbitrary<Saying> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ say: fc.constant('send' as const), on, size: fc.nat(600), chunk: fc.integer({ min: 40, max: 300 }), settled: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ say: fc.constantFrom('link', 'flow', 'empty'), on }) },
);

const senderHandle = 0;
const receiverHandle = 1;
const source = { type: 'source' } as const;
const target = { type: 'target' } as const;

const nameOf = (session: On, count: number): string => `m${session + 1}.${count}`;

/** The text of a message of so many octets, its name first. */
const textOf = (name: string, size: number): string => name.padEnd(Math.max(size, name.length), '.');

/** What one session says, and what is due for it. */
class Lane {
  readonly frames: Uint8Array[] = [];
  readonly #session: On;
  readonly #writer: Writer10;
  readonly #hearing: Hearing;
  readonly #bounds: { readonly credit: number; readonly room: number; readonly nextIncomingId: number };
  #transfers = 0;
  #deliveries = 0;
  #handle = receiverHandle;

  constructor(session: On, writer: Writer10, hearing: Hearing, connection: Connection10) {
    this.#session = session;
    this.#writer = writer;
    this.#hearing = hearing;
    const { nextOutgoingId } = hearing.begun(session);
    this.#bounds = { credit: hearing.credit(session), room: connection.bareSession(session).room, nextIncomingId: nextOutgoingId };
  }

  say(given: Saying, address: string): void {
    if (given.say === 'send') this.#send(given);
    else if (given.say === 'flow') this.flow({});
    else if (given.say === 'empty') this.frames.push(emptyFrame);
    else this.#link(address);
  }

  flow(fields: Readonly<Record<string, unknown>>): void {
    const windows = { ...beginning, nextIncomingId: this.#bounds.nextIncomingId, nextOutgoingId: this.#transfers };
    this.frames.push(this.#writer.frame(this.#session, 'flow', { ...windows, ...fields }));
  }

  /** A message in several transfers, where credit and window have room for it. */
  #send({ size, chunk, settled }: Extract<Saying, { readonly say: 'send' }>): void {
    const name = nameOf(this.#session, this.#deliveries + 1);
    const text = textOf(name, size);
    const octets = encodeMessage({ body: { type: 'data', value: [Buffer.from(text)] } });
    const count = Math.ceil(octets.length / chunk);
    if (this.#deliveries >= this.#bounds.credit || this.#transfers + count > this.#bounds.room) return;
    const deliveryId = this.#deliveries;
    const first = { deliveryId, deliveryTag: Buffer.from(name), messageFormat: 0, settled };
    for (let part = 0; part < count; part++) {
      const values = { handle: senderHandle, ...(part === 0 && first), ...(part < count - 1 && { more: true }) };
      this.frames.push(this.#writer.frame(this.#session, 'transfer', values, octets.subarray(part * chunk, (part + 1) * chunk)));
    }
    this.#deliveries += 1;
    this.#transfers += count;
    this.#hearing.sent(this.#session, deliveryId, text, settled);
  }

  /** A link that comes and goes. */
  #link(address: string): void {
    this.#handle += 1;
    const handle = this.#handle;
    if (handle > this.#hearing.begun(this.#session).handleMax) return;
    const values = { name: this.#hearing.linkName(), handle, role: 'receiver', source: { ...source, address }, target };
    this.frames.push(this.#writer.frame(this.#session, 'attach', values), this.#writer.frame(this.#session, 'detach', { handle, closed: true }));
    this.#hearing.due('attach', this.#session, handle);
    this.#hearing.due('detach', this.#session, handle);
  }
}

class Cutting10 {
  readonly #play: Play10;
  readonly #given: Case;
  readonly #writer: Writer10;
  readonly #hearing: Hearing;

  constructor(play: Play10, given: Case) {
    this.#play = play;
    this.#given = given;
    this.#writer = new Writer10(given.writings);
    this.#hearing = new Hearing(play);
  }

  /** Opens, begins two sessions, and attaches a sender on each and a receiver on the first, all in one. */
  async open(address: string): Promise<void> {
    const { frameSize } = this.#given;
    const writer = this.#writer;
    const frames = [writer.frame(0, 'open', { containerId: this.#play.peer.name('container'), maxFrameSize: frameSize })];
    this.#hearing.due('open');
    for (const session of [0, 1] as const) {
      frames.push(writer.frame(session, 'begin', beginning));
      const sender = { name: this.#hearing.linkName(), handle: senderHandle, role: 'sender', source, target: { ...target, address }, initialDeliveryCount: 0 };
      frames.push(writer.frame(session, 'attach', sender));
      this.#hearing.due('begin', session);
      this.#hearing.due('attach', session, senderHandle);
    }
    const receiver = {
      name: this.#hearing.linkName(),
      handle: receiverHandle,
      role: 'receiver',
      sndSettleMode: 'settled',
      source: { ...source, address },
      target,
    };
    frames.push(writer.frame(0, 'attach', receiver));
    this.#hearing.due('attach', 0, receiverHandle);
    this.#send(Buffer.concat(frames), 1, `open with frames of ${frameSize} octets, two sessions, a sender to q1 on each and a receiver on the first`);
    await this.#hearing.all();
    await this.#hearing.credited();
  }

  async talk(address: string): Promise<void> {
    const lanes = ([0, 1] as const).map(session => new Lane(session, this.#writer, this.#hearing, this.#play.connection));
    const [first, second] = lanes;
    if (first === undefined || second === undefined) return;
    first.flow({ handle: receiverHandle, deliveryCount: this.#hearing.deliveryCount(0, receiverHandle), linkCredit: 100 });
    for (const each of this.#given.sayings) lanes[each.on]?.say(each, address);
    const all = merged([first.frames, second.frames], this.#given.turns);
    this.#send(all, 2, ['give credit', ...this.#given.sayings.map(worded)].join(', '));
    await this.#hearing.all();
  }

  #send(octets: Uint8Array, stage: 1 | 2, what: string): void {
    const cutInto = pieces(octets, this.#given.cuts[stage]);
    this.#play.step(`send ${what}: in ${cutInto.length} pieces, ${told(this.#given.cuts[stage])}`);
    for (const piece of cutInto) this.#play.connection.sendBytes(piece);
  }
}

function worded(given: Saying): string {
  if (given.say === 'empty') return 'an empty frame';
  const session = given.on + 1;
  if (given.say === 'send') return `${given.size} octets on ${session} in transfers of ${given.chunk}${given.settled ? ', settled' : ''}`;
  return given.say === 'link' ? `attach and detach on ${session}` : `flow on ${session}`;
}

/** Any legal conversation has the same effect, however its frames are written, mixed and cut into pieces. */
export const framing10Model: Model10<Case> = {
  cases: fc.record({
    sayings: fc.array(saying, { maxLength: 10, size: 'max' }),
    turns: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
    cuts: fc.tuple(cut, cut, cut),
    writings: fc.array(writing, { minLength: 1, maxLength: 4 }),
    frameSize: fc.constantFrom(65_536, 512),
  }),
  ownConnection: true,
  connect: (peer, { cuts }) => peer.connection10({ upTo: 'header', cut: octets => pieces(octets, cuts[0]) }),
  async play(play, given) {
    play.step(`headers and SASL, each in pieces ${told(given.cuts[0])}; frames with ${given.writings.map(toldWriting).join(' | ')}`);
    const address = await play.node('q1');
    const cutting = new Cutting10(play, given);
    await cutting.open(address);
    await cutting.talk(address);
    await play.connection.close();
  },
};
