import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Tests that start the command line or a child process run what was just compiled: only what has changed since the last time, unless `dist` was made without a note of that. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', existsSync('dist/.tsbuildinfo') ? 'compile' : 'build'], { stdio: 'inherit' });
}
