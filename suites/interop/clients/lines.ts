import { createInterface } from 'node:readline';
import type { Operation, Operations } from '../../../harness/interop/protocol.ts';

/** What a client does for each request. What it lacks is unsupported. */
export type Handlers = { readonly [Op in Operation]?: (asks: Operations[Op]['asks']) => Promise<Operations[Op]['answers']> };

/** The client cannot express what it was asked for. */
export class Unsupported extends Error {}

type AnyHandler = (asks: unknown) => Promise<unknown>;

async function answer(handlers: Handlers, text: string): Promise<unknown> {
  const { op, ...asks } = JSON.parse(text) as { readonly op: Operation };
  const handler = handlers[op] as AnyHandler | undefined;
  if (handler === undefined) return { unsupported: `it has no ${op}` };
  try {
    return { ok: await handler(asks) };
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message };
    const { condition, description, message } = error as { readonly condition?: string; readonly description?: string; readonly message?: string };
    return { error: condition === undefined ? (message ?? String(error)) : `${condition} ${description ?? ''}`.trim() };
  }
}

/** Answers the requests on standard input, one after the other, until it ends. */
export async function serve(handlers: Handlers): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await answer(handlers, line))}\n`);
  process.exit(0);
}

/** The promise, or undefined after so many milliseconds. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
