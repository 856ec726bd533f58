import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Print, table } from './measure.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = fileURLToPath(new URL('../cli/main.js', import.meta.url));

function timesOf(words: readonly string[], times: number): readonly number[] {
  return Array.from({ length: times }, () => {
    const begun = performance.now();
    execFileSync(process.execPath, [program, ...words], { stdio: 'ignore' });
    return performance.now() - begun;
  }).sort((one, other) => one - other);
}

/** How soon the command line answers, and how large the package is. */
export async function run(print: Print): Promise<void> {
  const rows = [['--help'], ['--version'], ['list', 'checks']].map(words => {
    const times = timesOf(words, 11);
    return [words.join(' '), `${(times[5] ?? 0).toFixed(0)}`, `${(times[10] ?? 0).toFixed(0)}`];
  });
  print(table(['command', 'median ms', 'slowest ms'], rows));
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' })) as [
    { readonly size: number; readonly unpackedSize: number; readonly entryCount: number },
  ];
  print(`tarball: ${(packed.size / 1024).toFixed(0)} KiB, unpacked ${(packed.unpackedSize / 1024).toFixed(0)} KiB in ${packed.entryCount} files`);
}
