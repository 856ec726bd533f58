import type { Breach } from '../../../endpoint/amqp091/breaches.ts';
import { Inbound, type InboundUser } from '../../../endpoint/amqp091/inbound.ts';
import { methodFacts } from '../../../endpoint/amqp091/method-facts.ts';
import { judgeTuneOk, lower } from '../../../endpoint/amqp091/negotiation.ts';
import type { Origin } from '../../../endpoint/amqp091/origin.ts';
import { Progress } from '../../../endpoint/amqp091/progress.ts';
import { readsOf } from '../../../endpoint/amqp091/readings.ts';
import { beforeOpen } from '../../../endpoint/amqp091/transitions.ts';
import type { Entity } from '../../../probe/names.ts';
import type { Method } from '../../../spec/amqp091/classes.ts';
import { frameMinSize } from '../../../spec/amqp091/constants.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import { encodeMethodFrame, method } from '../../../wire/amqp091/method.ts';
import type { Violation } from '../../../wire/decoded.ts';
import type { Follower, Heard, LegalAnswers, Setting } from '../conversation.ts';
import { blames, heardOf } from './heard.ts';
import { hasContent, isMechanism, isOfConnection, isOfOctets, legalAnswers } from './law.ts';
import { Made } from './made.ts';
import { Owed } from './owed.ts';
import { OwnSteps } from './own-steps.ts';

type Taken = Parameters<InboundUser['take']>[0];

const nothing = new Uint8Array(0);
const closeOk = encodeMethodFrame(0, method('connection.close-ok')).slice();
const beforeTune = { channelMax: 0, frameMax: frameMinSize, heartbeatS: 0 };
const usualLimits = { channelMax: 2047, frameMax: 131_072, heartbeatS: 60 };
const options = { contentMax: 1 << 27, tolerant: true, ...readsOf({}) };

