import type { ConnectionEvent, LinkEndpoint } from '../../../endpoint/amqp10/vocabulary.ts';
import { minMaxFrameSize, protocolIds } from '../../../spec/amqp10/constants.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import { type AmqpDetach, type AmqpEnd, type Frame, type Performative, performativeFrame } from '../../../wire/amqp10/codec.ts';
import type { Follower, Heard, LegalAnswers } from '../conversation.ts';
import { Boundaries } from './boundaries.ts';
import { Ear } from './ear.ts';
import { heardFrame, heardHeader, long } from './heard.ts';
import { Law } from './law.ts';
import { answersToAll } from './legal.ts';
import { Owed } from './owed.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Follows a conversation of 1.0 in both directions. */
export class Follower10 implements Follower {
  readonly #heard: Mutable<Heard>[] = [];
  readonly #boundaries = new Boundaries();
  readonly #owed = new Owed();
  readonly #law: Law;
  readonly #ear: Ear;
  /** The largest frame and the highest channel that were sent before the peer told how large and how high they may be. */
  #largest = 0;
  #highest = 0;
  #over = false;
  /** The peer has ended a session of which all was legal: what it makes of the rest is its own affair. */
  #derailed = false;
  /** The peer has detached a link with an error. */
  #detachedOnce = false;

  constructor() {
    this.#law = new Law(event => this.#fromUs(event));
    this.#ear = new Ear({ event: event => this.#fromPeer(event), broke: (rule, detail) => this.#broke(rule, detail) });
  }

  sent(octets: Uint8Array): void {
    this.#law.receive(octets.slice(), 0);
    if (!this.#law.closed) this.#boundaries.push(octets, size => this.#sized(size));
    if (this.#law.offences.length > 0) this.#ear.lenient = true;
  }

  received(octets: Uint8Array): readonly Heard[] {
    this.#heard.length = 0;
    this.#ear.receive(octets, 0);
    return this.#heard.splice(0);
  }

  get breach(): LegalAnswers | undefined {
    const { offences } = this.#law;
    const [first] = offences;
    if (this.#derailed) return { rule: 'amqp10/2.5.4.discarding', answers: [], detail: 'the peer ended a session' };
    if (first === undefined) return undefined;
    const { rule, detail, channel } = first;
    const alone = channel !== undefined && offences.every(each => each.channel === channel);
    return { rule, answers: answersToAll(offences), detail, ...(alone && { channel }) };
  }

  get owes(): string | undefined {
    if (this.#over) return undefined;
    const { state, sessions } = this.#ear;
    const sasl = this.#owed.sasl;
    if (sasl !== undefined) return sasl === 'waits' ? undefined : sasl;
    if (state === 'HDR_SENT' || state === 'OPEN_PIPE' || state === 'OC_PIPE') return 'the header of AMQP';
    if (state === 'OPEN_SENT' || state === 'CLOSE_PIPE') return 'open';
    for (const session of sessions) {
      const due = this.#owed.ofSession(session);
      if (due !== undefined) return due;
    }
    return state === 'CLOSE_SENT' || state === 'DISCARDING' ? 'close' : undefined;
  }

  /** A close is answered by a close (2.4.3). */
  get lastWords(): Uint8Array {
    return performativeFrame(0, { type: 'close' }).slice();
  }

  #sized(size: number): void {
    const { limits } = this.#law;
    if (limits !== undefined) this.#within(size, 0);
    else if (this.#law.stage !== 'sasl') this.#early(size);
  }

  #early(size: number): void {
    this.#largest = Math.max(this.#largest, size);
    if (size > minMaxFrameSize) this.#law.note('amqp10/2.4.1.limits-before-open', `a frame of ${size} octets before the limits were told`, true);
  }

  /** Judges the size of a frame and its channel by what the peer's open said. */
  #within(size: number, channel: number): void {
    const { maxFrameSize = 0, channelMax = 65535 } = this.#law.limits ?? {};
    if (maxFrameSize > 0 && size > maxFrameSize)
      this.#law.note('amqp10/2.7.1.frame-too-large', `a frame of ${size} octets, where ${maxFrameSize} are the most`);
    if (channel > channelMax) this.#law.note('amqp10/2.7.1.channel-beyond', `channel ${channel}, where ${channelMax} is the highest`);
  }

  #fromUs(event: ConnectionEvent): void {
    if (event.kind === 'protocol-header') this.#headerFromUs(event.id);
    else if (event.kind === 'frame') this.#frameFromUs(event.frame);
  }

  #headerFromUs(id: number): void {
    if (id !== protocolIds.amqp && id !== protocolIds.sasl) return;
    this.#ear.sendHeader(id === protocolIds.sasl ? 'sasl' : 'amqp', 0);
    if (id === protocolIds.sasl) this.#owed.saslHeader();
  }

