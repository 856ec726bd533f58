import { speech091 } from '../fuzz/conversation/amqp091/speech.ts';
import type { Conversation, Setting } from '../fuzz/conversation/conversation.ts';
import { judge, type Verdict } from '../fuzz/conversation/judge.ts';
import type { Played } from '../fuzz/conversation/played.ts';
import { play } from '../fuzz/conversation/player.ts';
import { faultsOf } from '../saboteur/faults.ts';
import type { ServerDuty091 } from '../spec/catalogue.ts';
import { simulatedTarget } from '../target/simulated.ts';

export const setting: Setting = {
  prefix: 'fuzz.',
  user: 'guest',
  password: 'guest',
  virtualHost: '/',
  queue: 'fuzz.work',
  authenticated: true,
  pipelined: true,
  limits: { channelMax: 2047, frameMax: 131_072, heartbeatS: 60 },
};

export interface Result {
  readonly played: Played;
  readonly verdict: Verdict | undefined;
}

const patience = { replyMs: 2_000, closeMs: 6_000, graceMs: 100 };

/** Plays conversations one after another with the reference broker in virtual time; `until` says when enough was seen. */
export async function playAll(
  conversations: Iterable<Conversation>,
  how: { readonly setting?: Setting; readonly fault?: ServerDuty091; readonly until?: (result: Result) => boolean } = {},
): Promise<readonly Result[]> {
  const fault = how.fault && faultsOf(how.fault)[0]?.fault;
  await using target = simulatedTarget({ seed: 1, ...(fault !== undefined && { fault }) });
  const { transport, clock } = target;
  return target.run(async () => {
    const results: Result[] = [];
    for (const conversation of conversations) {
      const played = await play(conversation, speech091.follower(how.setting ?? setting), await transport.dial(), clock, { patience });
      const result = { played, verdict: judge(played) };
      results.push(result);
      if (how.until?.(result) === true) break;
    }
    return results;
  });
}

/** The conversations of a campaign, one in eight of a stranger's. */
export function* campaign(seed: number, count: number): Generator<Conversation> {
  for (let index = 0; index < count; index += 1) yield speech091.conversation(seed, index, index % 8 === 7 ? { ...setting, authenticated: false } : setting);
}
