import type { Command, ConnectionId, Effect } from '../broker/vocabulary.ts';
import { momentHeard, momentOf, type Trigger } from './chaos-moment.ts';
import type { Around, Surroundings } from './fault.ts';

interface Late {
  readonly dueMs: number;
  readonly effect: Effect;
}

/** Effects that no client hears: when they come is the broker's own business. */
const prompt: ReadonlySet<Effect['kind']> = new Set(['persist', 'wake-at', 'committing', 'hold', 'break-off']);

/** What a client hears comes late, and all that it hears after that in its order. */
export function late(trigger: Trigger, delayMs: () => number): Around {
  const lanes = new Map<ConnectionId, Late[]>();
  const due = (now: number): Effect[] => {
    const out: Effect[] = [];
    for (const [connection, lane] of lanes) {
      while (lane[0] !== undefined && lane[0].dueMs <= now) out.push((lane.shift() as Late).effect);
      if (lane.length === 0) lanes.delete(connection);
    }
    return out;
  };
  const put = (effect: Effect & { readonly connection: ConnectionId }, delay: number, { core, tickAt }: Surroundings): boolean => {
    const lane = lanes.get(effect.connection) ?? [];
    const dueMs = Math.max(core.now + delay, lane.at(-1)?.dueMs ?? 0);
    if (dueMs <= core.now) return false;
    lane.push({ dueMs, effect });
    lanes.set(effect.connection, lane);
    tickAt(dueMs);
    return true;
  };
  return (command: Command, apply, surroundings) => {
    const out = due(surroundings.core.now);
    // A timer may fire a little early.
    if (command.kind === 'tick') for (const [first] of lanes.values()) if (first !== undefined) surroundings.tickAt(first.dueMs);
    if (command.kind === 'disconnect') lanes.delete(command.connection);
    const asked = trigger.strikes(momentOf(command)) ? delayMs() : 0;
    for (const effect of apply(command)) {
      const own = 'connection' in effect && 'connection' in command && effect.connection === command.connection;
      if (prompt.has(effect.kind) || !('connection' in effect)) out.push(effect);
      else {
        const delay = (own ? asked : 0) + (trigger.strikes(momentHeard(effect, command, surroundings.core)) ? delayMs() : 0);
        if (!put(effect, delay, surroundings)) out.push(effect);
      }
    }
    return out;
  };
}
