import { type Readings, textReadings } from '../broker/readings.ts';
import type { Check } from '../check/check.ts';
import { runCheck } from '../check/run-check.ts';
import { Session } from '../check/session.ts';
import type { Verdict } from '../check/verdict.ts';
import type { Fault } from '../saboteur/fault.ts';
import type { NamedFault } from '../saboteur/faults.ts';
import { protocolOf } from '../spec/catalogue.ts';
import { inProcessTarget } from '../target/in-process.ts';
import { simulatedTarget } from '../target/simulated.ts';

const seed = 1;
/** Fewer channels than usual: a check that opens all of them is played against many faults. */
const limits = { channelMax: 200, frameMax: 131_072, heartbeatS: 60 };
/** Smaller messages than usual in 1.0, where the limit is told: a check that goes above it is played against many faults. */
const contentMax10 = 1 << 20;

/**
 * One check against a broker of its own. Only a check that departs has a bystander, for which one pulse is enough to tell that it is not served.
 * The session is left open: what comes behind the verdict proves nothing.
 */
export function judge(check: Check, broken: readonly Fault[]): Promise<Verdict> {
  const target = simulatedTarget({
    seed,
    fault: broken,
    brokerSettings: { anonymous: 'guest', saslRequired: true, limits, ...(protocolOf(check.id) === '1.0' && { contentMax: contentMax10 }) },
    brokerOptions: { readings: readingsFor(check) },
    restarts: check.outage !== undefined,
  });
  const options = { seed, protocols: [protocolOf(check.id)], warmUps: 1, bystander: check.departs === true, properties: { shrinks: 0 } };
  return target.run(async () => runCheck(check, target, { seed, session: await Session.open(target, options) }));
}

/** What is said of the prefetch of each consumer binds a broker that reads it so, which the text does not. */
function readingsFor({ capabilities = [] }: Check): Readings {
  return capabilities.includes('per_consumer_qos') ? { ...textReadings, prefetch: 'practice' } : textReadings;
}

/** The same over sockets, where nothing waits long since nothing is far. */
export async function judgeOnSockets(check: Check, broken: readonly Fault[]): Promise<Verdict> {
  await using target = await inProcessTarget({ anonymous: 'guest', saslRequired: true, fault: broken });
  const session = await Session.open(target, { seed, protocols: [protocolOf(check.id)], warmUps: 1, budgets: { reply: 2000, close: 1000, handshake: 2000 } });
  return await runCheck(check, target, { seed, session });
}

/** A simulated network has no TLS and no WebSocket that a fault could break. */
export function isOfTls({ fault: { seam } }: NamedFault): boolean {
  return seam.kind === 'listener' && Object.keys(seam.settings).every(key => key === 'tls' || key === 'webSocket');
}
