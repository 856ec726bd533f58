import type { ConnectionEvent } from '../../../endpoint/amqp10/vocabulary.ts';
import { minMaxFrameSize, protocolIds } from '../../../spec/amqp10/constants.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import { type Frame, type Performative, performativeFrame } from '../../../wire/amqp10/codec.ts';
import type { Follower, Heard, LegalAnswers } from '../conversation.ts';
import { Boundaries } from './boundaries.ts';
import { Ear } from './ear.ts';
import { heardFrame, heardHeader } from './heard.ts';
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

  constructor() {
    this.#law = new Law(event => this.#fromUs(event));
    this.#ear = new Ear({ event: event => this.#fromPeer(event), broke: (rule, detail) => this.#broke(rule, detail) });
  }

  sent(octets: Uint8Array): void {
    this.#boundaries.push(octets, size => this.#sized(size));
    this.#law.receive(octets.slice(), 0);
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
    return first && { rule: first.rule, answers: answersToAll(offences), detail: first.detail };
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
    if (frame.performative.type === 'flow') this.#owed.flowSent(frame.channel, frame.performative);
  }

  #fromPeer(event: ConnectionEvent): void {
    if (event.kind === 'protocol-header') {
      this.#heard.push(heardHeader(event.id));
      this.#owed.header();
    } else if (event.kind === 'frame') this.#frameFromPeer(event.frame);
    else if (event.kind === 'refused' || event.kind === 'authentication-failed' || event.kind === 'closed') this.#over = true;
  }

  #frameFromPeer(frame: Frame): void {
    const channel = frame.type === 'amqp' ? this.#ear.ours(frame) : 0;
    this.#heard.push(heardFrame(frame, channel));
    if (frame.type === 'sasl') this.#owed.saslCame(frame.body);
    else if (frame.performative !== undefined) this.#came(frame.channel, channel, frame.performative);
  }

  #came(remoteChannel: number, channel: number, what: Performative): void {
    if (what.type === 'flow') this.#owed.flowCame(channel);
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
