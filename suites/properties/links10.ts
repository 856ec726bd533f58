import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Model10 } from '../../harness/fuzz/property.ts';
import type { Link10, Receiver10, Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Frame10 } from '../../harness/probe/amqp10-peer.ts';
import { type AmqpMap, describedOf } from '../../harness/wire/amqp10/codec.ts';
import { listed } from './dialogue.ts';
import { textIn } from './hearing10.ts';
import { LinkModel, Links10Model, tagText } from './links10-model.ts';
import { type Name, names, type Receiving, type Step, steps, type Tells } from './links10-steps.ts';
import { connectPlaces, type Place, Places } from './places10.ts';

interface Attached<L extends Link10> {
  readonly place: Place;
  readonly link: L;
}

/** One queue, and links to and from it that come and go. */
class Lives {
  readonly #play: Play10;
  readonly #places: Places;
  readonly #address: string;
  readonly #names: Readonly<Record<Name, string>>;
  readonly #models: Readonly<Record<Receiving, LinkModel>> = { r1: new LinkModel(), r2: new LinkModel() };
  readonly #model = new Links10Model(Object.values(this.#models));
  readonly #receivers = new Map<Receiving, Attached<Receiver10>>();
  #sender: Attached<Sender10> | undefined;
  /** Where each link was attached last, until it is closed. */
  readonly #last = new Map<Name, Place>();

  private constructor(play: Play10, places: Places, address: string) {
    this.#play = play;
    this.#places = places;
    this.#address = address;
    this.#names = { s1: play.peer.name('s1'), r1: play.peer.name('r1'), r2: play.peer.name('r2') };
  }

  static async begin(play: Play10): Promise<Lives> {
    play.step('queue q1; session 1 and 2 on one connection, session 3 on another of the same container');
    return new Lives(play, await Places.begin(play), await play.node('q1'));
  }

