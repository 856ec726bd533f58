import type { ContentMethodName, Method, MethodName } from '../../spec/amqp091/classes.ts';
import { bodyOctets, type ContentHeader } from '../../wire/amqp091/content.ts';
import type { Breach } from './breaches.ts';
import type { MethodFacts } from './method-facts.ts';
import { type ChannelMethodName, type ChannelState, type ContentState, channelTransitions, contentTransitions } from './transitions.ts';
import type { Role } from './vocabulary.ts';

/** A method with its whole content. */
export interface AssembledContent {
  readonly method: Method<ContentMethodName>;
  readonly header: ContentHeader;
  readonly body: readonly Uint8Array[];
}

/** More small frames in a row than this are joined, since a view costs more than the few octets it shows. */
const fragmentsMax = 256;
const smallFragment = 1024;

/** One channel: its state, and the content that is coming in on it. Judges and follows; sends nothing itself. */
export class Channel {
  readonly number: number;
  state: ChannelState = 'closed';
  #expects: ContentState = 'method';
  #method: Method<ContentMethodName> | undefined;
  #header: ContentHeader | undefined;
  #body: Uint8Array[] = [];
  #smallRun = 0;
  #missing = 0;
  #flowsAsked = 0;

  constructor(number: number) {
    this.number = number;
  }

  /** The content method whose content is under way. */
  get underway(): Method<ContentMethodName> | undefined {
    return this.#method;
  }

  /** Follows a method of this sender, where the table has the step. */
  follow(name: MethodName, facts: MethodFacts, sender: Role): void {
    const next = channelTransitions[this.state][sender]?.[facts.level === 'channel' ? (name as ChannelMethodName) : 'functional-class'];
    if (next === undefined) return;
    if (next === 'closed') this.#flowsAsked = 0;
    if (next !== 'open' && next !== 'opening') this.#forget();
    this.state = next;
  }

  /** Counts our own flow, so that one flow-ok is in place. */
  askedFlow(): void {
    this.#flowsAsked++;
  }

  /** What is wrong with a method of the peer, here and now. */
  judge(name: MethodName, facts: MethodFacts, peer: Role): Breach | undefined {
    const expected = contentTransitions[this.#expects].method;
    if (expected !== 'in-place') {
      const where = this.#expects === 'header' ? 'instead of the header' : 'before the end';
      this.#forget();
      return { rule: expected, detail: `${name} came ${where} of a content` };
    }
    if (!facts[peer]) return { rule: 'amqp091/4.2.4.method-direction', detail: `${name} is not the ${peer}'s to send` };
    const next = channelTransitions[this.state][peer]?.[facts.level === 'channel' ? (name as ChannelMethodName) : 'functional-class'];
    if (next === undefined) return this.#outOfPlace(name);
    if (name !== 'channel.flow-ok') return undefined;
    if (this.#flowsAsked === 0) return { rule: 'amqp091/channel.unsolicited-reply', detail: 'flow-ok came without a flow' };
    this.#flowsAsked--;
    return undefined;
  }

  /** Gives up the content that is under way. */
  abandon(): void {
    this.#forget();
  }

  /** Begins a content. */
  begin(method: Method): void {
    this.#forget();
    this.#method = method as Method<ContentMethodName>;
    this.#expects = 'header';
  }

  /** Whether a header or body frame is in place. */
  judgeFrame(frame: 'header' | 'body'): Breach | undefined {
    const expected = contentTransitions[this.#expects][frame];
    return expected === 'in-place' ? undefined : { rule: expected, detail: `a ${frame} frame came where a ${this.#expects} frame was due` };
  }

  /** Takes the header; answers the content where its body is empty, or that it is larger than `contentMax`: then its body is left out. */
  header(header: ContentHeader, contentMax: number): AssembledContent | 'too-large' | undefined {
    const size = bodyOctets(header);
    if (size === 0) return this.#whole(header);
    const tooLarge = size > contentMax;
    this.#header = tooLarge ? undefined : header;
    this.#missing = size;
    this.#expects = 'body';
    return tooLarge ? 'too-large' : undefined;
  }

  /** Takes a body frame; answers the content with its last one. `excess`: a frame too long is dropped with the whole content, whose end never comes. */
  body(payload: Uint8Array, excess: boolean): AssembledContent | Breach | undefined {
    if (payload.length > this.#missing) {
      if (excess) {
        this.#header = undefined;
        this.#body = [];
        this.#missing = Number.POSITIVE_INFINITY;
        return undefined;
      }
      const detail = `a body frame holds ${payload.length} octets where ${this.#missing} were left`;
      this.#forget();
      return { rule: 'amqp091/4.2.6.1.body-size', detail };
    }
    this.#missing -= payload.length;
    if (this.#header !== undefined && payload.length > 0) this.#keep(payload);
    if (this.#missing > 0) return undefined;
    if (this.#header !== undefined) return this.#whole(this.#header);
    this.#forget();
    return undefined;
  }

  #outOfPlace(name: MethodName): Breach {
    if (name === 'channel.open') return { rule: 'amqp091/channel.open.state', detail: `channel ${this.number} is open already` };
    if (this.state === 'open' || (this.state === 'opening' && name.startsWith('channel.'))) {
      return { rule: 'amqp091/channel.unsolicited-reply', detail: `${name} came without a request` };
    }
    return { rule: 'amqp091/channel.not-open', detail: `${name} came while channel ${this.number} was not open` };
  }

  #keep(payload: Uint8Array): void {
    this.#body.push(payload);
    this.#smallRun = payload.length < smallFragment ? this.#smallRun + 1 : 0;
    if (this.#smallRun < fragmentsMax) return;
    this.#smallRun = 0;
    this.#body.push(joined(this.#body.splice(-fragmentsMax)));
  }

  #whole(header: ContentHeader): AssembledContent | undefined {
    const method = this.#method;
    const body = this.#body;
    this.#forget();
    return method === undefined ? undefined : { method, header, body };
  }

  #forget(): void {
    this.#expects = 'method';
    this.#method = undefined;
    this.#header = undefined;
    this.#body = [];
    this.#smallRun = 0;
    this.#missing = 0;
  }
}

function joined(fragments: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(fragments.reduce((size, fragment) => size + fragment.length, 0));
  let at = 0;
  for (const fragment of fragments) {
    whole.set(fragment, at);
    at += fragment.length;
  }
  return whole;
}
