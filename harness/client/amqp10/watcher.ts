import type { ConnectionEvent } from '../../endpoint/amqp10/vocabulary.ts';
import { Boundaries } from '../../fuzz/conversation/amqp10/boundaries.ts';
import { Law } from '../../fuzz/conversation/amqp10/law.ts';
import { Cutter10 } from '../../saboteur/cutter10.ts';
import { minMaxFrameSize, protocolIds } from '../../spec/amqp10/constants.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import { findDuty } from '../../spec/ledger.ts';
import type { AmqpFrame, AmqpOpen, AmqpValue, Performative, SymbolMap } from '../../wire/amqp10/codec.ts';
import { joined } from '../../wire/amqp10/craft.ts';
import type { ClientStep, ClosingScope } from '../client-case.ts';
import type { Told, Watcher } from '../speech.ts';

/** What cutters call larger is no frame to them. */
const largestFrame = 2 ** 28;

const nothing = new Uint8Array(0);

/** Breaches that have no duty of a sender by the same name. */
const owed: Readonly<Partial<Record<RuleId, RuleId>>> = {
  'amqp10/2.7.1.frame-too-large': 'amqp10/2.7.1.max-frame-size',
  'amqp10/2.7.1.channel-beyond': 'amqp10/2.7.1.channel-max',
  'amqp10/2.7.2.handle-beyond': 'amqp10/2.7.2.handle-max',
  'amqp10/2.5.6.window-violation': 'amqp10/2.5.6.remote-incoming-window',
};
/** What hangs on time hangs on when we said it here, and not on when the client heard of it. */
const certain: ReadonlySet<RuleId> = new Set<RuleId>(['amqp10/2.6.7.transfer-limit', 'amqp10/2.5.6.window-violation', 'amqp10/2.7.5.delivery-id']);

const stepsOfServer: Readonly<Partial<Record<Performative['type'], ClientStep>>> = { open: 'open', begin: 'channel', attach: 'declare', transfer: 'consume' };
const scopes: Readonly<Partial<Record<Performative['type'], ClosingScope>>> = { detach: 'link', end: 'session', close: 'connection' };

