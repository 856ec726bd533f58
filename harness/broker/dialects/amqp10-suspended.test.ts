import { describe, expect, it } from 'vitest';
import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { CompositeFields } from '../../wire/amqp10/codec.ts';
import { said, Testbed10, type TestClient10 } from './amqp10.test-kit.ts';

/** A client with a link from `q` that has got one message and not settled it. */
async function holding(bed: Testbed10, source: Partial<CompositeFields<'source'>> = {}): Promise<{ client: TestClient10; link: LinkEndpoint }> {
  const client = await bed.client();
  await client.send(await client.sender('q'), said('held'));
  const link = await client.receiver({ address: 'q', ...source });
  client.machine.grant(link, { credit: 1 }, client.now);
  await client.until(() => client.received(link).length === 1);
  return { client, link };
}

const detached = async (client: TestClient10, link: LinkEndpoint): Promise<void> => {
  client.machine.detach(link, client.now, { closed: false });
  await client.until(() => client.all('link-detached').some(each => each.link === link));
};

describe('a link that is detached and not closed', () => {
  it('keeps what is not settled until its session ends', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const { client, link } = await holding(bed);
      await detached(client, link);
      expect(bed.ready('q')).toBe(0);
      client.machine.end(client.session, client.now);
      await client.until(() => client.all('session-ended').length > 0);
      expect(bed.ready('q')).toBe(1);
    });
  });

  it('hears what its deliveries come to', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const { client, link } = await holding(bed);
      await detached(client, link);
      client.machine.settle(link, [0], { settled: true, state: { type: 'accepted' } }, client.now);
      client.machine.end(client.session, client.now);
      await client.until(() => client.all('session-ended').length > 0);
      expect(bed.ready('q')).toBe(0);
    });
  });

  it('lets go of them at once where its terminus expires as it is detached, and after its time-out where it has one', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const { client, link } = await holding(bed, { expiryPolicy: 'link-detach', timeout: 2 });
      expect(link.remoteAttach?.source).toMatchObject({ expiryPolicy: 'link-detach', timeout: 2 });
      await detached(client, link);
      await client.pass(1_900);
      expect(bed.ready('q')).toBe(0);
      await client.pass(200);
      expect(bed.ready('q')).toBe(1);
      const other = await client.receiver({ address: 'q', expiryPolicy: 'link-detach' });
      client.machine.grant(other, { credit: 1 }, client.now);
      await client.until(() => client.received(other).length === 1);
      await detached(client, other);
      expect(bed.ready('q')).toBe(1);
    });
  });

  it.each([
    ['connection-close', 1],
    ['never', 0],
  ] as const)('with the expiry-policy %s keeps them when its session ends, and more of them when its connection is lost', (expiryPolicy, after) => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const { client } = await holding(bed, { expiryPolicy });
      client.machine.end(client.session, client.now);
      await client.until(() => client.all('session-ended').length > 0);
      expect(bed.ready('q')).toBe(0);
      client.driven.drop();
      await client.pass(10);
      expect(bed.ready('q')).toBe(after);
    });
  });

  it('lets go of them as a link of its name is attached anew, on another connection too', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const { client, link } = await holding(bed, { expiryPolicy: 'never' });
      client.driven.drop();
      await client.pass(10);
      const again = await bed.client();
      await again.receiver({ address: 'q' }, { name: link.name });
      expect(bed.ready('q')).toBe(1);
    });
  });

  it('keeps the node that was made for it', () => {
    const bed = new Testbed10();
    return bed.run(async () => {
      const client = await bed.client();
      const link = await client.sender({ dynamic: true });
      const { target } = link.remoteAttach ?? {};
      const address = target?.type === 'target' ? (target.address ?? '') : '';
      await detached(client, link);
      expect(bed.ready(address)).toBe(0);
      client.machine.end(client.session, client.now);
      await client.until(() => client.all('session-ended').length > 0);
      expect(bed.ready(address)).toBe(-1);
    });
  });
});
