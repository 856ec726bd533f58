import { exception } from '../../endpoint/amqp091/breaches.ts';
import { ConnectionMachine } from '../../endpoint/amqp091/connection.ts';
import { ServerHandshake } from '../../endpoint/amqp091/handshake.ts';
import { announces, type ClientSession } from '../../endpoint/amqp091/negotiation.ts';
import type { ConnectionEvent } from '../../endpoint/amqp091/vocabulary.ts';
import { type Driven, drive, type WireOutput } from '../../endpoint/drive.ts';
import type { Clock, Stream } from '../../endpoint/transport.ts';
import type { ContentMethodName, Method, MethodName } from '../../spec/amqp091/classes.ts';
import type { ReplyCode } from '../../spec/amqp091/constants.ts';
import { method, methodIds } from '../../wire/amqp091/method.ts';
import type { Broker, Sink } from '../broker.ts';
import type { Message } from '../message.ts';
import type { Command, ConnectionEffect, ConnectionId, EffectOf } from '../vocabulary.ts';
import { answers, commandOf } from './amqp091-commands.ts';
import { Confirms } from './amqp091-confirms.ts';
import { contentFrames } from './amqp091-frames.ts';
import { Holds } from './amqp091-holds.ts';
import { Amqp091Message } from './amqp091-message.ts';
import { gotOk, replyOf, returned } from './amqp091-replies.ts';
import { type Amqp091Settings, type Client, defaultAmqp091Settings, handshakeSettings, holds } from './amqp091-settings.ts';

/** Serves one accepted stream as a 0-9-1 connection, from its first octet to its end. */
export function serveAmqp091(stream: Stream, clock: Clock, broker: Broker, settings: Partial<Amqp091Settings> = {}, client: Client = {}): void {
  new Served(stream, clock, broker, { ...defaultAmqp091Settings, ...settings }, client);
}

/** One connection between its machine and the broker: methods become commands, effects become methods. Decides nothing itself. */
class Served implements Sink {
  readonly #clock: Clock;
  readonly #broker: Broker;
  readonly #settings: Amqp091Settings;
  readonly #driven: Driven<ConnectionMachine>;
  readonly #machine: ConnectionMachine;
  readonly #confirms: Confirms;
  readonly #cancelTimeout: () => void;
  readonly #holds: Holds;
  #handshake: ServerHandshake | undefined;
  #id: ConnectionId | undefined;
  #user = '';
  #wantsBlocked = false;
  /** The method that is being carried out, for the exceptions that come of it. */
  #cause: MethodName = 'connection.open';
  #delivering = false;
  #unread = 0;

