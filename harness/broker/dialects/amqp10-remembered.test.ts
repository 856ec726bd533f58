import { describe, expect, it } from 'vitest';
import { unsettledEntries, unsettledMap } from '../../endpoint/amqp10/unsettled.ts';
import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import { encodeMessage } from '../../wire/amqp10/codec.ts';
import { Testbed10, type TestClient10 } from './amqp10.test-kit.ts';

const name = 'link to q';
const target = { address: 'q', expiryPolicy: 'never' } as const;
const tag = Buffer.from('one');
const payload = encodeMessage({ body: { type: 'data', value: [Buffer.from('one')] } });

/** The link, with what its client says that it holds. */
async function attached(
  bed: Testbed10,
  tags: readonly Uint8Array[] | undefined,
  incompleteUnsettled = false,
): Promise<{ client: TestClient10; link: LinkEndpoint }> {
  const client = await bed.client();
  const unsettled = tags && unsettledMap(tags.map(each => ({ tag: each, state: undefined })));
  const link = await client.sender(target, { name, rcvSettleMode: 'second', ...(unsettled && { unsettled, incompleteUnsettled }) });
  return { client, link };
}

/** A connection that was lost when its delivery was accepted, before the client settled it. */
async function lost(bed: Testbed10): Promise<void> {
  const { client, link } = await attached(bed, undefined);
  client.machine.deliver(link, { tag, payload }, client.now);
  await client.until(() => client.all('disposition').length === 1);
  client.driven.drop();
  await client.pass(1);
}

const held = (link: LinkEndpoint) => unsettledEntries(link.remoteAttach?.unsettled)?.map(({ state }) => state?.type);

describe('what a broker has accepted and its client has not settled', () => {
  it('is in its map when the link comes back, and told again when it is resumed', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      await lost(bed);
      const { client, link } = await attached(bed, [tag]);
      expect(held(link)).toEqual(['accepted']);
      client.machine.deliver(link, { tag, payload, resume: true }, client.now);
      await client.until(() => client.all('disposition').length === 1);
      expect(client.all('disposition')[0]?.disposition).toMatchObject({ state: { type: 'accepted' } });
      expect(bed.ready('q')).toBe(1);
      client.driven.drop();
      await client.pass(1);
      expect(held((await attached(bed, [tag])).link)).toEqual(['accepted']);
    });
  });

  it('is forgotten where the client holds it no more, and kept where its map is incomplete', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      await lost(bed);
      for (const [incomplete, wanted] of [
        [true, ['accepted']],
        [false, ['accepted']],
        [false, undefined],
      ] as const) {
        const { client, link } = await attached(bed, [], incomplete);
        expect(held(link)).toEqual(wanted);
        client.driven.drop();
        await client.pass(1);
      }
      expect(bed.ready('q')).toBe(1);
    });
  });

  it('is no matter of a link that is attached anew', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      await lost(bed);
      expect(held((await attached(bed, undefined)).link)).toBeUndefined();
    });
  });
});
