import { exception } from '../../endpoint/amqp091/breaches.ts';
import type { ConnectionMachine } from '../../endpoint/amqp091/connection.ts';
import { announces } from '../../endpoint/amqp091/negotiation.ts';
import type { ConnectionEvent } from '../../endpoint/amqp091/vocabulary.ts';
import { drive } from '../../endpoint/drive.ts';
import type { Clock, Stream } from '../../endpoint/transport.ts';
import type { ContentMethodName, Method, MethodName } from '../../spec/amqp091/classes.ts';
import type { ReplyCode } from '../../spec/amqp091/constants.ts';
import { method, methodIds } from '../../wire/amqp091/method.ts';
import type { Broker, Sink } from '../broker.ts';
import type { Message } from '../message.ts';
import type { Command, ConnectionEffect, ConnectionId, EffectOf } from '../vocabulary.ts';
import { answers, commandOf } from './amqp091-commands.ts';
import { Confirms } from './amqp091-confirms.ts';
import { Diary091, nameOf } from './amqp091-diary.ts';
import { contentFrames, deliveryFrames } from './amqp091-frames.ts';
import { Amqp091Message, as091 } from './amqp091-message.ts';
import { Opening, serverMachine } from './amqp091-opening.ts';
import { gotOk, replyOf, returned } from './amqp091-replies.ts';
import { type Amqp091Settings, defaultAmqp091Settings, holds } from './amqp091-settings.ts';
import { Holds } from './holds.ts';
import { type Client, type ServedConnection, toStream, type Underneath } from './served.ts';

/** Serves one accepted stream as a 0-9-1 connection, from its first octet to its end. */
export function serveAmqp091(stream: Stream, clock: Clock, broker: Broker, settings: Partial<Amqp091Settings> = {}, client: Client = {}): ServedConnection {
  return new Served(stream, clock, broker, { ...defaultAmqp091Settings, ...settings }, client);
}

type EventOf<K extends ConnectionEvent['kind']> = Extract<ConnectionEvent, { readonly kind: K }>;

/** Where an exception is about no method. */
const nothing = { classId: 0, methodId: 0 };

/** One connection between its machine and the broker: methods become commands, effects become methods. Decides nothing itself. */
class Served implements Sink, ServedConnection {
  readonly ended: Promise<void>;
  readonly #clock: Clock;
  readonly #broker: Broker;
  readonly #settings: Amqp091Settings;
  readonly #underneath: Underneath;
  readonly #machine: ConnectionMachine;
  readonly #confirms: Confirms;
  readonly #holds: Holds;
  readonly #diary: Diary091;
  #tellEnd = (): void => {};
  readonly #opening: Opening;
  #id: ConnectionId | undefined;
  #user = '';
  #wantsBlocked = false;
  /** The method that is being carried out, for the exceptions that come of it. */
  #cause: MethodName = 'connection.open';
  #delivering = false;

