import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { emptyFolder, start } from './testing.ts';

const tellsWhatIsLoaded = `import { writeSync } from 'node:fs';
export async function load(url, context, next) {
  writeSync(2, 'loaded ' + url + '\\n');
  return next(url, context);
}`;
const packageFolder = new URL('../..', import.meta.url).href;
const asModule = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
const registersIt = `import { register } from 'node:module'; register(${JSON.stringify(asModule(tellsWhatIsLoaded))});`;

/** `amqpspec serve` with these words until it accepts: its port, and what it was told by then on stderr. */
async function accepting(words: readonly string[], nodeOptions?: string) {
  const child = start(['serve', '--json', ...words], await emptyFolder(), nodeOptions);
  let told = '';
  let printed = '';
  child.stderr.on('data', chunk => {
    told += String(chunk);
  });
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (printed.includes('}')) break;
  }
  const ended = once(child, 'exit');
  return {
    port: Number(new URL(JSON.parse(printed).url).port),
    told,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Somebody listens on this port: we, or who came before. */
async function taken(port: number): Promise<AsyncDisposable> {
  const server: Server = createServer();
  await new Promise(resolve => server.once('error', resolve).listen(port, '127.0.0.1', () => resolve(undefined)));
  return { [Symbol.asyncDispose]: async () => void server.close() };
}

describe('serve', () => {
  test('loads little before it accepts, and nothing that it may never need', async () => {
    await using broker = await accepting(['--port', '0'], `--import=${asModule(registersIt)}`);
    // Without the folder that the package stands in, whose name is anybody's.
    const loaded = [...broker.told.matchAll(/^loaded (.*)$/gm)].map(match => (match[1] ?? '').replace(packageFolder, ''));
    expect(loaded.filter(url => url.endsWith('/target/reference.js'))).toHaveLength(1);
    const needless =
      /lmdb|semver|ajv|yaml|fast-check|node:tls|node:child_process|\/(saboteur|fixtures|suites|probe|check|fuzz|reports)\/|store\/open|listen-tls/;
    expect(loaded.filter(url => needless.test(url))).toEqual([]);
    expect(loaded.length).toBeLessThan(180);
  });

  test('takes the next free port where 5672 is taken, and has its folder for itself all the while', async () => {
    await using _taken = await taken(5672);
    const data = join(await emptyFolder(), 'data');
    await using broker = await accepting(['--host', '127.0.0.1', '--data', data]);
    expect(broker.port).toBeGreaterThan(5672);
    expect(broker.port).toBeLessThan(5692);
    const connection = await connect(`amqp://127.0.0.1:${broker.port}`);
    await (await connection.createChannel()).assertQueue('q', { durable: true });
    await connection.close();
  });
});
