import { Splitter } from '../endpoint/splitter.ts';
import type { Clock, Stream } from '../endpoint/transport.ts';
import type { ContentMethodName, Method, MethodName } from '../spec/amqp091/classes.ts';
import { contentHeader, decodePayload, encodeContent, encodeMethodFrame, type Frame, method, protocolHeader091 } from '../wire/amqp091/codec.ts';
import { isViolation } from '../wire/decoded.ts';
import type { Draft } from './peer.ts';
import { frameMax, healthyAnswer, start } from './scripted-health.ts';

/** What a script does on one connection. */
export interface Stage {
  readonly channel: number;
  /** Connections are numbered from 1 in the order they came. */
  readonly connection: number;
  reply<N extends MethodName>(name: N, args?: Draft<N>): void;
  bytes(bytes: Uint8Array): void;
  /** Does what a healthy server does. */
  healthy(): void;
  after(ms: number, act: () => void): void;
  /** Orderly end; abrupt end; no octet is heard any more. */
  end(): void;
  destroy(): void;
  deaf(): void;
  /** All connections break, and no new one is accepted. */
  die(): void;
}

/** What a scripted peer does instead of the healthy thing, by what the client sends. `unreadable`: octets that are no frame. */
export type Script = { readonly [N in MethodName]?: (request: Method<N>, stage: Stage) => void } & {
  readonly header?: (stage: Stage) => void;
  readonly unreadable?: (stage: Stage) => void;
};

interface Queue {
  readonly messages: Uint8Array[];
  readonly consumers: { readonly tag: string; readonly line: Line; readonly channel: number }[];
}

/** A server that says what its script says, and else just enough to look healthy. Written with the codec alone: no machine of ours judges it. */
export class ScriptedPeer {
  readonly script: Script;
  readonly clock: Clock;
  readonly queues = new Map<string, Queue>();
  readonly lines: Line[] = [];
  alive = true;

  constructor(clock: Clock, script: Script = {}) {
    this.clock = clock;
    this.script = script;
  }

  /** Takes an accepted stream. */
  accept(stream: Stream): void {
    if (!this.alive) throw new Error('dead');
    this.lines.push(new Line(this, this.lines.length + 1, stream));
  }

  die(): void {
    this.alive = false;
    for (const line of this.lines) line.stream.destroy();
  }

  queue(name: string): Queue {
    const queue = this.queues.get(name) ?? { messages: [], consumers: [] };
    this.queues.set(name, queue);
    return queue;
  }
}

interface Publish {
  readonly routingKey: string;
  left: number;
  readonly body: Uint8Array[];
}

/** One connection of a scripted peer. */
export class Line {
  readonly peer: ScriptedPeer;
  readonly number: number;
  readonly stream: Stream;
  /** Queues that go with this connection. */
  readonly exclusive = new Set<string>();
  readonly #splitter = new Splitter({ frameMax: 0 });
  #headerLeft = protocolHeader091.length;
  #deaf = false;
  #publish: Publish | undefined;
  #named = 0;

  constructor(peer: ScriptedPeer, number: number, stream: Stream) {
    this.peer = peer;
    this.number = number;
    this.stream = stream;
    stream.listen({ data: bytes => this.#data(bytes), end: () => this.#ended() });
  }

  reply<N extends MethodName>(channel: number, name: N, args?: Draft<N>): void {
    this.stream.write(encodeMethodFrame(channel, method(name, args) as Method));
  }

  content<N extends ContentMethodName>(channel: number, name: N, args: Draft<N>, body: Uint8Array): void {
    const what = method(name, args) as Method<ContentMethodName>;
    for (const bytes of encodeContent(channel, what, contentHeader({ bodySize: body.length }), [body], frameMax)) this.stream.write(bytes);
  }

  serverNamed(): string {
    this.#named += 1;
    return `amq.gen-${this.number}-${this.#named}`;
  }

  /** The content that is to come next belongs to this routing key. */
  expectContent(routingKey: string): void {
    this.#publish = { routingKey, left: Number.POSITIVE_INFINITY, body: [] };
  }

  forget(): void {
    for (const queue of this.exclusive) this.peer.queues.delete(queue);
  }

  #ended(): void {
    this.stream.end();
    this.forget();
  }

  #data(bytes: Uint8Array): void {
    if (this.#deaf) return;
    const skipped = Math.min(this.#headerLeft, bytes.length);
    this.#headerLeft -= skipped;
    if (skipped > 0 && this.#headerLeft === 0) this.#act(this.peer.script.header, 0, () => start(this));
    this.#splitter.push(bytes.subarray(skipped));
    for (let raw = this.#splitter.next(); raw !== undefined && !this.#deaf; raw = this.#splitter.next()) {
      const frame = isViolation(raw) ? raw : decodePayload(raw);
      if (!isViolation(frame)) this.#frame(frame);
      else {
        this.#deaf = true;
        this.#act(this.peer.script.unreadable, 0, () => this.stream.destroy());
      }
    }
  }

  #frame(frame: Frame): void {
    const publish = this.#publish;
    if (frame.type === 'method') {
      const { method: request, channel } = frame;
      const scripted = this.peer.script[request.name] as ((request: Method, stage: Stage) => void) | undefined;
      const healthy = () => healthyAnswer(this, request, channel);
      this.#act(scripted === undefined ? undefined : stage => scripted(request, stage), channel, healthy);
    } else if (publish !== undefined && frame.type !== 'heartbeat') {
      if (frame.type === 'header') publish.left = Number(frame.header.bodySize);
      else {
        publish.left -= frame.payload.length;
        publish.body.push(frame.payload);
      }
      if (publish.left === 0) this.#published(publish);
    }
  }

  #published({ routingKey, body }: Publish): void {
    this.#publish = undefined;
    const whole = Buffer.concat(body);
    const queue = this.peer.queues.get(routingKey);
    const [consumer] = queue?.consumers ?? [];
    if (consumer === undefined) queue?.messages.push(whole);
    else consumer.line.content(consumer.channel, 'basic.deliver', { consumerTag: consumer.tag, deliveryTag: 1n, routingKey }, whole);
  }

  #act(scripted: ((stage: Stage) => void) | undefined, channel: number, healthy: () => void): void {
    if (scripted === undefined) healthy();
    else scripted(this.#stage(channel, healthy));
  }

  #stage(channel: number, healthy: () => void): Stage {
    const { peer, stream, number } = this;
    return {
      channel,
      connection: number,
      healthy,
      reply: (name, args) => this.reply(name.startsWith('connection.') ? 0 : channel, name, args),
      bytes: bytes => stream.write(bytes),
      after: (ms, act) => peer.clock.at(peer.clock.now() + ms, act),
      end: () => stream.end(),
      destroy: () => stream.destroy(),
      deaf: () => {
        this.#deaf = true;
        stream.pause();
      },
      die: () => peer.die(),
    };
  }
}
