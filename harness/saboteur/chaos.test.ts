import { describe, expect, test } from 'vitest';
import { chaosVerbs, FaultOptionError, parseChaos } from './chaos-options.ts';
import { findFault } from './faults.ts';

describe('a nuisance with options in one text', () => {
  test('is read back', () => {
    expect(parseChaos('chaos:delay:delayMs=200,method=queue.declare')).toEqual({ verb: 'delay', options: { delayMs: 200, method: 'queue.declare' } });
    expect(parseChaos('chaos:nack:first=2,queue=jobs')).toEqual({ verb: 'nack', options: { first: 2, queue: 'jobs' } });
    for (const verb of chaosVerbs) expect(findFault(`chaos:${verb}`)?.does).toMatch(/^[a-z]/);
  });

  test.each([
    ['chaos:delay:200ms', /no option 200ms\. Known: method, queue/],
    ['chaos:delay:delayMs=fast', /delayMs .* has to be a whole number of milliseconds, not NaN/],
    ['chaos:close:code=200', /code .* has to be a reply code that says that something is wrong/],
    ['chaos:drop:method=queue.explode', /method .* has to be one of channel\.open/],
    ['chaos:drop:probability=2', /from 0 to 1, not 2/],
    ['chaos:drop:every=0', /from 1 on, not 0/],
    ['chaos:drop:__proto__=1', /no option __proto__/],
  ])('%s is refused with a reason', (id, reason) => {
    expect(() => findFault(id)).toThrow(FaultOptionError);
    expect(() => findFault(id)).toThrow(reason);
  });
});
