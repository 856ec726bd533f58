import { execFileSync } from 'node:child_process';

/** Tests that start the command line or a child process run what was just compiled. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
