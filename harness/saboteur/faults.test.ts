import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { allChecks } from '../../suites/checks.ts';
import { method } from '../wire/amqp091/codec.ts';
import { chaosFaults, dutyOf, faultIds, faults, faultsFor, faultsOf, findFault, violationFaults } from './faults.ts';
import { declare, methodFrame, names, opening, openOk, serverSide } from './seam.test-kit.ts';

describe('the names of faults', () => {
  it('are those of duties, numbered from the second on, and of nuisances', () => {
    expect(faultsOf('amqp091/4.2.3.frame-end:enforce').map(({ id }) => id)).toEqual([
      'violation:amqp091/4.2.3.frame-end:enforce',
      'violation:amqp091/4.2.3.frame-end:enforce#2',
    ]);
    expect(chaosFaults().map(({ id }) => id)).toEqual(['chaos:drop', 'chaos:delay', 'chaos:nack', 'chaos:stall', 'chaos:cut']);
    expect(new Set(faultIds()).size).toBe(violationFaults().length + 5);
  });

  it('find their faults, and no others', () => {
    const [first, second] = faults['amqp091/4.2.3.frame-end:enforce'];
    expect(findFault('violation:amqp091/4.2.3.frame-end:enforce')).toBe(first);
    expect(findFault('violation:amqp091/4.2.3.frame-end:enforce#1')).toBe(first);
    expect(findFault('violation:amqp091/4.2.3.frame-end:enforce#2')).toBe(second);
    for (const wrong of ['', 'violation:', 'violation:amqp091/4.2.3.frame-end:enforce#3', 'chaos:monkey', 'chaos:drop#2'])
      expect(findFault(wrong)).toBeUndefined();
  });

  it('tell the duty', () => {
    expect(dutyOf('violation:amqp091/4.2.3.frame-end:enforce#2')).toBe('amqp091/4.2.3.frame-end:enforce');
    expect(dutyOf('chaos:drop')).toBeUndefined();
    expect(dutyOf('violation:toString')).toBeUndefined();
  });
});

describe('the faults that a check should find', () => {
  it('are those of its duties, where their area holds it', () => {
    const check = { id: 'amqp091/get/tags', duties: ['amqp091/domain.delivery-tag.non-zero:emit'] } as const;
    expect(faultsFor(check).map(({ id }) => id)).toEqual(['violation:amqp091/domain.delivery-tag.non-zero:emit']);
    expect(faultsFor({ ...check, id: 'amqp091/header/accepted' })).toEqual([]);
  });
});

describe('each fault', () => {
  const all = [...violationFaults(), ...chaosFaults()];

  it.each(all)('$id says what it does, and its area holds checks', ({ fault }) => {
    expect(fault.does).toMatch(/^[a-z].*[^.]$/);
    for (const glob of fault.area)
      expect(
        allChecks.filter(({ id }) => picomatch(glob)(id)),
        glob,
      ).not.toEqual([]);
  });

  it('says it once', () => {
    const said = all.map(({ fault }) => fault.does);
    expect(said.filter((does, at) => said.indexOf(does) !== at)).toEqual([]);
  });
});

describe('chaos', () => {
  const seamOf = (verb: string) => {
    const seam = findFault(`chaos:${verb}`)?.seam;
    if (seam?.kind !== 'frames') throw new Error(`chaos:${verb} is not at the frame seam`);
    return seam;
  };
  const open = methodFrame(0, method('connection.open-ok'));

  it('refuses what a publisher wants confirmed', () => {
    const { wire, stream } = serverSide(seamOf('nack'));
    stream.write(methodFrame(1, method('basic.ack', { deliveryTag: 3n, multiple: true })));
    expect(names(wire.written)).toEqual(['basic.nack']);
  });

  it('cuts and stalls behind some frames of an open connection, never before', () => {
    for (const [verb, ended] of [
      ['cut', 'destroy'],
      ['stall', 'no'],
    ] as const) {
      const { wire, stream, client } = serverSide(seamOf(verb));
      for (let count = 0; count < 50; count += 1) stream.write(openOk);
      expect(wire.written).toHaveLength(50);
      stream.write(open);
      for (let count = 0; count < 50; count += 1) stream.write(openOk);
      expect(wire.written.length).toBeLessThan(80);
      expect(wire.ended).toBe(ended);
      client.send(opening, declare);
    }
  });

  it('loses some deliveries with their connection', () => {
    const { wire, stream } = serverSide(seamOf('drop'));
    const empty = { type: 2, channel: 1 };
    const content = [
      methodFrame(1, method('basic.deliver', { consumerTag: 'c' })),
      Uint8Array.of(empty.type, 0, empty.channel, 0, 0, 0, 14, 0, 60, ...new Array<number>(12).fill(0), 0xce),
    ];
    for (let count = 0; count < 50; count += 1) for (const bytes of content) stream.write(bytes);
    expect(wire.ended).toBe('destroy');
    expect(wire.written.length).toBeLessThan(50);
  });
});
