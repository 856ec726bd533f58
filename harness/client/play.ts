import type { Clock, Stream } from '../endpoint/transport.ts';
import { annotated } from '../probe/annotate.ts';
import { Transcript } from '../probe/transcript.ts';
import type { Filter, FrameSeam } from '../saboteur/fault.ts';
import type { FrameSeam10 } from '../saboteur/fault10.ts';
import { sabotageStream } from '../saboteur/frame-seam.ts';
import type { RunningBroker } from '../target/reference.ts';
import { accusation091 } from './amqp091/accusation.ts';
import type { ClientScene, PlayedCase } from './client-case.ts';
import { EventLog } from './event-log.ts';
import { ObservedStream } from './observed-stream.ts';
import { filtered, repeated } from './play-kit.ts';
import { type Moment, type Reaction, reactionIn } from './reaction.ts';
import type { ClientSpeech } from './speech.ts';
import type { Patience, Played, Stage } from './stage.ts';
import type { Exit, RunningClient } from './subject.ts';

const queueName = 'amqpspec.client';
const messagesReady = 3;
/** More messages come this often while the client is waited for, so that consumers have something to do. */
const pulseMs = 100;
/** A client that consumes nothing is not sent more than this. */
const pulsesMax = 50;
const killMs = 5_000;
/** How long the broker waits for an opening: no slow client is to be taken for a broken one. */
const openingMs = 60_000;
/** Plays one case with a client started for it, from the first octet to the end of its process. */
export const playCase = (speech: ClientSpeech, played: PlayedCase, stage: Stage, patience: Patience): Promise<Played> =>
  new Play(speech, played, stage, patience).run();

class Play {
  readonly #speech: ClientSpeech;
  readonly #case: PlayedCase;
  readonly #stage: Stage;
  readonly #patience: Patience;
  readonly #log: EventLog;
  readonly #transcript = new Transcript(annotated);
  #connections = 0;
  #departed: Moment | undefined;
  #barrier: number | undefined;
  #barrierAt: number | undefined;
  #excuse: string | undefined;
  #exit: Exit | undefined;
  #octets = 0;
  #before: number | undefined;
  #most = 0;

  constructor(speech: ClientSpeech, played: PlayedCase, stage: Stage, patience: Patience) {
    this.#speech = speech;
    this.#case = played;
    this.#stage = stage;
    this.#patience = patience;
    this.#log = new EventLog(stage.clock);
  }

