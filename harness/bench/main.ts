import type { Print } from './measure.ts';

/** What can be measured, by name; each is loaded only when it runs. */
const benches: Readonly<Record<string, () => Promise<{ readonly run: (print: Print) => void | Promise<void> }>>> = {
  start: () => import('./start.ts'),
  codec: () => import('./codec.ts'),
  'codec-amqp10': () => import('./codec-amqp10.ts'),
  'machines-amqp10': () => import('./machines-amqp10.ts'),
  suite: () => import('./suite.ts'),
};

/** These take minutes, and run only where they are asked for. */
const long: typeof benches = {
  durability: () => import('./durability.ts'),
  memory: () => import('./memory.ts'),
  fuzz: () => import('./fuzz.ts'),
};

const known: typeof benches = { ...benches, ...long };
const print: Print = line => void process.stdout.write(`${line}\n`);
const asked = process.argv.slice(2);
const unknown = asked.filter(name => !(name in known));

if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(known).join(', ')}.\n`);
  process.exitCode = 64;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
    print(`\n== ${name}`);
    await (await known[name]?.())?.run(print);
  }
}
