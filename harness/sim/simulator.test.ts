import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { DialError, type Stream } from '../endpoint/transport.ts';
import { createSimulation, type Simulation, SimulationError } from './simulator.ts';

const sleep = (simulation: Simulation, ms: number) => new Promise<void>(resolve => simulation.clock.at(simulation.clock.now() + ms, resolve));

/** Sends back what comes. */
const echo = (stream: Stream) => stream.listen({ data: bytes => stream.write(bytes), end: () => stream.end() });

/** What one seed makes of a conversation with an echo: pieces and their times. */
async function transcript(seed: number): Promise<readonly string[]> {
  const simulation = createSimulation({ seed, splits: 0.5, delays: { minMs: 1, maxMs: 30 }, stalls: { probability: 0.1, ms: 500 } });
  const heard: string[] = [];
  await simulation.run(async () => {
    const stream = await simulation.transport(echo).dial();
    await new Promise<void>(resolve => {
      stream.listen({
        data: bytes => heard.push(`${simulation.clock.now()} ${Buffer.from(bytes).toString('hex')}`),
        end: how => {
          heard.push(`${simulation.clock.now()} ${how}`);
          resolve();
        },
      });
      for (let turn = 0; turn < 10; turn++) simulation.clock.at(turn * 7, () => stream.write(new Uint8Array(20).fill(turn)));
      simulation.clock.at(100, () => stream.end());
    });
  });
  return heard;
}

describe('a simulation', () => {
  test('is the same for the same seed, and another for another', async () => {
    const first = await transcript(42);
    expect(first.length).toBeGreaterThan(5);
    expect(await transcript(42)).toEqual(first);
    expect(await transcript(43)).not.toEqual(first);
  });

  test('passes virtual time only: an hour takes no time', async () => {
    const simulation = createSimulation({ seed: 1 });
    const began = Date.now();
    await simulation.run(() => sleep(simulation, 3_600_000));
    expect(simulation.clock.now()).toBe(3_600_000);
    expect(Date.now() - began).toBeLessThan(5000);
  });

  test('lets long chains of promises settle before time moves', async () => {
    const simulation = createSimulation({ seed: 1 });
    const order: string[] = [];
    await simulation.run(async () => {
      const timer = sleep(simulation, 1).then(() => order.push('timer'));
      for (let turn = 0; turn < 500; turn++) await Promise.resolve();
      order.push('chain');
      await timer;
    });
    expect(order).toEqual(['chain', 'timer']);
  });

  test('waits for real work that ends soon', async () => {
    const simulation = createSimulation({ seed: 1 });
    const text = await simulation.run(() => readFile(new URL(import.meta.url), 'utf8'));
    expect(text).toContain('waits for real work');
  });

  test('gives back what the work gives and what it throws', async () => {
    const simulation = createSimulation({ seed: 1 });
    expect(await simulation.run(async () => 7)).toBe(7);
    await expect(simulation.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(
      simulation.run(async () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
  });

  test('says so when the work waits for what will never come', async () => {
    const simulation = createSimulation({ seed: 1 });
    await expect(simulation.run(() => new Promise(() => {}))).rejects.toThrow(SimulationError);
  });

  test('says so when the work goes on for ever', async () => {
    const simulation = createSimulation({ seed: 1, horizonMs: 10_000 });
    const again = (): void => {
      simulation.clock.at(simulation.clock.now() + 100, again);
    };
    again();
    await expect(simulation.run(() => new Promise(() => {}))).rejects.toThrow('10000 ms of virtual time');
  });

  test('hands on what a task throws', async () => {
    const simulation = createSimulation({ seed: 1 });
    simulation.clock.at(5, () => {
      throw new Error('in a task');
    });
    await expect(simulation.run(() => sleep(simulation, 10))).rejects.toThrow('in a task');
  });

  test('works on several things at once', async () => {
    const simulation = createSimulation({ seed: 1 });
    const work = (ms: number) => async () => {
      await sleep(simulation, ms);
      return simulation.clock.now();
    };
    expect(await Promise.all([simulation.run(work(30)), simulation.run(work(10)), simulation.run(work(20))])).toEqual([30, 10, 20]);
  });

  test('a server that throws refuses the connection', async () => {
    const simulation = createSimulation({ seed: 1 });
    const refusing = simulation.transport(() => {
      throw new Error('full');
    });
    await expect(simulation.run(() => refusing.dial())).rejects.toThrow(DialError);
  });
});
