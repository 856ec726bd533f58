import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filled, Testbed } from './testbed.ts';

test('a queue is first in, first out, whatever is taken, settled, put back or closed in between', () => {
  const step = fc.record({
    op: fc.constantFrom('publish', 'publish', 'get', 'accept', 'requeue', 'discard', 'close'),
    pick: fc.nat(20),
    multiple: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), steps => {
      const bed = new Testbed();
      const client = filled(bed.connection());
      let ready: { body: string; seen: boolean }[] = [];
      let out: { body: string; tag: number }[] = [];
      let published = 0;
      let tags = 0;
      const back = (entries: readonly { body: string }[]) => {
        ready = [...ready, ...entries.map(({ body }) => ({ body, seen: true }))].sort((a, b) => Number(a.body) - Number(b.body));
      };
      for (const { op, pick, multiple } of steps) {
        if (op === 'publish') {
          published += 1;
          client.publish('q', `${published}`);
          ready.push({ body: `${published}`, seen: false });
        } else if (op === 'get') {
          const [effect] = client.do('get', { queue: 'q' });
          const next = ready.shift();
          expect(effect?.kind).toBe(next === undefined ? 'got-nothing' : 'got');
          if (next === undefined) continue;
          tags += 1;
          expect(effect).toMatchObject({ deliveryTag: tags, redelivered: next.seen, messageCount: ready.length });
          out.push({ body: next.body, tag: tags });
        } else if (op === 'close') {
          client.do('close-channel');
          client.do('open-channel');
          back(out);
          out = [];
          tags = 0;
        } else {
          const chosen = out[pick % Math.max(out.length, 1)];
          if (chosen === undefined) continue;
          client.settle(chosen.tag, op, { multiple });
          const settled = out.filter(({ tag }) => (multiple ? tag <= chosen.tag : tag === chosen.tag));
          out = out.filter(each => !settled.includes(each));
          if (op === 'requeue') back(settled);
        }
      }
      expect(bed.waiting('q')).toEqual(ready.map(({ body }) => body));
    }),
    { numRuns: 200 },
  );
});
