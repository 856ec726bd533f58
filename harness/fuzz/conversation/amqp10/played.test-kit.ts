import { Broker } from '../../../broker/broker.ts';
import { serveAmqp10 } from '../../../broker/dialects/amqp10.ts';
import { define } from '../../../broker/dialects/amqp091-definitions.ts';
import type { Clock, Stream } from '../../../endpoint/transport.ts';
import { createSimulation } from '../../../sim/simulator.ts';
import { memoryStore } from '../../../store/memory.ts';
import type { Conversation, Setting } from '../conversation.ts';
import { judge, type Verdict } from '../judge.ts';
import type { Played } from '../played.ts';
import { play } from '../player.ts';
import { speech10 } from './speech.ts';

export const setting: Setting = { prefix: 'fuzz.', user: 'guest', password: 'guest', virtualHost: '/', queue: 'q', authenticated: true, pipelined: true };

/** What stands between a client and the broker. */
export type Between = (stream: Stream, clock: Clock) => Stream;

export interface Result {
  readonly played: Played;
  readonly verdict: Verdict | undefined;
}

/** Plays conversations one after another with a reference broker of their own, in virtual time. */
export function playAll(
  conversations: readonly Conversation[],
  how: { readonly setting?: Setting; readonly between?: Between } = {},
): Promise<readonly Result[]> {
  const simulation = createSimulation({ seed: 1 });
  const broker = new Broker({ store: memoryStore(), clock: simulation.clock });
  define(broker, { queues: [{ name: 'q' }] });
  const between = how.between ?? (stream => stream);
  const transport = simulation.transport(stream => void serveAmqp10(between(stream, simulation.clock), simulation.clock, broker, {}));
  return simulation.run(async () => {
    const results: Result[] = [];
    for (const conversation of conversations) {
      const stream = await transport.dial();
      const patience = { replyMs: 2_000, closeMs: 2_000, graceMs: 100 };
      const played = await play(conversation, speech10.follower(how.setting ?? setting), stream, simulation.clock, { patience });
      results.push({ played, verdict: judge(played) });
    }
    return results;
  });
}
