import type { ConnectionMachine } from '../../endpoint/amqp10/connection.ts';
import type { ConnectionEvent, LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import { drive } from '../../endpoint/drive.ts';
import type { Clock, Stream } from '../../endpoint/transport.ts';
import type { AmqpError } from '../../wire/amqp10/codec.ts';
import type { Broker, Sink } from '../broker.ts';
import type { ConnectionEffect, ConnectionId, EffectOf } from '../vocabulary.ts';
import { Diary10 } from './amqp10-diary.ts';
import { errorFor, errorOf } from './amqp10-errors.ts';
import { Links10 } from './amqp10-links.ts';
import { type ClientSession10, Opening10, serverMachine10 } from './amqp10-opening.ts';
import type { EventOf, Port } from './amqp10-port.ts';
import { type Amqp10Settings, defaultAmqp10Settings } from './amqp10-settings.ts';
import { Transactions10 } from './amqp10-transactions.ts';
import { Holds } from './holds.ts';
import { type Client, type ServedConnection, toStream, type Underneath } from './served.ts';

/** Serves one accepted stream as a 1.0 connection, from its first octet to its end. */
export function serveAmqp10(stream: Stream, clock: Clock, broker: Broker, settings: Partial<Amqp10Settings> = {}, client: Client = {}): ServedConnection {
  return new Served10(stream, clock, broker, { ...defaultAmqp10Settings, ...settings }, client);
}

/** What is there as long as a connection is open. */
interface Opened {
  readonly id: ConnectionId;
  readonly links: Links10;
  readonly leave: () => void;
}

/** One connection between its machine and the broker: its links become channels of the core. */
class Served10 implements Sink, ServedConnection {
  readonly ended: Promise<void>;
  readonly #clock: Clock;
  readonly #broker: Broker;
  readonly #settings: Amqp10Settings;
  readonly #machine: ConnectionMachine;
  readonly #holds: Holds;
  readonly #diary: Diary10;
  readonly #opening: Opening10;
  readonly #underneath: Underneath;
  #opened: Opened | undefined;
  /** The links that are suspended for longer than the connection was there. */
  #left: Links10 | undefined;
  #held = false;
  #delivering = false;
  #tellEnd = (): void => {};

  constructor(stream: Stream, clock: Clock, broker: Broker, settings: Amqp10Settings, client: Client) {
    this.#clock = clock;
    this.#broker = broker;
    this.#settings = settings;
    this.#diary = new Diary10(settings.log, client.peer);
    this.ended = new Promise(resolve => {
      this.#tellEnd = resolve;
    });
    const told = {
      event: (event: ConnectionEvent) => this.#event(event),
      wrote: (octets: number) => this.#wrote(octets),
      later: (ms: number, task: (now: number) => void) => void clock.at(clock.now() + ms, () => task(clock.now())),
    };
    const driven = drive(stream, clock, wire => serverMachine10(settings, client.commonName, wire, told));
    this.#machine = driven.machine;
    this.#holds = new Holds(driven, settings.unreadMax, held => this.#machine.holdFrames(held, clock.now()));
    this.#underneath = { driven, holds: this.#holds, diary: this.#diary, broker, tellEnd: this.#tellEnd };
    this.#opening = new Opening10({ machine: this.#machine, clock, broker, settings, diary: this.#diary, end: error => this.#end(error) });
  }

  close(): void {
    this.#diary.ending('the broker ends');
    this.#detach();
    this.#left?.expire();
    this.#machine.close(this.#clock.now(), errorOf('amqp:connection:forced', 'the broker ends'));
  }

  effect(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case 'hold':
        this.#hold(effect);
        break;
      case 'window-used':
        if (this.#opened === undefined) this.#broker.submit({ kind: 'resume', connection: effect.connection });
        else toStream(effect, this.#underneath);
        break;
      case 'await-store':
      case 'break-off':
        toStream(effect, this.#underneath);
        break;
      case 'refused':
        if (effect.scope === 'connection') this.#refused(effect);
        else this.#toLink(effect);
        break;
      case 'deliver':
        this.#delivering = true;
        this.#toLink(effect);
        this.#delivering = false;
        break;
      default:
        this.#toLink(effect);
    }
  }

  #toLink(effect: ConnectionEffect): void {
    if ('channel' in effect) (this.#opened?.links ?? this.#left)?.at(effect.channel)?.effect(effect);
  }

  #event(event: ConnectionEvent): void {
    if (this.#opened === undefined) this.#open(event);
    else this.#inSession(this.#opened.links, event);
    if (event.kind === 'violation' && this.#opened !== undefined) this.#diary.violation(event);
    else if (event.kind === 'peer-silent') this.#diary.ending('nothing came for too long');
    if (event.kind !== 'ended') return;
    this.#detach();
    this.#diary.ended(event);
    this.#tellEnd();
  }

  #open(event: ConnectionEvent): void {
    const session = this.#opening.take(event);
    if (session === undefined) return;
    const { user, virtualHost, open, leave } = session;
    const id = this.#broker.attach(this);
    this.#opened = { id, leave, links: new Links10(this.#port(id, session)) };
    this.#diary.opened(id, user, virtualHost, open.containerId.slice(0, 100));
    this.#broker.submit({ kind: 'connect', connection: id, user, virtualHost, cancelNotify: true });
  }

  #port(connection: ConnectionId, { user, virtualHost, open: { containerId } }: ClientSession10): Port {
    const isHeld = () => this.#held;
    return {
      connection,
      machine: this.#machine,
      broker: this.#broker,
      settings: this.#settings,
      diary: this.#diary,
      virtualHost,
      user,
      containerId,
      transactions: new Transactions10(),
      get held() {
        return isHeld();
      },
      links: () => this.#opened?.links.all() ?? [],
      now: () => this.#clock.now(),
      later: (ms, task) => this.#clock.at(this.#clock.now() + ms, task),
      submit: command => this.#broker.submit(command),
      expire: link => (this.#opened?.links ?? this.#left)?.expire(link),
      retain: link => (this.#opened?.links ?? this.#left)?.retain(link),
    };
  }

  #inSession(links: Links10, event: ConnectionEvent): void {
    switch (event.kind) {
      case 'delivery':
        links.of(event.link)?.delivery(event.delivery);
        break;
      case 'disposition':
        for (const each of event.deliveries) links.of(each.link)?.disposition(event.disposition, each);
        break;
      case 'flow':
        if (event.link !== undefined) links.of(event.link)?.flow(event);
        links.windowMoved(event.session);
        break;
      case 'link-attached':
        links.attach(event.link);
        break;
      case 'session-begun':
        this.#begun(event);
        break;
      case 'link-over':
        this.#over(links, event.link);
        break;
      case 'session-over':
        links.sessionOver(event.session);
        break;
      case 'closed':
        this.#diary.ending('the client closed it');
        this.#detach();
        break;
      default:
    }
  }

  #begun({ session }: EventOf<'session-begun'>): void {
    const { windowFrames, handleMax } = this.#settings.limits10;
    this.#machine.accept(session, this.#clock.now(), { incomingWindow: windowFrames, outgoingWindow: windowFrames, handleMax });
  }

  /** With a session all of its links are over, and with the connection all that there are. */
  #over(links: Links10, link: LinkEndpoint): void {
    if (this.#machine.state !== 'OPENED') this.#detach();
    else if (link.session.state === 'MAPPED') links.over([link], 'link-detach');
    else links.over([...link.session.links], 'session-end');
  }

  #refused(effect: EffectOf<'refused'>): void {
    this.#diary.ending(effect.text);
    this.#detach();
    this.#left?.expire();
    this.#machine.close(this.#clock.now(), errorFor(effect));
  }

  #wrote(octets: number): void {
    if (!this.#delivering) this.#holds.wrote(octets);
  }

  /** Another connection takes its place. */
  #end(error: AmqpError): void {
    this.#diary.ending(error.description ?? '');
    this.#detach();
    this.#machine.close(this.#clock.now(), error);
  }

  #detach(): void {
    if (this.#opened === undefined) return;
    const { id, links, leave } = this.#opened;
    leave();
    this.#opened = undefined;
    const gone = () => this.#broker.detach(id);
    if (links.end(gone)) gone();
    else this.#left = links;
  }

  #hold(effect: EffectOf<'hold'>): void {
    this.#diary.held(effect);
    this.#held = effect.held;
    this.#machine.holdWindows(effect.held, this.#clock.now());
    for (const each of this.#opened?.links.all() ?? []) each.hold(effect.held);
  }
}