  async run(): Promise<Played> {
    const broker = await this.#stage.startBroker({
      handshakeTimeoutMs: openingMs,
      ...this.#case.settings,
      definitions: { queues: [{ name: queueName, durable: true }] },
      wrapStream: (stream, clock) => this.#wrap(stream, clock),
    });
    for (let at = 0; at < messagesReady; at += 1) this.#feed(broker);
    const environment = { AMQP_URL: broker.url, AMQPSPEC_CASE: this.#case.id, ...this.#speech.environment(queueName) };
    const client = this.#stage.startClient(environment);
    client.exited.then(exit => {
      this.#exit = exit;
      this.#log.add({ kind: 'exited', ...exit });
    });
    const stop = this.#pulse(broker, client);
    try {
      return await this.#judged(broker, client);
    } finally {
      stop();
      if (this.#exit === undefined) client.kill();
      await broker.close({ withinMs: 0 });
    }
  }

  async #judged(broker: RunningBroker, client: RunningClient): Promise<Played> {
    await this.#reach(client);
    const reaction = this.#departed === undefined ? undefined : await this.#react(broker, this.#departed);
    const aftermath = await this.#aftermath(reaction);
    const closed = broker.close({ withinMs: this.#patience.graceMs });
    client.terminate();
    const ended = await this.#log.until(() => this.#exit !== undefined, this.#patience.quitMs);
    if (!ended) client.kill();
    await this.#log.until(() => this.#exit !== undefined, killMs);
    await closed;
    return {
      events: this.#log.events,
      departed: this.#departed,
      reaction,
      aftermath,
      excuse: this.#excuse,
      barrier: this.#barrier,
      askedAt: this.#barrierAt,
      exit: this.#exit ?? { status: undefined, signal: undefined },
      stubborn: !ended,
      memory: this.#before === undefined ? undefined : { before: this.#before, most: this.#most },
      octetsSent: this.#octets,
      words: client.words(),
      transcript: this.#transcript.entries(),
      durationMs: this.#log.now,
    };
  }

  /** Waits for the departure; tells the client to end where its own close is wanted. */
  async #reach(client: RunningClient): Promise<void> {
    const { reachMs } = this.#patience;
    if (this.#case.needs === 'close') {
      await this.#log.until(() => this.#gone || this.#log.reached('settle') !== undefined, reachMs);
      client.terminate();
    }
    await this.#log.until(() => this.#gone || this.#departed !== undefined || this.#excuse !== undefined, reachMs);
  }

  get #gone(): boolean {
    return this.#exit !== undefined;
  }

  async #react(broker: RunningBroker, moment: Moment): Promise<Reaction> {
    const { graceMs, silenceMs } = this.#patience;
    const { stayMs = 0, ends = false, unheard = false, until } = this.#case;
    const mute = ends || unheard;
    const seen = (): Reaction | undefined => reactionIn(this.#log.events, moment, this.#case, { barrier: this.#barrier, opened: this.#opened(moment) });
    await this.#log.until(() => seen() !== undefined || (until !== undefined && this.#log.reached(until) !== undefined), stayMs);
    await this.#log.until(() => seen() !== undefined, graceMs);
    if (!mute && !this.#opened(moment)) await this.#log.until(() => seen() !== undefined || this.#opened(moment), silenceMs);
    if (seen() === undefined && !mute) {
      this.#barrier = this.#log.events.length;
      this.#barrierAt = this.#log.now;
      this.#transcript.note(0, 'the broker ends, and asks for the end of the connection', this.#log.now);
      // Its patience is longer than ours, so that what ends the stream within it is the client.
      void broker.close({ withinMs: 2 * silenceMs });
      await this.#log.until(() => seen() !== undefined, silenceMs);
    }
    return seen() ?? { kind: mute ? 'goes-on' : 'silence' };
  }

  #opened({ connection }: Moment): boolean {
    return this.#log.events.some(event => event.kind === 'step' && event.step === 'open' && event.connection === connection);
  }

  /** Whether it ends or comes again when its connection is over. */
  async #aftermath(reaction: Reaction | undefined): Promise<Played['aftermath']> {
    const over =
      reaction !== undefined && ((reaction.kind === 'closes' && reaction.scope === 'connection') || reaction.kind === 'drops' || this.#case.ends === true);
    if (!over) return undefined;
    const again = (): boolean =>
      this.#log.events
        .slice(this.#departed?.index)
        .some(event => event.kind === 'step' && event.step === 'open' && event.connection !== this.#departed?.connection);
    await this.#log.until(() => this.#gone || again(), this.#patience.lingerMs);
    if (this.#gone) return 'exits';
    return again() ? 'reconnects' : 'lingers';
  }

  #wrap(stream: Stream, clock: Clock): Stream {
    this.#connections += 1;
    const connection = this.#connections;
    const watcher = this.#speech.watcher(told => this.#log.add({ ...told, connection }));
    this.#log.add({ kind: 'connected', connection });
    const observed = new ObservedStream(
      stream,
      {
        // The client is the one whose doings are judged: it sends.
        fromClient: octets => {
          this.#transcript.octets(connection, 'sent', octets, this.#log.now);
          watcher.fromClient(octets);
        },
        toClient: octets => {
          this.#transcript.octets(connection, 'received', octets, this.#log.now);
          if (this.#departed !== undefined) this.#octets += octets.length;
          watcher.toClient(octets);
        },
        ended: (how, ours) => this.#log.add({ kind: 'ended', connection, how, ...(ours && { ours }) }),
      },
      this.#case.cut,
    );
    return sabotageStream(observed, this.#seam(this.#scene(connection, observed), connection), { clock, connection });
  }

  #scene(connection: number, stream: Stream): ClientScene {
    const departed = (): Moment | undefined => this.#departed;
    return {
      clock: this.#stage.clock,
      connection,
      get over() {
        return departed() !== undefined;
      },
      departed: () => this.#depart(connection),
      met: () => this.#log.add({ kind: 'met', connection }),
      broke: (duty, detail) => this.#log.add({ kind: 'broke', connection, duty, detail, byCase: true }),
      excused: reason => {
        this.#excuse ??= reason;
        this.#log.wake();
      },
      inject: octets => {
        stream.write(octets);
      },
    };
  }

  /** The case's own, but where it departed on another connection: what is left is served. */
  #seam(scene: ClientScene, connection: number): FrameSeam | FrameSeam10 {
    const seam = this.#case.seam(scene);
    const served = (): boolean => this.#departed !== undefined && this.#departed.connection !== connection;
    if (seam.kind === 'frames10') {
      const { start } = seam;
      return { ...seam, start: () => filtered(start(), served) };
    }
    const { start } = seam;
    return { ...seam, start: () => this.#accusing(filtered(start(), served), connection) };
  }

  /** A close of the broker's own tells what the client did wrong. */
  #accusing(filter: Filter, connection: number): Filter {
    return (passing, conversation) => {
      const accused = accusation091(passing);
      if (accused !== undefined) this.#log.add({ kind: 'broke', connection, ...accused });
      return filter(passing, conversation);
    };
  }

  #depart(connection: number): void {
    if (this.#departed !== undefined) return;
    this.#departed = { connection, index: this.#log.events.length };
    this.#transcript.note(connection, 'here the broker departs', this.#log.now);
    queueMicrotask(() => this.#log.wake());
  }

  #feed(broker: RunningBroker): void {
    broker.publish({ routingKey: queueName, body: 'from amqpspec', properties: { contentType: 'text/plain' } });
  }

  /** Keeps consumers busy, and an eye on the client's memory. */
  #pulse(broker: RunningBroker, client: RunningClient): () => void {
    let left = pulsesMax;
    return repeated(this.#stage.clock, pulseMs, () => {
      const memory = client.memory();
      if (memory !== undefined && this.#departed === undefined) this.#before = memory;
      if (memory !== undefined) this.#most = Math.max(this.#most, memory);
      if (this.#barrier !== undefined || left === 0 || this.#log.reached('consume') === undefined) return;
      left -= 1;
      this.#feed(broker);
    });
  }
}
