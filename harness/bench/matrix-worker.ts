import { parentPort, workerData } from 'node:worker_threads';
import { allChecks } from '../../suites/checks.ts';
import { violationFaults } from '../saboteur/faults.ts';
import { killMatrix, type Matrix } from '../saboteur/kill-matrix.ts';
import { judge } from './matrix.ts';

/** A thread of the kill matrix: is told the id of a check, and answers what the faults do to it. `workerData`: the ids of the faults. */
const wanted = new Set(workerData as readonly string[]);
const faults = violationFaults().filter(({ id }) => wanted.has(id));

async function rowOf(id: string): Promise<Matrix> {
  const row = await killMatrix(
    allChecks.filter(check => check.id === id),
    faults,
    judge,
  );
  return {
    ...row,
    kills: new Map([...row.kills].filter(([, killed]) => killed.size > 0)),
    failing: row.failing.map(({ check, outcome, message }) => ({ check, outcome, ...(message !== undefined && { message }) })),
  };
}

parentPort?.on('message', async (id: string) => parentPort?.postMessage(await rowOf(id)));
