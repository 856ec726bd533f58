import type { Clock, Stream, StreamEnd } from '../../endpoint/transport.ts';
import type { Conversation, Follower, Heard, Step } from './conversation.ts';
import { filled } from './holes.ts';
import { endsOnly, isAnswer } from './judge.ts';
import { part } from './parting.ts';
import type { Outcome, Played, PlayOptions } from './played.ts';

const heardMax = 512;
/** Octets of answers to one conversation after which the peer is not listened to any more. */
const receivedMax = 1 << 25;

/** Plays a conversation over an established stream. Never rejects: whatever the peer does is in the answer. */
export function play(conversation: Conversation, follower: Follower, stream: Stream, clock: Clock, options: PlayOptions): Promise<Played> {
  return new Promise(resolve => new Play(conversation, follower, stream, clock, options, resolve).begin());
}

type Waiting = Extract<Step, { kind: 'await' }> | 'drain' | 'stall' | 'breach' | 'rest';

class Play {
  readonly #conversation: Conversation;
  readonly #follower: Follower;
  readonly #stream: Stream;
  readonly #clock: Clock;
  readonly #options: PlayOptions;
  readonly #done: (played: Played) => void;
  readonly #heard: Heard[] = [];
  readonly #known = new Map<string, Uint8Array>();
  /** How many of what was heard were waited for, by name and channel. */
  readonly #taken = new Set<Heard>();
  readonly #ended = new Set<number>();
  readonly #begun: number;
  #at = 0;
  #waiting: Waiting | undefined;
  #cancel: (() => void) | undefined;
  #cancelRest: (() => void) | undefined;
  #lingering: (() => void) | undefined;
  #end: StreamEnd | undefined;
  #over = false;
  #halfClosed = false;
  #left = false;
  #rested = false;
  #breachStep: number | undefined;
  #heardBefore = 0;
  #wentOn = false;
  #sent = 0;
  #received = 0;

  constructor(conversation: Conversation, follower: Follower, stream: Stream, clock: Clock, options: PlayOptions, done: (played: Played) => void) {
    this.#conversation = conversation;
    this.#follower = follower;
    this.#stream = stream;
    this.#clock = clock;
    this.#options = options;
    this.#done = done;
    this.#begun = clock.now();
  }

  begin(): void {
    this.#stream.listen({ data: octets => this.#data(octets), end: how => this.#ending(how) });
    this.#advance();
  }

