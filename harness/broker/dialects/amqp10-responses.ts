import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import { encodeMessage, type MessageDraft } from '../../wire/amqp10/codec.ts';
import { errorFor } from './amqp10-errors.ts';
import { AnyLink, type EventOf, type LinkEffect, type Port } from './amqp10-port.ts';

/** The links over which the broker's own nodes answer, by connection. */
const answering = new WeakMap<Port, Set<ResponseLink>>();

/** What may be told of a link besides its terminus. */
type Told = Parameters<Port['machine']['acceptLink']>[2];

/** A link over which a node of the broker's own answers requests, as far as there is credit; the rest waits. */
export class ResponseLink extends AnyLink {
  readonly #address: string;
  readonly #told: Told;
  readonly #begun: () => void;
  readonly #waiting: Uint8Array[] = [];
  #open = false;
  #sent = 0;

  /** `begun` hears that it is attached. */
  constructor({ address, told, begun }: { readonly address: string; readonly told: Told; begun(): void }, ...rest: ConstructorParameters<typeof AnyLink>) {
    super(...rest);
    this.#address = address;
    this.#told = told;
    this.#begun = begun;
  }

  /** Responses that wait for credit. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether responses to this address of this node go over it. */
  serves(address: string, replyTo: string | undefined): boolean {
    const target = this.link.remoteAttach?.target;
    return this.#open && this.#address === address && target?.type === 'target' && target.address !== undefined && target.address === replyTo;
  }

  begin(): void {
    this.port.submit({ kind: 'open-channel', ...this.at });
  }

  effect(effect: LinkEffect): void {
    if (effect.kind === 'refused') this.fail(errorFor(effect));
    else if (effect.kind === 'channel-opened') this.#attached();
  }

  override flow({ flow: { echo } }: EventOf<'flow'>): void {
    this.#pump();
    if (this.link.drain && this.#waiting.length === 0) this.port.machine.drained(this.link, this.port.now());
    else if (echo === true) this.port.machine.flow(this.link, this.port.now(), { available: this.#waiting.length });
  }

  override over(): void {
    this.#open = false;
    answering.get(this.port)?.delete(this);
  }

  send(response: MessageDraft): void {
    this.#waiting.push(encodeMessage(response));
    this.#pump();
  }

  #attached(): void {
    const { machine } = this.port;
    this.#open = true;
    const links = answering.get(this.port) ?? new Set<ResponseLink>();
    answering.set(this.port, links.add(this));
    machine.acceptLink(this.link, this.port.now(), { source: { type: 'source', address: this.#address }, sndSettleMode: 'settled', ...this.#told });
    this.#begun();
  }

  #pump(): void {
    while (this.#open && this.link.credit > 0) {
      const payload = this.#waiting.shift();
      if (payload === undefined) return;
      this.#sent += 1;
      const tag = Buffer.allocUnsafe(4);
      tag.writeUInt32BE(this.#sent >>> 0);
      this.port.machine.deliver(this.link, { tag, payload: [payload], settled: true }, this.port.now());
      this.#begun();
    }
  }
}

/** The link of responses that is one pair with this link of requests. */
export function pairOf(port: Port, { name, session }: LinkEndpoint): ResponseLink | undefined {
  return [...(answering.get(port) ?? [])].find(({ link }) => link.name === name && link.session === session);
}

/** The link over which a node answers whoever asked to be answered there. */
export function responsesTo(port: Port, address: string, replyTo: string | undefined): ResponseLink | undefined {
  return [...(answering.get(port) ?? [])].find(each => each.serves(address, replyTo));
}
