import fc from 'fast-check';
import { type MessageShape, message } from '../../harness/fuzz/messages.ts';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { Arrival, ProbeChannel } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodeTable } from '../../harness/wire/amqp091/codec.ts';
import { pattern, same } from '../amqp091/frames.ts';
import { smallFrames } from '../amqp091/observations.ts';

interface Case {
  readonly way: 'get' | 'consume';
  readonly messages: readonly MessageShape[];
}

/** Octets of a frame that are not of its payload. */
const frameOverhead = 8;

const bodyDuty: DutyId = 'amqp091/3.1.1.body-intact:emit';
const propertiesDuty: DutyId = 'amqp091/3.1.1.properties-intact:emit';

function bodyOf({ body: { frames, octets } }: MessageShape, frameMax: number): Uint8Array {
  return pattern(Math.max(0, frames * (frameMax - frameOverhead) + octets));
}

/** A value in a line of text: octets as hexadecimal, big numbers as numbers, long things cut. */
function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Uint8Array) return `0x${Buffer.from(each).toString('hex')}`;
    return typeof each === 'bigint' ? Number(each) : each;
  });
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

async function arrivals(play: Play, channel: ProbeChannel, queue: string, { way, messages }: Case): Promise<readonly Arrival[]> {
  const came: Arrival[] = [];
  if (way === 'consume') {
    play.step('consume from q1, no-ack');
    await channel.consume(queue, { noAck: true });
    while (came.length < messages.length) came.push(await channel.arrival('basic.deliver'));
    return came;
  }
  play.step(messages.length === 1 ? 'get from q1' : `get ${messages.length} times from q1`);
  await play.peer.eventually(`${messages.length} messages come out of the queue`, async () => {
    for (let one = await channel.get(queue, { noAck: true }); one !== null; one = await channel.get(queue, { noAck: true })) came.push(one);
    return came.length >= messages.length;
  });
  return came;
}

function requireSame(play: Play, given: MessageShape, body: Uint8Array, came: Arrival | undefined, name: string): void {
  const octets = came?.body ?? new Uint8Array();
  const differs = octets.length === body.length ? body.findIndex((octet, at) => octets[at] !== octet) : Math.min(octets.length, body.length);
  const sentence = `The body of ${name}, ${body.length} octets, came back with ${octets.length} and differs from octet ${differs} on.`;
  play.require(same(octets, body), { what: 'a changed body', sentence, duty: bodyDuty });
  for (const [property, value] of Object.entries(given.properties)) {
    const back = came?.properties[property as keyof BasicProperties];
    const equal = property === 'headers' ? holds(back as FieldTable | undefined, value as FieldTable) : back === value;
    const changed = `${property} of ${name} came back as ${back === undefined ? 'nothing' : shown(back)}, not as ${shown(value)}.`;
    play.require(equal, { what: `a changed property ${property}`, sentence: changed, duty: propertiesDuty });
  }
}

/** Whether every field is there unchanged; a server may add some, and keep them in another order. */
function holds(back: FieldTable | undefined, given: FieldTable): boolean {
  return given.every(([name, value]) => {
    const found = back?.find(each => each[0] === name)?.[1];
    if (found?.type === 'table' && value.type === 'table') return holds(found.value, value.value);
    return found !== undefined && same(encodeTable([['', found]]), encodeTable([['', value]]));
  });
}

/** Messages of different priority need not keep their order, and whether a transient one may overtake a persistent one is for another check. */
function inOneOrder(messages: readonly MessageShape[]): readonly MessageShape[] {
  const { priority, deliveryMode } = messages[0]?.properties ?? {};
  return messages.map(({ properties: { priority: _, deliveryMode: __, ...properties }, body }) => ({
    body,
    properties: { ...properties, ...(priority !== undefined && { priority }), ...(deliveryMode !== undefined && { deliveryMode }) },
  }));
}

/** Any message comes out of a queue as it went in, be it delivered or got. */
export const contentModel: Model<Case> = {
  cases: fc.record({ way: fc.constantFrom('get', 'consume'), messages: fc.array(message(), { minLength: 1, maxLength: 3 }).map(inOneOrder) }),
  connect: async peer => (await smallFrames(peer)).connection,
  async play(play, given) {
    const channel = await play.channel();
    const queue = await channel.queue({ queue: play.name('q1') });
    play.step(`declare queue q1; frame-max is ${play.connection.limits.frameMax}`);
    const bodies = given.messages.map(each => bodyOf(each, play.connection.limits.frameMax));
    for (const [index, { properties }] of given.messages.entries()) {
      const body = bodies[index] ?? new Uint8Array();
      play.step(`publish m${index + 1} to q1: ${body.length} octets, ${shown(properties)}`);
      channel.publish({ routingKey: queue, properties, body });
    }
    const came = await arrivals(play, channel, queue, given);
    for (const [index, each] of given.messages.entries()) requireSame(play, each, bodies[index] ?? new Uint8Array(), came[index], `m${index + 1}`);
    await channel.call('queue.delete', { queue }, 'queue.delete-ok');
  },
};