  #data(octets: Uint8Array): void {
    if (this.#over) return;
    this.#received += octets.length;
    this.#options.onPiece?.('received', octets);
    for (const each of this.#follower.received(octets)) {
      if (this.#heard.length < heardMax) this.#heard.push(each);
      for (const [name, value] of Object.entries(each.holes ?? {})) this.#known.set(name, value);
      if (each.ends === 'channel') this.#ended.add(each.channel);
      if (each.ends === 'connection') {
        if (this.#follower.lastWords !== undefined && !this.#halfClosed) this.#stream.write(this.#follower.lastWords);
        this.#finish('ended');
        return;
      }
    }
    if (this.#received > receivedMax) this.#finish('flood');
    else if (this.#waiting === 'rest' && this.#follower.owes === undefined && !this.#due) this.#finish('played');
    else if (typeof this.#waiting === 'object' && this.#fulfilled(this.#waiting)) this.#goOn();
  }

  #ending(how: StreamEnd): void {
    this.#end ??= how;
    if (!this.#over) this.#finish('ended');
    this.#lingering?.();
  }

  /** Whether the breach leaves the peer nothing but to end something, which it has not done yet. */
  get #due(): boolean {
    const { breach } = this.#follower;
    return endsOnly(breach) && !this.#heard.some((each, at) => isAnswer(each, at, { breach, heardBefore: this.#heardBefore }));
  }

  #goOn(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting = undefined;
    this.#at += 1;
    this.#advance();
  }

  #advance(): void {
    const { steps } = this.#conversation;
    for (; this.#at < steps.length && !this.#over; this.#at += 1) {
      const step = steps[this.#at] as Step;
      if (step.kind === 'send') {
        if (this.#send(step)) return;
      } else if (step.kind === 'await') {
        if (this.#fulfilled(step)) continue;
        this.#wait(step, this.#patienceFor());
        return;
      } else if (step.kind === 'stall') {
        this.#rest();
        this.#wait('stall', step.ms);
        return;
      } else if (step.kind === 'half-close') {
        this.#halfClosed = true;
        this.#left = true;
        this.#stream.end();
      } else {
        this.#left = true;
        this.#finish('played', 'reset');
        return;
      }
    }
    if (!this.#over) this.#settle();
  }

  /** Nothing is left to send: what is owed or due is waited for. */
  #settle(): void {
    if (this.#follower.owes === undefined && !this.#due) {
      if (this.#halfClosed) this.#wait('rest', this.#options.patience.graceMs);
      else this.#finish('played');
      return;
    }
    this.#wait('rest', this.#due ? this.#options.patience.closeMs : this.#options.patience.replyMs);
  }

  /** Answers whether one has to wait. */
  #send(step: Extract<Step, { kind: 'send' }>): boolean {
    const before = this.#follower.breach;
    const octets = filled(step.octets, step.holes, this.#known);
    this.#sent += octets.length;
    this.#options.onPiece?.('sent', octets);
    this.#follower.sent(octets);
    if (before === undefined && this.#follower.breach !== undefined) {
      this.#breachStep = this.#at;
      this.#heardBefore = this.#heard.length;
    }
    if (step.cuts.length > 0) {
      this.#waiting = 'drain';
      this.#pieces(octets, [...step.cuts.filter(cut => cut < octets.length), octets.length], 0, 0);
      return true;
    }
    this.#stream.write(octets);
    return this.#pauseAfterBreach();
  }

  #pauseAfterBreach(): boolean {
    if (this.#breachStep !== this.#at || !this.#due) return false;
    this.#wait('breach', this.#options.patience.graceMs);
    return true;
  }

  /** Each piece is handed over before the next one is written, so that none are joined on our side. */
  #pieces(octets: Uint8Array, ends: readonly number[], index: number, start: number): void {
    const end = ends[index];
    if (this.#over) return;
    if (end === undefined) {
      this.#waiting = undefined;
      if (!this.#pauseAfterBreach()) this.#goOn();
      return;
    }
    this.#stream.write(octets.subarray(start, end));
    this.#stream.onDrain(() => this.#pieces(octets, ends, index + 1, end));
  }

  #patienceFor(): number {
    const { replyMs, graceMs } = this.#options.patience;
    return this.#follower.owes === undefined || this.#due ? graceMs : replyMs;
  }

  #fulfilled({ name, channel }: Extract<Step, { kind: 'await' }>): boolean {
    const names = name.split('|');
    const came = this.#heard.find(each => names.includes(each.name) && each.channel === channel && !this.#taken.has(each));
    if (came === undefined) return this.#ended.has(channel) && channel !== 0;
    this.#taken.add(came);
    if (this.#breachStep !== undefined && this.#at > this.#breachStep && this.#heard.indexOf(came) >= this.#heardBefore) this.#wentOn = true;
    return true;
  }

  #wait(what: Waiting, ms: number): void {
    this.#waiting = what;
    if (ms > this.#options.patience.graceMs) this.#restLater();
    this.#cancel?.();
    this.#cancel = this.#clock.at(this.#clock.now() + ms, () => this.#expired());
  }

  /** A place is given up only by who waits longer than most. */
  #restLater(): void {
    if (this.#rested || this.#options.onRest === undefined) return;
    this.#cancelRest ??= this.#clock.at(this.#clock.now() + this.#options.patience.graceMs, () => this.#rest());
  }

  #rest(): void {
    if (this.#rested) return;
    this.#rested = true;
    this.#options.onRest?.();
  }

  #expired(): void {
    this.#cancel = undefined;
    if (this.#over) return;
    const { owes } = this.#follower;
    if (this.#waiting === 'rest') this.#finish(owes === undefined && !this.#due ? 'played' : 'silence');
    else if (typeof this.#waiting === 'object' && owes !== undefined && !this.#due) this.#finish('silence');
    else this.#goOn();
  }

  #finish(outcome: Outcome, how: 'end' | 'reset' = 'end'): void {
    this.#over = true;
    const owed = outcome === 'silence' ? (this.#follower.owes ?? 'an end') : undefined;
    this.#cancel?.();
    this.#cancelRest?.();
    this.#lingering = part(this.#stream, this.#clock, how, this.#end);
    this.#done({
      conversation: this.#conversation,
      outcome,
      heard: this.#heard,
      end: this.#end,
      breach: this.#follower.breach,
      owed,
      breachStep: this.#breachStep,
      heardBefore: this.#heardBefore,
      wentOn: this.#wentOn,
      steps: Math.min(this.#at + 1, this.#conversation.steps.length),
      left: this.#left,
      made: this.#follower.made ?? [],
      sentOctets: this.#sent,
      receivedOctets: this.#received,
      ms: this.#clock.now() - this.#begun,
    });
  }
}