  async take(given: Step): Promise<void> {
    if (given.do === 'attach') await (given.link === 's1' ? this.#attachSender(given.place) : this.#attach(given.link, given.place, given.tells));
    else if (given.do === 'detach') await this.#detach(given.link, given.closed);
    else if (given.do === 'send') for (let left = given.count; left > 0; left--) await this.#send();
    else if (given.do === 'receive') await this.#receive(given.link, given.count);
    else if (given.do === 'settle') await this.#settle(given);
    else await this.#end(given.place, given.do);
  }

  /** All links are closed, and what is not settled comes out, and nothing else. */
  async finish(): Promise<void> {
    for (const name of names) {
      const last = this.#last.get(name);
      if (last !== undefined && name === 's1' && this.#sender === undefined) await this.#attachSender(0);
      if (last !== undefined && name !== 's1' && !this.#receivers.has(name)) await this.#attach(name, 0, 'nothing');
      await this.#detach(name, true);
    }
    await this.#places.end();
    await this.#attach('r1', 0, 'nothing');
    await this.#receive('r1', this.#model.waiting.size + this.#model.perhaps.size + 1);
    const missing = [...this.#model.waiting];
    this.#play.require(missing.length === 0, { what: 'messages are lost', sentence: `${listed(missing)} did not come in the end.` });
    await this.#settle({ do: 'settle', link: 'r1', from: 0, count: 1000, back: false });
    await this.#detach('r1', true);
  }

  /** Whether a link that is attached there may be attached here. */
  #movable(former: Attached<Link10> | undefined, to: Place): boolean {
    return former === undefined || (former.place !== to && this.#places.steals(former.place, to));
  }

  async #attachSender(to: Place): Promise<void> {
    const former = this.#sender;
    if (!this.#movable(former, to)) return;
    this.#play.step(`session ${to + 1}: attach s1${former === undefined ? '' : `, which is attached on ${former.place + 1}`}`);
    const session = await this.#places.session(to);
    this.#sender = { place: to, link: await session.sender(this.#address, { name: this.#names.s1 }) };
    this.#last.set('s1', to);
    if (former !== undefined) await this.#stolen(former.link);
  }

  async #attach(name: Receiving, to: Place, asked: Tells): Promise<void> {
    const tells = this.#places.resumes ? asked : 'nothing';
    const former = this.#receivers.get(name);
    if (!this.#movable(former, to)) return;
    const model = this.#models[name];
    if (former !== undefined) this.#model.suspend(model);
    const holds = listed([...model.left.values()]);
    const map = tells === 'nothing' ? '' : `; of what it holds it tells ${holds}${tells === 'accepted' ? ' as accepted' : ''}`;
    this.#play.step(`session ${to + 1}: attach ${name}${former === undefined ? '' : `, which is attached on ${former.place + 1}`}${map}`);
    const session = await this.#places.session(to);
    const source = { address: this.#address, defaultOutcome: { type: 'released' }, ...(name === 'r2' && { expiryPolicy: 'never' as const }) } as const;
    const unsettled: AmqpMap = Array.from(model.left.keys(), tag => [
      { type: 'binary', value: Buffer.from(tag, 'hex') },
      tells === 'accepted' ? describedOf({ type: 'accepted' }) : { type: 'null', value: null },
    ]);
    const link = await session.receiver(source, { name: this.#names[name], ...(tells !== 'nothing' && { unsettled }) });
    this.#receivers.set(name, { place: to, link });
    this.#last.set(name, to);
    if (former !== undefined) await this.#stolen(former.link);
    const told = new Set((link.attach.unsettled ?? []).flatMap(([tag]) => (tag.type === 'binary' ? [tagText(tag.value)] : [])));
    this.#model.attach(model, told, tells);
  }

  /** The former attachment ends, and that is answered. */
  async #stolen(former: Link10): Promise<void> {
    const { performative } = await former.expect('detach');
    const { error, closed } = performative;
    const sentence = `The former attachment ended with ${error?.condition ?? 'no error'}.`;
    this.#play.require(error?.condition === 'amqp:link:stolen', { what: 'a link was not told to be stolen', sentence, duty: 'amqp10/2.6.1.stolen:enforce' });
    former.session.send('detach', { handle: former.handle, ...(closed !== undefined && { closed }) });
  }

  async #detach(name: Name, closed: boolean): Promise<void> {
    const attached = name === 's1' ? this.#sender : this.#receivers.get(name);
    if (attached === undefined) return;
    this.#play.step(`session ${attached.place + 1}: ${closed ? 'close' : 'detach'} ${name}`);
    await attached.link.detach({ closed });
    if (closed) this.#last.delete(name);
    if (name === 's1') this.#sender = undefined;
    else {
      this.#receivers.delete(name);
      this.#model[closed ? 'close' : 'suspend'](this.#models[name]);
    }
  }

  async #send(): Promise<void> {
    if (this.#sender === undefined) await this.#attachSender(0);
    const body = this.#model.send();
    this.#play.step(`s1: send ${body}`);
    const outcome = await this.#sender?.link.send(body);
    this.#play.require(outcome?.type === 'accepted', { what: 'a message was not accepted', sentence: `${body} got ${outcome?.type ?? 'no outcome'}.` });
  }

  async #receive(name: Receiving, count: number): Promise<void> {
    const link = this.#receivers.get(name)?.link;
    if (link === undefined) return;
    this.#play.step(`${name}: receive ${count}`);
    link.credit(count);
    const due = Math.min(count, this.#model.due(this.#models[name]));
    const may = due < count && this.#model.anyAdrift;
    for (let left = due; left > 0; left--) this.#came(name, (await link.receive()).transfers[0]);
    await this.#more(name, link, may);
    if (due < count) link.credit(0);
    await this.#more(name, link, may);
  }

  /** What may come besides. */
  async #more(name: Receiving, link: Receiver10, may: boolean): Promise<void> {
    await link.barrier(may ? [] : ['transfer']);
    if (!may) return;
    for (const seen of link.session.connection.taken()) {
      const isOfIt = seen.kind === 'frame' && seen.local === link.session.channel && seen.handle === link.handle;
      if (isOfIt && seen.performative.type === 'transfer') this.#came(name, seen as Frame10<'transfer'>);
    }
  }

  #came(name: Receiving, frame: Frame10<'transfer'> | undefined): void {
    if (frame === undefined) return;
    const { deliveryTag = new Uint8Array(0), deliveryId = 0, resume, settled } = frame.performative;
    const model = this.#models[name];
    const tag = tagText(deliveryTag);
    const resumed = resume === true ? model.resuming.get(tag) : undefined;
    const body = resumed?.body ?? textIn(frame.payload);
    const known = resume === true ? resumed !== undefined : this.#model.mayCome(body);
    const said = resume === true ? 'as resumed' : 'as a new delivery';
    const sentence = `${body} came to ${name} ${said}, where ${listed([...this.#model.waiting])} waits and ${listed([...model.resuming.values()].map(each => each.body))} is to be resumed.`;
    this.#play.require(known, { what: 'a delivery that cannot be', sentence, duty: 'amqp10/3.3.1.acquired:emit' });
    const done = settled === true || resumed?.accepted === true;
    this.#model.came(model, body, done ? undefined : { tag, deliveryId, body });
    const session = this.#receivers.get(name)?.link.session;
    if (done && settled !== true) session?.send('disposition', { role: 'receiver', first: deliveryId, settled: true, state: { type: 'accepted' } });
  }

  async #settle({ link: name, from, count, back }: Extract<Step, { readonly do: 'settle' }>): Promise<void> {
    const model = this.#models[name];
    const link = this.#receivers.get(name)?.link;
    const start = model.held.length === 0 ? 0 : from % model.held.length;
    const settled = model.held.slice(start, start + count);
    if (link === undefined || settled.length === 0) return;
    this.#play.step(`${name}: ${back ? 'release' : 'accept'} ${listed(settled.map(({ body }) => body))}`);
    const state = { type: back ? 'released' : 'accepted' } as const;
    for (const { deliveryId } of settled) link.session.send('disposition', { role: 'receiver', first: deliveryId, settled: true, state });
    this.#model.settle(model, settled, back);
    await link.barrier(back ? [] : ['transfer']);
  }

  /** The session, or its connection, comes to an end, and others are there for it when they are needed. */
  async #end(at: Place, how: 'end' | 'lose'): Promise<void> {
    const ended = await this.#places.over(at, how, line => this.#play.step(line));
    for (const name of names) {
      const last = this.#last.get(name);
      if (last === undefined || !ended.includes(last)) continue;
      if (name === 's1') this.#sender = undefined;
      else {
        this.#receivers.delete(name);
        this.#model[name === 'r2' ? 'suspend' : 'close'](this.#models[name]);
      }
    }
  }
}

/** However links are attached, detached, stolen, closed and resumed: each message waits, or one of them holds it, or it is gone. */
export const links10Model: Model10<readonly Step[]> = {
  cases: steps,
  connect: connectPlaces,
  async play(play, given) {
    const lives = await Lives.begin(play);
    for (const each of given) await lives.take(each);
    await lives.finish();
  },
};
