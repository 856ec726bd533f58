import type { Method } from '../../../spec/amqp091/classes.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import { encodeMethodFrame } from '../../../wire/amqp091/method.ts';
import type { Random } from '../../random.ts';
import type { Setting, Step } from '../conversation.ts';

const usualFrameMax = 131_072;

/** What is said of a departure besides its octets. */
export interface Departed {
  readonly channel?: number;
  readonly cuts?: readonly number[];
  /** The rule by which it is legal. */
  readonly rule?: RuleId;
  /** What it is, for people; left out: its name. */
  readonly note?: string;
}

/** A conversation while it is made. */
export class Script {
  readonly setting: Setting;
  readonly random: Random;
  /** Everything is sent without waiting for answers. */
  readonly pipelined: boolean;
  readonly steps: Step[] = [];
  readonly departures: string[] = [];
  /** State in which what comes next is sent. */
  state = 'connection:initial';
  /** Every departure so far is legal. */
  served = true;
  /** Frame-max that was agreed on, in octets. */
  frameMax: number;

  constructor(setting: Setting, random: Random, pipelined: boolean) {
    this.setting = setting;
    this.random = random;
    this.pipelined = pipelined;
    this.frameMax = setting.limits?.frameMax || usualFrameMax;
  }

  /** Something legal. */
  say(octets: Uint8Array, note: string): void {
    this.steps.push({ kind: 'send', octets, holes: [], cuts: [], note });
  }

  /** A legal method, and its reply where one is waited for. */
  method(channel: number, method: Method, reply?: string): void {
    this.say(encodeMethodFrame(channel, method), channel === 0 ? method.name : `${method.name} on ${channel}`);
    if (reply !== undefined) this.await(reply, channel);
  }

  /** Waits, unless everything is sent at once. */
  await(name: string, channel: number): void {
    if (!this.pipelined) this.hear(name, channel);
  }

  /** Waits. */
  hear(name: string, channel: number): void {
    this.steps.push({ kind: 'await', name, channel });
  }

  /** Octets that leave the legal path, or look as if. */
  depart(departure: string, octets: Uint8Array, { channel, cuts = [], rule, note = departure }: Departed = {}): void {
    this.#departed(departure, rule);
    const where = { state: this.state, ...(channel !== undefined && { channel }), ...(rule !== undefined && { rule }) };
    this.steps.push({ kind: 'send', octets, holes: [], cuts, note, departure, ...where });
  }

  /** A pause, or our end of the stream. */
  leave(departure: string, step: Extract<Step, { kind: 'stall' | 'half-close' | 'reset' }>, rule?: RuleId): void {
    this.depart(departure, new Uint8Array(0), rule === undefined ? {} : { rule });
    this.steps.push(step);
  }

  #departed(departure: string, rule: RuleId | undefined): void {
    this.departures.push(departure);
    if (rule === undefined) this.served = false;
  }
}