/** Follows one connection of 1.0 as its client sees it, by the machine of a server that says nothing by itself. */
export class Watcher10 implements Watcher {
  readonly #tell: (told: Told) => void;
  readonly #law: Law;
  readonly #cutter = new Cutter10('to-client');
  /** What comes before the AMQP layer, which the server's machine would carry on by itself; undefined behind it. */
  #front: Cutter10 | undefined = new Cutter10('to-server');
  readonly #boundaries = new Boundaries();
  readonly #steps = new Set<ClientStep>();
  #closed = false;

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
    this.#law = new Law(event => this.#came(event));
    this.#cutter.frameMax = largestFrame;
    this.#step('connect');
  }

  toClient(octets: Uint8Array): void {
    this.#cutter.push(octets.slice());
    for (let passing = this.#cutter.next(); passing !== undefined; passing = this.#cutter.next()) {
      if (passing.what === 'frame' && passing.frame.type === 'amqp') this.#said(passing.frame);
    }
  }

  fromClient(octets: Uint8Array): void {
    this.#boundaries.push(octets, size => this.#sized(size));
    const rest = this.#front === undefined ? octets.slice() : this.#early(this.#front, octets.slice());
    this.#law.receive(rest, 0);
    for (const { rule, detail, uncertain } of this.#law.offences.splice(0)) if (!uncertain || certain.has(rule)) this.#broke(rule, detail);
  }

  /** The security layer; what is left is of AMQP. */
  #early(front: Cutter10, octets: Uint8Array): Uint8Array {
    front.push(octets);
    for (let passing = front.next(); passing !== undefined; passing = front.next()) {
      if (passing.what === 'header' && passing.bytes[4] === protocolIds.amqp) {
        this.#front = undefined;
        return joined(passing.bytes, front.release());
      }
      if (passing.what === 'header') this.#tell({ kind: 'said', name: 'header', channel: 0 });
      else if (passing.what === 'broken') this.#broke(passing.violation.rule, passing.violation.detail);
      else if (passing.what === 'frame' && passing.frame.type === 'sasl') this.#tell({ kind: 'said', name: passing.frame.body.type, channel: 0 });
    }
    return nothing;
  }

  #said({ channel, performative }: AmqpFrame): void {
    if (performative === undefined) return;
    this.#closed ||= performative.type === 'close';
    this.#law.said(channel, performative);
    const step = stepsOfServer[performative.type];
    if (step !== undefined) this.#step(step);
  }

  #sized(size: number): void {
    const { maxFrameSize } = this.#law.limits ?? {};
    const most = this.#law.limits === undefined ? minMaxFrameSize : (maxFrameSize ?? largestFrame);
    if (size > Math.max(most, minMaxFrameSize)) this.#broke('amqp10/2.7.1.frame-too-large', `a frame of ${size} octets, where ${most} are the most`);
  }

  #came(event: ConnectionEvent): void {
    if (event.kind === 'protocol-header') this.#tell({ kind: 'said', name: 'header', channel: 0 });
    if (event.kind !== 'frame') return;
    const { frame } = event;
    if (frame.type === 'sasl') this.#tell({ kind: 'said', name: frame.body.type, channel: 0 });
    else if (frame.performative === undefined) this.#tell({ kind: 'said', name: 'empty', channel: frame.channel });
    else this.#performative(frame.channel, frame.performative);
  }

  #performative(channel: number, what: Performative): void {
    const { channelMax = 0xffff } = this.#law.limits ?? {};
    if (channel > channelMax) this.#broke('amqp10/2.7.1.channel-beyond', `channel ${channel}, where ${channelMax} is the highest`);
    const closes = scopes[what.type];
    const code = codeOf(what);
    const farewell = what.type === 'close' && this.#closed;
    this.#tell({
      kind: 'said',
      name: what.type,
      channel,
      ...(code !== undefined && { code }),
      ...(closes !== undefined && { closes }),
      ...(farewell && { farewell }),
    });
    if (what.type === 'open') this.#greet(what);
    else if (what.type === 'transfer') this.#step('publish');
    else if (what.type === 'disposition' && what.role === 'receiver') this.#step('settle');
    else if (what.type === 'close') this.#step('close');
  }

  #greet({ properties = [] }: AmqpOpen): void {
    const known = plainMap(properties);
    const text = (name: string): string | undefined => (typeof known[name] === 'string' ? known[name] : undefined);
    this.#tell({ kind: 'greeted', product: text('product'), version: text('version'), properties: known });
  }

  #broke(rule: RuleId, detail: string): void {
    const found = findDuty(`${owed[rule] ?? rule}:client-emit`);
    if (found !== undefined) this.#tell({ kind: 'broke', duty: found.id, detail });
  }

  #step(step: ClientStep): void {
    if (this.#steps.has(step)) return;
    this.#steps.add(step);
    this.#tell({ kind: 'step', step });
  }
}

/** The condition of what ends with an error, and the outcome of a disposition. */
function codeOf(what: Performative): string | undefined {
  if (what.type === 'disposition') return what.state?.type;
  return 'error' in what ? what.error?.condition : undefined;
}

const plainMap = (map: SymbolMap): Record<string, unknown> => Object.fromEntries(map.map(([name, value]) => [name, plain(value)]));

/** As much of a value as a record shows. */
function plain(value: AmqpValue): unknown {
  switch (value.type) {
    case 'string':
    case 'symbol':
    case 'boolean':
    case 'int':
    case 'uint':
    case 'short':
    case 'ushort':
    case 'byte':
    case 'ubyte':
      return value.value;
    case 'long':
    case 'ulong':
    case 'timestamp':
      return String(value.value);
    default:
      return value.type;
  }
}
