import type { AmqpValue, SymbolMap } from '../wire/amqp10/codec.ts';
import { measuredBudgets } from './budgets.ts';
import type { Probed } from './context.ts';
import { Probe } from './probe.ts';
import { Stop } from './stop.ts';
import { SurveyError } from './survey-listening.ts';

/** What a port says of itself in 1.0. */
export interface Survey10 {
  /** What open offers. */
  readonly capabilities: readonly string[];
  /** The properties of open as plain values. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly mechanisms: readonly string[];
  /** What open allows: octets of a frame, the highest channel, and how long a peer may be silent in milliseconds (0: for ever). */
  readonly limits: { readonly maxFrameSize: number; readonly channelMax: number; readonly idleTimeOutMs: number };
  /** Milliseconds from the first header to open. */
  readonly roundTripMs: number;
}

/** Asks a port in 1.0, logs in and out once. Throws a SurveyError in plain words where it does not let us in. */
export async function survey10(target: Probed & { readonly url: string }, withinMs: number): Promise<Survey10> {
  const budgets = measuredBudgets(0, { handshake: withinMs });
  const probe = new Probe(target, { budgets, runId: 'survey', check: 'survey', attempt: 1, seed: 1 });
  const begin = target.clock.now();
  try {
    const connection = await probe.open10();
    const { open, mechanisms, limits } = connection;
    const roundTripMs = target.clock.now() - begin;
    return { capabilities: open.offeredCapabilities ?? [], properties: plainFields(open.properties ?? []), mechanisms, limits, roundTripMs };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    throw new SurveyError(`${target.url} lets nobody in by AMQP 1.0 as user ${target.credentials.user}: ${error.message} Check user and password in the URL.`);
  } finally {
    await probe.dispose(budgets.reply);
  }
}

const plainFields = (fields: SymbolMap): Readonly<Record<string, unknown>> => Object.fromEntries(fields.map(([name, value]) => [name, plainValue(value)]));

/** A value as JSON has it, as near as that comes. */
function plainValue({ type, value }: AmqpValue): unknown {
  if (type === 'described') return plainValue(value);
  if (type === 'list') return value.map(plainValue);
  if (type === 'map') return Object.fromEntries(value.map(([key, each]) => [String(plainValue(key)), plainValue(each)]));
  if (type === 'array') return value.items.map(plainValue);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'bigint' ? Number(value) : value;
}