  constructor(stream: Stream, clock: Clock, broker: Broker, settings: Amqp091Settings, client: Client) {
    this.#clock = clock;
    this.#broker = broker;
    this.#settings = settings;
    this.#driven = drive(stream, clock, wire => this.#makeMachine(wire));
    this.#machine = this.#driven.machine;
    this.#holds = new Holds(this.#driven, held => this.#machine.holdFrames(held, clock.now()));
    this.#confirms = new Confirms((channel, what) => this.#send(channel, what));
    this.#handshake = new ServerHandshake(this.#machine, {
      ...handshakeSettings(settings, broker.core.settings.readings.prefetch !== 'text', client.commonName),
      openVirtualHost: (name, user) => broker.core.admits(user, name),
      afterRefusal: answer => this.#afterRefusal(answer),
    });
    this.#cancelTimeout = clock.at(clock.now() + settings.handshakeTimeoutMs, () => this.#machine.abort(clock.now()));
  }

  effect(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case 'deliver':
        this.#deliver(effect);
        break;
      case 'got':
        this.#content(effect.channel, gotOk(effect), effect.message);
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
      case 'window-used':
        this.#driven.onDrain(() => this.#submit({ kind: 'resume', connection: effect.connection }));
        break;
      case 'hold':
        this.#holdPublisher(effect);
        break;
      case 'committing':
        this.#holds.add('store');
        break;
      case 'await-store':
        if (effect.waiting) this.#holds.add('store');
        else this.#holds.endStore();
        break;
      default:
        this.#reply(effect);
        if (effect.kind === 'committed') this.#holds.endStore();
    }
  }

  #makeMachine(wire: WireOutput): ConnectionMachine {
    const { limits, contentMax, closeOkWithinMs, readings } = this.#settings;
    const output = {
      ...wire,
      transmit: (bytes: Uint8Array) => {
        wire.transmit(bytes);
        if (!this.#delivering) this.#wrote(bytes.length);
      },
      event: (event: ConnectionEvent) => this.#event(event),
    };
    return new ConnectionMachine({ role: 'server', limits, contentMax, closeOkWithinMs, readings, automatic: { flowOk: false } }, output);
  }

  #event(event: ConnectionEvent): void {
    if (this.#handshake !== undefined) this.#open(this.#handshake, event);
    else if (event.kind === 'method') this.#method(event.channel, event.method);
    else if (event.kind === 'content') this.#publish(event);
    else if (event.kind === 'violation') this.#violation(event);
    if (event.kind !== 'ended') return;
    this.#cancelTimeout();
    this.#detach();
  }

  #open(handshake: ServerHandshake, event: ConnectionEvent): void {
    const result = handshake.handle(event, this.#clock.now());
    if (result.kind === 'pending') return;
    this.#handshake = undefined;
    if (result.kind === 'failed') return;
    this.#cancelTimeout();
    this.#attach(result.session);
  }

  #attach({ user, virtualHost, clientProperties }: ClientSession): void {
    this.#user = user;
    this.#wantsBlocked = announces(clientProperties, 'connection.blocked');
    this.#id = this.#broker.attach(this);
    this.#submit({ kind: 'connect', connection: this.#id, user, virtualHost, cancelNotify: announces(clientProperties, 'consumer_cancel_notify') });
  }

  #method(channel: number, what: Method): void {
    if (what.name === 'connection.close') this.#detach();
    if (this.#id === undefined || answers.has(what.name)) return;
    this.#cause = what.name;
    if (what.name === 'channel.close') this.#confirms.flush(channel);
    if (what.name === 'connection.update-secret') this.#updateSecret(what);
    else this.#carryOut(this.#id, channel, what);
  }

  #carryOut(id: ConnectionId, channel: number, what: Method): void {
    const command = commandOf(id, channel, what);
    if (command !== undefined) this.#submit(command);
    else this.#fail(540, `${what.name} is not implemented`, what.name);
  }

  /** The secret of a user here does not change while it is in use. */
  #updateSecret({ name, args }: Method<'connection.update-secret'>): void {
    if (holds(this.#settings, this.#user, args.newSecret)) this.#send(0, method('connection.update-secret-ok'));
    else this.#fail(530, 'the secret is not that of the user', name);
  }

  #fail(code: ReplyCode, why: string, cause: MethodName): void {
    this.#machine.raise(exception(code, why, methodIds(cause)), this.#clock.now());
    this.#detach();
  }

  #publish({ channel, method: what, header, body }: Extract<ConnectionEvent, { readonly kind: 'content' }>): void {
    if (this.#id === undefined || what.name !== 'basic.publish') return;
    const { exchange, routingKey, mandatory, immediate } = what.args;
    this.#cause = what.name;
    const message = new Amqp091Message(exchange, routingKey, this.#id, header, body);
    this.#submit({ kind: 'publish', connection: this.#id, channel, message, mandatory, immediate });
  }

  /** The machine answers; what it closes is closed for the broker too. */
  #violation({ channel, answer }: Extract<ConnectionEvent, { readonly kind: 'violation' }>): void {
    if (this.#id === undefined) return;
    this.#confirms.flush();
    if (typeof answer === 'string' || answer.scope === 'connection') this.#detach();
    else this.#submit({ kind: 'close-channel', connection: this.#id, channel });
  }

  #refused({ scope, code, text, channel, unprovoked }: EffectOf<'refused'>): void {
    this.#confirms.flush();
    const origin = unprovoked ? { classId: 0, methodId: 0 } : methodIds(this.#cause);
    this.#machine.raise({ ...exception(code, text, origin), scope }, this.#clock.now(), channel);
    if (scope === 'connection') this.#detach();
    this.#holds.endStore();
  }

  #deliver({ channel, consumerTag, deliveryTag, redelivered, message }: EffectOf<'deliver'>): void {
    const { exchange, routingKey } = message;
    this.#delivering = true;
    this.#content(channel, method('basic.deliver', { consumerTag, deliveryTag: BigInt(deliveryTag), redelivered, exchange, routingKey }), message);
    this.#delivering = false;
  }

  #content(channel: number, what: Method<ContentMethodName>, message: Message): void {
    const now = this.#clock.now();
    for (const bytes of contentFrames(channel, what, message, this.#machine.limits.frameMax)) this.#machine.sendBytes(bytes, now);
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

  /** Counts what a client asked for and does not read; deliveries are bounded by their window. */
  #wrote(octets: number): void {
    this.#unread += octets;
    if (this.#unread < this.#settings.unreadMax || this.#holds.has('unread')) return;
    this.#holds.add('unread');
    this.#driven.onDrain(() => {
      this.#unread = 0;
      this.#holds.end('unread');
    });
  }

  #holdPublisher({ held, reason }: EffectOf<'hold'>): void {
    if (this.#wantsBlocked) this.#send(0, held ? method('connection.blocked', { reason }) : method('connection.unblocked'));
    if (held) this.#holds.add('memory');
    else this.#holds.end('memory');
  }

  #afterRefusal(answer: (now: number) => void): void {
    const { refusalDelayMs } = this.#settings;
    if (refusalDelayMs === 0) answer(this.#clock.now());
    else this.#clock.at(this.#clock.now() + refusalDelayMs, () => answer(this.#clock.now()));
  }
}