  #frameFromUs(frame: Frame): void {
    if (frame.type === 'sasl') {
      this.#ear.spokeSasl(frame.body);
      this.#owed.saslSent(frame.body);
      return;
    }
    if (frame.performative === undefined) return;
    if (this.#law.limits === undefined) this.#highest = Math.max(this.#highest, frame.channel);
    else this.#within(0, frame.channel);
    this.#ear.spoke(frame.channel, frame.performative);
    if (frame.performative.type === 'transfer') this.#owed.transferSent(frame.channel, frame.performative);
  }

  #fromPeer(event: ConnectionEvent): void {
    if (event.kind === 'protocol-header') {
      this.#heard.push(heardHeader(event.id));
      this.#owed.header();
    } else if (event.kind === 'frame') this.#frameFromPeer(event.frame);
    else if (event.kind === 'session-begun') this.#expects(event.session.channel, event.session.nextIncomingId);
    else if (event.kind === 'session-ended') this.#sessionEnded(event.end);
    else if (event.kind === 'link-detached') this.#detached(event.link, event.detach);
    else if (event.kind === 'flow') this.#credited(event.session.channel, event.link);
    else if (event.kind === 'disposition' && event.deliveries.length > 0) this.#heard.push({ name: 'outcome', channel: event.session.channel ?? 0 });
    else if (event.kind === 'delivery') this.#heard.push({ name: 'delivery', channel: event.link.session.channel ?? 0 });
    else if (event.kind === 'refused' || event.kind === 'authentication-failed' || event.kind === 'closed') this.#over = true;
    if (event.kind === 'refused') this.#refused();
  }

  /** A flow of ours is to tell which transfer we expect next. */
  #expects(channel: number | undefined, id: number | undefined): void {
    const last = this.#heard.at(-1);
    if (last !== undefined && channel !== undefined && id !== undefined) last.holes = { ...last.holes, [`next-incoming-id.${channel}`]: long(id) };
  }

  /** Nothing that we send is judged any more, and nothing that the peer makes of it, once it has ended a session of which all was legal. */
  #sessionEnded({ error }: AmqpEnd): void {
    const last = this.#heard.at(-1);
    if (last === undefined || error === undefined || error.condition === 'amqp:internal-error' || this.#law.offences.length > 0) return;
    delete last.excuses;
    this.#derailed = true;
  }

  /** A link without a terminus at the peer's end was refused (2.6.3), for whatever reason. */
  #detached({ role, remoteAttach }: LinkEndpoint, { error }: AmqpDetach): void {
    const refused = (role === 'sender' ? remoteAttach?.target : remoteAttach?.source) === undefined;
    if (error !== undefined && refused) this.#excuse();
    this.#detachedOnce ||= error !== undefined;
  }

  /** A header that is not ours, or one in place of a frame. */
  #refused(): void {
    if (!this.#heard.at(-1)?.name.startsWith('header')) this.#heard.push({ name: 'header', channel: 0 });
    this.#excuse();
  }

  /** What was heard last says no to something legal. */
  #excuse(): void {
    const last = this.#heard.at(-1);
    if (last !== undefined) last.excuses = true;
  }

  #credited(channel: number | undefined, link: LinkEndpoint | undefined): void {
    if (link?.role === 'sender' && link.credit > 0) this.#heard.push({ name: 'credit', channel: channel ?? 0 });
  }

  #frameFromPeer(frame: Frame): void {
    const channel = frame.type === 'amqp' ? this.#ear.ours(frame) : 0;
    this.#heard.push(heardFrame(frame, channel));
    // What was on its way when the peer gave a link up came late, and out of place to it.
    if (this.#detachedOnce && this.#heard.at(-1)?.code === 'amqp:session:errant-link') this.#excuse();
    if (frame.type === 'sasl') {
      this.#owed.saslCame(frame.body);
      if (frame.body.type === 'sasl-outcome') this.#law.outcome(frame.body.code);
    } else if (frame.performative !== undefined) this.#came(frame.channel, channel, frame.performative);
  }

  #came(remoteChannel: number, channel: number, what: Performative): void {
    if (what.type === 'transfer') this.#expects(channel, this.#ear.nextIncomingId(remoteChannel));
    const first = this.#law.limits === undefined;
    this.#law.said(remoteChannel, what);
    if (what.type === 'open' && first) this.#within(this.#largest, this.#highest);
  }

  #broke(rule: RuleId, detail: string): void {
    const last = this.#heard.at(-1);
    if (last === undefined || last.breaks !== undefined) this.#heard.push({ name: 'malformed', channel: 0, breaks: { rule, detail } });
    else last.breaks = { rule, detail };
  }
}
