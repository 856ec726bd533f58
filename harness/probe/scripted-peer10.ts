import { ConnectionMachine } from '../endpoint/amqp10/connection.ts';
import type { ConnectionEvent, LinkEndpoint } from '../endpoint/amqp10/vocabulary.ts';
import { drive } from '../endpoint/drive.ts';
import { anonymousServer, plainServer } from '../endpoint/sasl.ts';
import type { Clock, Stream } from '../endpoint/transport.ts';
import type { AmqpFrame, PerformativeName } from '../wire/amqp10/codec.ts';

/** What a script does on hearing a frame, before the server would do anything. */
export interface Stage10 {
  readonly machine: ConnectionMachine;
  readonly frame: AmqpFrame;
  now(): number;
  /** Octets as they are. */
  bytes(bytes: Uint8Array): void;
  end(): void;
  destroy(): void;
  /** Nothing more is answered. */
  deaf(): void;
}

/** What a scripted server does besides, or instead where it answers true, by what the client sends. */
export type Script10 = { readonly [N in PerformativeName]?: (stage: Stage10) => boolean };

/** A small server of 1.0: every address is a queue, which delivers what it gets to whoever asks. */
export class ScriptedPeer10 {
  readonly #clock: Clock;
  readonly #script: Script10;
  readonly #queues = new Map<string, Uint8Array[]>();

  constructor(clock: Clock, script: Script10 = {}) {
    this.#clock = clock;
    this.#script = script;
  }

  accept(stream: Stream): void {
    const script = this.#script;
    let deaf = false;
    let skip = false;
    drive(stream, this.#clock, wire => {
      const machine: ConnectionMachine = new ConnectionMachine(
        {
          role: 'server',
          open: { containerId: 'scripted', offeredCapabilities: ['ANONYMOUS-RELAY'], maxFrameSize: 4096 },
          sasl: { role: 'server', required: false, mechanisms: [plainServer(() => true), anonymousServer('guest')] },
          automatic: { ending: true },
        },
        {
          ...wire,
          transmit: bytes => {
            if (!deaf) wire.transmit(bytes);
          },
          event: event => {
            if (event.kind !== 'frame') {
              if (!skip) this.#serve(machine, event);
              return;
            }
            const { frame } = event;
            skip = false;
            if (frame.type !== 'amqp' || frame.performative === undefined) return;
            skip =
              script[frame.performative.type]?.({
                machine,
                frame,
                now: () => this.#clock.now(),
                bytes: bytes => machine.sendBytes(bytes, this.#clock.now()),
                end: () => stream.end(),
                destroy: () => stream.destroy(),
                deaf: () => {
                  deaf = true;
                },
              }) === true;
          },
        },
      );
      return machine;
    });
  }

  #serve(machine: ConnectionMachine, event: ConnectionEvent): void {
    const now = this.#clock.now();
    if (event.kind === 'opened') machine.open(now);
    else if (event.kind === 'session-begun') machine.accept(event.session, now);
    else if (event.kind === 'link-attached') {
      machine.acceptLink(event.link, now);
      if (event.link.role === 'receiver') machine.grant(event.link, { credit: 100 }, now);
    } else if (event.kind === 'delivery') {
      const { link, delivery } = event;
      this.#queue(link).push(Buffer.concat(delivery.payload));
      if (!delivery.settled) machine.settle(link, [delivery.deliveryId], { settled: true, state: { type: 'accepted' } }, now);
    } else if (event.kind === 'flow' && event.link?.role === 'sender') this.#deliver(machine, event.link);
  }

  #deliver(machine: ConnectionMachine, link: LinkEndpoint): void {
    const queue = this.#queue(link);
    for (let tag = 0; link.credit > 0; tag += 1) {
      const payload = queue.shift();
      if (payload === undefined) return;
      machine.deliver(link, { tag: Uint8Array.of(tag), payload }, this.#clock.now());
    }
  }

  #queue(link: LinkEndpoint): Uint8Array[] {
    const terminus = link.role === 'sender' ? link.remoteAttach?.source : link.remoteAttach?.target;
    const address = terminus !== undefined && 'address' in terminus ? (terminus.address ?? '') : '';
    const queue = this.#queues.get(address) ?? [];
    this.#queues.set(address, queue);
    return queue;
  }
}