  constructor(stream: Stream, clock: Clock, broker: Broker, settings: Amqp091Settings, client: Client) {
    this.#clock = clock;
    this.#broker = broker;
    this.#settings = settings;
    this.#diary = new Diary091(settings.log, client.peer);
    this.ended = new Promise(resolve => {
      this.#tellEnd = resolve;
    });
    const driven = drive(stream, clock, wire => serverMachine(settings, wire, { event: event => this.#event(event), wrote: octets => this.#wrote(octets) }));
    this.#machine = driven.machine;
    this.#holds = new Holds(driven, settings.unreadMax, held => this.#machine.holdFrames(held, clock.now()));
    this.#underneath = { driven, holds: this.#holds, diary: this.#diary, broker, tellEnd: this.#tellEnd };
    this.#confirms = new Confirms((channel, what) => this.#send(channel, what));
    this.#opening = new Opening({ machine: this.#machine, clock, broker, settings, client, diary: this.#diary });
  }

  close(): void {
    this.#fail(320, 'the broker ends');
  }

  effect(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case 'deliver':
        this.#deliver(effect);
        break;
      case 'got':
        this.#content(effect.channel, gotOk(effect), as091(effect.message));
        break;
      case 'return':
        this.#content(effect.channel, returned(effect), effect.message);
        break;
      case 'confirm':
        this.#confirms.add(effect);
        break;
      case 'refused':
        this.#refused(effect);
        break;
      case 'hold':
        this.#holdPublisher(effect);
        break;
      case 'committing':
        this.#holds.add('store');
        break;
      case 'window-used':
      case 'await-store':
      case 'break-off':
        toStream(effect, this.#underneath);
        break;
      default:
        this.#reply(effect);
        if (effect.kind === 'committed') this.#holds.endStore();
    }
  }

  #event(event: ConnectionEvent): void {
    if (this.#id === undefined) this.#open(event);
    else if (event.kind === 'method') this.#method(this.#id, event.channel, event.method);
    else if (event.kind === 'content') this.#publish(this.#id, event);
    else if (event.kind === 'violation') this.#violation(this.#id, event);
    else if (event.kind === 'peer-silent') this.#diary.ending('no heartbeat came');
    if (event.kind !== 'ended') return;
    this.#detach();
    this.#diary.ended(event);
    this.#tellEnd();
  }

  #open(event: ConnectionEvent): void {
    const session = this.#opening.take(event);
    if (session === undefined) return;
    const { user, virtualHost, clientProperties } = session;
    this.#user = user;
    this.#wantsBlocked = announces(clientProperties, 'connection.blocked');
    this.#id = this.#broker.attach(this);
    this.#diary.opened(this.#id, user, virtualHost, nameOf(clientProperties));
    this.#submit({ kind: 'connect', connection: this.#id, user, virtualHost, cancelNotify: announces(clientProperties, 'consumer_cancel_notify') });
  }

  #method(id: ConnectionId, channel: number, what: Method): void {
    if (what.name === 'connection.close') {
      this.#diary.ending('the client closed it');
      this.#detach();
    }
    if (this.#id === undefined || answers.has(what.name)) return;
    this.#cause = what.name;
    if (what.name === 'channel.close') this.#confirms.flush(channel);
    const command = commandOf(id, channel, what);
    if (what.name === 'connection.update-secret') this.#updateSecret(what);
    else if (command !== undefined) this.#submit(command);
    else this.#fail(540, `${what.name} is not implemented`, what.name);
  }

  /** The secret of a user here does not change while it is in use. */
  #updateSecret({ name, args }: Method<'connection.update-secret'>): void {
    if (holds(this.#settings, this.#user, args.newSecret)) this.#send(0, method('connection.update-secret-ok'));
    else this.#fail(530, 'the secret is not that of the user', name);
  }

  #fail(code: ReplyCode, why: string, cause?: MethodName): void {
    const raised = exception(code, why, cause === undefined ? nothing : methodIds(cause));
    this.#diary.exception(raised, 0);
    this.#machine.raise(raised, this.#clock.now());
    this.#detach();
  }

  #publish(connection: ConnectionId, { channel, method: what, header, body }: EventOf<'content'>): void {
    if (what.name !== 'basic.publish') return;
    const { exchange, routingKey, mandatory, immediate } = what.args;
    this.#cause = what.name;
    const message = new Amqp091Message(exchange, routingKey, connection, header, body);
    this.#submit({ kind: 'publish', connection, channel, message, mandatory, immediate });
  }

  /** The machine answers; what it closes is closed for the broker too. */
  #violation(connection: ConnectionId, event: EventOf<'violation'>): void {
    const { channel, answer } = event;
    this.#diary.violation(event);
    this.#confirms.flush();
    if (typeof answer === 'string' || answer.scope === 'connection') this.#detach();
    else this.#submit({ kind: 'close-channel', connection, channel });
  }

  #refused({ scope, code, text, channel, unprovoked }: EffectOf<'refused'>): void {
    this.#confirms.flush();
    const raised = { ...exception(code, text, unprovoked ? nothing : methodIds(this.#cause)), scope };
    this.#diary.exception(raised, channel);
    this.#machine.raise(raised, this.#clock.now(), channel);
    if (scope === 'connection') this.#detach();
    this.#holds.endStore();
  }

  #deliver(effect: EffectOf<'deliver'>): void {
    const now = this.#clock.now();
    this.#delivering = true;
    const delivery = effect.message.dialect === 'amqp091' ? effect : { ...effect, message: as091(effect.message) };
    for (const bytes of deliveryFrames(delivery, this.#machine.limits.frameMax)) this.#machine.sendBytes(bytes, now);
    this.#delivering = false;
  }

  #content(channel: number, what: Method<ContentMethodName>, message: Message): void {
    const now = this.#clock.now();
    for (const bytes of contentFrames(channel, what, message, this.#machine.limits.frameMax)) this.#machine.sendBytes(bytes, now);
  }

  #wrote(octets: number): void {
    if (!this.#delivering) this.#holds.wrote(octets);
  }

  #send(channel: number, what: Method): void {
    if (this.#id !== undefined) this.#machine.send(channel, what, this.#clock.now());
  }

  #reply(effect: ConnectionEffect): void {
    const reply = replyOf(effect);
    if (reply !== undefined && 'channel' in effect) this.#send(effect.channel, reply);
  }

  #submit(command: Command): void {
    this.#broker.submit(command);
  }

  #detach(): void {
    if (this.#id === undefined) return;
    this.#confirms.flush();
    const id = this.#id;
    this.#id = undefined;
    this.#broker.detach(id);
  }

  #holdPublisher(effect: EffectOf<'hold'>): void {
    const { held, reason } = effect;
    this.#diary.held(effect);
    if (this.#wantsBlocked) this.#send(0, held ? method('connection.blocked', { reason }) : method('connection.unblocked'));
    if (held) this.#holds.add('memory');
    else this.#holds.end('memory');
  }
}
