import { describe, expect, it } from 'vitest';
import { unsettledMap } from '../../endpoint/amqp10/unsettled.ts';
import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import { crashStore } from '../../store/crash.ts';
import type { DeliveryState, MessageDraft } from '../../wire/amqp10/codec.ts';
import { PagedMessage } from '../paging.ts';
import { said, Testbed10, type TestClient10, textOf } from './amqp10.test-kit.ts';
import { reviveMessage } from './revive.ts';

const source = { address: 'q', expiryPolicy: 'never', timeout: 10 } as const;
const name = 'durable link';

/** A client with a link that has got these messages and not settled them. */
async function holding(
  bed: Testbed10,
  texts: readonly string[],
  more: MessageDraft = {},
): Promise<{ client: TestClient10; link: LinkEndpoint; tags: readonly Uint8Array[] }> {
  const client = await bed.client();
  const sender = await client.sender('q');
  for (const text of texts) await client.send(sender, said(text, more));
  const link = await client.receiver(source, { name });
  client.machine.grant(link, { credit: texts.length }, client.now);
  await client.until(() => client.received(link).length === texts.length);
  const tags = client.all('delivery').map(({ delivery }) => delivery.tag);
  return { client, link, tags };
}

async function lost(client: TestClient10): Promise<void> {
  client.driven.drop();
  await client.pass(1);
}

/** The link again, on another connection, with what its client holds. */
async function resumed(bed: Testbed10, entries: readonly { tag: Uint8Array; state?: DeliveryState }[]): Promise<{ client: TestClient10; link: LinkEndpoint }> {
  const client = await bed.client();
  const unsettled = unsettledMap(entries.map(({ tag, state }) => ({ tag, state })));
  const link = await client.receiver(source, { name, unsettled });
  client.machine.grant(link, { credit: 10 }, client.now);
  return { client, link };
}

describe('a link that is resumed after its connection was lost', () => {
  it('sends again what both hold, and settles it by what the client says', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const before = await holding(bed, ['a', 'b']);
      await lost(before.client);
      expect(bed.ready('q')).toBe(0);
      const { client, link } = await resumed(
        bed,
        before.tags.map(tag => ({ tag })),
      );
      await client.until(() => client.received(link).length === 2);
      expect(link.remoteAttach?.unsettled).toHaveLength(2);
      expect(client.all('delivery').map(({ delivery }) => delivery.resume)).toEqual([true, true]);
      expect(client.received(link).map(({ message }) => textOf(message))).toEqual(['a', 'b']);
      const [a, b] = client.received(link).map(({ deliveryId }) => deliveryId);
      client.machine.settle(link, [a ?? -1], { settled: true, state: { type: 'accepted' } }, client.now);
      client.machine.settle(link, [b ?? -1], { settled: true, state: { type: 'released' } }, client.now);
      await client.until(() => client.received(link).length === 3);
      expect(client.received(link).map(({ message }) => textOf(message))).toEqual(['a', 'b', 'b']);
      expect(client.all('delivery')[2]?.delivery.resume).toBe(false);
    });
  });

  it('reads from the store what is kept there alone', () => {
    const bed = new Testbed10({}, { store: crashStore(), revive: reviveMessage, pageOctets: 0 });
    return bed.run(async () => {
      const before = await holding(bed, ['a', 'b'], { header: { durable: true } });
      const ledgers = [...bed.broker.core.connections.values()].flatMap(({ channels }) => Array.from(channels.values(), ({ ledger }) => ledger));
      expect(ledgers.some(ledger => ledger.peek(2)?.message instanceof PagedMessage)).toBe(true);
      await lost(before.client);
      const { client, link } = await resumed(
        bed,
        before.tags.map(tag => ({ tag })),
      );
      await client.until(() => client.received(link).length === 2);
      expect(client.all('delivery').map(({ delivery }) => delivery.resume)).toEqual([true, true]);
      expect(client.received(link).map(({ message }) => textOf(message))).toEqual(['a', 'b']);
    });
  });

  it('takes an outcome that the client has come to, and says so without the message', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const before = await holding(bed, ['a', 'b']);
      await lost(before.client);
      const [a = Buffer.of(0), b = Buffer.of(0)] = before.tags;
      const { client, link } = await resumed(bed, [
        { tag: a, state: { type: 'accepted' } },
        { tag: b, state: { type: 'released' } },
      ]);
      await client.until(() => client.all('delivery').length === 3);
      const came = client.all('delivery').map(({ delivery }) => [delivery.resume, delivery.settled, delivery.state?.type, delivery.size === 0]);
      expect(came).toEqual([
        [true, true, 'accepted', true],
        [true, true, 'released', true],
        [false, false, undefined, false],
      ]);
      expect(
        client
          .received(link)
          .map(({ message }) => textOf(message))
          .at(-1),
      ).toBe('b');
    });
  });

  it('sends as new what the client does not hold, and forgets what only the client does', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const before = await holding(bed, ['a']);
      await lost(before.client);
      const { client } = await resumed(bed, [{ tag: Buffer.from('no tag of ours') }]);
      await client.until(() => client.all('delivery').length === 1);
      expect(client.all('delivery')[0]?.delivery).toMatchObject({ resume: false, settled: false });
      expect(client.all('delivery')[0]?.delivery.tag).not.toEqual(before.tags[0]);
    });
  });

  it('is suspended again with what it resumed, and lets go of all when it is closed', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const first = await holding(bed, ['a']);
      await lost(first.client);
      const second = await resumed(
        bed,
        first.tags.map(tag => ({ tag })),
      );
      await second.client.until(() => second.client.all('delivery').length === 1);
      await lost(second.client);
      const third = await resumed(
        bed,
        first.tags.map(tag => ({ tag })),
      );
      await third.client.until(() => third.client.all('delivery').length === 1);
      expect(third.client.all('delivery')[0]?.delivery.resume).toBe(true);
      third.client.machine.detach(third.link, third.client.now, { closed: true });
      await third.client.until(() => third.client.all('link-detached').length === 1);
      expect(bed.ready('q')).toBe(1);
    });
  });

  it('sends nothing new where the map of the client is incomplete', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const before = await holding(bed, ['a', 'b']);
      await lost(before.client);
      const client = await bed.client();
      const unsettled = unsettledMap([{ tag: before.tags[0] ?? Buffer.of(0), state: { type: 'accepted' } }]);
      const link = await client.receiver(source, { name, unsettled, incompleteUnsettled: true });
      client.machine.grant(link, { credit: 10 }, client.now);
      await client.until(() => client.all('delivery').length === 1);
      await client.send(await client.sender('q'), said('c'));
      expect(client.all('delivery').map(({ delivery }) => [delivery.resume, delivery.settled])).toEqual([[true, true]]);
      expect(bed.ready('q')).toBe(1);
    });
  });
});