/** What our octets mean to a server that keeps to the standard and answers at once, and what the peer's mean to such a client. */
export class Follower091 implements Follower {
  breach: LegalAnswers | undefined;
  lastWords = nothing;
  readonly #setting: Setting;
  /** The peer as it should be. */
  readonly #server = new Progress('server', beforeTune);
  /** We as we should be. */
  readonly #client = new Progress('client', beforeTune);
  readonly #ours: Inbound;
  readonly #theirs: Inbound;
  readonly #owed = new Owed();
  readonly #made = new Made();
  readonly #own = new OwnSteps(this.#client, this.#owed);
  /** Methods that we sent before the breach, by their numbers. */
  readonly #asked = new Set<number>();
  /** Channels that we asked to close, while the answer is not there. */
  readonly #closing = new Set<number>();
  #origin: Origin | undefined;
  #breachChannel = 0;
  /** What the law wants cannot be told any more. */
  #lost = false;
  #heard: Heard[] = [];
  #chunkAt = 0;
  #chunk: Uint8Array = nothing;
  #begun = false;
  /** We asked to close the connection. */
  #closed = false;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#ours = new Inbound(this.#server, { take: event => this.#sent(event), violation: (...all) => this.#broke(...all) }, options);
    this.#theirs = new Inbound(
      this.#client,
      { take: event => this.#told(event), violation: (violation, channel) => this.#peerBroke(violation, channel) },
      options,
    );
  }

  get made(): readonly Entity[] {
    return this.#made.entities;
  }

  get owes(): string | undefined {
    return this.#lost ? undefined : this.#owed.words;
  }

  sent(octets: Uint8Array): void {
    if (!this.#begun) {
      this.#begun = true;
      this.#client.state = 'header';
      this.#theirs.asked = octets.slice(0, 8);
    }
    this.#chunk = octets;
    this.#ours.receive(octets);
    this.#chunkAt += octets.length;
    this.#own.apply();
  }

  received(octets: Uint8Array): readonly Heard[] {
    this.#heard = [];
    this.#theirs.receive(octets);
    return this.#heard;
  }

  /** Something of ours, as a server hears it. */
  #sent(event: Taken): void {
    if (event.kind === 'protocol-header') this.#say('connection.start');
    else if (event.kind === 'method') this.#sentMethod(event.channel, event.method);
    else if (event.kind === 'content') this.#note(event.method);
  }

  #sentMethod(channel: number, sent: Method): void {
    this.#note(sent);
    this.#own.sent(channel, sent);
    this.#made.sent(channel, sent);
    if (this.#lost || (this.breach !== undefined && (channel === this.#breachChannel || channel === 0))) return;
    switch (sent.name) {
      case 'connection.start-ok':
        this.#login(sent);
        break;
      case 'connection.secure-ok':
        this.#lost = true;
        break;
      case 'connection.tune-ok':
        this.#tuned(sent);
        break;
      case 'connection.open':
        if (sent.args.virtualHost === this.#setting.virtualHost) this.#say('connection.open-ok');
        else this.#raise({ rule: 'amqp091/connection.open.virtual-host-unknown', detail: 'another virtual host' }, sent);
        break;
      case 'connection.close':
        this.#closed = true;
        this.#say('connection.close-ok');
        this.#ours.deaf = true;
        break;
      case 'channel.open':
      case 'channel.close':
        // An open that comes while the channel closes may be dropped.
        if (this.#closing.has(channel)) this.#owed.forget(channel);
        else if (sent.name === 'channel.close') this.#closing.add(channel);
        this.#say(sent.name === 'channel.open' ? 'channel.open-ok' : 'channel.close-ok', channel);
        break;
      default:
        this.#owed.asked(channel, sent);
    }
  }

  #note({ name }: Method): void {
    const { classId, methodId } = methodFacts(name);
    if (this.breach === undefined) this.#asked.add(classId * 65_536 + methodId);
  }

  /** What a server says at once: it is due, and the next thing that we send comes behind it. */
  #say(
    name: 'connection.start' | 'connection.tune' | 'connection.open-ok' | 'connection.close-ok' | 'channel.open-ok' | 'channel.close-ok',
    channel = 0,
  ): void {
    this.#owed.add(channel, name === 'connection.tune' ? [name, 'connection.secure'] : [name], name);
    this.#server.follow(channel, method(name), methodFacts(name), 'server');
  }

  #login(sent: Method<'connection.start-ok'>): void {
    const { user, password } = this.#setting;
    const right = Buffer.from(`\0${user}\0${password}`).equals(sent.args.response);
    if (sent.args.mechanism === 'PLAIN' && right) this.#say('connection.tune');
    else if (sent.args.mechanism === '') this.#raise({ rule: 'amqp091/connection.start-ok.mechanism-notnull', detail: 'no mechanism' }, sent);
    else if (!isMechanism.test(sent.args.mechanism))
      this.#raise({ rule: 'amqp091/connection.start-ok.mechanism-validity', detail: 'a mechanism that nobody has' }, sent);
    // Which other mechanisms there are, and whom they let in, is not ours to know.
    else this.#lost = true;
  }

  #tuned(sent: Method<'connection.tune-ok'>): void {
    const offer = this.#setting.limits ?? usualLimits;
    const { channelMax, frameMax, heartbeat } = sent.args;
    const breach = judgeTuneOk(offer, sent.args);
    if (breach !== undefined) this.#raise(breach, sent);
    else this.#agree({ channelMax: lower(offer.channelMax, channelMax), frameMax: lower(offer.frameMax, frameMax), heartbeatS: heartbeat });
    // Null by the assertion, no limit by the errata (tune-ok.channel-max-notnull).
    if (channelMax === 0) this.#lost = true;
  }

  #agree(limits: Progress['limits']): void {
    for (const [progress, inbound] of [
      [this.#server, this.#ours],
      [this.#client, this.#theirs],
    ] as const) {
      progress.limits = limits;
      inbound.splitter.frameMax = limits.frameMax;
    }
  }

  #raise({ rule, detail }: Breach, { name }: Method): void {
    this.#broke({ kind: 'violation', rule, offset: this.#ours.offset, detail }, 0, methodFacts(name));
  }

  #broke(violation: Violation, channel: number, origin: Origin, answered: RuleId = violation.rule): void {
    if (this.breach !== undefined || this.#lost) return;
    const frameType = this.#chunk[violation.offset - this.#chunkAt - (violation.rule === 'amqp091/4.2.3.frame-max' ? 3 : 0)];
    const { limits, channels } = this.#server;
    const { channelMax } = limits;
    this.breach = legalAnswers(violation, answered, {
      beforeOpen: beforeOpen.has(this.#server.state),
      channel,
      frameType,
      ofConnection: isOfConnection(origin),
      ofContent: hasContent(origin),
      notOpen: channels.get(channel) === undefined,
      inContent: channels.get(channel)?.underway !== undefined,
      beyondChannelMax: channelMax > 0 && channel > channelMax,
      closing: this.#closing.has(channel),
    });
    this.#origin = origin;
    this.#breachChannel = channel;
  }

  /** Something of the peer's, as a client hears it. */
  #told(event: Taken): void {
    const heard = heardOf(event);
    const complaint = event.kind === 'protocol-header' ? undefined : this.#owed.told(heard.channel, heard.name);
    const excuses = 'method' in event && (heard.channel === 0 || heard.channel === this.#breachChannel) && this.#excuses(event.method);
    const breaks = complaint === undefined || this.breach !== undefined || this.#lost ? undefined : unasked(complaint);
    this.#heard.push({ ...heard, ...(breaks !== undefined && { breaks }), ...(excuses && { excuses }) });
    if (event.kind === 'method') this.#followed(event.channel, event.method);
    this.#own.apply();
  }

  #excuses(told: Method): boolean {
    if (this.breach === undefined || this.#origin === undefined) return false;
    const blamed = blames(told);
    const { classId, methodId } = this.#origin;
    return blamed !== undefined && blamed !== classId * 65_536 + methodId && this.#asked.has(blamed);
  }

  #followed(channel: number, told: Method): void {
    const facts = methodFacts(told.name);
    if (told.name === 'channel.close') this.#owed.forget(channel);
    if (told.name === 'channel.close-ok') this.#closing.delete(channel);
    if (told.name === 'channel.flow') this.#server.channels.get(channel)?.askedFlow();
    if (told.name === 'channel.close' || told.name === 'connection.close') this.#server.follow(channel, told, facts, 'server');
    if (told.name === 'connection.secure') this.#lost = true;
    this.#made.heard(channel, told);
    if (told.name === 'connection.close') this.lastWords = closeOk;
  }

  #peerBroke({ rule, detail }: Violation, channel: number): void {
    // Who closes need not answer what was asked before.
    if (rule === 'amqp091/connection.sequence' && this.#closed) return;
    if (rule === 'amqp091/channel.unsolicited-reply' && this.#owed.crossed(channel)) return;
    // What was taken from us although it is malformed may come back.
    if (rule === 'amqp091/4.2.5.3.short-string-zero' || this.breach?.rule === rule) return;
    if ((this.breach !== undefined || this.#lost) && !isOfOctets(rule)) return;
    this.#heard.push({ name: isOfOctets(rule) ? 'malformed' : 'out of place', channel, breaks: { rule, detail } });
  }
}

function unasked(detail: string): { readonly rule: RuleId; readonly detail: string } {
  return { rule: detail.endsWith('first') ? 'amqp091/3.2.1.pipelining' : 'amqp091/channel.unsolicited-reply', detail };
}
