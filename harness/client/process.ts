import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Exit, RunningClient, StartClient } from './subject.ts';

const linesKept = 20;
const lineMax = 300;
/** Where the system tells what a process holds in pages of this size. */
const pageOctets = 4096;
/** The client cannot be started at all, as shells say it. */
const notFound = 127;

/** The client as a program of the user's, in a process group of its own. */
export function programSubject([command = '', ...args]: readonly string[]): StartClient {
  return environment => {
    const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
    const said: string[] = [];
    const hear = (line: string): void => {
      said.push(line.slice(0, lineMax));
      if (said.length > linesKept) said.shift();
    };
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', hear);
    const exited = new Promise<Exit>(resolve => {
      child.once('exit', (status, signal) => resolve({ status: status ?? undefined, signal: signal ?? undefined }));
      child.once('error', error => {
        hear(error.message);
        resolve({ status: notFound, signal: undefined });
      });
    });
    const tell = (signal: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        if (process.platform === 'win32') child.kill(signal);
        else process.kill(-child.pid, signal);
      } catch {
        // It has ended already.
      }
    };
    const running: RunningClient = {
      exited,
      terminate: () => tell('SIGTERM'),
      kill: () => tell('SIGKILL'),
      memory: () => (child.pid === undefined ? undefined : residentOctets(child.pid)),
      words: () => said,
    };
    return running;
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Of a process and its children, where the system has /proc. */
function residentOctets(pid: number): number | undefined {
  const pages = textOf(`/proc/${pid}/statm`)?.split(' ')[1];
  if (pages === undefined) return undefined;
  const children = (textOf(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(each => each !== '');
  return children.reduce((sum, child) => sum + (residentOctets(Number(child)) ?? 0), Number(pages) * pageOctets);
}
