import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TargetError } from './target.ts';

/** A program with its arguments, run on this machine without a shell. */
export type Command = readonly string[];

/** How long a program of the facilities file may take, in milliseconds. */
const withinMs = 60_000;

/** Runs a program of the facilities file to its end. What it writes is shown to nobody: it may hold secrets. Throws a TargetError where it fails. */
export async function execute([program = '', ...args]: Command): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore', timeout: withinMs });
  const ended = await once(child, 'exit').catch(() => undefined);
  if (ended === undefined) throw new TargetError(`The program ${program} of the facilities file could not be started.`);
  if (ended[0] !== 0)
    throw new TargetError(`The program ${program} of the facilities file failed: ${ended[0] === null ? 'it was ended' : `status ${ended[0]}`}.`);
}
